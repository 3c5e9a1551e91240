import Spec

/// Where each leaf of a state stands in its packed words.
///
/// A variable is flattened into *cells*, each an ordinal `0 ..< cardinality`: a key scalar or option is one cell, a
/// record its fields' cells, a map its values' cells by key ordinal, a set one boolean cell an element, a queue a
/// length cell and a cell a slot (slots beyond the length are zero), a forest one cell an element (0 root, 1 + parent).
/// Equal states have equal words and the other way round.
public struct StateLayout: Sendable {
  public let instance: Instance
  public let wordsPerState: Int
  /// Every cell of a state, variable after variable.
  public let cells: [CellPlace]
  /// The cells of each variable, by `VariableID`.
  public let variables: [Range<Int>]
  /// How each variable's cells are arranged.
  public let shapes: [CellShape]

  /// A state of more than this many words is refused: nothing exhaustive is possible there.
  public static let maximumWords = 256
  private static let maximumCells = 1 << 16

  /// Throws `unbounded` where a variable's values are too many or too wide.
  public init(_ instance: Instance) throws(SpecError) {
    let model = instance.model
    var cardinalities: [Int] = []
    var variables: [Range<Int>] = []
    var shapes: [CellShape] = []
    for variable in model.variables {
      let shape = instance.shape(variable.type)
      guard shape.largest < Int.max else {
        throw SpecError(.unbounded, at: variable.span, "a value of \(variable.name) can be one of more than 2^63")
      }
      guard shape.count <= Self.maximumCells, cardinalities.count + shape.count <= Self.maximumCells else {
        throw SpecError(.unbounded, at: variable.span, "\(variable.name) has \(shape.count) cells at this size")
      }
      let first = cardinalities.count
      shape.appendCardinalities(to: &cardinalities)
      variables.append(first..<cardinalities.count)
      shapes.append(shape)
    }
    let groups = Self.groups(instance, variables)
    let (places, words) = CellPlacement.place(cardinalities, groups: groups)
    guard words <= Self.maximumWords else {
      let widest = variables.indices.max { variables[$0].count < variables[$1].count }
      let span = widest.map { model.variables[$0].span } ?? .none
      throw SpecError(.unbounded, at: span, "a state has \(words) words of 64 bits, more than \(Self.maximumWords)")
    }
    self.instance = instance
    self.cells = places
    self.wordsPerState = words
    self.variables = variables
    self.shapes = shapes
  }

  /// The cells that could share a number: those that maps, sets and forests over the same key types hold for one key.
  private static func groups(_ instance: Instance, _ variables: [Range<Int>]) -> [[Int]] {
    let (others, families) = families(instance, variables)
    return others + families.flatMap(\.cells)
  }

  /// For each list of key types the cells of each key.
  var families: [(keys: [Type], cells: [[Int]])] { Self.families(instance, variables).families }

  /// Cells that belong to no key stand alone.
  private static func families(
    _ instance: Instance, _ variables: [Range<Int>]
  ) -> (others: [[Int]], families: [(keys: [Type], cells: [[Int]])]) {
    var byKey: [[Type]: [[Int]]] = [:]
    var order: [[Type]] = []
    var groups: [[Int]] = []
    for (index, variable) in instance.model.variables.enumerated() {
      let cells = variables[index]
      guard let keys = keys(variable.type), !cells.isEmpty else {
        groups.append(contentsOf: cells.map { [$0] })
        continue
      }
      let count = instance.cardinality(of: keys)
      if byKey[keys] == nil {
        order.append(keys)
        byKey[keys] = [[Int]](repeating: [], count: count)
      }
      let stride = cells.count / count
      for key in 0..<count {
        byKey[keys]?[key].append(contentsOf: (cells.lowerBound + key * stride)..<(cells.lowerBound + (key + 1) * stride))
      }
    }
    return (groups, order.map { ($0, byKey[$0] ?? []) })
  }

  /// What tells apart the cells of a variable.
  static func keys(_ type: Type) -> [Type]? {
    switch type {
    case .map(let keys, _): keys
    case .set(let element), .forest(let element): [element]
    default: nil
    }
  }

  /// Writes the state's `wordsPerState` words. Each value must be of its variable's type.
  public func pack(_ state: State, into words: UnsafeMutablePointer<UInt64>) {
    var ordinals: [Int] = []
    ordinals.reserveCapacity(cells.count)
    for (value, variable) in zip(state.variables, instance.model.variables) {
      instance.appendCells(of: value, variable.type, to: &ordinals)
    }
    precondition(ordinals.count == cells.count, "a value is not of its variable's type")
    for word in 0..<wordsPerState { words[word] = 0 }
    for (ordinal, place) in zip(ordinals, cells) { words[place.word] &+= UInt64(ordinal) &* place.multiplier }
  }

  public func unpack(_ words: UnsafePointer<UInt64>) -> State {
    let ordinals = cells.map { $0.read(words) }
    var next = 0
    return State(variables: instance.model.variables.map { instance.value(of: ordinals, at: &next, $0.type) })
  }
}

extension StateLayout {
  /// The bits of the fullest word that are ever set.
  public var usedBits: Int { (0..<wordsPerState).map { usedBits(ofWord: $0) }.max() ?? 1 }

  /// The bits of a word that are ever set; at least one.
  public func usedBits(ofWord word: Int) -> Int {
    max(cells.lazy.filter { $0.word == word }.map { $0.shift + $0.bits }.max() ?? 0, 1)
  }
}
