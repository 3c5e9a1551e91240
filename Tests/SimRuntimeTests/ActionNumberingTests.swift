import Spec
import TestSupport
import Testing

@testable import SimRuntime

@Suite struct ActionNumberingTests {
  @Test("numbers are dense, in the evaluator's order, and lead back to their instances")
  func numbersAreDense() throws {
    let model = try model(mappingText)
    let instance = try Instance(model, scope: model.scopes[0])
    let numbering = try #require(ActionNumbering(instance))
    // 6 slots and 3 rights: map 6 * 6 * 3, grant 6 * 6, unmap 6.
    #expect(numbering.count == 108 + 36 + 6)
    #expect(numbering.classCount == numbering.count)
    for (number, action) in Evaluator(instance).actionInstances.enumerated() {
      #expect(numbering.number(action) == number)
      #expect(numbering.instance(number) == action)
    }
  }

  @Test("instances that differ in a choice alone are one fairness class")
  func choicesShareAClass() throws {
    let model = try model(
      """
      spec Choice
      sort S
      type N = 0..2
      var x: N
      init { x = 0 }
      action tick() { x := any n: N }
      action set(s: S) { x := any n: N where n != x }
      scope two { S = 2 }
      """)
    let instance = try Instance(model, scope: model.scopes[0])
    let numbering = try #require(ActionNumbering(instance))
    #expect(numbering.count == 3 + 2 * 3)
    #expect((0..<9).map(numbering.fairnessClass) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
    #expect((0..<9).map(numbering.action) == [0, 0, 0, 1, 1, 1, 1, 1, 1])
  }
}
