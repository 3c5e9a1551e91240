/// Whether a `verify` line came out as stated: what comes in is the line and what the engines found, what goes out is a
/// standing and the words for it. Pure, so that the rule of green is tested without an engine.
///
/// Green is only what was asked for, found by an engine, with every pin equal. Whatever is missing, cut short or only
/// bounded is undecided, never green.
public struct Judgement: Sendable, Equatable {
  public enum Standing: String, Sendable, Comparable {
    case asStated
    case undecided
    case notAsStated
    /// kspec itself is wrong: a trace that does not replay.
    case fault

    /// The worse of two is the greater: one line that came out otherwise outweighs any number of undecided ones.
    public static func < (a: Standing, b: Standing) -> Bool { a.rank < b.rank }
    private var rank: Int {
      switch self {
      case .asStated: 0
      case .undecided: 1
      case .notAsStated: 2
      case .fault: 3
      }
    }
  }

  public var standing: Standing
  /// `refuted as expected in 2 steps`, `VIOLATED: Narrowed in 2 steps`, `undecided: the memory limit of 2 GiB`.
  public var words: String

  public init(_ standing: Standing, _ words: String) {
    self.standing = standing
    self.words = words
  }
}

extension VerifyLine {
  /// Judges one verdict against the line. A `prove` line with several properties is judged one verdict at a time; see
  /// `judge(all:)`.
  public func judge(_ verdict: Verdict, in model: Model) -> Judgement {
    if case .undecided(let why) = verdict.outcome { return Judgement(.undecided, "undecided: \(why)") }
    if case .exhausted = verdict.outcome, let omission = verdict.store?.omissionText {
      return Judgement(.undecided, "exhausted, omission probability at most \(omission)")
    }
    switch goal {
    case .check: return judgeCheck(verdict, model)
    case .prove, .proveNoninterference: return judgeProof(verdict, model)
    case .refute(let target):
      return scope == nil ? judgeInduction(verdict) : judgeRefutation(verdict, target, model)
    case .cover: return judgeCover(verdict, model, wanted: true)
    case .unreachable: return judgeCover(verdict, model, wanted: false)
    case .test:
      switch verdict.outcome {
      case .reached where verdict.trace != nil: return Judgement(.asStated, "passed")
      case .violated(.scenario(let failure)): return Judgement(.notAsStated, "FAILED: \(failure.reason)")
      case .violated(let broken): return Judgement(.notAsStated, "FAILED: \(broken.name(in: model))")
      default: return Judgement(.undecided, "undecided: the scenario was not run")
      }
    }
  }

  /// The line as a whole: as bad as its worst verdict, in that verdict's words.
  public func judge(all verdicts: [Verdict], in model: Model) -> Judgement {
    let judgements = verdicts.map { judge($0, in: model) }
    guard let first = judgements.first else { return Judgement(.undecided, "undecided: no engine judged this line") }
    let worst = judgements.map(\.standing).max() ?? .undecided
    return judgements.first { $0.standing == worst } ?? first
  }

  private func judgeCheck(_ verdict: Verdict, _ model: Model) -> Judgement {
    switch verdict.outcome {
    case .exhausted where verdict.states == 0: return Judgement(.undecided, "undecided: vacuous, there is no state")
    case .exhausted: return pinned(verdict, "exhausted at this scope")
    case .violated(let broken): return Judgement(.notAsStated, violation(broken, verdict, model))
    case .bounded(let depth): return Judgement(.undecided, "bounded: no violation to depth \(depth)")
    case .proved, .reached, .undecided: return Judgement(.undecided, "undecided: the engine did not explore the scope")
    }
  }

  private func judgeProof(_ verdict: Verdict, _ model: Model) -> Judgement {
    switch verdict.outcome {
    case .proved: return Judgement(.asStated, "proved for every size")
    case .violated(let broken): return Judgement(.notAsStated, violation(broken, verdict, model))
    case .bounded(let depth): return Judgement(.undecided, "bounded: \(verdict.property) holds to depth \(depth)")
    case .exhausted: return Judgement(.undecided, "undecided: \(verdict.property) was only explored, not proved")
    case .reached, .undecided:
      return Judgement(
        .undecided, "undecided: \(verdict.property) is not inductive (a step from a state not known to be reachable)")
    }
  }

  /// `.reached` with `induction`: a step that the evaluator has confirmed to break the property.
  private func judgeInduction(_ verdict: Verdict) -> Judgement {
    switch verdict.outcome {
    case .reached where verdict.induction != nil:
      return Judgement(.asStated, "refuted as expected: counterexample to induction")
    case .violated where verdict.trace != nil: return Judgement(.asStated, "refuted as expected in \(steps(verdict))")
    case .proved: return Judgement(.notAsStated, "NOT REFUTED: proved for every size")
    case .exhausted, .bounded, .violated, .reached, .undecided:
      return Judgement(.undecided, "undecided: no counterexample to induction")
    }
  }

