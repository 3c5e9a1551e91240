/// What can be explored and run: packed states of a fixed number of 64-bit words.
///
/// There are two implementations, and every test of one is a test of the other: `ReferenceSource` wraps the evaluator
/// (slow, simple, obviously right), `NativeSource` wraps generated C. The checker knows neither.
///
///     let source: any SuccessorSource = try ReferenceSource(instance)
///     var scratch = source.makeScratch()
///     var layer = StateBuffer(words: source.wordsPerState, capacity: 64)
///     try source.initialStates(rigid, into: &layer)
///     let found = source.expand(layer.batch, rigid, judging: .all, into: &next, marks: marks, scratch)

import CNative
import Spec

public protocol SuccessorSource: Sendable {
  var instance: Instance { get }
  var layout: StateLayout { get }
  /// `evaluator` or `native`, for verdicts and tests.
  var name: String { get }

  /// Room for one worker; nothing mutable lives in the source itself.
  func makeScratch() -> Scratch

  /// All initial states under a rigid valuation, each once. Throws if evaluating `init` is a spec error.
  func initialStates(_ rigid: RigidValuation, into states: inout StateBuffer) throws(SpecError)

  /// All successors of a batch of parents that differ from their parent, in any order; one that several instances lead to at least
  /// once. Stops before a parent
  /// whose successors might not fit: resume from `consumed`, never truncate; a buffer that cannot hold one parent's successors grows.
  /// Of parents with an origin, what `sleep` says is asleep may be left out, but for edges of which `judging` asks something; counts do not change.
  func expand(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout StateBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion

  /// How `expandKeyed` makes keys; nil: it may not be called.
  var narrowing: Narrowing? { get }

  /// The same as `expand`, with two differences: successors are keys of one word, made with the numbers of a dictionary for `narrowing`, and where that has
  /// none left for the first parent, nothing is consumed.
  func expandKeyed(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, by numbers: UnsafePointer<kspec_numbers>,
    into keys: inout StateBuffer, marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion

  /// nil: origins mean nothing, and nothing is left out.
  var sleep: SleepTable? { get }

  /// Whether `expandLabelled` may be called: native code is compiled for it only where it is needed.
  var isLabelled: Bool { get }

  /// The same as `expand`, with two differences: self-loops are emitted too, and beside each successor stands the number of the
  /// action instance (`ActionNumbering`) that leads there. Instances that end in a spec error are marked, not emitted.
  func expandLabelled(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout LabelledBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion

  /// For each state the invariants of `judging` that it breaks and the covers of `judging` that it reaches, with
  /// `PropertySet.error` where judging one is itself a spec error.
  func judge(
    _ states: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into masks: UnsafeMutablePointer<PropertySet>,
    _ scratch: Scratch)

  /// The truth of each formula in each state, which is a bit in the formula's row of `stride` words, all zero before: state i of the
  /// batch is bit i. Stops at the first state in which some formula has no value and returns its index; else the batch's count.
  func judge(
    _ formulas: PackedFormulas, _ states: StateBatch, _ rigid: PackedRigid, into rows: UnsafeMutablePointer<UInt64>, stride: Int
  ) -> Int

  /// Formulas in the form this source judges them in.
  func pack(_ formulas: [StateFormula]) -> PackedFormulas

  /// A rigid valuation in the form this source evaluates with: made once for each outer loop.
  func pack(_ rigid: RigidValuation) -> PackedRigid
}

/// What a source has that does not number its edges, makes no keys, leaves nothing out, and judges formulas as the evaluator does.
extension SuccessorSource {
  public var sleep: SleepTable? { nil }
  public var narrowing: Narrowing? { nil }

  public func expandKeyed(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, by numbers: UnsafePointer<kspec_numbers>,
    into keys: inout StateBuffer, marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion { preconditionFailure("\(name) makes no keys") }

  public func pack(_ formulas: [StateFormula]) -> PackedFormulas { PackedFormulas(formulas) }

  public func judge(
    _ formulas: PackedFormulas, _ states: StateBatch, _ rigid: PackedRigid, into rows: UnsafeMutablePointer<UInt64>, stride: Int
  ) -> Int {
    let evaluator = Evaluator(instance)
    for index in 0..<states.count {
      let state = layout.unpack(states[index])
      for (number, formula) in formulas.formulas.enumerated() {
        var frame = formula.frame
        guard
          let value = try? evaluator.evaluate(formula.expr, frame: &frame, state: state, before: nil, rigid.valuation)
        else { return index }
        if value == .bool(true) { rows[number * stride + index >> 6] |= 1 << UInt64(index & 63) }
      }
    }
    return states.count
  }

  public var isLabelled: Bool { false }

  public func expandLabelled(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout LabelledBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion { preconditionFailure("\(name) is not labelled") }
}

/// A worker's room. Sources subclass it.
open class Scratch {
  public init() {}
}

/// A rigid valuation with whatever a source precomputed for it.
open class PackedRigid: @unchecked Sendable {
  public let valuation: RigidValuation
  public init(_ valuation: RigidValuation) { self.valuation = valuation }
}

/// Properties by bit: index into `Model.properties` up to 59, later ones share bit 59 (the evaluator tells them apart);
/// 61 the absence of a deadlock, 63 the absence of spec errors.
public struct PropertySet: OptionSet, Hashable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static let deadlock = PropertySet(rawValue: 1 << 61)
  public static let error = PropertySet(rawValue: 1 << 63)
  public static let all = PropertySet(rawValue: ~0)
  public static func property(_ index: Int) -> PropertySet { PropertySet(rawValue: 1 << UInt64(min(index, 59))) }
}

/// What expanding one parent found.
public struct ParentMark: Sendable {
  /// Transition properties broken on some edge, `.error` if some instance is a spec error, `.deadlock` if no instance is enabled.
  public var broken: PropertySet
  /// One past the parent's last successor in the buffer: they are `[previous end, end)`.
  public var end: Int
  /// The parent's enabled action instances, self-loops included.
  public var transitions: UInt64
  public init(broken: PropertySet = [], end: Int = 0, transitions: UInt64 = 0) {
    self.broken = broken
    self.end = end
    self.transitions = transitions
  }
}

public struct Expansion: Sendable {
  /// Parents expanded, from the start of the batch. Less than the batch's count: call again with the rest.
  public var consumed = 0
  /// Enabled action instances of the consumed parents, self-loops included; an instance that ends in a spec error counts.
  public var transitions: UInt64 = 0
  /// Of these, instances that lead back to their parent: judged, counted, not emitted.
  public var selfLoops: UInt64 = 0
  /// And instances that were left out, their successors being found otherwise: counted, not emitted.
  public var asleep: UInt64 = 0
  /// Union of the marks.
  public var broken: PropertySet = []
  public init() {}
}

/// A borrowed run of packed states.
public struct StateBatch {
  public let base: UnsafePointer<UInt64>
  public let count: Int
  public let words: Int
  /// Beside each state 0, or one more than the class (`SleepClasses`) of an instance that led there first; nil: all 0.
  public let origins: UnsafePointer<UInt16>?

  public init(base: UnsafePointer<UInt64>, count: Int, words: Int, origins: UnsafePointer<UInt16>? = nil) {
    self.base = base
    self.count = count
    self.words = words
    self.origins = origins
  }

  public func dropFirst(_ n: Int) -> StateBatch {
    StateBatch(base: base + n * words, count: count - n, words: words, origins: origins.map { $0 + n })
  }
  public func prefix(_ n: Int) -> StateBatch { StateBatch(base: base, count: min(n, count), words: words, origins: origins) }
  public subscript(_ index: Int) -> UnsafePointer<UInt64> { base + index * words }
}

/// Packed states that grow, each with its origin as `StateBatch` has them. Not thread-safe: one owner.
public struct StateBuffer: ~Copyable {
  public private(set) var base: UnsafeMutablePointer<UInt64>
  public private(set) var origins: UnsafeMutablePointer<UInt16>
  public let words: Int
  public private(set) var capacity: Int
  public var count: Int

  public init(words: Int, capacity: Int) {
    self.words = words
    self.capacity = max(capacity, 1)
    self.count = 0
    self.base = .allocate(capacity: self.capacity * words)
    origins = .allocate(capacity: self.capacity)
  }

  deinit {
    base.deallocate()
    origins.deallocate()
  }

  /// Makes room for `n` states beyond `count`.
  public mutating func reserve(_ n: Int) {
    guard count + n > capacity else { return }
    let larger = max(capacity * 2, count + n)
    let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: larger * words)
    moved.update(from: base, count: count * words)
    base.deallocate()
    base = moved
    let kept = UnsafeMutablePointer<UInt16>.allocate(capacity: larger)
    kept.update(from: origins, count: count)
    origins.deallocate()
    origins = kept
    capacity = larger
  }

  public mutating func append(_ state: UnsafePointer<UInt64>) {
    reserve(1)
    (base + count * words).update(from: state, count: words)
    origins[count] = 0
    count += 1
  }

  public mutating func removeAll() { count = 0 }

  public subscript(_ index: Int) -> UnsafeMutablePointer<UInt64> { base + index * words }
  public var batch: StateBatch { StateBatch(base: UnsafePointer(base), count: count, words: words) }
}

/// Packed states, each with the number of the action instance that led there. Not thread-safe: one owner.
public struct LabelledBuffer: ~Copyable {
  public var states: StateBuffer
  public private(set) var labels: UnsafeMutablePointer<UInt32>
  private var room: Int

  public init(words: Int, capacity: Int) {
    states = StateBuffer(words: words, capacity: capacity)
    room = states.capacity
    labels = .allocate(capacity: room)
  }

  deinit { labels.deallocate() }

  public var count: Int { states.count }

  /// Makes room for `n` states beyond `count`.
  public mutating func reserve(_ n: Int) {
    states.reserve(n)
    guard states.capacity > room else { return }
    let moved = UnsafeMutablePointer<UInt32>.allocate(capacity: states.capacity)
    moved.update(from: labels, count: min(states.count, room))
    labels.deallocate()
    labels = moved
    room = states.capacity
  }

  public mutating func removeAll() { states.removeAll() }
}
