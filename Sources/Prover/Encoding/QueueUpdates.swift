/// Queues after a step. In: a length and slots. Out: the same after pop, push, removal; the error sites of queue operations.
import Spec

extension PostState {
  func parts(_ value: SymbolicValue, _ span: Span) throws -> (length: Term, slots: [SymbolicValue]) {
    guard case .queue(let length, let slots) = value else {
      throw EncodingFailure(reason: "a queue operation on this location", span: span)
    }
    return (length, slots)
  }

  func popped(_ queue: SymbolicValue, _ span: Span) throws -> SymbolicValue {
    let (length, slots) = try parts(queue, span)
    guard let last = slots.last else { return queue }
    return .queue(length: store.arithmetic(.subtract, length, store.integer(1)), slots: Array(slots.dropFirst()) + [last])
  }

  func pushed(_ value: SymbolicValue, onto queue: SymbolicValue, _ span: Span) throws -> SymbolicValue {
    let (length, slots) = try parts(queue, span)
    return .queue(
      length: store.arithmetic(.add, length, store.integer(1)),
      slots: slots.enumerated().map { i, slot in
        vocabulary.ite(store.equal(length, store.integer(Int64(i))), value, slot)
      })
  }

  /// What stays, in order: every slot in turn is pushed onto an empty queue if it is in use and stays.
  func filtered(
    _ queue: SymbolicValue, _ span: Span, removing: (SymbolicValue) throws -> Term
  ) throws -> SymbolicValue {
    let (length, slots) = try parts(queue, span)
    var kept = SymbolicValue.queue(length: store.integer(0), slots: slots)
    for (i, slot) in slots.enumerated() {
      let stays = store.and(store.less(store.integer(Int64(i)), length), store.not(try removing(slot)))
      kept = vocabulary.ite(stays, try pushed(slot, onto: kept, span), kept)
    }
    return kept
  }

  /// A pop needs an element, a push a free slot after the removal, a filter must be defined for the elements it judges.
  func judgeQueues(_ writes: [Write], before: [SymbolicValue], afterRemoval: [SymbolicValue]) throws {
    for write in writes where write.isQueueOperation {
      let type = encoder.model.variables[write.variable].type
      try encoder.under(write.condition, write.variables) {
        switch write.operation {
        case .pop:
          let (length, _) = try parts(value(before[write.variable], type, write.path), write.span)
          encoder.judge(.underflow, write.span, isFine: store.less(store.integer(0), length))
        case .push:
          let (length, slots) = try parts(value(afterRemoval[write.variable], type, write.path), write.span)
          encoder.judge(.overflow, write.span, isFine: store.less(length, store.integer(Int64(slots.count))))
        case .removeAll(let removes):
          let (length, slots) = try parts(value(before[write.variable], type, write.path), write.span)
          for (i, slot) in slots.enumerated() {
            try encoder.under(store.less(store.integer(Int64(i)), length)) { _ = try removes(slot) }
          }
        case .assign: break
        }
      }
    }
  }
}
