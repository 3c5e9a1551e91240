import Spec
import Testing

@testable import Checker

/// The mapping model, whose numbers come from an enumeration in another language (see `mapping`).
@Suite struct MappingTests {
  @Test(arguments: [1, 2]) func `tiny has the states, transitions and depth of the independent enumeration`(threads: Int) throws {
    let verdict = try Checker(instance: try instance(mapping), options: .with(threads: threads, native: .auto)).run(.all)
    guard case .exhausted = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.states == 19_492)
    #expect(verdict.transitions == 163_048)
    #expect(verdict.depth == 5)
    // sigma0 is one space up to renaming; boot maps 2 pages to 2 frames.
    #expect(verdict.rigidValuations == 4)
    #expect(verdict.covers.map(\.property) == [4])
    #expect(verdict.covers.map(\.steps) == [2])
  }

  @Test(arguments: [1, 3]) func `a mapping wider than its source takes two steps`(threads: Int) throws {
    let instance = try instance(mapping, ["narrow": .bool(false)])
    let narrowed = instance.model.property("Narrowed")
    let verdict = try Checker(instance: instance, options: .with(threads: threads, native: .auto)).run(
      .refute(.property(narrowed)))
    guard case .violated(.property(narrowed)) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.trace?.steps.count == 2)
    #expect(verdict.explanation?.witness.map(\.local.name) == ["s", "a"])
    #expect(verdict.policies.map { "\($0.name) \($0.value)" } == ["narrow false", "recursive true"])
    #expect(verdict.sizes.map { "\($0.sort) \($0.size)" } == ["Space 3", "Page 2", "Frame 2"])
  }

  @Test func `an unmap that spares grandchildren takes three steps`() throws {
    let instance = try instance(mapping, ["recursive": .bool(false)])
    let revoked = instance.model.property("Revoked")
    let verdict = try Checker(instance: instance, options: .with(native: .auto)).run(.refute(.property(revoked)))
    guard case .violated(.property(revoked)) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.trace?.steps.count == 3)
    #expect(verdict.explanation?.witness.map(\.local.name) == ["s"])
  }
}
