import Spec
import Testing

@testable import Prover

/// LANGUAGE.md section 1, without policies' refutations and scopes, which are not the prover's.
let mappingText = """
  spec L4.Mapping
  sort Space
  sort Page
  sort Frame
  ordered enum Right { nothing, read, write }
  record Slot { space: Space, page: Page }
  const sigma0: Space
  const boot: Page -> Frame
  policy narrow:    bool = true
  policy recursive: bool = true
  var holds: Slot -> Frame?
  var right: Slot -> Right
  var tree:  forest Slot
  init {
    holds = [s: Slot => if s.space == sigma0 then boot[s.page] else none]
    right = [s: Slot => if s.space == sigma0 then write else nothing]
    tree  = empty
  }
  effect clear(s: Slot) { holds[s] := none; right[s] := nothing }
  action map(from: Slot, to: Slot, r: Right) by from.space {
    require Present: holds[from] != none
    require Vacant:  holds[to] == none
    require Apart:   from.space != to.space
    require Granted: r != nothing
    require Narrow:  narrow ==> r <= right[from]
    holds[to] := holds[from]
    right[to] := r
    tree.attach(to, under: from)
  }
  action grant(from: Slot, to: Slot) by from.space {
    require Present: holds[from] != none
    require Vacant:  holds[to] == none
    require Apart:   from.space != to.space && from.space != sigma0
    holds[to] := holds[from];  right[to] := right[from]
    clear(from)
    tree.replace(from, by: to)
  }
  action unmap(at: Slot) by at.space {
    require Present: holds[at] != none
    for s: Slot where if recursive then tree.under(s, at) else tree.parent(s) == at { clear(s) }
    tree.prune(at)
  }
  invariant Backed:   forall s, a: Slot :: tree.under(s, a) ==> holds[s] != none && holds[s] == holds[a]
  invariant Narrowed: forall s, a: Slot :: tree.under(s, a) ==> right[s] <= right[a]
  invariant Rooted:   forall s: Slot :: holds[s] != none && s.space != sigma0 ==> tree.root(s).space == sigma0
  transition Revoked: on unmap(at) :: forall s: Slot :: old(tree.under(s, at)) ==> holds[s] == none
  scope tiny { Space = 3, Page = 2, Frame = 2 }
  """

@Test func `the mapping spec's properties hold at every size`() throws {
  let verdicts = try prove(model(mappingText), ["Backed", "Narrowed", "Revoked"])
  for name in ["Backed", "Narrowed", "Revoked"] { #expect(verdicts[name]?.isProved == true, "\(name)") }
  #expect(verdicts.values.allSatisfy { $0.notes.contains("for Right of 3 cases") })
}

@Test(arguments: [("narrow", "Narrowed"), ("recursive", "Revoked")])
func `a wrong policy gives a counterexample to induction with at most two spaces`(policy: String, property: String) throws {
  let model = try model(mappingText)
  let verdict = try #require(try prove(model, [property], settings: [policy: false])[property])
  let trace = try #require(verdict.induction)
  #expect(!verdict.isProved)
  #expect(trace.instance.sizes[0] <= 2)
  #expect(trace.steps.count == 1)
  #expect(verdict.explanation != nil)
  // Judged once more by the evaluator alone, as every trace is before it is shown.
  try Replay.check(steps: trace, .breaks(.property(model.property(property))))
}
