/// Evaluator and native code, side by side: every state, its successors, its labelled edges, counts and marks, and what each
/// property says of it.

import CNative
import Foundation
import Spec
import Testing

@testable import SimRuntime

/// What a comparison saw: exact numbers for the tests that have an independent count.
struct Seen: Equatable {
  var states = 0
  var transitions = 0
  var depth = 0
  var complete = true
  /// Parents with a mark, so that a suite can tell that its marks were exercised.
  var marked = 0
}

/// Where the two differ, and how.
struct Difference: Error, CustomStringConvertible {
  var description: String
}

struct Comparison {
  let instance: Instance
  let reference: ReferenceSource
  let native: NativeSource
  private let keys: Keys?

  init(_ instance: Instance, optimization: String = "-O1") throws {
    self.instance = instance
    reference = try ReferenceSource(instance)
    var compiler = try #require(CCompiler.find())
    compiler.optimization = optimization
    // Every edge is also written unpacked and packed again: `pack(apply(unpack(w))) == delta(w)`, else bit 62.
    compiler.definitions = ["VERIFY=1"]
    // Compiled for labels and keys, this library still does without where none are asked for.
    native = try NativeSource(reference.layout, NativeForm(labelled: true, numberBits: nil), compiler: compiler)
    keys = native.narrowing.flatMap { Keys($0) }
  }

  /// Breadth first from the initial states of every rigid valuation, or the first few; stops beyond the limit.
  ///
  /// The evaluator of a debug build takes some milliseconds a state, so beyond `whole` states of a valuation it looks at one
  /// of 32, and native code alone at all of them; `KSPEC_EVERY_STATE=1` makes it look at all.
  func explore(limit: Int = .max, valuations: Int = .max, whole: Int = 250) throws -> Seen {
    var seen = Seen()
    let every = ProcessInfo.processInfo.environment["KSPEC_EVERY_STATE"] == "1"
    for rigid in try reference.evaluator.rigidValuations().prefix(valuations) {
      var found: Set<[UInt64]> = []
      var frontier: [[UInt64]] = []
      var start = StateBuffer(words: reference.layout.wordsPerState, capacity: 16)
      try reference.initialStates(rigid, into: &start)
      for index in 0..<start.count { if found.insert(words(start, index)).inserted { frontier.append(words(start, index)) } }
      var depth = 0
      while !frontier.isEmpty {
        var sampled = frontier
        if !every && found.count > whole {
          sampled = frontier.enumerated().filter { $0.offset % 32 == 0 }.map(\.element)
        }
        let (_, _, marked) = try compare(sampled, rigid)
        let (next, transitions) = expand(frontier, rigid)
        seen.transitions += transitions
        seen.marked += marked
        seen.depth = max(seen.depth, depth)
        frontier = next.filter { found.insert($0).inserted }
        depth += 1
        if found.count > limit {
          seen.complete = false
          break
        }
      }
      seen.states += found.count
    }
    return seen
  }

  /// Native code alone.
  private func expand(_ parents: [[UInt64]], _ rigid: RigidValuation) -> (successors: [[UInt64]], transitions: Int) {
    parents.flatMap { $0 }.withUnsafeBufferPointer { pointer in
      guard let base = pointer.baseAddress else { return ([], 0) }
      let batch = StateBatch(base: base, count: parents.count, words: reference.layout.wordsPerState)
      let found = expand(native, batch, rigid, room: 256)
      return (found.successors.flatMap { $0 }, Int(found.transitions))
    }
  }

  private func words(_ buffer: borrowing StateBuffer, _ index: Int) -> [UInt64] {
    (0..<buffer.words).map { buffer[index][$0] }
  }

