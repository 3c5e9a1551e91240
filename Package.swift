// swift-tools-version: 6.2
import PackageDescription

let ours: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .swiftLanguageMode(.v6),
]

let package = Package(
  name: "kspec",
  products: [
    .executable(name: "kspec", targets: ["kspec"]),
    .library(name: "KspecLibrary", targets: ["Spec", "SimRuntime", "Checker", "Prover", "Inference", "Report"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // The language and its reference meaning. Imports nothing of ours.
    .target(name: "Spec", swiftSettings: ours),
    // The C header of the native ABI and what Swift cannot say about memory.
    .target(name: "CNative"),
    .target(name: "SimRuntime", dependencies: ["Spec", "CNative"], swiftSettings: ours),
    .target(name: "Checker", dependencies: ["Spec", "SimRuntime", "CNative"], swiftSettings: ours),
    .systemLibrary(name: "CZ3", pkgConfig: "z3", providers: [.apt(["libz3-dev"])]),
    .target(name: "Prover", dependencies: ["Spec", "CZ3"], swiftSettings: ours),
    // Invariants that carry others: sampled with the checker's means, kept by the prover's.
    .target(name: "Inference", dependencies: ["Spec", "SimRuntime", "Checker", "Prover"], swiftSettings: ours),
    .target(name: "Report", dependencies: ["Spec"], swiftSettings: ours),
    .executableTarget(
      name: "kspec",
      dependencies: [
        "Spec", "SimRuntime", "Checker", "Prover", "Inference", "Report",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: ours),
    // What the test targets share: finding the spec library, loading it, random specs.
    .target(name: "TestSupport", dependencies: ["Spec"], path: "Tests/TestSupport", swiftSettings: ours),
    .testTarget(name: "SpecTests", dependencies: ["Spec", "TestSupport"], swiftSettings: ours),
    .testTarget(name: "SimRuntimeTests", dependencies: ["Spec", "SimRuntime", "CNative", "TestSupport"], swiftSettings: ours),
    .testTarget(
      name: "CheckerTests", dependencies: ["Spec", "SimRuntime", "Checker", "CNative", "TestSupport"], swiftSettings: ours),
    .testTarget(
      name: "ProverTests", dependencies: ["Spec", "Prover", "SimRuntime", "Checker", "TestSupport"], swiftSettings: ours),
    .testTarget(
      name: "InferenceTests", dependencies: ["Spec", "Checker", "Prover", "Inference", "TestSupport"], swiftSettings: ours),
    .testTarget(name: "ReportTests", dependencies: ["Spec", "Report", "TestSupport"], swiftSettings: ours),
    // Runs the built command as its user does.
    .testTarget(
      name: "CommandTests", dependencies: ["kspec", "Spec", "Prover", "Report", "TestSupport"], swiftSettings: ours),
  ]
)
