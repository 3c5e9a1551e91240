import SimRuntime
import Spec
import Synchronization

/// The truth of each atom in each state of a graph: one bit each, a row of words for each atom.
final class AtomTruth: @unchecked Sendable {
  let atoms: Int
  /// Words of an atom's row.
  let rowWords: Int
  private let bits: Storage<UInt64>

  /// All false; nil if memory is refused.
  init?(atoms: Int, states: Int, _ memory: MemoryGauge) {
    self.atoms = atoms
    rowWords = (states + 63) / 64
    guard let bits = Storage<UInt64>(memory, count: atoms * rowWords, of: 0) else { return nil }
    self.bits = bits
  }

  func row(_ atom: Int) -> UnsafeMutablePointer<UInt64> { bits.base + atom * rowWords }
  func isTrue(_ atom: Int, _ state: Int) -> Bool { row(atom)[state >> 6] >> UInt64(state & 63) & 1 == 1 }
  func set(_ atom: Int, _ state: Int) { row(atom)[state >> 6] |= 1 << UInt64(state & 63) }
}

/// An atom that is a spec error in a reachable state.
struct AtomError: Error {
  let state: Int
  let error: SpecError
}

/// Judges atoms in all states. Workers take blocks of states, so that no two write one word.
struct AtomJudge {
  let search: Search
  let graph: StateGraph
  let rigid: RigidValuation

  /// States of a block: some tens of microseconds in native code.
  private static let block = 1024

  /// nil if stopped or refused memory: `watch.reason` says why. Throws the error in the least state, there of the least atom.
  func truth(_ atoms: [StateFormula]) throws -> AtomTruth? {
    guard let truth = AtomTruth(atoms: atoms.count, states: graph.count, search.memory) else {
      search.watch.stop(.refused)
      return nil
    }
    if atoms.isEmpty { return truth }
    let next = Atomic(0)
    let stop = Atomic(false)
    let undefined = Atomic(Int.max)
    let source = search.source
    let (formulas, packed) = (source.pack(atoms), source.pack(rigid))
    let (graph, watch, memory) = (graph, search.watch, search.memory)
    let size = source.name == "evaluator" ? 64 : Self.block
    search.pool.run(workers: (graph.count + size - 1) / size) { worker in
      while !stop.load(ordering: .relaxed) {
        let first = next.add(size, ordering: .relaxed).oldValue
        guard first < graph.count else { return }
        if worker == 0 && !watch.goesOn(memory) { stop.store(true, ordering: .relaxed) }
        let states = StateBatch(base: graph.state(first), count: min(size, graph.count - first), words: graph.words)
        let judged = source.judge(formulas, states, packed, into: truth.row(0) + first / 64, stride: truth.rowWords)
        if judged < states.count {
          // Blocks are claimed in order, so every block before this one is judged by somebody.
          stop.store(true, ordering: .relaxed)
          undefined.min(first + judged, ordering: .relaxed)
        }
      }
    }
    let state = undefined.load(ordering: .relaxed)
    if state < .max { throw try error(at: state, atoms) }
    return watch.reason == nil || watch.isTracing ? truth : nil
  }

  /// Which atom it is, and why it has no value, is for the evaluator to say.
  private func error(at state: Int, _ atoms: [StateFormula]) throws(EngineFault) -> AtomError {
    let unpacked = search.source.layout.unpack(graph.state(state))
    let evaluator = Evaluator(search.source.instance)
    for atom in atoms {
      do throws(SpecError) {
        var frame = atom.frame
        _ = try evaluator.evaluate(atom.expr, frame: &frame, state: unpacked, before: nil, rigid)
      } catch {
        return AtomError(state: state, error: error)
      }
    }
    throw EngineFault("\(search.source.name) has no value for a formula to which the evaluator gives one")
  }
}
