import Checker
import Foundation
import Prover
import Spec
import TestSupport
import Testing

@testable import Inference

/// What the directed search asks of a solver, answered a second time by the evaluator at a small size.
@Suite struct DirectedTests {
  private struct Small {
    var model: Model
    var policies: [Value]
    var atoms: [TypedAtom]
    var evidence: Evidence
    var diagrams: Diagrams
    var goals: [Int]
    var solver: FrameSolver
  }

  private func small(_ path: String, _ goal: String) throws -> Small {
    let model = try Frontend.check(text: try String(contentsOfFile: specPath(path), encoding: .utf8), path: path).model
    let policies = try model.policies.map { try model.closedValue($0.defaultValue) }
    let goals = [try #require(model.properties.firstIndex { $0.name == goal })]
    let atoms = try #require(AtomVocabulary(model, goals: goals).typed(model))
    let evidence = try Evidence(model, atoms, Sampler(model: model, policies: policies))
    let plain = atoms.indices.map { evidence.usable[$0] && !model.isQuantified(atoms[$0].body) }
    let solver = try FrameSolver(
      model, policies: policies, goals: goals, atoms: atoms.map { CubeAtom(locals: $0.locals, body: $0.body) }, invariants: [])
    return Small(
      model: model, policies: policies, atoms: atoms, evidence: evidence, diagrams: Diagrams(model, atoms, usable: plain),
      goals: goals, solver: solver)
  }

  /// Parts of diagrams of sampled states, of one to four literals.
  private func cubes(_ small: Small, _ states: [(State, RigidValuation, Instance)], _ random: inout SplitMix64) -> [Cube] {
    (0..<60).compactMap { _ in
      let (state, rigid, instance) = states[random.below(states.count)]
      guard let diagram = small.diagrams.cube(state, rigid, instance) else { return nil }
      return diagram.keeping((0...random.below(4)).map { _ in random.below(diagram.literals.count) }).compact
    }
  }

  private func isIn(_ cube: Cube, _ state: State, _ rigid: RigidValuation, _ instance: Instance, _ small: Small) -> Bool {
    Embedding(cube, small.atoms).holds(inOneOf: [(TruthTable(small.atoms, Evaluator(instance), state, rigid), instance)])
  }

  @Test(
    "what is said to be excluded no step from an initial state reaches, and what is said to lead there does",
    arguments: [("classics/ring-leader.kspec", "Safe"), ("classics/lockserv.kspec", "Safe"), ("classics/ticket.kspec", "Safe")])
  func frames(_ path: String, _ goal: String) throws {
    let small = try small(path, goal)
    let scope = try #require(small.model.scopes.first)
    let instance = try Instance(small.model, scope: scope)
    let evaluator = Evaluator(instance)
    var edges: [(from: State, to: State, rigid: RigidValuation)] = []
    var starts: [(State, RigidValuation, Instance)] = []
    for rigid in try evaluator.rigidValuations() {
      for start in try evaluator.initialStates(rigid) {
        starts.append((start, rigid, instance))
        for edge in evaluator.successors(of: start, rigid) { edges.append((start, try edge.result.get(), rigid)) }
      }
    }
    var random = SplitMix64(state: 11)
    var (blocked, reached) = (0, 0)
    for cube in cubes(small, starts + edges.map { ($0.to, $0.rigid, instance) }, &random) {
      let isInitial = starts.contains { isIn(cube, $0.0, $0.1, $0.2, small) }
      if case .blocked = try small.solver.initially(cube) { #expect(!isInitial) }
      switch try small.solver.predecessor(of: cube, from: 0, wantsState: true) {
      case .blocked:
        blocked += 1
        for edge in edges where isIn(cube, edge.to, edge.rigid, instance, small) {
          #expect(isIn(cube, edge.from, edge.rigid, instance, small), "a step from an initial state outside of it leads in")
        }
      case .reached(let before):
        reached += 1
        let evaluator = Evaluator(before.instance)
        #expect(try evaluator.isInitial(before.state, before.rigid))
        #expect(!isIn(cube, before.state, before.rigid, before.instance, small))
        let leadsIn = try evaluator.successors(of: before.state, before.rigid).contains {
          isIn(cube, try $0.result.get(), before.rigid, before.instance, small)
        }
        #expect(leadsIn)
      case .unknown: break
      }
    }
    #expect(blocked > 0 && reached > 0, "both answers occur")
  }

  @Test func `no state that is reached is in what an invariant excludes`() throws {
    let small = try small("classics/lockserv.kspec", "Safe")
    var search = DirectedSearch(small.solver, small.diagrams, small.evidence.reachable, isOver: { false }, progress: { _ in })
    guard case .inductive = try search.run() else { throw Unexpected("no invariant") }
    #expect(!search.excluded.isEmpty)
    let scope = try #require(small.model.scopes.first)
    let instance = try Instance(small.model, scope: scope)
    let evaluator = Evaluator(instance)
    var count = 0
    for rigid in try evaluator.rigidValuations() {
      var seen = Set(try evaluator.initialStates(rigid))
      var open = Array(seen)
      while let state = open.popLast() {
        for edge in evaluator.successors(of: state, rigid) {
          let next = try edge.result.get()
          if seen.insert(next).inserted { open.append(next) }
        }
      }
      count += seen.count
      for state in seen {
        for (cube, _) in search.excluded { #expect(!isIn(cube, state, rigid, instance, small)) }
      }
    }
    #expect(count == 28, "the states of the scope, as its verify line has them")
  }

  @Test func `a goal that no clause of the vocabulary carries ends stuck`() throws {
    let small = try small("classics/paxos.kspec", "Safe")
    var search = DirectedSearch(small.solver, small.diagrams, small.evidence.reachable, isOver: { false }, progress: { _ in })
    guard case .stuck(let reason) = try search.run() else { throw Unexpected("an invariant without quantifiers under it") }
    #expect(reason == "a reachable state looked like one of them")
  }

  @Test func `without time the search is stuck, not done`() throws {
    let small = try small("classics/ticket.kspec", "Safe")
    var search = DirectedSearch(small.solver, small.diagrams, small.evidence.reachable, isOver: { true }, progress: { _ in })
    guard case .stuck = try search.run() else { throw Unexpected("done") }
  }
}
