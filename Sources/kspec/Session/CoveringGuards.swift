import Report
import Spec

/// Guards that cover for each other. In: guards without an attack alone. Out: the pairs with one.
///
/// A model with fewer guards has all the runs of one with more. So of guards that have no attack all together no two have one. Where
/// they have, the run shows which of them it breaks: any other pair lacks one of those, and is looked for among the rest. What is left when that has
/// taken long is tried pair by pair.
struct CoveringGuards {
  let analysis: GuardAnalysis
  /// Guards without which all together every property is proved.
  let free: [Guard]
  private var model: Model { analysis.model }

  /// Searches of more than two guards; with few pairs far fewer are needed.
  private static let mostSearches = 64

  private struct Progress {
    var found: [Set<Guard>: Verdict] = [:]
    /// Sets without an attack.
    var free: [Set<Guard>] = []
    /// The first attack that breaks more than two.
    var larger: (rules: [Guard], attack: Verdict)?
    var undecided = 0

    func isFree(_ rules: Set<Guard>) -> Bool { free.contains { rules.isSubset(of: $0) } }
  }

  init(analysis: GuardAnalysis, free: [Guard]) { (self.analysis, self.free) = (analysis, free) }

  func find(_ report: inout GuardReport) throws {
    let candidates = report.entries.filter(\.hasNoAttack).map(\.rule)
    if candidates.count < 2 { return }
    var progress = Progress()
    if !free.isEmpty { progress.free.append(Set(free)) }
    var open = [candidates]
    var searches = 0
    while let rules = open.popLast() {
      if analysis.session.interruption.isRequested {
        report.covering = .incomplete("interrupted")
        return
      }
      if rules.count < 2 || progress.isFree(Set(rules)) || progress.found[Set(rules)] != nil { continue }
      if searches == Self.mostSearches {
        try tryEach(candidates, &progress)
        break
      }
      searches += 1
      for rule in try broken(without: rules, &progress) { open.append(rules.filter { $0 != rule }) }
    }
    for (place, first) in candidates.enumerated() {
      for second in candidates[(place + 1)...] {
        if let attack = progress.found[[first, second]] {
          report.groups.append(GuardReport.Group(rules: [first, second], attack: attack))
        }
      }
    }
    if report.groups.isEmpty, let larger = progress.larger {
      report.groups.append(try smallest(larger.rules, larger.attack))
    }
    if progress.undecided > 0 {
      report.covering = .incomplete("\(Quantities.counted(progress.undecided, "search", plural: "searches")) undecided")
    } else {
      report.covering = progress.isFree(Set(candidates)) ? .none : .complete
    }
  }

  /// The guards that an attack without all of these breaks; none if there is no attack.
  private func broken(without rules: [Guard], _ progress: inout Progress) throws -> [Guard] {
    analysis.session.console.progress("without \(rules.map(model.name(of:)).joined(separator: ", "))")
    let attack = try analysis.attack(without: rules, at: 0).verdict
    guard case .violated(.property) = attack.outcome else {
      if attack.isExhaustedForCertain { progress.free.append(Set(rules)) } else { progress.undecided += 1 }
      return []
    }
    // Those with which, put back, the run is none.
    let broken = rules.filter { rule in !analysis.replays(attack, without: rules.filter { $0 != rule }) }
    switch broken.count {
    case 0, 1: progress.undecided += 1  // an attack alone, which a search that was cut short has not seen
    case 2: progress.found[Set(broken)] = attack
    default: progress.larger = progress.larger ?? (broken, attack)
    }
    return broken.count < 2 ? [] : broken
  }

  private func tryEach(_ candidates: [Guard], _ progress: inout Progress) throws {
    for (place, first) in candidates.enumerated() {
      for second in candidates[(place + 1)...] where !analysis.session.interruption.isRequested {
        if progress.found[[first, second]] == nil && !progress.isFree([first, second]) {
          _ = try broken(without: [first, second], &progress)
        }
      }
    }
    if analysis.session.interruption.isRequested { progress.undecided += 1 }
  }

  /// Three or more: what is put back while an attack stays is not needed for it.
  private func smallest(_ rules: [Guard], _ attack: Verdict) throws -> GuardReport.Group {
    var group = GuardReport.Group(rules: rules, attack: attack)
    for rule in rules {
      let rest = group.rules.filter { $0 != rule }
      let found = try analysis.attack(without: rest, at: 0).verdict
      if case .violated(.property) = found.outcome { group = GuardReport.Group(rules: rest, attack: found) }
    }
    return group
  }
}

extension GuardReport.Entry {
  /// Whether the guard may be one of several that cover for each other.
  fileprivate var hasNoAttack: Bool {
    switch standing {
    case .redundant: true
    case .unknown: explored.contains(where: \.isExhaustedForCertain)
    case .needed, .definedness: false
    }
  }
}