  /// Both sources on one batch: throws where they differ, else gives the successors.
  func compare(
    _ parents: [[UInt64]], _ rigid: RigidValuation
  ) throws -> (successors: [[UInt64]], transitions: Int, marked: Int) {
    let flat = parents.flatMap { $0 }
    let count = parents.count
    let size = reference.layout.wordsPerState
    return try flat.withUnsafeBufferPointer { pointer in
      guard let base = pointer.baseAddress else { return ([], 0, 0) }
      let batch = StateBatch(base: base, count: count, words: size)
      let expected = expand(reference, batch, rigid, room: 64)
      let found = expand(native, batch, rigid, room: 3)  // so small that it is resumed and grows all the time
      for index in 0..<count {
        func state() -> String { "\(reference.layout.unpack(batch[index]))" }
        if found.successors[index] != expected.successors[index] {
          throw Difference(
            description: """
              successors of \(state()):
              evaluator \(expected.successors[index].map { String(describing: decode($0)) }.joined(separator: "\n  "))
              native \(found.successors[index].map { String(describing: decode($0)) }.joined(separator: "\n  "))
              """)
        }
        if found.marks[index] != expected.marks[index] {
          throw Difference(
            description: "marks of \(state()): evaluator \(expected.marks[index].rawValue), native \(found.marks[index].rawValue)"
          )
        }
      }
      guard found.transitions == expected.transitions, found.selfLoops == expected.selfLoops, found.broken == expected.broken
      else { throw Difference(description: "counts: evaluator \(expected), native \(found)") }
      // What nothing asks for may be found out in another way.
      let unjudged = expand(native, batch, rigid, room: 3, judging: [])
      guard unjudged.successors == expected.successors, unjudged.transitions == expected.transitions,
        unjudged.selfLoops == expected.selfLoops, unjudged.broken.isEmpty
      else { throw Difference(description: "with nothing judged: evaluator \(expected), native \(unjudged)") }
      if let keys, let keyed = expand(batch, rigid, by: keys) {
        guard keyed.successors == expected.successors, keyed.marks == expected.marks,
          keyed.transitions == expected.transitions, keyed.selfLoops == expected.selfLoops, keyed.broken == expected.broken
        else { throw Difference(description: "as keys: evaluator \(expected), native \(keyed)") }
      }
      let labels = (label(reference, batch, rigid, room: 64), label(native, batch, rigid, room: 3))
      for index in 0..<count where labels.0[index] != labels.1[index] {
        throw Difference(
          description: "labels of \(reference.layout.unpack(batch[index])): \(labels.0[index]), native \(labels.1[index])")
      }
      let judged = (judge(reference, batch, rigid), judge(native, batch, rigid))
      for index in 0..<count where judged.0[index] != judged.1[index] {
        throw Difference(
          description: """
            judging \(reference.layout.unpack(batch[index])): evaluator \(judged.0[index].rawValue), \
            native \(judged.1[index].rawValue)
            """)
      }
      let marked = expected.marks.count { !$0.isEmpty }
      return (expected.successors.flatMap { $0 }, Int(expected.transitions), marked)
    }
  }

  private func decode(_ words: [UInt64]) -> State {
    words.withUnsafeBufferPointer { pointer in
      pointer.baseAddress.map { reference.layout.unpack($0) } ?? State(variables: [])
    }
  }

  private struct Expanded {
    /// Sorted, each once, a parent at a time: how often one is given is the source's affair. Labelled edges are compared one by one.
    var successors: [[[UInt64]]] = []
    var marks: [PropertySet] = []
    var transitions: UInt64 = 0
    var selfLoops: UInt64 = 0
    var broken: PropertySet = []
  }

  private func expand(
    _ source: some SuccessorSource, _ batch: StateBatch, _ rigid: RigidValuation, room: Int, judging: PropertySet = .all
  ) -> Expanded {
    let packed = source.pack(rigid)
    let scratch = source.makeScratch()
    let result = expand(batch, room: room, words: words) { rest, buffer, marks in
      source.expand(rest, packed, judging: judging, into: &buffer, marks: marks, scratch)
    }
    guard let result else { preconditionFailure("an expansion that makes no progress") }
    return result
  }

