/// In: values, and a permutation of the elements of each sort. Out: the same values with every element replaced by its image.
///
/// Elements of an unordered sort have no literals and no order, so nothing in a spec can tell a run from its renamed twin:
/// `step(g a, g s) == g step(a, s)` for every renaming g that fixes the constants. That is all that symmetry rests on.

/// A permutation of the elements of each sort.
public struct Renaming: Hashable, Sendable {
  /// By `SortID`, then by element: its image. The identity for a sort that is not permuted.
  public var images: [[Int]]

  public init(images: [[Int]]) { self.images = images }

  public static func identity(_ sizes: [Int]) -> Renaming { Renaming(images: sizes.map { Array(0..<$0) }) }

  /// Swaps two elements of one sort.
  public static func transposition(_ sort: SortID, _ a: Int, _ b: Int, _ sizes: [Int]) -> Renaming {
    var result = identity(sizes)
    result.images[sort].swapAt(a, b)
    return result
  }

  /// `first`, then this.
  public func after(_ first: Renaming) -> Renaming {
    Renaming(images: zip(images, first.images).map { outer, inner in inner.map { outer[$0] } })
  }

  public var inverse: Renaming {
    Renaming(
      images: images.map { images in
        var result = images
        for (element, image) in images.enumerated() { result[image] = element }
        return result
      })
  }
}

extension Instance {
  /// The value with every sort element in it replaced by its image: keys move, contents change.
  public func renamed(_ value: Value, _ type: Type, by renaming: Renaming) -> Value {
    switch (value, type) {
    case (.element(let element), .sort(let id)): return .element(renaming.images[id][element])
    case (.some(let payload), .option(let inner)): return .some(renamed(payload, inner, by: renaming))
    case (.record(let fields), .record(let id)):
      return .record(zip(fields, model.records[id].fields).map { renamed($0, $1.type, by: renaming) })
    case (.map(let values), .map(let keys, let valueType)):
      var result = values
      for (key, value) in values.enumerated() {
        result[renamed(ordinal: key, keys, by: renaming)] = renamed(value, valueType, by: renaming)
      }
      return .map(result)
    case (.set(let members), .set(let element)):
      var result = members
      for (ordinal, isMember) in members.enumerated() { result[renamed(ordinal: ordinal, [element], by: renaming)] = isMember }
      return .set(result)
    case (.queue(let elements), .queue(_, let type)): return .queue(elements.map { renamed($0, type, by: renaming) })
    case (.forest(let parents), .forest(let element)):
      var result = parents
      for (child, parent) in parents.enumerated() {
        let image = renamed(ordinal: child, [element], by: renaming)
        result[image] = parent < 0 ? parent : renamed(ordinal: parent, [element], by: renaming)
      }
      return .forest(result)
    default: return value
    }
  }

  /// The ordinal of the image of the tuple with an ordinal.
  public func renamed(ordinal: Int, _ types: [Type], by renaming: Renaming) -> Int {
    self.ordinal(of: zip(values(ordinal, types), types).map { renamed($0, $1, by: renaming) }, types)
  }

  public func renamed(_ state: State, by renaming: Renaming) -> State {
    State(variables: zip(state.variables, model.variables).map { renamed($0, $1.type, by: renaming) })
  }

  public func renamed(_ rigid: RigidValuation, by renaming: Renaming) -> RigidValuation {
    RigidValuation(constants: zip(rigid.constants, model.constants).map { renamed($0, $1.type, by: renaming) })
  }

  public func renamed(_ action: ActionInstance, by renaming: Renaming) -> ActionInstance {
    let locals = model.actions[action.action].instanceLocals
    return ActionInstance(
      action: action.action,
      arguments: zip(action.arguments, locals).map { renamed(ordinal: $0, [$1.type], by: renaming) })
  }
}
