/// Random temporal properties over random actions, some of which are fair.
extension SpecGenerator {
  /// The spec of a seed with two temporal properties; the rest of it differs from `text(seed:)`.
  public static func temporalText(seed: UInt64) -> String {
    let generator = SpecGenerator(seed: seed)
    generator.isTemporal = true
    return generator.spec(seed)
  }

  func fairness() -> String { isTemporal ? pick(["", "fair ", "fair ", "strong fair "]) : "" }

  func temporalProperties() -> String {
    guard isTemporal else { return "" }
    return (0..<2).map { _ in "temporal \(fresh("L")): \(temporal(1 + below(3), RandomPlace(functions: functions.count)))\n" }
      .joined()
  }

  private func temporal(_ depth: Int, _ place: RandomPlace) -> String {
    if depth == 0 { return "(\(bool(1, place)))" }
    func part() -> String { temporal(depth - 1, place) }
    switch below(10) {
    case 0, 1: return "(always \(part()))"
    case 2, 3: return "(eventually \(part()))"
    case 4: return "(\(part()) until \(part()))"
    case 5: return "(\(part()) leadsTo \(part()))"
    case 6: return "(\(part()) && \(part()))"
    case 7: return "(\(part()) || \(part()))"
    case 8: return "(!\(part()))"
    default:
      let local = RandomName(name: fresh("q"), type: pick([item, small]))
      let inner = place.with([local])
      let filter = chance(40) ? " where \(bool(0, inner))" : ""
      return "(\(pick(["forall", "exists"])) \(local.name): \(local.type.text)\(filter) :: \(temporal(depth - 1, inner)))"
    }
  }
}
