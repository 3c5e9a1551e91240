/// Which action instances generated code can leave out, and how it numbers them.
///
/// Instances whose enabledness is worked out as bits of one word (`Grid`) can be left out by clearing bits. A word is a *slot*; a bit of a slot is a
/// *class*: the instances that stand for it, of which there are several where parameters are determined by others or make no difference. What a
/// class leaves out is a row of as many words as there are slots. Classes are numbered in the order of the text.

import Spec

public struct SleepClasses: Sendable {
  /// The instances of one action.
  struct Grid: Sendable {
    var action: ActionID
    /// Parameters before this one choose the slot.
    var start: Int
    /// Bits of a slot.
    var width: Int
    /// What one more of each parameter from `start` on adds to the bit: as it is, and where successors that must be alike are made once; none
    /// where others determine the parameter.
    var strides: [[Int]]
    var firstSlot: Int
    var firstClass: Int
  }

  private(set) var grids: [Grid] = []
  private let cardinalities: [[Int]]
  /// Words of a row.
  public private(set) var slots = 0
  public private(set) var count = 0

  /// More slots than this for one action would make rows long for what few instances each of them has.
  private static let mostSlots = 64

  init(_ instance: Instance) {
    cardinalities = instance.model.actions.map { $0.instanceLocals.map { instance.cardinality($0.type) } }
  }

  /// nil where the action has too many slots: then none of its instances is left out, and those it leads to leave out nothing.
  mutating func add(_ action: ActionID, start: Int, width: Int, strides: [[Int]]) -> Grid? {
    let own = cardinalities[action][..<start].reduce(1, saturatingMultiply)
    guard (1...Self.mostSlots).contains(own), width > 0 else { return nil }
    let grid = Grid(action: action, start: start, width: width, strides: strides, firstSlot: slots, firstClass: count)
    grids.append(grid)
    slots += own
    count += own * width
    return grid
  }

  /// The classes that an instance may be taken for.
  public func classes(of instance: ActionInstance) -> Set<Int> {
    guard let grid = grids.first(where: { $0.action == instance.action }) else { return [] }
    let slot = zip(instance.arguments, cardinalities[grid.action]).prefix(grid.start).reduce(0) { $0 * $1.1 + $1.0 }
    return Set(
      grid.strides.map { strides in
        let bit = zip(instance.arguments[grid.start...], strides).reduce(0) { $0 + $1.0 * $1.1 }
        return grid.firstClass + slot * grid.width + bit
      })
  }

  /// Where a class stands in a row.
  public func place(of number: Int) -> (slot: Int, bit: Int) {
    guard let grid = grids.last(where: { $0.firstClass <= number }) else { return (0, 0) }
    let (slot, bit) = (number - grid.firstClass).quotientAndRemainder(dividingBy: grid.width)
    return (grid.firstSlot + slot, bit)
  }
}

/// For each class what need not be tried in a state that an instance of it led to; nothing in the first row, which is for all other states.
public final class SleepTable: @unchecked Sendable {
  private let room: UnsafeMutablePointer<UInt64>
  /// Rows of `classes.slots` words. Never written once the table is made.
  public var rows: UnsafePointer<UInt64> { UnsafePointer(room) }
  public let classes: SleepClasses
  /// How many pairs of classes it is about.
  public let pairs: Int

  /// `isAsleep(b, a)`: whether b need not be tried after a.
  public init(_ classes: SleepClasses, isAsleep: (_ tried: Int, _ after: Int) -> Bool) {
    self.classes = classes
    let words = max((classes.count + 1) * classes.slots, 1)
    room = .allocate(capacity: words)
    room.initialize(repeating: 0, count: words)
    var pairs = 0
    for after in 0..<classes.count {
      let row = room + (after + 1) * classes.slots
      for tried in 0..<classes.count where isAsleep(tried, after) {
        let (slot, bit) = classes.place(of: tried)
        row[slot] |= 1 << UInt64(bit)
        pairs += 1
      }
    }
    self.pairs = pairs
  }

  deinit { room.deallocate() }

  public static func bytes(_ classes: SleepClasses) -> Int {
    saturatingMultiply(classes.count + 1, classes.slots * MemoryLayout<UInt64>.stride)
  }
}
