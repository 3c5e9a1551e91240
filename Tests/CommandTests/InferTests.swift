import Foundation
import TestSupport
import Testing

/// Inference as its user meets it.
@Suite("kspec infer")
struct InferTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `what is found is written into the spec, which is then proved`() throws {
    let spec = try folder.write(
      "lock.kspec",
      """
      spec Lock
      sort Node
      var asked: Node -> bool
      var granted: Node -> bool
      var holds: Node -> bool
      var away: bool
      init {
        asked = [n: Node => false]
        granted = [n: Node => false]
        holds = [n: Node => false]
        away = false
      }
      action ask(n: Node) { asked[n] := true }
      action grant(n: Node) {
        require Asked: asked[n]
        require Here: !away
        away := true
        asked[n] := false
        granted[n] := true
      }
      action take(n: Node) {
        require Granted: granted[n]
        granted[n] := false
        holds[n] := true
      }
      action giveBack(n: Node) {
        require Mine: holds[n]
        holds[n] := false
        away := false
      }
      invariant Safe: forall n, m: Node :: holds[n] && holds[m] ==> n == m
      scope three { Node = 3 }
      verify {
        check three
        prove
      }
      """)
    #expect(try kspec(["prove", spec]).code == 3)
    let found = try kspec(["infer", spec, "Safe", "--write"])
    #expect(found.code == 0, "\(found.out)\(found.error)")
    #expect(found.out.contains("carried by"))
    let proof = try kspec(["prove", spec])
    #expect(proof.code == 0, "\(proof.out)")
    #expect(try kspec(["fmt", spec]).code == 0)
    #expect(try kspec(["verify", spec]).code == 0)
    let again = try Json(try kspec(["infer", spec, "--json"]).out)
    #expect(again.text("verdict") == "proved")
    #expect((again.object["invariants"] as? [String])?.isEmpty ?? false, "the file now carries itself")
  }

  @Test func `a false invariant comes back with a run`() throws {
    let result = try kspec(["infer", "specs/l4/mapping.kspec", "Narrowed", "--policy", "narrow=false"])
    #expect(result.code == 1)
    #expect(result.out.contains("VIOLATED  Narrowed"))
    #expect(result.out.contains("nothing to infer"))
  }

  @Test func `mistakes in names`() throws {
    for (name, words) in [("Narowed", "did you mean"), ("Revoked", "carry an invariant"), ("DeepChain", "carry an invariant")] {
      let result = try kspec(["infer", "specs/l4/mapping.kspec", name])
      #expect(result.code == 2, "\(name)")
      #expect(result.error.contains(words), "\(result.error)")
    }
  }
}
