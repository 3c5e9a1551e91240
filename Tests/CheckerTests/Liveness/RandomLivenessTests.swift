import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// Temporal properties of specs that nobody wrote, against two twins over the evaluator's own states: a naive fixpoint over the
/// explicit graph, and every run up to a length that comes back to one of its states.
@Suite struct RandomLivenessTests {
  @Test("the engine agrees with a naive fixpoint and with all short lassos on random specs", arguments: 0..<4)
  func agrees(block: Int) throws {
    var seed = UInt64(block) * 1_000_000 + 40_000
    var answers: [String: Int] = [:]
    var tried = 0
    while (answers["violated"] ?? 0) + (answers["exhausted"] ?? 0) < 14 {
      seed += 1
      tried += 1
      try #require(tried < 1500, "too few random specs have small state spaces")
      guard let model = try? Frontend.check(text: SpecGenerator.temporalText(seed: seed)).model,
        let instance = try? Instance(model, scope: model.scopes.first)
      else { continue }
      let probe = try Checker(instance: instance, options: .with { $0.maxStates = 60 }).run(.refute(.deadlock))
      if case .undecided = probe.outcome { continue }
      guard (2...70).contains(probe.states) else { continue }
      for (index, property) in model.properties.enumerated() {
        guard case .temporal = property.kind else { continue }
        do { answers[try compare(index, instance, block: block), default: 0] += 1 } catch {
          Issue.record("seed \(seed), \(property.name): \(error)")
        }
      }
    }
    #expect(answers["violated"] ?? 0 >= 2 && answers["exhausted"] ?? 0 >= 2, "\(answers)")
  }

  private func compare(_ property: Int, _ instance: Instance, block: Int) throws -> String {
    let verdict = try Checker(instance: instance, options: .with()).run(.refute(.property(property)))
    let again = try Checker(instance: instance, options: .extreme(threads: 2)).run(.refute(.property(property)))
    #expect(essence(again) == essence(verdict))
    // Every conjunct, and not one of each orbit.
    let whole = try Checker(instance: instance, options: .with { $0.symmetry = false }).run(.refute(.property(property)))
    #expect(essence(whole) == essence(verdict))
    // Compiling takes a second, so only for some.
    if verdict.states % 4 == 0 {
      do {
        let native = try Checker(instance: instance, options: .with(native: .always)).run(.refute(.property(property)))
        #expect(essence(native) == essence(verdict))
      } catch is NativeUnavailable {}
    }
    let twin = try Twin(instance, property)
    switch verdict.outcome {
    case .violated(.error):
      #expect(twin.hasError)
      return "error"
    case .violated:
      // That this run is one, is fair, and breaks the property, the evaluator has confirmed.
      #expect(!twin.hasError && twin.isViolated != false)
      return "violated"
    case .exhausted:
      #expect(!twin.hasError && twin.isViolated != true)
      if twin.isViolated != nil { #expect(verdict.states == twin.states) }
      #expect(try !twin.hasShortViolation())
      return "exhausted"
    default: throw EngineFault("\(verdict.outcome)")
    }
  }
}

/// The graph of each rigid valuation as sets and lists.
private struct Twin {
  let instance: Instance
  let property: Int
  private(set) var hasError = false
  /// Of some valuation; nil where the fixpoint would take too long.
  private(set) var isViolated: Bool? = false
  private(set) var states: UInt64 = 0

