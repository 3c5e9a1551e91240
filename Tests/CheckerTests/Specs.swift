import Spec
import TestSupport

@testable import Checker

/// An instance of a spec given as text.
func instance(_ text: String, scope: String? = nil, _ settings: [String: Value] = [:]) throws -> Instance {
  let model = try Frontend.check(text: text).model
  let chosen = model.scopes.first { scope == nil || $0.name == scope }
  var policies: [PolicyID: Value] = [:]
  for (index, policy) in model.policies.enumerated() { policies[index] = settings[policy.name] }
  return try Instance(model, scope: chosen, policies: policies)
}

extension CheckOptions {
  static func with(threads: Int = 1, native: NativeUse = .never, _ change: (inout CheckOptions) -> Void = { _ in })
    -> CheckOptions
  {
    var options = CheckOptions()
    options.threads = threads
    options.useNative = native
    change(&options)
    return options
  }

  /// Sizes at their extremes: every insertion collides, every batch fills the table and the buffer, chunks hold two states, and
  /// every trace needs a second search.
  static func extreme(threads: Int) -> CheckOptions {
    .with(threads: threads) {
      $0.tuning.batch = 2
      $0.tuning.successors = 1
      $0.tuning.slice = 3
      $0.tuning.chunk = 2
      $0.tuning.filterWords = 2
      $0.tuning.tableSlots = 2
      $0.tuning.constantHash = true
      $0.tuning.ordersSmallSearches()
      $0.tuning.logBytes = 0
      $0.tuning.teamBytes = 0
    }
  }
}

extension Tuning {
  /// Every layer is put into another order, and bits of states choose the partitions of every compact table.
  mutating func ordersSmallSearches() {
    largeTable = 0
    largeCompactTable = 0
    groupsFrom = 1
    sampled = 4
    partitionBytes = 1
  }
}

extension Model {
  func property(_ name: String) -> Int { properties.firstIndex { $0.name == name } ?? -1 }
}

/// What must not depend on threads or sizes of buffers.
func essence(_ verdict: Verdict) -> String {
  let steps = verdict.trace.map { trace in "\(trace.rigid) \(trace.initial) \(trace.steps)" } ?? "none"
  return "\(verdict.outcome) \(verdict.states) \(verdict.transitions) \(verdict.depth) \(verdict.covers) \(steps)"
}

/// n counters, each from 0 to m - 1, that step up on their own.
func counters(_ n: Int, _ m: Int, more: String = "deadlock allowed") -> String {
  """
  spec Counters
  ordered sort Counter
  type Value = 0..\(m - 1)
  var c: Counter -> Value
  init { c = [k: Counter => 0] }
  action step(k: Counter) {
    require Below: c[k] < \(m - 1)
    c[k] := c[k] + 1
  }
  scope s { Counter = \(n) }
  \(more)
  """
}

/// Liedtke's mapping model as the language's description has it. An independent enumeration of exactly this text at `tiny`
/// counts 19,492 states and 163,048 transitions at depth 5; `Narrowed` fails in 2 steps without `narrow`, `Revoked` in 3
/// without `recursive`.
let mapping = """
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
  scope small { Space = 3, Page = 1, Frame = 1 }
  """
