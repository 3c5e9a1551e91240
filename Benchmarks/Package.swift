// swift-tools-version: 6.2
import PackageDescription

// A package of its own: what is measured here is built in release mode, and no test of kspec needs it.
let package = Package(
  name: "kspec-benchmarks",
  dependencies: [.package(name: "kspec", path: "..")],
  targets: [
    .executableTarget(
      name: "throughput",
      dependencies: [.product(name: "KspecLibrary", package: "kspec")],
      swiftSettings: [.treatAllWarnings(as: .error), .swiftLanguageMode(.v6)])
  ]
)
