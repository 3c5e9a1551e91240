/// What can be said about a few variables at once. In: atoms and the variables' types. Out: atoms with variables in their holes.
import Foundation
import Spec

/// An atom whose holes are filled with variables of a profile.
struct Literal: Hashable {
  var atom: Int
  var variables: [Int]
}

/// The variables of a clause: their types, in a fixed order.
struct Profile: Hashable {
  var types: [Type]

  /// `a`, `b`, `c`, …: names that nothing declares, and that no atom binds.
  func names(_ model: Model, _ atoms: [TypedAtom]) -> [String] {
    var taken = Set(
      model.constants.map(\.name) + model.variables.map(\.name) + model.functions.map(\.name) + model.policies.map(\.name)
        + model.enumerations.flatMap(\.cases))
    for atom in atoms {
      for case .text(let text) in atom.atom.parts {
        taken.formUnion(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
      }
    }
    var result: [String] = []
    var number = 0
    while result.count < types.count {
      let letter = String(UnicodeScalar(UInt8(97 + number % 26)))
      let name = number < 26 ? letter : "\(letter)\(number / 26)"
      if !taken.contains(name) { result.append(name) }
      number += 1
    }
    return result
  }

  /// Each way to fill the holes of the atoms, once: `a == b` and `b == a` are one, `a == a` is none.
  func literals(_ atoms: [Atom]) -> [Literal] {
    var result: [Literal] = []
    var seen: Set<String> = []
    for (index, atom) in atoms.enumerated() {
      var fillings: [[Int]] = [[]]
      for hole in atom.holes {
        fillings = fillings.flatMap { filling in types.indices.filter { types[$0] == hole }.map { filling + [$0] } }
      }
      for filling in fillings {
        guard case .varying(let key) = Self.meaning(atom, filling) else { continue }
        if seen.insert(key).inserted { result.append(Literal(atom: index, variables: filling)) }
      }
    }
    return result
  }

  enum Meaning {
    /// `a == a`, `a <= a`.
    case always
    /// What is the same for literals that say the same.
    case varying(String)
  }

  static func meaning(_ atom: Atom, _ filling: [Int]) -> Meaning {
    let text = atom.text(filling.map { "\u{1}\($0)\u{1}" })
    if let (left, right) = sides(text, "==") {
      return left == right ? .always : .varying(min(left, right) + " == " + max(left, right))
    }
    if let (left, right) = sides(text, "<="), left == right { return .always }
    return .varying(text)
  }

  private static func sides(_ text: String, _ word: String) -> (String, String)? {
    guard let range = text.range(of: " \(word) ") else { return nil }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }
}
