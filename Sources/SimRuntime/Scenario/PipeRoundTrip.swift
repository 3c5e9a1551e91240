/// This host's own message exchange, for scale: a byte there and back between two threads, each blocked in `read(2)` on a
/// pipe meanwhile, so two system calls and two switches a trip at least.

import Foundation

enum PipeRoundTrip {
  /// Nanoseconds a trip; nil if the host gives no pipes.
  static func measure(seconds: Double) -> Spread? {
    var there: [Int32] = [0, 0]
    var back: [Int32] = [0, 0]
    guard pipe(&there) == 0 else { return nil }
    guard pipe(&back) == 0 else {
      close(there[0])
      close(there[1])
      return nil
    }
    let (input, output) = (there[0], back[1])
    let ended = DispatchSemaphore(value: 0)
    let partner = Thread {
      var byte: UInt8 = 0
      while read(input, &byte, 1) == 1, write(output, &byte, 1) == 1 {}
      close(input)
      ended.signal()
    }
    partner.start()
    var byte: UInt8 = 1
    var broken = false
    let (spread, _, _) = Stopwatch.measure(seconds: seconds) { (rounds) throws(Never) in
      for _ in 0..<rounds where !broken {
        if write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1 { broken = true }
      }
    }
    close(there[1])
    ended.wait()
    close(back[0])
    close(back[1])
    return broken ? nil : spread
  }
}
