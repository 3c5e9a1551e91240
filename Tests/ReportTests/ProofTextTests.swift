import Report
import Spec
import Testing

@Suite("Proofs and measurements as text")
struct ProofTextTests {
  @Test func `what is proved is one line each, what it rests on stands once, the rest in full`() throws {
    let model = try Runs(mapping).model
    var proved = Verdict(.proved, property: "Narrowed", scope: nil, engine: "z3")
    proved.policies = [("narrow", "true")]
    proved.seconds = 0.5
    proved.notes = ["for Right of 3 cases"]
    var second = proved
    second.property = "Backed"
    var open = Verdict(.undecided("the solver gave up"), property: "Rooted", scope: nil, engine: "z3")
    open.seconds = 0.5
    let text = ProofText([proved, open, second], model, style: .plain).lines().joined(separator: "\n")
    let expected = """
      proved  Narrowed: for every size
      proved  Backed: for every size
        with narrow = true
        0.50 s together, z3
        note: for Right of 3 cases

      undecided  Rooted: the solver gave up
        0.50 s, z3
      """
    #expect(text == expected)
  }

  @Test func `a measurement says what was measured, with its spread, beside the pipe`() {
    let measured = Measured(
      scenario: "pingpong", operations: 2, round: .init(median: 10.5, low: 10.25, high: 12),
      operation: .init(median: 5.25, low: 5, high: 6), rounds: 1000, batches: 10,
      pipe: .init(median: 5000, low: 4900, high: 20000))
    let expected = """
      pingpong  the spec's own code, native, guards checked
        a round of 2 steps                 10.5 ns  (10.2 ns to 12.0 ns in 8 of 10 batches)
        a step                              5.2 ns  (5.0 ns to 6.0 ns in 8 of 10 batches)
        a pipe round trip on this host   5000.0 ns  (4900.0 ns to 20.0 µs in 8 of 10 batches)
        1,000 rounds in 10 batches
      """
    #expect(measured.lines(style: .plain).joined(separator: "\n") == expected)
  }

  @Test func `a line wider than its column stands above its findings, which stay in theirs`() {
    let long = "prove " + (0..<12).map { "Property\($0)" }.joined(separator: ", ")
    let table = VerifyTable(stated: ["check tiny", long], style: Style(colour: false, width: 120))
    let verdict = Verdict(.proved, property: "x", scope: nil, engine: "z3")
    let rows = table.row(long, Judgement(.asStated, "proved for every size"), [verdict]).split(separator: "\n")
    let short = table.row("check tiny", Judgement(.asStated, "proved for every size"), [verdict])
    #expect(rows.count == 3)
    #expect(rows[0].hasPrefix("  ok    prove Property0, "))
    #expect(
      rows.last?.firstRange(of: "proved for")?.lowerBound.utf16Offset(in: rows[2])
        == short.firstRange(of: "proved for")?.lowerBound.utf16Offset(in: short))
  }

  @Test func `a row of the verify table shows nothing green that is not`() throws {
    let table = VerifyTable(stated: ["check tiny", "prove"], style: Style(colour: true, width: 120))
    let verdict = Verdict(.exhausted, property: "check", scope: "tiny", engine: "native")
    let green = "\u{1B}[32m"
    #expect(table.row("check tiny", Judgement(.asStated, "exhausted"), [verdict]).contains(green))
    for standing in [Judgement.Standing.undecided, .notAsStated, .fault] {
      #expect(!table.row("check tiny", Judgement(standing, "words"), [verdict]).contains(green))
    }
  }
}
