/// In: a seed. Out: the text of a small spec of a few processes that mostly mind their own business: what partial order reduction is
/// about, and what `SpecGenerator`'s specs, in which everything touches everything, hardly ever are.
public struct ProcessGenerator {
  private var random: SeededGenerator

  private init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// The spec of a seed, with a scope `tiny`.
  public static func text(seed: UInt64) -> String {
    var generator = ProcessGenerator(seed: seed)
    return generator.spec(seed)
  }

  private mutating func below(_ n: Int) -> Int { Int.random(in: 0..<n, using: &random) }
  private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  private mutating func pick(_ list: [String]) -> String { list[below(list.count)] }

  private mutating func spec(_ seed: UInt64) -> String {
    let sort = chance(25) ? "ordered sort" : "sort"
    var text = """
      spec Processes\(seed)
      \(sort) Process
      enum Phase { idle, ready, busy }
      type Small = 0..2
      const first: Process
      policy loud: bool = \(pick(["true", "false"]))
      var phase: Process -> Phase
      var own: Process -> Small
      var flag: Process -> bool
      var shared: Small
      var lock: Process?
      var done: set Process
      var line: Process -> seq[1] Small
      init {
        phase = [p: Process => idle]; own = [p: Process => \(pick(["0", "if p == first then 1 else 0"]))]
        flag = [p: Process => \(pick(["true", "false", "p == first"]))]; shared = \(below(3)); lock = none; done = empty
        line = [p: Process => empty]
      }

      """
    for number in 0..<(2 + below(4)) { text += action(number) }
    for number in 0..<(1 + below(2)) { text += property(number) }
    return text + "\(chance(70) ? "deadlock allowed\n" : "")scope tiny { Process = \(2 + below(2)) }\n"
  }

  /// Mostly of one process; some wait for others, some meddle.
  private mutating func action(_ number: Int) -> String {
    let parameters = pick(["p: Process", "p: Process", "p: Process", "p: Process", "p, q: Process", ""])
    var body = ""
    if parameters.isEmpty {
      body += "  require \(common())\n  \(commonUpdate())\n"
      if chance(40) { body += "  for p: Process where \(local("p")) { \(update("p")) }\n" }
      return "action act\(number)() {\n\(body)}\n"
    }
    if parameters.hasPrefix("p,") { body += "  require p != q\n" }
    let phase = pick(["idle", "ready", "busy"])
    if chance(80) { body += "  require Phase: phase[p] == \(phase)\n" }
    for _ in 0..<below(3) { body += "  require \(chance(70) ? local("p") : common())\n" }
    if parameters.hasPrefix("p,") { body += "  require \(local("q"))\n  \(update("q"))\n" }
    if chance(70) { body += "  phase[p] := \(pick(["idle", "ready", "busy"].filter { $0 != phase }))\n" }
    if chance(70) { body += "  \(update("p"))\n" }
    if chance(25) { body += "  \(commonUpdate())\n" }
    if chance(15) { body += "  for r: Process where \(chance(50) ? "r != p" : local("r")) { \(update("r")) }\n" }
    return "action act\(number)(\(parameters)) {\n\(body)}\n"
  }

  private mutating func local(_ p: String) -> String {
    pick([
      "own[\(p)] < 2", "own[\(p)] > 0", "own[\(p)] == 1", "flag[\(p)]", "!flag[\(p)]", "!(\(p) in done)", "\(p) in done",
      "line[\(p)].length == 0", "line[\(p)].length == 1", "line[\(p)].first == 1", "\(p) != first", "loud || flag[\(p)]",
      "phase[\(p)] != idle", "phase[\(p)] == busy", "own[\(p)] < 2 && flag[\(p)]",
    ])
  }

  private mutating func common() -> String {
    pick([
      "lock == none", "lock != none", "shared < 2", "shared > 0", "forall r: Process :: flag[r]",
      "exists r: Process :: own[r] > 0", "size(done) < 2", "first in done", "lock != first", "shared == 1 || lock == none",
      "forall r: Process where r != first :: phase[r] != busy", "count(r: Process where phase[r] == ready) < 2",
    ])
  }

  private mutating func update(_ p: String) -> String {
    pick([
      "own[\(p)] := \(below(3))", "own[\(p)] := if own[\(p)] < 2 then own[\(p)] + 1 else 0", "flag[\(p)] := true",
      "flag[\(p)] := false", "flag[\(p)] := !flag[\(p)]", "done.add(\(p))", "done.remove(\(p))",
      "if line[\(p)].length == 0 { line[\(p)].push(\(below(3))) } else { line[\(p)].pop() }",
      "if flag[\(p)] { own[\(p)] := 0 }", chance(30) ? "own[\(p)] := own[\(p)] + 1" : "own[\(p)] := 2",
      chance(30) ? "line[\(p)].push(own[\(p)])" : "line[\(p)].removeAll(x where x == 1)",
    ])
  }

  private mutating func commonUpdate() -> String {
    pick([
      "shared := \(below(3))", "shared := if shared < 2 then shared + 1 else 0", "lock := none", "lock := first",
      "done := empty", "if lock == none { lock := first }",
    ])
  }

  private mutating func property(_ number: Int) -> String {
    let formula = pick([
      "forall p: Process :: !(phase[p] == busy && own[p] == 2)", "!(shared == 2 && lock == none)",
      "forall p: Process :: phase[p] != busy || !flag[p]", "exists p: Process :: phase[p] == busy && own[p] == 0",
      "forall p, q: Process where p != q :: !(phase[p] == busy && phase[q] == busy)", "size(done) < 2", "own[first] < 2",
      "phase[first] == ready && shared == 0", "lock == none || own[lock!] < 2", "line[first].first != 2",
      "forall p: Process :: p in done ==> flag[p]", "shared != 1",
    ])
    return "\(pick(["invariant", "invariant", "cover"])) Property\(number): \(formula)\n"
  }
}
