/// In: the single cells that a straight piece of an action's updates writes. Out: C statements that write them together: of all that
/// have one index, the bits to clear and the constants to set are looked up in a table each.
///
/// An action that gives a thread seven new registers clears seven fields at one index: a table's entry a word takes the place of seven
/// shifts and seven differences, and constants cost nothing beyond. Order does not matter, as all updates read the parent.

import Foundation
import Spec

struct PendingPut {
  var variable: VariableID
  /// C expressions, without effects.
  var cell: String
  var value: String
}

extension Body {
  /// A name or a number.
  func isAtom(_ text: String) -> Bool { text.utf8.allSatisfy { $0 == 0x5f || isalnum(Int32($0)) != 0 } }

  private func bare(_ text: String) -> Substring { text.drop { $0 == "(" }.prefix { $0 != ")" } }

  /// Whether the guards say that two indices differ.
  func areDistinct(_ a: String, _ b: String) -> Bool {
    let (x, y) = (bare(a), bare(b))
    func isWhole(_ name: Substring, _ text: String) -> Bool { text.filter { $0 != "(" && $0 != ")" } == name }
    return isWhole(x, a) && isWhole(y, b) && distinct.contains([String(x), String(y)].sorted())
  }

  private func constant(_ value: String) -> UInt64? { UInt64(value.filter { $0 != "(" && $0 != ")" }) }

  /// Writes what is pending.
  func flush() -> String {
    var order: [String] = []
    var groups: [String: [PendingPut]] = [:]
    for put in pending {
      let key = "\(put.cell) \(emitter.layout.variables[put.variable].count)"
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(put)
    }
    pending = []
    return order.map { write(groups[$0] ?? []) }.joined()
  }

  private func write(_ puts: [PendingPut]) -> String {
    guard puts.count > 1, let first = puts.first, emitter.layout.variables[first.variable].count <= 256 else {
      return puts.map { "put_\(emitter.variable($0.variable))(w, n, \($0.cell), 0, \($0.value));\n" }.joined()
    }
    let layout = emitter.layout
    let count = layout.variables[first.variable].count
    var clear = [[UInt64]](repeating: [UInt64](repeating: 0, count: count), count: layout.wordsPerState)
    var set = clear
    var rest = ""
    var unpacked = ""
    let index = emitter.fresh("x")
    for put in puts {
      let name = emitter.variable(put.variable)
      let fixed = constant(put.value)
      for cell in 0..<count {
        let place = layout.cells[layout.variables[put.variable].lowerBound + cell]
        guard place.bits > 0 else { continue }
        let ones: UInt64 = place.bits == 64 ? .max : (1 << UInt64(place.bits)) - 1
        clear[place.word][cell] |= ones << UInt64(place.shift)
        if let fixed { set[place.word][cell] |= (fixed & ones) << UInt64(place.shift) }
      }
      if fixed == nil { rest += "set_\(name)(w, \(index), \(put.value));\n" }
      unpacked += "n->\(name)[\(index)] = (\(emitter.cellType(model.variables[put.variable].type)))(\(put.value)); "
    }
    var text = "{ const I \(index) = \(first.cell);\nif (w) {\n"
    for (what, tables) in [("clear", clear), ("set", set)] {
      for (word, bits) in tables.enumerated() where bits.contains(where: { $0 != 0 }) {
        let table = emitter.fresh("t")
        text +=
          "static const U \(table)[] = {\(bits.map(hex).joined(separator: ", "))}; w->\(what)[\(word)] |= \(table)[\(index)];\n"
      }
    }
    return text + "\(rest)}\nif (n) { \(unpacked)} }\n"
  }
}
