import SimRuntime
import Spec

// A run's part in checkpoints: the rigid valuations before the one that is searched, and what they gave.
extension Run {
  /// Where this run keeps its checkpoint, and what it goes on from; nil if it keeps none.
  func journal(_ layout: StateLayout) throws(CheckpointUnusable) -> (Journal, Resumption?)? {
    guard let asked = options.checkpoint else { return nil }
    if options.partialOrder {
      throw CheckpointUnusable(message: "no checkpoints are kept under partial order reduction", help: "leave out --por")
    }
    let subject = Subject(instance, goal, options, layout)
    let folder = try CheckpointFolder(asked.folder)
    if asked.resumes {
      let resumption = try Resumption(folder, subject)
      return (Journal(folder, every: asked.seconds, resumption.manifest.ofRun), resumption)
    }
    if folder.holdsCheckpoint {
      throw CheckpointUnusable(
        message: "\(folder.path) holds a checkpoint already",
        help: "--resume \(folder.path) goes on from it; remove the folder to begin anew")
    }
    folder.removeLogs { _ in true }
    var manifest = Manifest(subject: subject)
    manifest.ownsFolder = folder.isOwn
    return (Journal(folder, every: asked.seconds, manifest), nil)
  }

  /// Takes over what earlier valuations gave.
  mutating func takeUp(
    _ manifest: Manifest, _ plan: inout SymmetryPlan, _ search: Search, _ judging: Judging
  ) throws -> Best? {
    guard manifest.orbit < plan.orbits.count, Self.mark(plan.orbits[manifest.orbit].representative) == manifest.rigid,
      manifest.best?.orbit ?? 0 < plan.orbits.count
    else {
      throw CheckpointUnusable.cannotResume(search.journal?.path ?? "", DiskError("it lists other values of the constants"))
    }
    valuations = manifest.valuations
    depth = manifest.depthBefore
    reached = Dictionary(uniqueKeysWithValues: manifest.reachedBefore.map { ($0[0], $0[1]) })
    notes.append("resumed from a checkpoint at \(manifest.states) states, after \(manifest.seconds.formatted(decimals: 1)) s")
    guard let best = manifest.best, let event = best.event.asEvent else { return nil }
    return try show(event, best.path, best.orbit, plan.orbits[best.orbit].representative, search, judging)
  }

  /// Before a valuation is searched.
  func note(in journal: Journal, _ orbit: Int, _ rigid: RigidValuation, _ best: Best?) {
    journal.run.orbit = orbit
    journal.run.rigid = Self.mark(rigid)
    journal.run.valuations = valuations
    journal.run.depthBefore = depth
    journal.run.reachedBefore = reached.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
    journal.run.best = best?.record
  }

  private static func mark(_ rigid: RigidValuation) -> String {
    var digest = Digest()
    digest.add(Array("\(rigid)".utf8))
    return digest.hex
  }

  /// At the end of the run: whether there is something to go on with, and how. A violation found within a limit is an answer.
  mutating func finish(_ journal: Journal, _ outcome: Verdict.Outcome) {
    var isDecided = true
    if case .undecided = outcome { isDecided = watch.reason == nil && untraced == nil }
    journal.finish(isDecided: isDecided)
    let saved = journal.saved
    if let failure = journal.failure {
      let rest = saved.map { "; the checkpoint at \($0.states) states is good" } ?? ""
      notes.append("no checkpoints any more: \(failure)\(rest)")
    }
    if !isDecided {
      notes.append(
        saved == nil && !journal.wasResumed
          ? "there is no checkpoint to go on from" : "--resume \(journal.path) goes on from the checkpoint")
    }
  }
}

extension Manifest {
  /// The facts that the next manifests of the same run begin with.
  fileprivate var ofRun: Manifest {
    var run = Manifest(subject: subject)
    run.seconds = seconds
    run.log = log
    run.ownsFolder = ownsFolder
    return run
  }
}

extension Double {
  fileprivate func formatted(decimals: Int) -> String {
    formatted(.number.precision(.fractionLength(decimals)).locale(.init(identifier: "en_US_POSIX")).grouping(.never))
  }
}
