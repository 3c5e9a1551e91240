/// Which loops are unrolled. In: a loop's body as C text. Out: the loop, with or without `UNROLL`.
///
/// Unrolled text folds indices into shifts and masks, but measured on the library it pays only while it is small: with every
/// loop unrolled the mapping model took 8 s to compile instead of 0.5 and ran no faster for want of instruction cache.

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
    for part in text.split(separator: "UNROLL for (I ").dropFirst() {
      weight += unrolledExtra[String(part.prefix { $0 != " " })] ?? 0
    }
    for part in text.split(separator: "apply_a").dropFirst() {
      weight += Int(part.prefix { $0 != "_" }).flatMap { applyWeights[$0] } ?? 0
    }
    return weight
  }
}
