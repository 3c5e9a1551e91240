import Testing

@testable import Spec

/// Each report is `code line:column text`, the text being what the caret line underlines. Line 1 is the header.
@Suite("Parser: mistakes")
struct ParserErrorTests {
  @Test(
    "one mistake, one diagnostic, where it is",
    arguments: [
      ("sort sort", ["E0115 2:6 sort"]),
      ("var\nsort S", ["E0114 3:1 sort"]),
      ("actoin a { x := 1 }", ["E0120 2:1 actoin"]),
      ("struct R { a: T }", ["E0120 2:1 struct"]),
      ("orderd enum E { a }", ["E0120 2:1 orderd"]),
      ("what is this\nsort S", ["E0118 2:1 what"]),
      ("sort S;", ["E0118 2:7 ;"]),
      ("enum E { a, b c }", ["E0121 2:15 c"]),
      ("record R { a T, b: U }", ["E0113 2:14 T"]),
      ("type T = 0...3", ["E0125 2:11 ..."]),
      ("type T = 0..<4", ["E0125 2:11 ..<"]),
      ("type T = 3", ["E0113 3:1 "]),
      ("var x: T = 0", ["E0139 2:10 ="]),
      ("const x: T = 0", ["E0139 2:12 ="]),
      ("var m: K => V", ["E0125 2:10 =>"]),
      ("var q: seq[3 T", ["E0122 2:11 ["]),
      ("var x: ", ["E0117 3:1 "]),
      ("policy p: bool", ["E0113 3:1 "]),
      ("def f(x: T) -> U = x", ["E0125 2:13 ->"]),
      ("spec Again", ["E0112 2:1 spec"]),
      ("}", ["E0123 2:1 }"]),
      ("axiom A: (p && q", ["E0122 2:10 ("]),
      ("axiom A: f(a b)", ["E0113 2:14 b"]),
      ("axiom A: p && q)", ["E0123 2:16 )"]),
      ("axiom A: (a, b)", ["E0133 2:12 ,"]),
      ("axiom A: a = b", ["E0125 2:12 ="]),
      ("axiom A: a := b", ["E0125 2:12 :="]),
      ("axiom A: a =< b", ["E0125 2:12 =<"]),
      ("axiom A: a === b", ["E0125 2:12 ==="]),
      ("axiom A: a => b", ["E0125 2:12 =>"]),
      ("axiom A: a | b", ["E0125 2:12 |"]),
      ("axiom A: a /\\ b", ["E0125 2:12 /\\"]),
      ("axiom A: a and b", ["E0125 2:12 and"]),
      ("axiom A: not b", ["E0125 2:10 not"]),
      ("axiom A: a not in s", ["E0125 2:12 not in"]),
      ("axiom A: a<-1", ["E0125 2:11 <-"]),
      ("axiom A: a ? b : c", ["E0125 2:12 ?"]),
      ("axiom A: a == b == c", ["E0126 2:17 =="]),
      ("axiom A: a < b <= c && d", ["E0126 2:16 <="]),
      ("axiom A: a <==> b <==> c", ["E0127 2:19 <==>"]),
      ("axiom A: a until b until c", ["E0127 2:20 until"]),
      ("axiom A: a &&", ["E0116 3:1 "]),
      ("axiom A: a && || b", ["E0116 2:15 ||"]),
      ("axiom A: if a then b", ["E0128 3:1 "]),
      ("axiom A: if a than b else c", ["E0120 2:15 than"]),
      ("axiom A: forall x: T, y > x", ["E0131 2:21 ,"]),
      ("axiom A: forall x: T : p", ["E0131 2:22 :"]),
      ("axiom A: forall x: T p", ["E0131 2:22 p"]),
      ("axiom A: forall x: T | p :: q", ["E0125 2:22 |"]),
      ("axiom A: forall x in s :: q", ["E0130 2:19 in"]),
      ("axiom A: forall x :: q", ["E0130 2:19 ::"]),
      ("axiom A: forall x: T were p :: q", ["E0120 2:22 were"]),
      ("axiom A: [x: K -> e]", ["E0132 2:16 ->"]),
      ("axiom A: {x, y: K where p}", ["E0134 2:11 x, y"]),
      ("axiom A: old p", ["E0113 2:14 p"]),
      ("axiom A: let x := a in b", ["E0125 2:16 :="]),
      ("axiom A: type == a", ["E0115 2:10 type"]),
      ("invariant forall x: T :: p", ["E0114 2:11 forall"]),
      ("invariant A = p", ["E0125 2:13 ="]),
      ("invariant A p", ["E0113 2:13 p"]),
      ("transition T: on a(x) p", ["E0131 2:23 p"]),
      ("init { x := 0 }", ["E0125 2:10 :="]),
      ("init { x }", ["E0113 2:10 }"]),
      ("init { x = any where p }", ["E0137 2:16 where"]),
      ("view d: D { a }", ["E0113 2:6 d"]),
      ("flow from a: D to b: D where p", ["E0125 2:24 where"]),
      ("refines M(\"m\") { a(x) = b(y) }", ["E0113 2:23 ="]),
      ("scenario s { asert p }", ["E0119 2:14 asert"]),
      ("layout l: a", ["E0113 2:9 :"]),
      ("scope s { A: 3 }", ["E0125 2:12 :"]),
      ("verify { chek s }", ["E0120 2:10 chek"]),
      ("verify { check s state 3 }", ["E0138 2:18 state"]),
      ("verify { refute A on s }", ["E0138 2:19 on"]),
      ("verify { what }", ["E0138 2:10 what"]),
      ("ghost x: T", ["E0113 2:7 x"]),
      ("import a", ["E0113 2:8 a"]),
    ])
  func mistake(text: String, expected: [String]) {
    #expect(Parsed("spec T\n\(text)\n").reports == expected)
  }