  /// Native code to keys, and the states of these; nil, with the numbers forgotten, where they ran out.
  private func expand(_ batch: StateBatch, _ rigid: RigidValuation, by keys: Keys) -> Expanded? {
    let packed = native.pack(rigid)
    let scratch = native.makeScratch()
    let result = expand(batch, room: 3, words: { buffer, index in keys.state(buffer.base[index]) }) { rest, buffer, marks in
      native.expandKeyed(rest, packed, judging: .all, by: keys.numbers, into: &buffer, marks: marks, scratch)
    }
    if result == nil { keys.reset() }
    return result
  }

  /// nil without progress.
  private func expand(
    _ batch: StateBatch, room: Int, words: (borrowing StateBuffer, Int) -> [UInt64],
    _ expandSome: (StateBatch, inout StateBuffer, UnsafeMutablePointer<ParentMark>) -> Expansion
  ) -> Expanded? {
    var result = Expanded()
    var buffer = StateBuffer(words: batch.words, capacity: room)
    let marks = UnsafeMutablePointer<ParentMark>.allocate(capacity: batch.count)
    defer { marks.deallocate() }
    var rest = batch
    while rest.count > 0 {
      buffer.removeAll()
      let expansion = expandSome(rest, &buffer, marks)
      if expansion.consumed == 0 { return nil }
      var first = 0
      for parent in 0..<expansion.consumed {
        result.successors.append(
          Set((first..<marks[parent].end).map { words(buffer, $0) }).sorted { $0.lexicographicallyPrecedes($1) })
        result.marks.append(marks[parent].broken)
        first = marks[parent].end
      }
      result.transitions += expansion.transitions
      result.selfLoops += expansion.selfLoops
      result.broken.formUnion(expansion.broken)
      rest = rest.dropFirst(expansion.consumed)
    }
    return result
  }

  /// For each parent its edges in order, self-loops included: the instance's number, then the successor's words.
  private func label(_ source: some SuccessorSource, _ batch: StateBatch, _ rigid: RigidValuation, room: Int) -> [[[UInt64]]] {
    var result: [[[UInt64]]] = []
    let packed = source.pack(rigid)
    let scratch = source.makeScratch()
    var buffer = LabelledBuffer(words: batch.words, capacity: room)
    let marks = UnsafeMutablePointer<ParentMark>.allocate(capacity: batch.count)
    defer { marks.deallocate() }
    var rest = batch
    while rest.count > 0 {
      buffer.removeAll()
      let expansion = source.expandLabelled(rest, packed, judging: .all, into: &buffer, marks: marks, scratch)
      precondition(expansion.consumed > 0, "an expansion that makes no progress")
      var first = 0
      for parent in 0..<expansion.consumed {
        result.append((first..<marks[parent].end).map { [UInt64(buffer.labels[$0])] + words(buffer.states, $0) })
        first = marks[parent].end
      }
      rest = rest.dropFirst(expansion.consumed)
    }
    return result
  }

  private func judge(_ source: some SuccessorSource, _ batch: StateBatch, _ rigid: RigidValuation) -> [PropertySet] {
    let masks = UnsafeMutablePointer<PropertySet>.allocate(capacity: batch.count)
    defer { masks.deallocate() }
    source.judge(batch, source.pack(rigid), judging: .all, into: masks, source.makeScratch())
    return (0..<batch.count).map { masks[$0] }
  }
}

/// A dictionary, as a store has one.
private final class Keys {
  private let dictionary: OpaquePointer
  var numbers: UnsafePointer<kspec_numbers> { kspec_dictionary_numbers(dictionary) }

  /// nil where the processor is not made for it.
  init?(_ narrowing: Narrowing) {
    let masks = narrowing.parts.flatMap { $0 }
    guard let made = kspec_dictionary_create(masks, narrowing.parts.count, narrowing.used, UInt32(narrowing.bits)) else {
      return nil
    }
    dictionary = made
  }

  deinit { kspec_dictionary_destroy(dictionary) }

  func state(_ key: UInt64) -> [UInt64] {
    var (key, state) = (key, [UInt64](repeating: 0, count: 2))
    kspec_dictionary_widen(dictionary, &key, 1, &state)
    return state
  }

  func reset() { kspec_dictionary_reset(dictionary) }
}