  private func judgeRefutation(_ verdict: Verdict, _ target: Target, _ model: Model) -> Judgement {
    switch verdict.outcome {
    case .violated(let broken):
      guard verdict.trace != nil else { return Judgement(.undecided, "undecided: a violation without a trace") }
      let hit =
        switch (target, broken) {
        case (.property(let wanted), .property(let found)): wanted == found
        case (.deadlock, .deadlock), (.error, .error): true
        default: false
        }
      guard hit else { return Judgement(.notAsStated, "instead " + violation(broken, verdict, model)) }
      return pinned(verdict, "refuted as expected in \(steps(verdict))")
    case .exhausted where verdict.states == 0: return Judgement(.undecided, "undecided: vacuous, there is no state")
    case .exhausted: return Judgement(.notAsStated, "NOT REFUTED: exhausted without a violation")
    case .bounded(let depth): return Judgement(.undecided, "bounded: no violation to depth \(depth)")
    case .proved, .reached, .undecided: return Judgement(.undecided, "undecided: the engine did not explore the scope")
    }
  }

  private func judgeCover(_ verdict: Verdict, _ model: Model, wanted: Bool) -> Judgement {
    switch verdict.outcome {
    case .reached:
      guard verdict.trace != nil else { return Judgement(.undecided, "undecided: a cover without a trace") }
      return wanted
        ? pinned(verdict, "reached in \(steps(verdict))") : Judgement(.notAsStated, "REACHED in \(steps(verdict))")
    case .exhausted where verdict.states == 0, .violated(.coverUnreached) where verdict.states == 0:
      return Judgement(.undecided, "undecided: vacuous, there is no state")
    case .exhausted, .violated(.coverUnreached):
      return wanted ? Judgement(.notAsStated, "NOT REACHED: exhausted") : pinned(verdict, "not reached: exhausted")
    case .violated(let broken): return Judgement(.notAsStated, violation(broken, verdict, model))
    case .bounded(let depth): return Judgement(.undecided, "bounded: not reached to depth \(depth)")
    case .proved, .undecided: return Judgement(.undecided, "undecided: the engine did not explore the scope")
    }
  }

  /// Whether a pin says something about this verdict. Not about counts where partial order reduction was on, even if they are of a second
  /// search without it, which goes no deeper than need be; nor about a trace that need not be shortest.
  private static func applies(_ pin: String, to verdict: Verdict) -> Bool {
    guard let order = verdict.partialOrder, order.obstacle == nil else { return true }
    return pin == "steps" && order.isShortest
  }

  /// What a verdict has for each kind of pin; nil where it has none.
  public static func found(_ pin: String, in verdict: Verdict) -> UInt64? {
    guard applies(pin, to: verdict) else { return nil }
    return switch pin {
    case "states": verdict.states
    case "transitions": verdict.transitions
    case "depth": UInt64(clamping: verdict.depth)
    case "steps": verdict.trace.map { UInt64($0.steps.count) }
    default: nil
    }
  }

  private func pinned(_ verdict: Verdict, _ words: String) -> Judgement {
    let differing = pins.filter { Self.applies($0.key, to: verdict) }.sorted { $0.key < $1.key }.compactMap {
      pin, value -> String? in
      let found = Self.found(pin, in: verdict)
      return found == UInt64(exactly: value) ? nil : "\(pin) \(found.map(String.init) ?? "unknown"), pinned \(value)"
    }
    return differing.isEmpty
      ? Judgement(.asStated, words) : Judgement(.notAsStated, "DIFFERS FROM ITS PIN: " + differing.joined(separator: "; "))
  }

  private func violation(_ broken: Broken, _ verdict: Verdict, _ model: Model) -> String {
    switch broken {
    case .coverUnreached: "COVER \(broken.name(in: model)) NOT REACHED: exhausted"
    default: "VIOLATED: \(broken.name(in: model)) in \(steps(verdict))"
    }
  }

  private func steps(_ verdict: Verdict) -> String {
    guard let count = verdict.trace?.steps.count else { return "an unknown number of steps" }
    return count == 1 ? "1 step" : "\(count) steps"
  }
}

extension Broken {
  /// `Narrowed`, `deadlock`, `spec error (range)`.
  public func name(in model: Model) -> String {
    switch self {
    case .property(let index), .coverUnreached(let index):
      model.properties.indices.contains(index) ? model.properties[index].name : "property \(index)"
    case .error(let error): "spec error (\(error.kind.rawValue))"
    case .deadlock: "deadlock"
    case .scenario(let failure): failure.reason
    }
  }
}
