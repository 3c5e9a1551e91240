/// What a spec can say about a few elements. In: a model. Out: atoms, as spec text with holes.
///
/// Everything comes from the declarations: `holds[s] == none`, `right[s] <= right[a]`, `tree.under(s, a)`, `s.space == sigma0`, `q in members[x]`. A
/// clause over such atoms is what a designer would write as an invariant, so what is found can be read.
import Spec

/// Boolean text over typed holes: `parts[0]`, hole 0, `parts[1]`, hole 1, … A hole may occur more than once.
struct Atom: Hashable {
  enum Part: Hashable {
    case text(String)
    case hole(Int)
  }
  var parts: [Part]
  /// Key types of the holes.
  var holes: [Type]

  func text(_ names: [String]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .hole(let hole): names[hole]
      }
    }.joined()
  }
}

/// A term with holes: `holds[_]`, `_.space`, `sigma0`, `_`.
private struct Place {
  var parts: [Atom.Part]
  var holes: [Type]
  var type: Type
  var readsState: Bool
  /// What it is a cell of: places of one family differ in their holes only.
  var family: String
  var isHole: Bool { parts == [.hole(0)] }
}

struct AtomVocabulary {
  let model: Model
  private var places: [Place] = []
  private(set) var atoms: [Atom] = []
  private var seen: Set<Atom> = []

  /// Cases and numbers that are compared with; ranges and enums with more are compared among themselves only.
  private static let mostLiterals = 8

  init(_ model: Model, goals: [Int]) {
    self.model = model
    for constant in model.constants { add(constant.name, constant.type, readsState: false) }
    for variable in model.variables { add(variable.name, variable.type, readsState: true) }
    for type in keyTypes() { add([.hole(0)], [type], type, false, family: "") }
    for atom in Harvest(model: model, isVariable: isVariable).atoms(goals: goals) { add(atom) }
    for function in model.functions { addCall(function) }
    compareWithLiterals()
    compareWithRecords()
    compareWithEachOther()
  }

  /// The sorts and records that index something, or are held somewhere.
  private func keyTypes() -> [Type] {
    var result: [Type] = []
    for type in places.flatMap(\.holes) + atoms.flatMap(\.holes) + places.map(\.type).map(payload) where isVariable(type) {
      if !result.contains(type) { result.append(type) }
    }
    for case .record(let id) in result {
      for field in model.records[id].fields where isVariable(field.type) && !result.contains(field.type) {
        result.append(field.type)
      }
    }
    return result
  }

  private func payload(_ type: Type) -> Type { if case .option(let inner) = type { inner } else { type } }

  /// What a clause quantifies over: small enums and numbers are written out instead.
  private func isVariable(_ type: Type) -> Bool {
    switch type {
    case .sort: true
    case .record(let id): model.records[id].fields.allSatisfy { isVariable($0.type) }
    default: false
    }
  }

  private mutating func add(_ name: String, _ type: Type, readsState: Bool) {
    add([.text(name)], [], type, readsState, family: name)
  }

  private mutating func add(_ parts: [Atom.Part], _ holes: [Type], _ type: Type, _ readsState: Bool, family: String) {
    switch type {
    case .bool, .int, .sort, .enumeration, .option:
      places.append(Place(parts: parts, holes: holes, type: type, readsState: readsState, family: family))
    case .record(let id):
      places.append(Place(parts: parts, holes: holes, type: type, readsState: readsState, family: family))
      for field in model.records[id].fields {
        add(parts + [.text(".\(field.name)")], holes, field.type, readsState, family: "\(family).\(field.name)")
      }
    case .map(let keys, let value):
      // A key that is not quantified over is written out, case by case.
      for (index, more) in indices(keys, from: holes.count) {
        add(
          parts + [.text("[")] + index + [.text("]")], holes + more, value, readsState,
          family: family + "[\(index.filter { if case .text = $0 { true } else { false } })]")
      }
    case .set(let element):
      for (index, more) in indices([element], from: holes.count) {
        add(Atom(parts: index + [.text(" in ")] + parts, holes: holes + more))
      }
    case .forest(let key) where isVariable(key):
      let (a, b) = (Atom.Part.hole(holes.count), Atom.Part.hole(holes.count + 1))
      add(Atom(parts: parts + [.text(".under("), a, .text(", "), b, .text(")")], holes: holes + [key, key]))
    // Not `parent`: that b is no ancestor of a says as much of two elements, and stays in the decidable fragment.
    case .forest, .queue, .error: break
    }
  }

