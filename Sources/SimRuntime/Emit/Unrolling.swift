/// Which loops are unrolled. In: a loop's body as C text. Out: the loop, with or without `UNROLL`.
///
/// Unrolled text folds indices into shifts and masks, but measured on the library it pays only while it is small: with every
/// loop unrolled the mapping model took 8 s to compile instead of 0.5 and ran no faster for want of instruction cache.

import Foundation

extension Emitter {
  /// Characters of text that a loop may become: where compile time and speed were both near their best on the library.
  private static let budget = 5000

  func loop(_ name: String, _ count: Int, _ body: String) -> String {
    let weight = weight(of: body)
    let unrolled = count <= 64 && saturatingMultiply(weight, count) <= Self.budget
    if unrolled { unrolledExtra[name] = max(0, count - 1) * weight }
    return "\(unrolled ? "UNROLL " : "")for (I \(name) = 0; \(name) < \(literal(count)); \(name)++) { \(body) }"
  }

  /// The length of a text once its loops are unrolled and the actions it applies are inlined. An unrolled loop adds its copies
  /// but the first, which holds what is unrolled inside it.
  func weight(of text: String) -> Int {
    var weight = text.utf8.count
    for name in words(after: "UNROLL for (I ", upTo: " ", in: text) { weight += unrolledExtra[name] ?? 0 }
    for action in words(after: "apply_a", upTo: "_", in: text) { weight += Int(action).flatMap { applyWeights[$0] } ?? 0 }
    return weight
  }

  /// What stands between each `marker` and the next `end`. By bytes: a text is weighed once for each loop around it.
  private func words(after marker: StaticString, upTo end: Unicode.Scalar, in text: String) -> [String] {
    var words: [String] = []
    let size = marker.utf8CodeUnitCount
    var text = text
    text.withUTF8 { bytes in
      guard bytes.count >= size, let base = bytes.baseAddress else { return }
      var place = 0
      while place <= bytes.count - size {
        guard bytes[place] == marker.utf8Start[0], memcmp(base + place, marker.utf8Start, size) == 0 else {
          place += 1
          continue
        }
        let rest = bytes[(place + size)...].prefix { $0 != UInt8(ascii: end) }
        words.append(String(decoding: rest, as: UTF8.self))
        place += size
      }
    }
    return words
  }
}
