import Spec

/// What solvers say of a certificate: a table with a row for each obligation, and one line for each solver.
///
///     certificate of L4.Mapping: Narrowed, Backed
///       written by kspec 0.1.0, proved by z3 4.8.12
///       obligation     expected  z3 4.8.12      cvc5 1.0.3
///       Narrowed/init  unsat     unsat  0.01 s  unsat  0.02 s
///       …
///       z3 4.8.12   confirms 51 of 52 (98.1 %), 1 open
///     CONFIRMED  52 of 52 obligations
public struct Rechecked: Sendable {
  public enum Standing: String, Sendable {
    case confirmed, contradicted, open
  }

  public struct Answer: Sendable {
    public var answer: String
    /// With which options the solver was asked.
    public var way: String
    public var reason: String?
    public var seconds: Double
    public var contradicts: Bool

    public init(answer: String, way: String, reason: String?, seconds: Double, contradicts: Bool) {
      self.answer = answer
      self.way = way
      self.reason = reason
      self.seconds = seconds
      self.contradicts = contradicts
    }
  }

  public struct Row: Sendable {
    public var name: String
    public var kind: String
    public var expected: String
    public var standing: Standing
    /// By solver; nil: it was not asked.
    public var answers: [Answer?]

    public init(name: String, kind: String, expected: String, standing: Standing, answers: [Answer?]) {
      self.name = name
      self.kind = kind
      self.expected = expected
      self.standing = standing
      self.answers = answers
    }
  }

  public var spec: String
  public var properties: [String]
  public var policies: [(name: String, value: String)]
  /// Who wrote and proved it.
  public var program: String
  public var prover: String
  /// SHA-256 of the manifest.
  public var fingerprint: String
  public var solvers: [(name: String, version: String)] = []
  public var rows: [Row] = []
  /// Any of them: it is no proof of its spec, and no solver was asked.
  public var problems: [String] = []
  public var notes: [String] = []
  public var seconds = 0.0

  public init(
    spec: String, properties: [String], policies: [(name: String, value: String)], program: String, prover: String,
    fingerprint: String
  ) {
    self.spec = spec
    self.properties = properties
    self.policies = policies
    self.program = program
    self.prover = prover
    self.fingerprint = fingerprint
  }

  public func count(_ standing: Standing) -> Int { rows.count { $0.standing == standing } }

  private struct Tally {
    var confirmed = 0
    var contradicted = 0
    var open = 0
    var asked: Int { confirmed + contradicted + open }
  }

  private func tally(_ solver: Int) -> Tally {
    var result = Tally()
    for row in rows {
      guard let answer = row.answers[solver] else { continue }
      if answer.contradicts {
        result.contradicted += 1
      } else if answer.answer == row.expected {
        result.confirmed += 1
      } else {
        result.open += 1
      }
    }
    return result
  }

  // MARK: - Text

  public func lines(style: Style) -> [String] {
    var lines = wrapped("certificate of \(spec): \(properties.joined(separator: ", "))", width: style.width)
    var facts = ["written by \(program), proved by \(prover)", "manifest \(fingerprint)"]
    if !policies.isEmpty { facts.append("with " + policies.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")) }
    lines += indented(facts.flatMap { wrapped($0, width: style.width - 2) }, by: 2)
    if !problems.isEmpty {
      lines += problems.flatMap { indented(wrapped(style.bad("problem: ") + $0, width: style.width - 2), by: 2) }
      lines.append(style.bad("NOT A PROOF") + "  no solver was asked")
      return lines
    }
    let head = ["obligation", "expected"] + solvers.map { "\($0.name) \($0.version)" }
    lines += indented(aligned([head.map(style.faint)] + rows.map { cells($0, style) }), by: 2)
    lines += indented(aligned(solvers.indices.map { summary($0, style) }), by: 2)
    lines += notes.flatMap { indented(wrapped("note: " + $0, width: style.width - 2), by: 2) }
    lines.append(ending(style))
    return lines
  }

  private func cells(_ row: Row, _ style: Style) -> [String] {
    [row.name, row.expected]
      + row.answers.map { answer in
        guard let answer else { return style.unsure("not asked") }
        var text = answer.answer
        text = answer.contradicts ? style.bad(text.uppercased()) : answer.answer == row.expected ? text : style.unsure(text)
        text += "  " + Quantities.seconds(answer.seconds)
        if answer.answer == "unknown", let reason = answer.reason, reason != "unknown" { text += "  \(reason)" }
        return answer.way == "default" ? text : "\(text)  (\(answer.way))"
      }
  }

  private func summary(_ solver: Int, _ style: Style) -> [String] {
    let tally = tally(solver)
    var text = "confirms \(Quantities.count(tally.confirmed)) of \(Quantities.count(rows.count)) (\(percent(tally.confirmed)) %)"
    if tally.contradicted > 0 { text += style.bad(", contradicts \(Quantities.count(tally.contradicted))") }
    if tally.open > 0 { text += style.unsure(", \(Quantities.count(tally.open)) open") }
    if tally.asked < rows.count { text += style.unsure(", \(Quantities.count(rows.count - tally.asked)) not asked") }
    return ["\(solvers[solver].name) \(solvers[solver].version)", text]
  }

  private func percent(_ part: Int) -> String {
    rows.isEmpty ? "0" : Quantities.fixed((1000 * Double(part) / Double(rows.count)).rounded(.down) / 10, 1)
  }

  private func ending(_ style: Style) -> String {
    let time = "(\(Quantities.seconds(seconds)))"
    let total = Quantities.counted(rows.count, "obligation")
    let contradicted = count(.contradicted)
    if contradicted > 0 {
      let names = rows.filter { $0.standing == .contradicted }.map(\.name).joined(separator: ", ")
      return style.bad("CONTRADICTED") + "  \(contradicted) of \(total): \(names) \(time)"
    }
    let open = count(.open)
    if open > 0 { return style.unsure("UNDECIDED") + "  \(Quantities.count(open)) of \(total) confirmed by no solver \(time)" }
    return style.good("CONFIRMED") + "  \(total), each by at least one solver, contradicted by none \(time)"
  }

  // MARK: - JSON

  public var json: JsonValue {
    .object([
      "program": .string(program), "prover": .string(prover), "manifest": .string(fingerprint),
      "properties": .array(properties.map { .string($0) }), "problems": .array(problems.map { .string($0) }),
      "confirmed": .int(Int64(count(.confirmed))), "contradicted": .int(Int64(count(.contradicted))),
      "open": .int(Int64(count(.open))),
      "solvers": .array(
        solvers.indices.map { i in
          let tally = tally(i)
          return .object([
            "name": .string(solvers[i].name), "version": .string(solvers[i].version), "confirmed": .int(Int64(tally.confirmed)),
            "contradicted": .int(Int64(tally.contradicted)), "open": .int(Int64(tally.open)),
          ])
        }),
      "obligations": .array(rows.map(json)),
    ])
  }

  private func json(_ row: Row) -> JsonValue {
    .object([
      "name": .string(row.name), "kind": .string(row.kind), "expected": .string(row.expected),
      "standing": .string(row.standing.rawValue),
      "answers": .array(
        row.answers.map { answer in
          guard let answer else { return .null }
          return .object([
            "answer": .string(answer.answer), "way": .string(answer.way), "reason": .optional(answer.reason),
            "seconds": .number(answer.seconds),
          ])
        }),
    ])
  }
}
