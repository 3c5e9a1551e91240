import Foundation
import TestSupport
import Testing

@testable import Spec

@Suite("Type checker: the model it makes")
struct TypingModelTests {
  @Test("every model of the library keeps the promises that engines rest on", arguments: Library.wellFormed)
  func library(path: String) throws {
    let spec = try Frontend.load(path: path) { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
    #expect(ModelChecks.problems(of: spec.model) == [])
  }

  @Test("so do the examples of the language reference", arguments: languageReferenceSpecs())
  func reference(text: SpecText) throws {
    #expect(ModelChecks.problems(of: try Frontend.check(text: text.text).model) == [])
  }

  @Test("so do specs of all that has no engine yet", arguments: TypingCorpus.accepted)
  func accepted(text: SpecText) throws {
    let spec = try TypingCorpus.load(text)
    #expect(ModelChecks.problems(of: spec.model) == [])
    #expect(spec.warnings.map(\.code) == [])
  }

  @Test("a value becomes an option where one is expected, and a wide number is narrowed where it enters a range")
  func coercions() throws {
    let model = try check(
      """
      spec S
      sort A
      var o: A?
      var p: (0..3)?
      var n: 0..3
      init { o = none; p = none; n = 0 }
      action a(x: A, k: 0..9) { o := x; p := k; n := k; n := n; n := 2 }
      """)
    let values = model.actions[0].updates.map { update -> String in
      guard case .assign(_, let value) = update.kind else { return "" }
      return shape(value)
    }
    // k: 0..9 into 0..3 needs a check; n into itself and 2 do not.
    #expect(values == ["some(x)", "some(narrow(k))", "narrow(k)", "n", "2"])
  }

  @Test("equality compares without narrowing: a number that the option cannot hold is simply not equal")
  func equality() throws {
    let model = try check(
      """
      spec S
      var p: (0..3)?
      var k: 0..9
      init { p = none; k = 0 }
      invariant A: p == k
      """)
    guard case .invariant(let body) = model.properties[0].kind, case .equal(let left, let right) = body.kind else {
      Issue.record("not an equality")
      return
    }
    #expect(left.type == .option(.int(low: 0, high: 9)) && right.type == left.type)
    var narrows = 0
    body.forEachSubexpression { if case .narrow = $0.kind { narrows += 1 } }
    #expect(narrows == 0)
  }

  @Test("an effect is inlined with its parameters bound and slots of its own at each call")
  func effects() throws {
    let model = try check(
      """
      spec S
      sort A
      var f: A -> bool
      init { f = [a: A => false] }
      effect one(a: A) { let b = a; f[b] := true }
      effect two(a: A) { one(a); one(a) }
      action go(x: A, y: A) { two(x); one(y) }
      """)
    var slots: [Int] = []
    func walk(_ updates: [Update]) {
      for update in updates {
        guard case .letIn(let local, _, let body) = update.kind else { continue }
        slots.append(local.slot)
        walk(body)
      }
    }
    walk(model.actions[0].updates)
    // two's a, then (one's a, its b) twice inside it, then one's a and b: seven bindings after the two parameters.
    #expect(slots.count == 7 && Set(slots).count == 7)
    #expect(slots.allSatisfy { $0 >= 2 && $0 < model.actions[0].frameSize })
  }

  @Test("definitions stand callees first, whatever their order in the text, and know whether they read state")
  func functions() throws {
    let model = try check(
      """
      spec S
      var n: 0..3
      init { n = 0 }
      def top(k: 0..3): bool = middle(k) && pure(k)
      def middle(k: 0..3): bool = bottom() == k
      def pure(k: 0..3): bool = k > 0
      def bottom(): 0..3 = n
      invariant A: top(1)
      """)
    #expect(model.functions.map(\.name).firstIndex(of: "bottom")! < model.functions.map(\.name).firstIndex(of: "middle")!)
    #expect(model.functions.last?.name == "top")
    #expect(
      Dictionary(uniqueKeysWithValues: model.functions.map { ($0.name, $0.readsState) }) == [
        "top": true, "middle": true, "pure": false, "bottom": true,
      ])
  }

  @Test("a chain of two thousand definitions is no recursion, and neither is one of effects")
  func chains() throws {
    var text = "spec S\nvar n: 0..3\ninit { n = 0 }\n"
    for index in 0..<2000 {
      text += "def d\(index)(): 0..3 = \(index < 1999 ? "d\(index + 1)()" : "n")\n"
      text += "effect e\(index)() { \(index < 1999 ? "e\(index + 1)()" : "n := d0()") }\n"
    }
    let model = try check(text + "action a() { e0() }\n")
    #expect(model.functions.count == 2000 && model.functions.first?.name == "d1999")
  }

  @Test("guards and lets keep the order of the text, updates and choices are apart")
  func conjuncts() throws {
    let model = try check(
      """
      spec S
      var n: 0..3
      var m: 0..3 -> 0..3
      init { n = 0; m = [k: 0..3 => 0] }
      action a(k: 0..3) {
        require First: k > 0
        n := k
        let j = m[k]
        require j > 0
        m[j] := any x: 1..2 where x != j
        n := any
        require Last: j < 3
      }
      """)
    let names = model.actions[0].conjuncts.map { conjunct -> String in
      switch conjunct {
      case .require(let name, _, _): name ?? "-"
      case .letIn(let local, _): "let \(local.name)"
      }
    }
    #expect(names == ["First", "let j", "-", "Last"])
    #expect(model.actions[0].choices.map { model.variables[$0.variable].name } == ["m", "n"])
    #expect(model.actions[0].choices.map(\.local.type) == [.int(low: 1, high: 2), .int(low: 0, high: 3)])
    #expect(model.actions[0].updates.count == 3)
  }

