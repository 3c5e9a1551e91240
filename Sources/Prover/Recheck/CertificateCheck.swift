/// Every obligation of a certificate, put to every solver. In: scripts and what each must answer. Out: what each answered.
import Foundation
import Synchronization

public struct CertificateCheck: Sendable {
  public struct Question: Sendable {
    public var name: String
    public var kind: String
    public var expected: CheckingSolver.Answer
    public var script: String
    /// Where the script lies.
    public var file: String

    public init(name: String, kind: String, expected: CheckingSolver.Answer, script: String, file: String) {
      self.name = name
      self.kind = kind
      self.expected = expected
      self.script = script
      self.file = file
    }
  }

  /// What became of a question: by solver, nil where it was not asked.
  public struct Row: Sendable {
    public var question: Question
    public var findings: [CheckingSolver.Finding?]

    public var isConfirmed: Bool { findings.contains { $0?.answer == question.expected } }
    /// A solver gives the other answer: either it or the one who proved it is wrong.
    public var isContradicted: Bool { findings.contains { $0.map { isContradiction($0) } ?? false } }

    public func isContradiction(_ finding: CheckingSolver.Finding) -> Bool {
      finding.answer != .unknown && finding.answer != question.expected
    }
  }

  public var solvers: [CheckingSolver]
  public var threads: Int
  /// For each way of asking a solver.
  public var seconds: Double

  public init(solvers: [CheckingSolver], threads: Int, seconds: Double) {
    self.solvers = solvers
    self.threads = threads
    self.seconds = seconds
  }

  /// Rows in the order of the questions. `progress` is told how many are done, from any thread.
  public func run(
    _ questions: [Question], isCancelled: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> [Row] {
    let board = Board(questions.map { Row(question: $0, findings: solvers.map { _ in nil }) })
    // A question and a solver at a time: a hard one keeps one thread.
    let tasks = questions.indices.flatMap { question in solvers.indices.map { (question, $0) } }
    let work: @Sendable () -> Void = {
      while !isCancelled() {
        let task = board.next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard task < tasks.count else { return }
        let (question, solver) = tasks[task]
        let asked = questions[question]
        let finding = solvers[solver].judge(
          script: asked.script, file: asked.file, expecting: asked.expected, seconds: seconds, isCancelled: isCancelled)
        board.rows.withLock { $0[question].findings[solver] = finding }
        progress(board.done.wrappingAdd(1, ordering: .relaxed).newValue / solvers.count)
      }
    }
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, tasks.count))) { _ in work() }
    return board.rows.withLock { $0 }
  }

  /// What the threads of a run share.
  private final class Board: Sendable {
    let rows: Mutex<[Row]>
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    init(_ rows: [Row]) { self.rows = Mutex(rows) }
  }
}

extension CertificateContent {
  /// The scripts as questions; `directory`: where they lie.
  public func questions(in directory: String) -> [CertificateCheck.Question] {
    zip(manifest.obligations, scripts).map { entry, script in
      CertificateCheck.Question(
        name: entry.name, kind: entry.kind, expected: entry.expected == "sat" ? .sat : .unsat, script: script,
        file: URL(fileURLWithPath: directory).appendingPathComponent(entry.file).path)
    }
  }
}
