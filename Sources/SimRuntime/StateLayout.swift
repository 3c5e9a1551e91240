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

  public init(_ instance: Instance) throws(SpecError) {
    fatalError("not written yet")
  }

  public func pack(_ state: State, into words: UnsafeMutablePointer<UInt64>) {}
  public func unpack(_ words: UnsafePointer<UInt64>) -> State { State(variables: []) }
}
