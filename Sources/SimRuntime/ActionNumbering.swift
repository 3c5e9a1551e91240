/// In: an instance. Out: a number for each action instance, dense and in the evaluator's order: what the labelled form of an
/// expansion writes beside each successor.
///
/// Instances that differ in their choices (`any`) alone are one *fairness class*: fairness is stated of an action for each of its
/// parameters' values and is existential over choices.

import Spec

public struct ActionNumbering: Sendable {
  /// For each action the number of its first instance, and of its first fairness class.
  public let firstNumber: [Int]
  public let firstClass: [Int]
  /// Instances of all actions, enabled or not.
  public let count: Int
  public let classCount: Int
  private let cardinalities: [[Int]]
  /// For each action the instances of one fairness class.
  private let choices: [Int]

  /// nil if there are more than 2^32 action instances.
  public init?(_ instance: Instance) {
    var firstNumber: [Int] = []
    var firstClass: [Int] = []
    var choices: [Int] = []
    var cardinalities: [[Int]] = []
    var count = 0
    var classCount = 0
    for action in instance.model.actions {
      let own = action.instanceLocals.map { instance.cardinality($0.type) }
      let perClass = saturating(own[action.parameters.count...])
      let classes = saturating(own[..<action.parameters.count])
      firstNumber.append(count)
      firstClass.append(classCount)
      choices.append(perClass)
      cardinalities.append(own)
      count = saturatingAdd(count, saturatingMultiply(classes, perClass))
      classCount = saturatingAdd(classCount, classes)
      if count > 1 << 32 || classCount > 1 << 32 { return nil }
    }
    self.firstNumber = firstNumber
    self.firstClass = firstClass
    self.choices = choices
    self.cardinalities = cardinalities
    self.count = count
    self.classCount = classCount
  }

  public func action(_ number: Int) -> ActionID {
    // The last action whose first instance is not beyond; actions without instances share their number with the next.
    var low = 0
    var high = firstNumber.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if firstNumber[middle] <= number { low = middle } else { high = middle }
    }
    return low
  }

  public func instance(_ number: Int) -> ActionInstance {
    let action = action(number)
    var rest = number - firstNumber[action]
    var arguments = cardinalities[action]
    for position in arguments.indices.reversed() {
      arguments[position] = rest % cardinalities[action][position]
      rest /= cardinalities[action][position]
    }
    return ActionInstance(action: action, arguments: arguments)
  }

  public func number(_ instance: ActionInstance) -> Int {
    firstNumber[instance.action]
      + zip(instance.arguments, cardinalities[instance.action]).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// The fairness class of an instance, a number below `classCount`.
  public func fairnessClass(_ number: Int) -> Int {
    let action = action(number)
    return firstClass[action] + (number - firstNumber[action]) / choices[action]
  }
}

private func saturating(_ factors: some Sequence<Int>) -> Int { factors.reduce(1) { saturatingMultiply($0, $1) } }
