/// What the caller of the program learns. Documented in docs/Commands.md.
enum ExitStatus: Int32, Sendable {
  /// Every line came out as stated.
  case asStated = 0
  /// A property is violated, or a line came out otherwise than stated.
  case violated = 1
  /// The spec or the command is wrong.
  case rejected = 2
  case undecided = 3
  /// kspec itself is wrong.
  case fault = 70

  /// Of several, the one to report. A fault of kspec devalues everything else; a spec that could not be read was not judged at
  /// all, so that hides more than a violation found elsewhere; a violation is knowledge, undecided is not.
  static func worst(_ statuses: some Sequence<ExitStatus>) -> ExitStatus {
    let order: [ExitStatus] = [.fault, .rejected, .violated, .undecided]
    let all = Set(statuses)
    return order.first(where: all.contains) ?? .asStated
  }
}
