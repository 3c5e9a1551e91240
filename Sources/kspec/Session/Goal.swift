import Spec

/// What a search is asked.
enum Goal: Equatable {
  /// Every property, spec error and deadlock; every cover reached.
  case everything
  /// Invariants and transition properties, and nothing else.
  case safety
  /// One thing that may be violated.
  case violation(VerifyLine.Target)
  /// A state that satisfies a cover.
  case cover(Int)

  /// By the name that a user gives.
  init(named name: String, in model: Model) throws(CommandError) {
    if name == "deadlock" {
      self = .violation(.deadlock)
    } else if name == "error" {
      self = .violation(.error)
    } else if let index = model.properties.firstIndex(where: { $0.name == name }) {
      if case .cover = model.properties[index].kind { self = .cover(index) } else { self = .violation(.property(index)) }
    } else {
      throw .unknown("property", name, in: model.name, candidates: model.properties.map(\.name) + ["deadlock", "error"])
    }
  }

  /// The name that the verdict carries.
  func name(in model: Model) -> String {
    switch self {
    case .everything: "check"
    case .safety: "safety"
    case .violation(.property(let index)), .cover(let index): model.properties[index].name
    case .violation(.deadlock): "deadlock"
    case .violation(.error): "error"
    case .violation(.noninterference): model.noninterference?.name ?? "noninterference"
    }
  }
}

extension ExitStatus {
  /// For a search: what may have omitted a state has decided nothing, unless it found something.
  init(_ verdict: Verdict) {
    if case .exhausted = verdict.outcome, verdict.store?.omission != nil {
      self = .undecided
    } else {
      self.init(verdict.outcome)
    }
  }

  /// For a command that asks one question and states no expectation.
  init(_ outcome: Verdict.Outcome) {
    switch outcome {
    case .proved, .exhausted, .reached: self = .asStated
    case .violated: self = .violated
    case .bounded, .undecided: self = .undecided
    }
  }

  init(_ standing: Judgement.Standing) {
    switch standing {
    case .asStated: self = .asStated
    case .undecided: self = .undecided
    case .notAsStated: self = .violated
    case .fault: self = .fault
    }
  }
}
