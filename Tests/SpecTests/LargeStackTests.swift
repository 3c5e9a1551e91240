import Spec
import Testing

@Suite("Room for deep recursion")
struct LargeStackTests {
  /// A thread that is only signalled, not joined, may still hold the closure: that trapped in about one call of four.
  @Test func `a thousand calls end one like the other`() {
    for number in 0..<1000 { #expect(withLargeStack { number + 1 } == number + 1) }
  }

  @Test func `a nested call runs on the same thread`() {
    let same = withLargeStack {
      let outer = pthreadIdentity()
      return withLargeStack { pthreadIdentity() == outer }
    }
    #expect(same)
  }

  @Test func `two hundred thousand frames fit`() {
    @Sendable func depth(_ n: Int) -> Int { n == 0 ? 0 : 1 + depth(n - 1) }
    #expect(withLargeStack { depth(200_000) } == 200_000)
  }
}

import Foundation

private func pthreadIdentity() -> UInt { UInt(pthread_self()) }
