import Spec
import TestSupport
import Testing

@testable import SimRuntime

@Suite struct StateLayoutTests {
  private func layout(_ text: String, _ scope: Int = 0) throws -> StateLayout {
    let model = try model(text)
    return try StateLayout(try Instance(model, scope: model.scopes[scope]))
  }

  private func spec(_ declarations: String, _ initial: String, _ scope: String = "") -> String {
    "spec T\nsort S\nordered enum Right { nothing, read, write }\n\(declarations)\ninit { \(initial) }\n"
      + "action a() { }\nscope s { S = 3\(scope) }\n"
  }

  /// DESIGN's example: nine slots of a frame or none (3), a right (3) and a parent or none (10) take 2 + 2 + 4 = 8 bits each
  /// as fields, 72 in all, and 7 each as one number below 90, 63 in all.
  @Test("several variables over one key share a number where that saves a word")
  func radix() throws {
    let text = """
      spec T
      sort Space
      sort Page
      sort Frame
      ordered enum Right { nothing, read, write }
      record Slot { space: Space, page: Page }
      var holds: Slot -> Frame?
      var right: Slot -> Right
      var tree: forest Slot
      init { holds = [s: Slot => none]; right = [s: Slot => nothing]; tree = empty }
      action a() { }
      scope nine { Space = 3, Page = 3, Frame = 2 }
      scope eight { Space = 4, Page = 2, Frame = 2 }
      """
    let nine = try layout(text)
    #expect(nine.wordsPerState == 1)
    #expect(nine.cells.allSatisfy { !$0.alone && $0.bits == 7 })
    // 8 x (2 + 2 + 4) bits fill a word exactly, so plain fields do.
    let eight = try layout(text, 1)
    #expect(eight.wordsPerState == 1)
    #expect(eight.cells.allSatisfy { $0.alone })
  }

  @Test("no field lies across two words, and no two fields share a bit")
  func disjoint() throws {
    let layout = try layout(
      spec(
        "var x: S -> 0..100000\nvar y: seq[5] 0..4000000000\nvar z: set S\nvar w: 0..9223372036854775800",
        "x = [s: S => 0]; y = empty; z = empty; w = 0"))
    var used = [UInt64](repeating: 0, count: layout.wordsPerState)
    for place in layout.cells where place.bits > 0 {
      #expect(place.shift + place.bits <= 64)
      let field = (place.bits == 64 ? UInt64.max : (1 << UInt64(place.bits)) - 1) << UInt64(place.shift)
      #expect(used[place.word] & field == 0)
      used[place.word] |= field
    }
    // 3 x 17, 3 for the length and 5 x 32, 3, 63: by hand 51 + 3 + 3 in one word, the slots two a word, w alone.
    #expect(layout.wordsPerState == 5)
  }

  @Test("a state too wide, or a cell with more than 2^63 values, is unbounded")
  func unbounded() throws {
    func kind(_ text: String) throws -> SpecError.Kind? {
      let model = try model(text)
      let instance = try Instance(model, scope: model.scopes[0])
      do throws(SpecError) {
        _ = try StateLayout(instance)
        return nil
      } catch { return error.kind }
    }
    #expect(try kind(spec("var x: 0..1000", "x = 0")) == nil)
    #expect(try kind(spec("var x: -9223372036854775808..9223372036854775807", "x = 0")) == .unbounded)
    // 2^14 + 1 members are a bit more than 256 words.
    #expect(try kind(spec("var x: set 0..16384", "x = empty")) == .unbounded)
    #expect(try kind(spec("var x: set 0..16383", "x = empty")) == nil)
    #expect(try kind(spec("var x: 0..1000000 -> 0..1000000 -> bool", "x = any")) == .unbounded)
    #expect(try kind(spec("var x: seq[60000] S", "x = empty")) == .unbounded)
  }

  @Test("equal states have equal words, and different states different words")
  func bijective() throws {
    let text = spec(
      "var a: S?\nvar q: seq[2] bool\nvar f: set S\nvar b: bool", "a = any; q = any; f = any; b = any")
    let model = try model(text)
    let instance = try Instance(model, scope: model.scopes[0])
    let source = try ReferenceSource(instance)
    let rigid = try #require(try source.evaluator.rigidValuations().first)
    let states = try source.evaluator.initialStates(rigid)
    // S? has 4 values, a queue of at most two bools 1 + 2 + 4, a set of three 8, bool 2.
    #expect(states.count == 4 * 7 * 8 * 2)
    var buffer = StateBuffer(words: source.layout.wordsPerState, capacity: 1)
    try source.initialStates(rigid, into: &buffer)
    var seen: Set<[UInt64]> = []
    for (index, state) in states.enumerated() {
      seen.insert((0..<buffer.words).map { buffer[index][$0] })
      #expect(source.layout.unpack(buffer[index]) == state)
    }
    #expect(seen.count == states.count)
  }
}
