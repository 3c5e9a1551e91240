import Spec
import Testing

@testable import SimRuntime

/// LANGUAGE's first spec. 19,492 states, 163,048 transitions and depth 5 at `tiny` come from an independent enumeration
/// in another language, not from kspec.
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
  cover DeepChain:    exists a, b, c: Slot :: tree.under(a, b) && tree.under(b, c)
  scope tiny  { Space = 3, Page = 2, Frame = 2 }
  scope large { Space = 4, Page = 2, Frame = 2 }
  """

@Suite struct MappingTests {
  @Test("the mapping model has its counted states in both sources")
  func tiny() throws {
    let model = try model(mappingText)
    let instance = try Instance(model, scope: model.scopes[0])
    let seen = try Comparison(instance).explore()
    #expect(seen.states == 19_492)
    #expect(seen.transitions == 163_048)
    #expect(seen.depth == 5)
  }
}