  @Test(
    "one mistake in an action, and the rest is read",
    arguments: [
      ("x = 3", ["E0125 3:5 ="]),
      ("x <- 3", ["E0125 3:5 <-"]),
      ("x += 1", ["E0125 3:5 +="]),
      ("x == 4", ["E0135 3:3 x == 4"]),
      ("forall s: T { x := 2 }", ["E0120 3:3 forall"]),
      ("f(x) := 4", ["E0136 3:3 f(x)"]),
      ("x := 3 y := 4", ["E0121 3:10 y"]),
      ("requre A: x", ["E0120 3:3 requre"]),
      ("require A x", ["E0113 3:13 x"]),
      ("require A: x == ", ["E0116 4:3 z"]),
      ("if a then { x := 1 }", ["E0129 3:8 then"]),
      ("if a x := 1 }", ["E0124 3:8 x"]),
      ("if a { x := 1 } elif b { x := 2 }", ["E0120 3:19 elif"]),
      ("for x: T :: { x := 1 }", ["E0125 3:12 ::"]),
      ("q.removeAll(x)", ["E0142 3:16 )"]),
      ("q.removeAll(where p)", ["E0142 3:15 where"]),
      ("s.add(a b)", ["E0113 3:11 b"]),
      ("x := (1 + 2", ["E0122 3:8 ("]),
      ("x := y @ 3", ["E0103 3:10 @"]),
      ("3 := x", ["E0136 3:3 3"]),
      ("x || y", ["E0135 3:3 x || y"]),
      (")", ["E0119 3:3 )"]),
    ])
  func statement(text: String, expected: [String]) {
    let parsed = Parsed("spec T\naction a {\n  \(text)\n  z := 1\n}\nsort Last\n")
    #expect(parsed.reports == expected)
    #expect(parsed.shape.hasSuffix("(:= z 1)) (sort Last))"))
  }

  @Test func `a body without its end stops at the next declaration`() {
    let parsed = Parsed("spec T\naction a {\n  if p {\n    x := 1\n}\ninvariant I: p\nsort S\n")
    #expect(parsed.reports == ["E0122 2:10 {"])
    #expect(parsed.diagnostics[0].related.map { parsed.source.text(in: $0.span) } == ["invariant"])
    #expect(parsed.shape == "(spec T (action a (if p (then (:= x 1)))) (invariant I p) (sort S))")
  }

  @Test func `all mistakes of a file come in one run, in the order of the text`() {
    let parsed = Parsed(
      """
      spec T
      sort A B
      var x: = 3
      action a(x: T, y) {
        require P: x == == y
        x = f(1, , 2)
        if x { y = 2 } else { z == 3 }
        for i in S { s.add(i }
      }
      invariant I: a <
        b <
      invariant J: a & & b
      verify { check }
      """)
    #expect(
      parsed.reports == [
        "E0118 2:8 B", "E0117 3:8 =", "E0130 4:17 )", "E0116 5:19 ==", "E0125 6:5 =", "E0116 6:12 ,", "E0125 7:12 =",
        "E0135 7:25 z == 3", "E0130 8:9 in", "E0122 8:21 (", "E0126 11:5 <", "E0116 12:1 invariant", "E0116 12:18 &",
        "E0114 13:16 }",
      ])
  }

  @Test func `a file without a spec says so`() {
    #expect(Parsed("").codes == ["E0110"])
    #expect(Parsed("\n // only a comment\n").codes == ["E0110"])
    #expect(Parsed("sort S\n").reports == ["E0111 1:1 sort"])
    #expect(Parsed("module M\nsort S\n").codes == ["E0111", "E0118"])
    #expect(Parsed("spce M\nsort S\n").reports == ["E0120 1:1 spce"])
  }

  @Test func `more errors than anybody reads are cut off, and said to be`() {
    let parsed = Parsed("spec T\n" + String(repeating: "axiom A: )\n", count: 1000))
    #expect(parsed.diagnostics.count == 101)
    #expect(parsed.codes.last == "E0199")
    #expect(parsed.codes.dropLast().allSatisfy { $0 == "E0116" })
  }

  @Test func `names that are nearly keywords are only mended where no name can stand`() {
    // `viev` is a fine name of a variable, `were` of a constant.
    #expect(declarationShape("var viev: T\naction a { viev := were }") == "(var viev T)\n(action a (:= viev were))")
  }
}
