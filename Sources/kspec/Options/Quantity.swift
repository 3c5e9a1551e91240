import ArgumentParser
import Foundation

/// `512M`, `2G`, `2GiB`: bytes, powers of 1024.
struct ByteCount: Sendable {
  var bytes: UInt64

  init(parsing text: String) throws {
    let units: [(String, UInt64)] = [
      ("", 1), ("b", 1), ("k", 1 << 10), ("kib", 1 << 10), ("m", 1 << 20), ("mib", 1 << 20), ("g", 1 << 30), ("gib", 1 << 30),
      ("t", 1 << 40), ("tib", 1 << 40),
    ]
    guard let (number, unit) = splitNumber(text), let scale = units.first(where: { $0.0 == unit.lowercased() })?.1,
      number > 0, number * Double(scale) < 0x1p63
    else { throw ValidationError("`\(text)` is not an amount of memory; write for example 512M or 2G") }
    bytes = UInt64(number * Double(scale))
  }
}

/// `60s`, `5m`, `1h`, `0.5`: seconds.
struct TimeLimit: Sendable {
  var seconds: Double

  init(parsing text: String) throws {
    let units: [(String, Double)] = [("", 1), ("s", 1), ("ms", 0.001), ("m", 60), ("min", 60), ("h", 3600)]
    guard let (number, unit) = splitNumber(text), let scale = units.first(where: { $0.0 == unit.lowercased() })?.1, number > 0
    else { throw ValidationError("`\(text)` is not a time; write for example 60s, 5m or 1h") }
    seconds = number * scale
  }
}

/// A decimal number and what follows it; nil without a number.
private func splitNumber(_ text: String) -> (Double, String)? {
  let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
  guard let number = Double(digits), number.isFinite else { return nil }
  return (number, String(text.dropFirst(digits.count)).trimmingCharacters(in: .whitespaces))
}
