import Foundation
import Testing

/// Of a spec without states nothing is proved.
@Suite("Specs without states")
struct VacuityTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// An invariant that holds of nothing but nothing; `facts` say that there is no state.
  private func write(_ name: String, _ facts: String, initial: String = "x = [a: A => false]", rest: String = "") throws -> String
  {
    try folder.write(
      "\(name).kspec",
      """
      spec Nothing
      ordered sort A
      const c: A -> bool
      \(facts)
      var x: A -> bool
      init { \(initial) }
      deadlock allowed
      action on(a: A) {
        require On: x[a]
        x[a] := true
      }
      invariant Never: forall a: A :: !x[a]
      \(rest)
      """)
  }

  @Test(
    "nothing is proved of a spec without a state", arguments: ["prove", "infer"],
    [
      // The solver finds this itself, at every size.
      ("contradiction", "axiom Yes: forall a: A :: c[a]\naxiom No: exists a: A :: !c[a]"),
      // This has states, of infinitely many elements only.
      ("endless", "axiom Endless: forall a: A :: exists b: A :: a < b"),
    ])
  func vacuous(_ command: String, _ spec: (name: String, facts: String)) throws {
    let file = try write(spec.name, spec.facts, rest: "scope s { A = 2 }\nverify { check s }")
    let result = try kspec([command, file, "Never"])
    #expect(result.code == 3, "\(result.out)")
    #expect(result.out.contains("vacuous"), "\(result.out)")
  }

  @Test func `no certificate is written of a proof from a contradiction`() throws {
    let file = try write("contradiction", "axiom Yes: forall a: A :: c[a]\naxiom No: exists a: A :: !c[a]")
    let certificate = folder.url.appendingPathComponent("certificate").path
    let result = try kspec(["prove", file, "--certificate", certificate])
    #expect(result.code == 3)
    #expect(!FileManager.default.fileExists(atPath: certificate))
  }

  @Test func `init that contradicts itself has no states`() throws {
    let file = try write(
      "init", "", initial: "x = any y: A -> bool where (forall a: A :: !y[a]) && (exists a: A :: y[a])",
      rest: "scope s { A = 2 }")
    let result = try kspec(["prove", file])
    #expect(result.code == 3)
    #expect(result.out.contains("vacuous"), "\(result.out)")
  }

  @Test func `a spec without scopes is proved where small sizes have states`() throws {
    let result = try kspec(["prove", try write("scopeless", "")])
    #expect(result.code == 0, "\(result.out)")
  }
}
