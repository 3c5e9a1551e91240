import Foundation
import Spec
import TestSupport
import Testing

@testable import SimRuntime

private let counterText = """
  spec Counter
  sort Thread
  type Count = 0..3
  const chief: Thread
  var count: Thread -> Count
  var turn: Thread?
  init { count = [t: Thread => 0]; turn = none }
  action take(t: Thread) { require Free: turn == none; turn := t }
  action give(t: Thread) { require Mine: turn == t; turn := none; count[t] := (count[t] + 1) % 4 }
  action set(t: Thread) { require Mine: turn == t; count[t] := any c: Count where c > 0 }
  action burst(t: Thread) { count[t] := count[t] + 1 }
  scenario good(a, b: Thread) {
    take(a)
    refuse take(b)
    set(a) choosing count = 2
    assert count[a] == 2
    give(a)
    assert count[a] == 3 && turn == none && a != b && a != chief
    repeat { take(b); refuse give(a); give(b); repeat 3 { take(a); give(a) } }
  }
  scenario disabled(a, b: Thread) { take(a); take(b) }
  scenario notRefused(a: Thread) { refuse take(a) }
  scenario wrong(a: Thread) { take(a); assert turn == none }
  scenario error(a: Thread) { repeat 4 { burst(a) } }
  scenario crowd(a, b, c, d: Thread) { take(a) }
  scenario runsOut(a: Thread) { repeat { burst(a) } }
  scope three { Thread = 3 }
  """

@Suite struct ScenarioTests {
  private func instance() throws -> Instance {
    let model = try model(counterText)
    return try Instance(model, scope: model.scopes[0])
  }

  private func scenario(_ name: String) throws -> (Instance, Int) {
    let instance = try instance()
    return (instance, try #require(instance.model.scenarios.firstIndex { $0.name == name }))
  }

  private func run(_ name: String) throws -> ScenarioResult {
    let (instance, index) = try scenario(name)
    return ScenarioRunner(instance).run(index)
  }

  @Test("a scenario passes when every step is enabled, refused steps are not, and assertions hold")
  func passes() throws {
    let result = try run("good")
    #expect(result.passed)
    // take, set, give; then twice take, give and three times take, give: 3 + 2 x (2 + 3 x 2).
    let steps = result.trace?.steps.count
    #expect(steps == 19)
    // The first valuation names element 0 `chief`, so the parameters are the others.
    let others: [Value] = [.element(1), .element(2)]
    #expect(result.parameters == others)
  }

  @Test("a scenario says what stopped it, and where")
  func fails() throws {
    func outcome(_ name: String) throws -> String {
      switch try run(name).outcome {
      case .passed: "passed"
      case .disabled: "disabled"
      case .notRefused: "notRefused"
      case .assertionFailed: "assertion"
      case .error(let error): error.kind.rawValue
      case .notRunnable: "notRunnable"
      }
    }
    #expect(try outcome("disabled") == "disabled")
    #expect(try outcome("notRefused") == "notRefused")
    #expect(try outcome("wrong") == "assertion")
    #expect(try outcome("error") == "range")
    #expect(try outcome("crowd") == "notRunnable")
    #expect(try run("error").trace?.steps.count == 3)
  }

  @Test("a workload runs natively with every guard tested")
  func workload() throws {
    let (instance, index) = try scenario("good")
    let measured = try ScenarioBench(StateLayout(instance)).measure(index, seconds: 0.05)
    #expect(measured.operations == 9)
    #expect(measured.nanosecondsPerRound.median > 0)
    #expect(measured.rounds >= measured.batches)
    let pipe = try #require(measured.pipeRoundTrip)
    #expect(pipe.low <= pipe.median && pipe.median <= pipe.high)
  }

  @Test("a workload whose round cannot be repeated stops and says so")
  func stops() throws {
    let (instance, index) = try scenario("runsOut")
    // The evaluator runs it twice; the fourth native round raises count beyond 3.
    #expect(throws: BenchFault.self) { try ScenarioBench(StateLayout(instance)).measure(index, seconds: 0.05) }
  }
}
