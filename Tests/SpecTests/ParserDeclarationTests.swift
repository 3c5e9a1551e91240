import Testing

@testable import Spec

@Suite("Parser: declarations and statements")
struct ParserDeclarationTests {
  @Test(
    "each declaration",
    arguments: [
      ("import \"a b.kspec\"", "(import \"a b.kspec\")"),
      ("sort S", "(sort S)"),
      ("ordered sort S", "(ordered sort S)"),
      ("enum E { a, b }", "(enum E a b)"),
      ("ordered enum E {\n a\n b, }", "(ordered enum E a b)"),
      ("type T = -1..3", "(type T (.. (- 1) 3))"),
      ("type T = set K?", "(type T (set (? K)))"),
      ("record R { a: S, b, c: T }", "(record R (a: S) (b: T) (c: T))"),
      ("const c, d: (K, L) -> M -> V", "(const c d (-> K L (-> M V)))"),
      ("axiom A: p", "(axiom A p)"),
      ("policy p: bool = true", "(policy p bool true)"),
      ("var q: seq[4] K?", "(var q (seq 4 (? K)))"),
      ("ghost var f: forest K", "(ghost var f (forest K))"),
      ("var m: K -> L?", "(var m (-> K (? L)))"),
      ("var m: (K -> L)?", "(var m (? (-> K L)))"),
      ("def f(x, y: T, z: U): V = e", "(def f (x, T) (y: T) (z: U) V e)"),
      ("effect e(x: T) { x := 1 }", "(effect e (x: T) (:= x 1))"),
      ("init { a = e; b = any\n c = any x: T where p }", "(init (= a e) (= b any) (= c any (x: T) (where p)))"),
      ("action a { x := 1 }", "(action a (:= x 1))"),
      ("fair action a(x: T) by x.f { }", "(fair action a (x: T) (by (.f x)))"),
      ("strong fair action a() by environment {}", "(strong fair action a by environment)"),
      ("action a by environment.f {}", "(action a (by (.f environment)))"),
      ("invariant I: p", "(invariant I p)"),
      ("transition T: on a(x, _) :: old(p) ==> q", "(transition T (on a x _) (==> (old p) q))"),
      ("transition T: on a :: p", "(transition T (on a) p)"),
      ("transition T: on == p", "(transition T (== on p))"),
      ("temporal T: always eventually p", "(temporal T (always (eventually p)))"),
      ("cover C: p", "(cover C p)"),
      ("deadlock allowed", "(deadlock allowed)"),
      ("view of d: D { a; b }", "(view (d: D) a b)"),
      ("flow from a: D to b: D when p", "(flow (a: D) (b: D) (when p))"),
      ("flow from environment to b: D", "(flow environment (b: D))"),
      ("noninterference N", "(noninterference N)"),
      (
        "refines exactly M.N(\"m\") for g: G { v = e; a(x) <- b(y) when p\n c <- d; else stutter }",
        "(refines exactly M.N \"m\" (g: G) (= v e) (<- (a x) (b y) (when p)) (<- (c) (d)) (else stutter))"
      ),
      ("refines exactly(\"m\") { else stutter }", "(refines exactly \"m\" (else stutter))"),
      (
        "scenario s(a: T) { x(a) choosing v = 1, w = 2; refuse y; assert p; repeat 3 { z() } }",
        "(scenario s (a: T) (x a (choosing v 1) (choosing w 2)) (refuse y) (assert p) (repeat 3 (z)))"
      ),
      ("layout l[K]: a, b", "(layout l[K] a b)"),
      ("cost a { trap; code 12 lines\n copy type bytes }", "(cost a (item trap) (item code 12 lines) (item copy type bytes))"),
      ("scope s { A = 3, b = e; where p }", "(scope s (= A 3) (= b e) (where p))"),
      (
        "verify { check s with p = 1, q = a && b states 1 depth 2; prove\nprove A, B; cover C in s steps 3 }",
        "(verify (check s (with p 1) (with q (&& a b)) (states 1) (depth 2)) (prove) (prove A B) (cover C in s (steps 3)))"
      ),
      (
        "verify { refute deadlock in s; unreachable C in s; test t in s; refute noninterference }",
        "(verify (refute deadlock in s) (unreachable C in s) (test t in s) (refute noninterference))"
      ),
    ])
  func declaration(text: String, expected: String) {
    #expect(declarationShape(text) == expected)
  }

  @Test(
    "each statement",
    arguments: [
      ("require N: p", "(require N p)"),
      ("require p", "(require - p)"),
      ("let x = a + b", "(let x (+ a b))"),
      ("v[i, j].f := e", "(:= (.f (index v i j)) e)"),
      ("v := any", "(any v)"),
      ("v := any\n w := 1", "(any v) (:= w 1)"),
      ("m[k] := any x: T where p", "(any (index m k) (x: T) (where p))"),
      ("clear(a, b)", "(do clear a b)"),
      ("f.attach(c, under: p)", "(do (.attach f) c (under: p))"),
      ("q[i].removeAll(x where x == y)", "(removeAll (index q i) (x:) (where (== x y)))"),
      ("for x, y: T where p { v[x] := y }", "(for (x, T) (y: T) (where p) (:= (index v x) y))"),
      ("if a { x := 1 } else if b { } else { x := 2 }", "(if a (then (:= x 1)) (else (if b (then) (else (:= x 2)))))"),
      ("if a {}\n else {}", "(if a (then) (else))"),
      ("a := 1; b := 2;; c := 3", "(:= a 1) (:= b 2) (:= c 3)"),
      ("from := to\n by := on", "(:= from to) (:= by on)"),
    ])
  func statement(text: String, expected: String) {
    #expect(declarationShape("effect e { \(text) }") == "(effect e \(expected))")
  }

  @Test func `documentation belongs to the declaration that follows`() {
    let parsed = Parsed("/// The spec.\nspec A.B\n\n///One\n///  two\n// not this\n/// three\nsort S // x\n/// last")
    #expect(parsed.shape == "(spec A.B ///The spec. ///One /// two ///three (sort S))")
  }

  @Test func `declarations carry their spans, statements theirs`() {
    let parsed = Parsed("spec A\n/// Doc\naction a(x: T) {\n  v := x + 1 // c\n}\nsort S\n")
    #expect(
      parsed.tree.declarations.map { parsed.source.text(in: $0.span) } == ["action a(x: T) {\n  v := x + 1 // c\n}", "sort S"])
    guard case .action(let action) = parsed.tree.declarations[0].kind else { return #expect(Bool(false)) }
    #expect(action.body.map { parsed.source.text(in: $0.span) } == ["v := x + 1"])
  }
}