  @Test("temporal operators are lifted out of logic and quantifiers; the rest is as large an atom as possible")
  func temporal() throws {
    let model = try check(
      """
      spec S
      sort A
      var s: set A
      init { s = empty }
      temporal T: forall a: A where a in s :: (a in s && size(s) > 0) ==> !(eventually (a in s || size(s) == 2))
      """)
    guard
      case .temporal(.forall(let locals, .some, .implies(.atom(let left), .not(.eventually(.atom(let right)))))) =
        model.properties[0].kind
    else {
      Issue.record("another shape")
      return
    }
    #expect(locals.count == 1)
    if case .and = left.kind {} else { Issue.record("the left atom is split") }
    if case .or = right.kind {} else { Issue.record("the right atom is split") }
  }

  @Test("intervals follow arithmetic, Euclidean division included")
  func intervals() {
    func apply(_ op: ArithmeticOperator, _ a: (Int64, Int64), _ b: (Int64, Int64)) -> Interval? {
      Interval(a.0, a.1).applying(op, Interval(b.0, b.1))
    }
    // Independent origin: every pair of small numbers, with the definition a == b * q + r, 0 <= r < |b|.
    for op in [ArithmeticOperator.add, .subtract, .multiply, .divide, .remainder] {
      for a in Int64(-5)...3 {
        for b in a...4 {
          for c in Int64(-4)...2 {
            for d in c...3 {
              var low: Int64?
              var high: Int64?
              for x in a...b {
                for y in c...d where y != 0 || (op != .divide && op != .remainder) {
                  let remainder = y == 0 ? 0 : ((x % y) + abs(y)) % abs(y)
                  let value: Int64 =
                    switch op {
                    case .add: x + y
                    case .subtract: x - y
                    case .multiply: x * y
                    case .divide: (x - remainder) / y
                    case .remainder: remainder
                    }
                  low = min(low ?? value, value)
                  high = max(high ?? value, value)
                }
              }
              guard let low, let high, let interval = apply(op, (a, b), (c, d)) else { continue }
              if op == .remainder {
                #expect(interval.low <= low && high <= interval.high)
              } else {
                #expect(interval == Interval(low, high), "\(op) \(a)..\(b) \(c)..\(d)")
              }
            }
          }
        }
      }
    }
    #expect(apply(.add, (Int64.max, Int64.max), (1, 1)) == nil)
    #expect(apply(.divide, (Int64.min, 0), (-1, 1)) == nil)
    #expect(Interval(Int64.min, 0).negated == nil)
  }

  @Test("paths of imports are relative to the file that names them, and files are read once")
  func imports() throws {
    let files = [
      "a/main.kspec": "spec M\nimport \"../b/x.kspec\"\nimport \"y.kspec\"\naction go(s: S) { v := s }\n",
      "b/x.kspec": "spec X\nimport \"../a/y.kspec\"\nvar v: S?\ninit { v = none }\nscope here { S = 1 }\nverify { check here }\n",
      "a/y.kspec": "spec Y\nsort S\n",
    ]
    var read: [String] = []
    let spec = try Frontend.load(path: "a/main.kspec") { path in
      read.append(path)
      guard let text = files[path] else { throw CocoaError(.fileNoSuchFile) }
      return Array(text.utf8)
    }
    #expect(read == ["a/main.kspec", "b/x.kspec", "a/y.kspec"])
    #expect(spec.model.sorts.map(\.name) == ["S"] && spec.model.variables.map(\.name) == ["v"])
    // Sizes and claims stay with the file that makes them.
    #expect(spec.model.scopes.isEmpty && spec.model.verify == nil)
    // What an imported file leaves unused may be used by another importer: only the missing `verify` is worth a word.
    #expect(spec.warnings.map(\.code) == ["W0501"])
  }

  @Test("a prove line without names means every invariant and transition property")
  func proveAll() throws {
    let model = try check(
      """
      spec S
      var n: 0..3
      init { n = 0 }
      invariant A: n < 3
      cover B: n == 2
      transition C: old(n) <= n
      temporal D: eventually n == 2
      verify { prove }
      """)
    guard case .prove(let indices)? = model.verify?.first?.goal else {
      Issue.record("no prove line")
      return
    }
    #expect(indices == [0, 2])
  }

  private func check(_ text: String) throws -> Model {
    let model = try Frontend.check(text: text).model
    #expect(ModelChecks.problems(of: model) == [])
    return model
  }

  /// A few kinds of expression as text.
  private func shape(_ e: Expr) -> String {
    switch e.kind {
    case .some(let a): "some(\(shape(a)))"
    case .narrow(let a): "narrow(\(shape(a)))"
    case .local(let local): local.name
    case .int(let number): "\(number)"
    case .variable: "n"
    default: "?"
    }
  }
}
