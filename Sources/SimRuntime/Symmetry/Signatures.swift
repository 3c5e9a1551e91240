/// In: a layout and a block of elements. Out: where in an element's signature each cell writes that is keyed by the element or
/// holds it.
///
/// A signature is a number with a field for each cell that can hold an element of the block, and one for each family of cells
/// that differ by it in their keys alone. Two elements with equal signatures are twins: exchanging them keeps the state.

import CNative
import Spec

struct Signatures {
  /// What a cell contributes to the signature of one element, by the element's position in the block.
  struct Part {
    var element: Int
    var amount: UInt64
  }
  /// Some bits of a signature, and what they add to a state if the element with it is the one at a position.
  struct Field {
    var shift: Int
    var bits: Int
    fileprivate var adds: Adds
  }
  fileprivate enum Adds {
    /// The values of the cell at this number, plus a stride for each position.
    case keyed(first: Int, stride: Int, cardinality: Int)
    /// The cell, and for each digit its value with the first of the elements, and a stride for each position; digit 0 is a value without any.
    case held(cell: Int, values: [Rest])
  }
  /// A value but for the element in it.
  fileprivate struct Rest: Hashable {
    var value: Int
    var stride: Int
  }
  private enum Role {
    case apart
    case keyed(element: Int, field: Int)
    case held(parts: [(element: Int, digit: UInt64)?], field: Int)
  }

  /// The elements' numbers in their sort.
  let elements: [Int]
  private(set) var fields: [Field] = []
  private var roles: [Role] = []
  private let layout: StateLayout

  static let fieldLimit = 10

  /// Nil if two of the elements can meet in a cell, its key included, or if a signature takes more than 64 bits.
  init?(_ layout: StateLayout, _ block: SymmetryGroup.Block, _ fault: SymmetryFault) {
    guard block.elements.count <= Int(KSPEC_MAX_SORTED) else { return nil }
    self.layout = layout
    elements = block.elements
    let described = CellRoles(layout, fault: fault)
    let terms = described.terms
    let positions = Dictionary(
      uniqueKeysWithValues: block.elements.enumerated().map { (terms.first[block.sort] + $1, $0) })
    let plain = Renaming.identity(layout.instance.sizes).local
    var families: [Int: Int] = [:]
    var contents: [Type: (parts: [(element: Int, digit: UInt64)?], rests: [Rest])] = [:]

    /// The position of the only element of the block in a term, and the term's value with the block's first in its place; nil if there is none.
    func only(_ term: ElementTerms.Term) -> (position: Int, rest: Rest)?? {
      let own = term.operands.filter { positions[$0.element] != nil }
      guard let operand = own.first, let position = positions[operand.element] else { return .some(nil) }
      if own.count > 1 { return nil }
      let shift = block.elements[position] - block.elements[0]
      return (position, Rest(value: term.value(plain) - operand.stride * shift, stride: operand.stride))
    }

    for (cell, role) in described.roles.enumerated() {
      let cardinality = layout.cells[cell].cardinality
      guard let key = only(role.key) else { return nil }
      if contents[role.content] == nil {
        var found: (parts: [(element: Int, digit: UInt64)?], rests: [Rest]) = ([], [])
        if terms.hasElements(role.content) {
          if layout.instance.cardinality(role.content) > 1 << 16 { return nil }
          var digits: [Rest: UInt64] = [:]
          for ordinal in 0..<layout.instance.cardinality(role.content) {
            guard let value = only(terms.term(ordinal, role.content)) else { return nil }
            guard let (position, rest) = value else {
              found.parts.append(nil)
              continue
            }
            if digits[rest] == nil {
              found.rests.append(rest)
              digits[rest] = UInt64(found.rests.count)
            }
            found.parts.append((position, digits[rest] ?? 0))
          }
        }
        contents[role.content] = found
      }
      let content = contents[role.content] ?? ([], [])
      if let (position, rest) = key {
        if !content.rests.isEmpty { return nil }
        if families[rest.value] == nil {
          families[rest.value] = fields.count
          let adds = Adds.keyed(first: rest.value, stride: rest.stride, cardinality: cardinality)
          guard append(adds, cardinality) else { return nil }
        }
        roles.append(.keyed(element: position, field: families[rest.value] ?? 0))
      } else if content.rests.isEmpty {
        roles.append(.apart)
      } else {
        roles.append(.held(parts: content.parts, field: fields.count))
        guard append(.held(cell: cell, values: content.rests), content.rests.count + 1) else { return nil }
      }
    }
  }

  private mutating func append(_ adds: Adds, _ cardinality: Int) -> Bool {
    let bits = CellPlacement.bits(UInt64(cardinality))
    let shift = fields.last.map { $0.shift + $0.bits } ?? 0
    fields.append(Field(shift: shift, bits: bits, adds: adds))
    return bits <= Self.fieldLimit && shift + bits <= 64
  }

  /// Nil for what has no element of the block.
  func part(_ cell: Int, _ value: Int) -> Part? {
    switch roles[cell] {
    case .apart: return nil
    case .keyed(let element, let field): return Part(element: element, amount: UInt64(value) << UInt64(fields[field].shift))
    case .held(let parts, let field):
      return parts[value].map { Part(element: $0.element, amount: $0.digit << UInt64(fields[field].shift)) }
    }
  }

  /// Where a field's digit goes if the element at a position has it: the cell, and its value. Nil for digits that no signature has, and
  /// for those that say nothing.
  func cell(_ field: Field, _ digit: Int, _ position: Int) -> (cell: Int, value: Int)? {
    let shift = elements[position] - elements[0]
    switch field.adds {
    case .keyed(let first, let stride, let cardinality): return digit < cardinality ? (first + stride * shift, digit) : nil
    case .held(let cell, let values):
      guard digit > 0, digit <= values.count else { return nil }
      return (cell, values[digit - 1].value + values[digit - 1].stride * shift)
    }
  }
}
