import Foundation
import SimRuntime
import Spec
import Synchronization

public struct CheckOptions: Sendable {
  public enum NativeUse: Sendable {
    /// Start in the evaluator, go on in native code as soon as it is compiled; without a compiler, stay.
    case auto
    case never
    /// Wait for native code; without a compiler, throw.
    case always
  }
  public enum StoreForm: String, Sendable, CaseIterable {
    /// Fast, and compact once the table is large or memory asks.
    case auto
    /// Whole states of 8 bytes or more.
    case fast
    /// What the place in the table does not say already: 5 to 9 bytes for states of one word.
    case compact
  }
  /// At least 1. Results do not depend on it.
  public var threads: Int = ProcessInfo.processInfo.activeProcessorCount
  /// Limits. The search stops soon after it passes one, with what was covered so far.
  public var maxStates: UInt64?
  public var maxSeconds: Double?
  /// Of store and frontier. Unless set, four fifths of the machine's memory: a process that the kernel kills reports nothing.
  public var maxBytes: Int = Int(Double(ProcessInfo.processInfo.physicalMemory) * 0.8)
  public var useNative: NativeUse = .auto
  /// One state stands for all that differ from it by a renaming of sort elements; counts stay those of the whole.
  public var symmetry = true
  /// Under symmetry, take representatives that are quick to find where the group is large, though some orbits are then stored several times: verdicts and
  /// lengths of traces are the same, counts are of what is stored. Not with a checkpoint, which is checked by exact ones.
  public var inexactSymmetry = false
  /// Take `Verdict.coverage`: expands every state once more, and judges guards by the evaluator.
  public var coverage = false
  /// Take `Verdict.statistics`. Costs some percent of the time.
  public var statistics = false
  /// Follow only some successors of a state where the others can come later. Where properties do not allow it, the verdict says why.
  public var partialOrder = false
  /// Do not make successors that are sure to be found otherwise (`SleepRelation`). Nothing but time depends on it.
  public var sleepSets = true
  /// How visited states are stored. The result does not depend on it.
  public var store = StoreForm.auto
  /// Of states wider than a word only a hash of so many bits is stored, at most 64. Then *exhausted* has a probability of error, which the verdict states.
  public var hashCompact: Int?
  /// A folder for what does not fit into `maxBytes`: then the search goes on with the visited states on disk. nil: it ends.
  public var disk: String?
  /// Where to keep a checkpoint; nil: nowhere.
  public var checkpoint: Checkpointing?
  var usesFiles: Bool { disk != nil || checkpoint != nil }
  package var tuning = Tuning()
  /// Instead of the evaluator and native code: for tests of what happens when a source is wrong.
  package var source: (@Sendable (Instance) throws -> any SuccessorSource)?
  /// Wrong on purpose, for tests.
  package var symmetryFault: SymmetryFault = []
  var partialOrderFault: PartialOrderFault = []

  public init() {}
}

/// A folder in which a search keeps what another run needs to go on with it.
public struct Checkpointing: Sendable {
  public var folder: String
  /// Between two checkpoints.
  public var seconds: Double
  /// Go on from the checkpoint that is there, instead of beginning one.
  public var resumes: Bool

  public init(folder: String, seconds: Double = 60, resumes: Bool = false) {
    self.folder = folder
    self.seconds = seconds
    self.resumes = resumes
  }
}

/// Sizes that change speed and nothing else. Tests set them to extremes, so that rare paths are common.
package struct Tuning: Sendable {
  /// Parents a call of `expand`: enough that all their successors' slots are prefetched before the first is probed.
  package var batch = 64
  /// Room for successors a worker; sources stop before a parent whose successors might not fit.
  package var successors = 4096
  /// Successors a call of `insert`.
  package var slice = 1024
  /// States a chunk of the frontier. nil: 512 for native code (some 50 µs of work), 16 for the evaluator.
  package var chunk: Int?
  /// Words of a worker's filter: it stays in the first-level cache. One of a quarter of a megabyte, in the second, knew a tenth more and cost more than that saved.
  /// Where states are wider than a word, or the table is large, four times as many: a look at the table is dearer there.
  package var filterWords = 1 << 12
  /// Bytes from which on a table is large, in its two forms: it is not in the caches, and what is near what matters.
  package var largeTable = 24 << 20
  package var largeCompactTable = 2 << 20
  /// States from which on the layers of a search with a large table are put into another order, and how many of them are looked at for that.
  package var groupsFrom = 1 << 15
  package var sampled = 1 << 10
  /// Bytes of a partition of a compact table, at least, on average: small ones waste half a page each.
  package var partitionBytes = 16 << 10
  package var tableSlots = 1 << 12
  package var constantHash = false
  /// Where states of two words are stored as one, of how many bits a number is at most; 0: they are stored as they are (for tests).
  package var numberBits: Int?
  /// How representatives under symmetry are found, where the group and the states permit it. nil: what was measured as best.
  package var canonicalForm: Canonicalizer.Form?
  /// Of two instances, how often one must let the other be left out for that to pay.
  package var leastSleep = 1.0 / 3
  /// Layers are kept for the trace while they take no more than this; beyond, a violation costs a second search.
  package var logBytes = 8 << 20
  /// Bytes of a fast table that becomes compact instead of growing: from about here on that is as fast, with any number of threads, and takes half the memory.
  package var compactFrom = 256 << 20
  /// Bytes of a table up to which one thread searches one rigid valuation, where there are several (`Team`); 0: all threads search each (for tests).
  package var teamBytes = 64 << 20
  /// States of a layer before which a search of one thread is left off for others to help. nil: some chunks of them.
  package var leavesFrom: Int?
  /// Of the next layer, kept beside a compact store instead of in it. nil: an eighth of it.
  package var frontierBytes: Int?
  /// The depth before which the store is converted to its compact form (for tests).
  package var convertsAt: Int?

  /// Elementary evaluations that coverage may take, some seconds of them, before it takes samples.
  package var coverageBudget = 30_000_000
  /// Go on on disk from the first state on, with these sizes.
  package var disk: DiskSizes?

  package init() {}
}

/// Sizes of a search on disk, in states.
package struct DiskSizes: Sendable {
  /// Slots of the table in which candidates are collected.
  package var table: Int
  /// Parents in memory at a time.
  package var window: Int
  /// Buffers of all runs that are read at once.
  package var merging: Int
  /// Runs of candidates before they are merged into one.
  package var runs = 48
  /// Words of the log's buffer.
  package var block = 1 << 17
}

/// What a search has done so far; handed to the caller of `Checker.run` a few times a second.
public struct CheckProgress: Sendable {
  public var states: UInt64
  public var transitions: UInt64
  /// Steps from an initial state to the states being expanded.
  public var depth: Int
  /// States of the layer being expanded.
  public var frontier: Int
  public var seconds: Double
  /// Store and frontier.
  public var bytes: Int
  /// Which rigid valuation, from 0, of how many.
  public var valuation: Int
  public var valuations: Int
  /// `evaluator` or `native`.
  public var engine: String
  /// States of this valuation in layers after the one being expanded; nil while it cannot be told.
  public var estimate: SearchStatistics.Estimate?
}

/// A wish to stop, from any thread or a signal handler; the search notices within milliseconds.
public final class Cancellation: Sendable {
  private let flag = Atomic(false)
  public init() {}
  public func cancel() { flag.store(true, ordering: .relaxed) }
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
