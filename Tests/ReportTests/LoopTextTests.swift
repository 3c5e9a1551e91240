import Report
import Spec
import Testing

/// Runs without end as text. By hand: a light that is switched on and off, with a fair switch.
@Suite("Loops in traces")
struct LoopTextTests {
  private let light = """
    spec Light
    policy once: bool = false
    var on: bool
    var used: bool
    init { on = false; used = false }
    fair action press(b: 0..1) { require Free: !used; on := b == 1; used := once }
    action look() { require Free: !used }
    strong fair action mend() { require Never: on && used && !once }
    scope s { }
    """

  @Test func `the loop is bracketed, and each fair action has its reason`() throws {
    let runs = try Runs(light)
    var trace = try runs.trace([("press", [1]), ("look", []), ("press", [0]), ("press", [1])])
    trace.loop = 1
    #expect(
      runs.text(trace) == """
        initial state
          on = false
          used = false
        step 1  press(b: 1)
          on  false → true
        ┌ loop: from here on for ever
        │ step 2  look
        │   nothing changes
        │ step 3  press(b: 0)
        │   on  true → false
        │ step 4  press(b: 1)
        │   on  false → true
        └ loop: back to the state after step 1
        the run is fair
          fair press(b: 0): taken in step 3
          fair press(b: 1): taken in step 4
          strong fair mend: never enabled in the loop
        """)
  }

  @Test func `a deadlock stutters`() throws {
    let runs = try Runs(light, policies: [0: .bool(true)])
    var trace = try runs.trace([("press", [1])])
    trace.loop = 1
    let text = runs.text(trace)
    #expect(text.contains("loop: no action is enabled, so the last state repeats for ever"))
    #expect(text.contains("fair press: never enabled in the loop, for 2 choices of its parameters"))
    #expect(!text.contains("┌"))
  }
}