  init(_ instance: Instance, _ property: Int) throws {
    self.instance = instance
    self.property = property
    let evaluator = Evaluator(instance)
    var classes: [ActionInstance: UInt32] = [:]
    var counts: [Fairness: Int] = [:]
    for fairness in [Fairness.weak, .strong] {
      for action in evaluator.actionInstances where instance.model.actions[action.action].fairness == fairness {
        let head = Self.head(action, instance.model)
        if classes[head] != nil { continue }
        classes[head] = UInt32(classes.count)
        counts[fairness, default: 0] += 1
      }
    }
    let fair = FairClasses(weak: counts[.weak] ?? 0, strong: counts[.strong] ?? 0)
    for rigid in try evaluator.rigidValuations() {
      var all = try evaluator.initialStates(rigid)
      let initial = all.count
      var numbers = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
      var rows: [[(target: Int, label: UInt32)]] = []
      while rows.count < all.count {
        var row: [(target: Int, label: UInt32)] = []
        for edge in evaluator.successors(of: all[rows.count], rigid) {
          switch edge.result {
          case .failure: hasError = true
          case .success(let after):
            if numbers[after] == nil {
              numbers[after] = all.count
              all.append(after)
            }
            row.append((numbers[after] ?? 0, classes[Self.head(edge.instance, instance.model)] ?? StateGraph.noClass))
          }
        }
        rows.append(row.isEmpty ? [(rows.count, StateGraph.noClass)] : row)
      }
      states += UInt64(all.count)
      if initial == 0 || hasError { continue }
      let expansion = try TemporalExpansion(property, evaluator, rigid)
      var valuations = all.map { _ in Array(repeating: false, count: expansion.atoms.count) }
      for (state, value) in all.enumerated() {
        for (number, atom) in expansion.atoms.enumerated() {
          var frame = atom.frame
          do {
            valuations[state][number] =
              try evaluator.evaluate(atom.expr, frame: &frame, state: value, before: nil, rigid) == .bool(true)
          } catch { hasError = true }
        }
      }
      guard let truth = AtomTruth(atoms: expansion.atoms.count, states: all.count, MemoryGauge()) else { continue }
      for state in all.indices { for atom in expansion.atoms.indices where valuations[state][atom] { truth.set(atom, state) } }
      let graph = StateGraph.graph(rows, initial: initial, fair)
      for conjunct in expansion.conjuncts {
        var pool = expansion.pool
        let automaton = try Translation.automaton(pool.negation(conjunct.formula), pool)
        guard let product = Product(graph, automaton, truth) else { continue }
        // The fixpoint goes through all sets of strongly fair classes.
        if fair.strong > 4 {
          isViolated = nil
          return
        }
        if NaiveEmptiness(product).hasFairRun { isViolated = true }
      }
    }
  }

  private static func head(_ action: ActionInstance, _ model: Model) -> ActionInstance {
    let parameters = model.actions[action.action].parameters.count
    return ActionInstance(action: action.action, arguments: Array(action.arguments.prefix(parameters)))
  }

  /// Some run of at most a few steps comes back to a state, treats every fair action fairly and breaks the property.
  func hasShortViolation() throws -> Bool {
    let evaluator = Evaluator(instance)
    var budget = 400
    for rigid in try evaluator.rigidValuations() {
      for initial in try evaluator.initialStates(rigid) {
        var open = [Trace(instance: instance, rigid: rigid, initial: initial, steps: [])]
        var next = 0
        while next < open.count {
          let trace = open[next]
          next += 1
          budget -= 1
          if budget == 0 { return false }
          let run = [trace.initial] + trace.steps.compactMap(\.state)
          let edges = evaluator.successors(of: run[run.count - 1], rigid)
          var loops = run.indices.dropLast().filter { run[$0] == run[run.count - 1] }
          if edges.isEmpty { loops.append(run.count - 1) }
          for loop in loops {
            var lasso = trace
            lasso.loop = loop
            guard evaluator.fairness(of: lasso)?.contains(where: { $0.how == .starved }) == false else { continue }
            if evaluator.holds(temporal: property, on: lasso) == false { return true }
          }
          guard trace.steps.count < 6 else { continue }
          for edge in edges {
            var longer = trace
            longer.steps.append(Trace.Step(instance: edge.instance, state: try edge.result.get()))
            open.append(longer)
          }
        }
      }
    }
    return false
  }
}
