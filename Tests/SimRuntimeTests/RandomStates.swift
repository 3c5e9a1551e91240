import Spec
import TestSupport

@testable import SimRuntime

/// States that need not be reachable: any values of the variables' types.
extension Comparison {
  func random(states count: Int, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    guard let rigid = try reference.evaluator.rigidValuations().first else { return }
    let states = (0..<count).map { _ in
      instance.randomState(&random)
    }
    let packed = states.map { state in
      [UInt64](unsafeUninitializedCapacity: reference.layout.wordsPerState) { buffer, used in
        if let base = buffer.baseAddress { reference.layout.pack(state, into: base) }
        used = reference.layout.wordsPerState
      }
    }
    for (state, words) in zip(states, packed) {
      let back = words.withUnsafeBufferPointer { $0.baseAddress.map { reference.layout.unpack($0) } }
      if back != state { throw Difference(description: "\(state) is unpacked as \(String(describing: back))") }
    }
    _ = try compare(packed, rigid)
  }
}

extension Instance {
  func randomState(_ random: inout SeededGenerator) -> State {
    State(variables: model.variables.map { randomValue($0.type, &random) })
  }

  func randomValue(_ type: Type, _ random: inout SeededGenerator) -> Value {
    switch type {
    case .record(let id): return .record(model.records[id].fields.map { randomValue($0.type, &random) })
    case .map(let keys, let inner): return .map((0..<cardinality(of: keys)).map { _ in randomValue(inner, &random) })
    case .set(let element): return .set((0..<cardinality(element)).map { _ in Bool.random(using: &random) })
    case .queue(let capacity, let element):
      return .queue((0..<Int.random(in: 0...capacity, using: &random)).map { _ in randomValue(element, &random) })
    case .forest(let element):
      // Each node below one that comes earlier in a random order, or a root.
      let order = (0..<cardinality(element)).shuffled(using: &random)
      var parents = order.map { _ in -1 }
      for (position, node) in order.enumerated() where position > 0 && Bool.random(using: &random) {
        parents[node] = order[Int.random(in: 0..<position, using: &random)]
      }
      return .forest(parents)
    default: return value(Int.random(in: 0..<cardinality(type), using: &random), type)
    }
  }
}
