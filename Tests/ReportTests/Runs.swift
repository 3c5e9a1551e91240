import Report
import Spec
import Testing

/// The mapping model of the language page, cut down to what a drawing needs.
let mapping = """
  spec Small.Mapping
  sort Space
  sort Page
  sort Frame
  ordered enum Right { nothing, read, write }
  record Slot { space: Space, page: Page }
  const sigma0: Space
  const boot: Page -> Frame
  policy narrow: bool = true
  var holds: Slot -> Frame?
  var right: Slot -> Right
  var tree: forest Slot
  init {
    holds = [s: Slot => if s.space == sigma0 then boot[s.page] else none]
    right = [s: Slot => if s.space == sigma0 then write else nothing]
    tree = empty
  }
  action map(from: Slot, to: Slot, r: Right) {
    require Present: holds[from] != none
    require Vacant: holds[to] == none
    require Apart: from.space != to.space
    require Granted: r != nothing
    require Narrow: narrow ==> r <= right[from]
    holds[to] := holds[from]
    right[to] := r
    tree.attach(to, under: from)
  }
  action unmap(at: Slot) {
    require Present: holds[at] != none
    for s: Slot where tree.under(s, at) { holds[s] := none; right[s] := nothing }
    tree.prune(at)
  }
  /// No mapping holds more than its source.
  invariant Narrowed: forall s, a: Slot :: tree.under(s, a) ==> right[s] <= right[a]
  scope tiny { Space = 3, Page = 2, Frame = 2 }
  """

/// A spec at its first scope, and runs of it by the names of actions: what an engine would hand over.
struct Runs {
  let model: Model
  let instance: Instance
  let evaluator: Evaluator
  let rigid: RigidValuation
  let initial: State

  /// The first rigid valuation and initial state, as the evaluator lists them.
  init(_ text: String, policies: [PolicyID: Value] = [:]) throws {
    model = try Frontend.check(text: text, path: "small.kspec").model
    instance = try Instance(model, scope: model.scopes.first, policies: policies)
    evaluator = Evaluator(instance)
    rigid = try #require(try evaluator.rigidValuations().first)
    initial = try #require(try evaluator.initialStates(rigid).first)
  }

  /// A run of the named steps, each with the ordinals of its arguments. A step that is a spec error ends it.
  func trace(_ steps: [(String, [Int])]) throws -> Trace {
    var trace = Trace(instance: instance, rigid: rigid, initial: initial, steps: [])
    var state = initial
    for (name, arguments) in steps {
      let action = try #require(model.actions.firstIndex { $0.name == name })
      let step = ActionInstance(action: action, arguments: arguments)
      do {
        state = try #require(try evaluator.step(step, from: state, rigid), "\(name) is not enabled")
        trace.steps.append(Trace.Step(instance: step, state: state))
      } catch is SpecError {
        trace.steps.append(Trace.Step(instance: step, state: nil))
      }
    }
    return trace
  }

  func text(_ trace: Trace, width: Int = 120) -> String {
    TraceText(trace, style: Style(colour: false, width: width)).lines().joined(separator: "\n")
  }
}
