/// In: ordinals of key types. Out: the same as sums over the sort elements in them, which say how a renaming changes the ordinal.
///
/// Ordinals are mixed radix numbers and options add one, so an ordinal is a fixed part plus, for each element in it, the
/// element's number times a stride. Two ordinals with equal fixed part and strides are the same value but for the elements.

import CNative
import Spec

struct ElementTerms {
  struct Operand: Hashable {
    /// Elements of all sorts are numbered in a row.
    var element: Int
    var stride: Int
  }
  struct Term {
    var base: Int
    var operands: [Operand]
  }
  private struct Shape: Hashable {
    var base: Int
    var sorts: [Int]
    var strides: [Int]
  }

  let instance: Instance
  /// By sort.
  private let permutes: [Bool]
  /// The number of each sort's first element.
  let first: [Int]
  let elements: Int
  private(set) var terms: [KspecTerm] = []
  private(set) var operands: [KspecOperand] = []
  private var labels: [Shape: UInt64] = [:]
  private var contents: [Type: UInt32?] = [:]

  static let limit = 1 << 20

  init(_ instance: Instance, fault: SymmetryFault = []) {
    self.instance = instance
    permutes = instance.model.sorts.map { !$0.ordered || fault.contains(.permutesOrderedSorts) }
    var first: [Int] = []
    var next = 0
    for size in instance.sizes {
      first.append(next)
      next += size
    }
    self.first = first
    elements = next
  }

  /// Whether values of a key type contain elements that a renaming can move.
  func hasElements(_ type: Type) -> Bool {
    switch type {
    case .sort(let id): permutes[id]
    case .option(let payload): hasElements(payload)
    case .record(let id): instance.model.records[id].fields.contains { hasElements($0.type) }
    case .bool, .int, .enumeration, .set, .map, .queue, .forest, .error: false
    }
  }

  /// Adds the ordinal of a key, times a stride, to a term.
  func add(_ ordinal: Int, _ type: Type, stride: Int, to term: inout Term) {
    switch type {
    case .sort(let id) where permutes[id]:
      term.operands.append(Operand(element: first[id] + ordinal, stride: stride))
    case .option(let payload):
      if ordinal == 0 { return }
      term.base += stride
      add(ordinal - 1, payload, stride: stride, to: &term)
    case .record(let id): add(ordinal, instance.model.records[id].fields.map(\.type), stride: stride, to: &term)
    default: term.base += ordinal * stride
    }
  }

  /// The same for a tuple, whose first position is the most significant.
  func add(_ ordinal: Int, _ types: [Type], stride: Int, to term: inout Term) {
    var rest = ordinal
    var stride = stride
    for type in types.reversed() {
      let cardinality = instance.cardinality(type)
      add(rest % cardinality, type, stride: stride, to: &term)
      rest /= cardinality
      stride *= cardinality
    }
  }

  /// Of a key type's ordinal.
  func term(_ ordinal: Int, _ type: Type) -> Term {
    var term = Term(base: 0, operands: [])
    add(ordinal, type, stride: 1, to: &term)
    return term
  }

  /// The place of a term in the table.
  mutating func append(_ term: Term) -> UInt32 {
    let shape = Shape(base: term.base, sorts: term.operands.map { sort(of: $0.element) }, strides: term.operands.map(\.stride))
    let label = labels[shape] ?? UInt64(labels.count)
    labels[shape] = label
    let start = operands.count
    operands += term.operands.map { KspecOperand(element: UInt32($0.element), stride: UInt64($0.stride)) }
    terms.append(KspecTerm(label: label, base: UInt64(term.base), first: UInt32(start), count: UInt32(term.operands.count)))
    return UInt32(terms.count - 1)
  }

  private func sort(of element: Int) -> Int { first.lastIndex { $0 <= element } ?? 0 }

  /// The place of the terms of all values of a key type, one after the other; nil if the values contain no elements. Throws if
  /// they are too many to list.
  mutating func content(_ type: Type) throws(TooLarge) -> UInt32? {
    if let known = contents[type] { return known }
    var start: UInt32?
    if hasElements(type) {
      let cardinality = instance.cardinality(type)
      if cardinality > Self.limit || terms.count + cardinality > Self.limit { throw TooLarge() }
      start = UInt32(terms.count)
      for ordinal in 0..<cardinality {
        _ = append(term(ordinal, type))
      }
    }
    contents[type] = .some(start)
    return start
  }

  struct TooLarge: Error {}
}

extension ElementTerms.Term {
  /// The sum once each element has the given number in its sort.
  func value(_ local: [Int]) -> Int { operands.reduce(base) { $0 + $1.stride * local[$1.element] } }
}

extension Renaming {
  /// For each element, those of all sorts in a row, its image's number in the sort.
  var local: [Int] { images.flatMap { $0 } }
}
