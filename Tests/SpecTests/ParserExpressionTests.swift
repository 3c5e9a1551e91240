import Testing

@testable import Spec

@Suite("Parser: expressions")
struct ParserExpressionTests {
  /// Each row pairs neighbours of the table in LANGUAGE section 3, so that the order of all levels follows.
  @Test(
    "operators bind as the table says",
    arguments: [
      ("a <==> b ==> c", "(<==> a (==> b c))"),
      ("a ==> b ==> c", "(==> a (==> b c))"),
      ("a ==> b leadsTo c", "(==> a (leadsTo b c))"),
      ("a || b leadsTo c || d", "(leadsTo (|| a b) (|| c d))"),
      ("a && b || c && d", "(|| (&& a b) (&& c d))"),
      ("a || b || c", "(|| (|| a b) c)"),
      ("a == b && c", "(&& (== a b) c)"),
      ("x in s && y <= z", "(&& (in x s) (<= y z))"),
      ("a == b ?? c", "(== a (?? b c))"),
      ("a ?? b ?? c", "(?? a (?? b c))"),
      ("a ?? b + c", "(?? a (+ b c))"),
      ("a - b - c", "(- (- a b) c)"),
      ("a + b * c - d / e % f", "(- (+ a (* b c)) (% (/ d e) f))"),
      ("s + t & u", "(+ s (& t u))"),
      ("-a * b", "(* (- a) b)"),
      ("!a && b", "(&& (! a) b)"),
      ("!a.b[c]!", "(! (force (index (.b a) c)))"),
      ("a.b(c)(d, e)!.f", "(.f (force (call (call (.b a) c) d e)))"),
      ("x! != y", "(!= (force x) y)"),
      ("always p && q", "(&& (always p) q)"),
      ("always x == y", "(always (== x y))"),
      ("always eventually p ==> q", "(==> (always (eventually p)) q)"),
      ("p && q until r", "(until (&& p q) r)"),
    ])
  func precedence(text: String, expected: String) {
    #expect(shape(text) == expected)
  }

  @Test(
    "quantifiers, conditionals and lets extend to the right",
    arguments: [
      ("forall x: T :: p ==> q", "(forall (x: T) (==> p q))"),
      ("a && forall x: T :: p || q", "(&& a (forall (x: T) (|| p q)))"),
      ("forall s, a: Slot, p: Page where P :: Q", "(forall (s, Slot) (a: Slot) (p: Page) (where P) Q)"),
      ("if a then b else c == d", "(if a b (== c d))"),
      ("if a then b else if c then d else e", "(if a b (if c d e))"),
      ("1 + if a then b else c + 2", "(+ 1 (if a b (+ c 2)))"),
      ("let x = a in x && b", "(let x a (&& x b))"),
      ("let x = (a in s) in x", "(let x (paren (in a s)) x)"),
      ("let x = f(a in s) in x in t", "(let x (call f (in a s)) (in x t))"),
      ("!exists x: T :: p && q", "(! (exists (x: T) (&& p q)))"),
    ])
  func extent(text: String, expected: String) {
    #expect(shape(text) == expected)
  }

  @Test(
    "literals, builders and calls",
    arguments: [
      ("{}", "(elements)"),
      ("{a, b}", "(elements a b)"),
      ("{x: T where p}", "(set (x: T) (where p))"),
      ("{x: T}", "(set (x: T))"),
      ("[x: K => e]", "(map (x: K) e)"),
      (
        "[x, y: K, z: L where x != y ==> z == x => e ==> f]",
        "(map (x, K) (y: K) (z: L) (where (==> (!= x y) (== z x))) (==> e f))"
      ),
      ("m[k, l]", "(index m k l)"),
      ("Slot(space: s, page: p)", "(call Slot (space: s) (page: p))"),
      ("tree.attach(to, under: from)", "(call (.attach tree) to (under: from))"),
      ("closure(r)(x, y)", "(call (call closure r) x y)"),
      ("count(x: T, y: U where P)", "(count (x: T) (y: U) (where P))"),
      ("size(s) + count", "(+ (call size s) count)"),
      ("old(tree.under(s, at))", "(old (call (.under tree) s at))"),
      ("none ?? true", "(?? none true)"),
      ("1_000 + 0x1F + 0b11", "(+ (+ 1000 31) 3)"),
      ("-9223372036854775808", "-9223372036854775808"),
      ("f.parent(x).next", "(.next (call (.parent f) x))"),
      ("x'", "x'"),
      ("[x: 0..3 => x]", "(map (x: (.. 0 3)) x)"),
      ("[x: -1..N - 1 => x]", "(map (x: (.. (- 1) (- N 1))) x)"),
    ])
  func literals(text: String, expected: String) {
    #expect(shape(text) == expected)
  }

  @Test func `a bracket or an exclamation mark on the next line begins something new`() {
    #expect(
      declarationShape("view of d: D { reg[d]\n [f: Frame where owner[f] == d => memory[f]]\n a\n !b }")
        == "(view (d: D) (index reg d) (map (f: Frame) (where (== (index owner f) d)) (index memory f)) a (! b))")
  }

  @Test func `an operator or a dot on the next line goes on`() {
    #expect(shape("a\n && b\n .c") == "(&& a (.c b))")
  }
}
