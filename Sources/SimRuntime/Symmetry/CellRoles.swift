/// In: a layout. Out: for each cell which elements stand in its key, and of which type its content is: how a renaming moves
/// cells and changes what they hold.

import Spec

/// One cell of a state.
struct CellRole {
  /// The cell's own number, as a sum over the elements in its key.
  var key: ElementTerms.Term
  /// The key type whose ordinal the cell holds; a forest's parent is an optional node.
  var content: Type
  var isParent = false
  /// For the slot of a queue: the cell that holds the length, and the slot's position. A slot beyond the length is not in use.
  var slot: (length: Int, position: Int)?
}

struct CellRoles {
  var terms: ElementTerms
  private(set) var roles: [CellRole] = []

  init(_ layout: StateLayout, fault: SymmetryFault = []) {
    terms = ElementTerms(layout.instance, fault: fault)
    for (variable, shape) in zip(layout.instance.model.variables, layout.shapes) {
      append(variable.type, shape, .init(base: roles.count, operands: []))
    }
  }

  /// Cells in the order of the layout. `start`: where the value's first cell is.
  private mutating func append(_ type: Type, _ shape: CellShape, _ start: ElementTerms.Term) {
    func at(_ offset: Int) -> ElementTerms.Term { .init(base: start.base + offset, operands: start.operands) }
    func at(_ ordinal: Int, _ keys: [Type], stride: Int) -> ElementTerms.Term {
      var term = start
      terms.add(ordinal, keys, stride: stride, to: &term)
      return term
    }
    switch (type, shape) {
    case (.record(let id), .record(_, let shapes)):
      var offset = 0
      for (field, shape) in zip(terms.instance.model.records[id].fields, shapes) {
        append(field.type, shape, at(offset))
        offset += shape.count
      }
    case (.map(let keys, let valueType), .map(let count, let value)):
      for key in 0..<count { append(valueType, value, at(key, keys, stride: value.count)) }
    case (.set(let element), .set(let count)):
      for member in 0..<count { roles.append(CellRole(key: at(member, [element], stride: 1), content: .bool)) }
    case (.queue(_, let element), .queue(let capacity, _, _)):
      let length = roles.count
      roles.append(CellRole(key: start, content: .int(low: 0, high: Int64(capacity))))
      for position in 0..<capacity {
        roles.append(CellRole(key: at(1 + position), content: element, slot: (length, position)))
      }
    case (.forest(let element), .forest(let count)):
      for node in 0..<count {
        roles.append(CellRole(key: at(node, [element], stride: 1), content: .option(element), isParent: true))
      }
    default: roles.append(CellRole(key: start, content: type))
    }
  }
}