  /// Ways to write an index: holes for what is quantified over, literals for small enums and Booleans.
  private func indices(_ keys: [Type], from first: Int) -> [(parts: [Atom.Part], holes: [Type])] {
    var result: [(parts: [Atom.Part], holes: [Type])] = [([], [])]
    for (position, key) in keys.enumerated() {
      let separator: [Atom.Part] = position > 0 ? [.text(", ")] : []
      if isVariable(key) {
        result = result.map { ($0.parts + separator + [.hole(first + $0.holes.count)], $0.holes + [key]) }
      } else {
        let literals = literals(key)
        result = result.flatMap { base in literals.map { (base.parts + separator + [.text($0)], base.holes) } }
      }
    }
    return result
  }

  private func literals(_ type: Type) -> [String] {
    switch type {
    case .bool: ["true", "false"]
    case .enumeration(let id) where model.enumerations[id].cases.count <= Self.mostLiterals: model.enumerations[id].cases
    // Without a sum that might not fit: a range may be as wide as the numbers are.
    case .int(let low, let high) where low.distance(to: high, isBelow: Self.mostLiterals): (low...high).map { "\($0)" }
    default: []
    }
  }

  private mutating func add(_ atom: Atom) {
    if seen.insert(atom).inserted { atoms.append(atom) }
  }

  /// What the author gave a name is what the author thinks in.
  private mutating func addCall(_ function: FunctionDeclaration) {
    guard case .bool = function.result, !function.parameters.isEmpty, function.parameters.count <= 5 else { return }
    for (arguments, holes) in indices(function.parameters.map(\.type), from: 0) where !holes.isEmpty {
      add(Atom(parts: [.text("\(function.name)(")] + arguments + [.text(")")], holes: holes))
    }
  }

  /// `guest[a, b] == Entry(page: c, rw: true)`.
  private mutating func compareWithRecords() {
    for place in places where !place.isHole {
      guard case .record(let id) = payload(place.type), place.holes.count <= 3 else { continue }
      let fields = model.records[id].fields
      for (arguments, holes) in indices(fields.map(\.type), from: place.holes.count) where place.holes.count + holes.count <= 4 {
        let parts = place.parts + [.text(" == \(model.records[id].name)(")] + labelled(arguments, fields.map(\.name))
        add(Atom(parts: parts + [.text(")")], holes: place.holes + holes))
      }
    }
  }

  /// `c, true` with the names of the fields: `page: c, rw: true`.
  private func labelled(_ arguments: [Atom.Part], _ names: [String]) -> [Atom.Part] {
    var result: [Atom.Part] = []
    var field = 0
    for part in arguments {
      if part == .text(", ") {
        result.append(part)
        continue
      }
      if field < names.count { result.append(.text("\(names[field]): ")) }
      field += 1
      result.append(part)
    }
    return result
  }

  private mutating func compareWithLiterals() {
    for place in places {
      func add(_ text: String) {
        self.add(Atom(parts: place.parts + [.text(text)], holes: place.holes))
      }
      switch place.type {
      case .bool: add("")
      case .option(let inner):
        add(" == none")
        for literal in literals(inner) { add(" == \(literal)") }
      case .enumeration, .int: for literal in literals(place.type) { add(" == \(literal)") }
      default: break
      }
    }
  }

  private func isOrdered(_ type: Type) -> Bool {
    switch type {
    case .sort(let id): model.sorts[id].ordered
    case .enumeration(let id): model.enumerations[id].ordered
    case .int: true
    default: false
    }
  }

  private func comparable(_ a: Type, _ b: Type) -> Bool {
    switch (a, b) {
    case (.int, .int): true
    case (.option(let inner), _) where !b.isOption: comparable(inner, b)
    case (_, .option(let inner)) where !a.isOption: comparable(a, inner)
    default: a == b
    }
  }

  private mutating func compareWithEachOther() {
    for (i, a) in places.enumerated() {
      for b in places[i...] where comparable(a.type, b.type) && a.holes.count + b.holes.count <= 3 {
        if case .bool = a.type { continue }
        if a.holes.isEmpty && b.holes.isEmpty && !a.readsState && !b.readsState { continue }
        let shifted = b.parts.map { part in if case .hole(let hole) = part { Atom.Part.hole(hole + a.holes.count) } else { part }
        }
        func add(_ word: String) {
          self.add(Atom(parts: a.parts + [.text(" \(word) ")] + shifted, holes: a.holes + b.holes))
        }
        if a.family == b.family && a.holes.isEmpty { continue }
        add("==")
        if isOrdered(a.type), a.type == b.type { add("<=") }
      }
    }
  }
}

extension Int64 {
  fileprivate func distance(to high: Int64, isBelow limit: Int) -> Bool {
    let (width, overflow) = high.subtractingReportingOverflow(self)
    return !overflow && width < Int64(limit)
  }
}
