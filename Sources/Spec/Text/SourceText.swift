/// One file of spec text, and where its lines begin.
///
/// Positions are byte offsets into the UTF-8 bytes, so that a span costs nothing to carry from a token to a
/// proof obligation. Lines and columns are computed only when somebody reads them.
public final class SourceText: Sendable {
  /// The path as the user gave it, or a name such as `<test>`.
  public let path: String
  public let bytes: [UInt8]
  /// Byte offset of the first byte of each line.
  private let lineStarts: [Int]

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
    self.lineStarts = starts
  }

  public convenience init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// Line and column, both from 1. The column counts Unicode scalars, as editors do.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let scalars = bytes[lineStarts[low]..<offset].count { $0 & 0xC0 != 0x80 }
    return (low + 1, scalars + 1)
  }

  public var lineCount: Int { lineStarts.count }

  /// The bytes of a line (from 1), without its line break; empty past the last.
  public func range(ofLine number: Int) -> Range<Int> {
    guard number >= 1, number <= lineStarts.count else { return bytes.count..<bytes.count }
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<max(start, end)
  }

  /// The text of a line (from 1), without its line break; invalid UTF-8 is shown as U+FFFD.
  public func line(_ number: Int) -> String { String(decoding: bytes[range(ofLine: number)], as: UTF8.self) }

  /// The text a span covers.
  public func text(in span: Span) -> String {
    let low = min(max(span.start, 0), bytes.count)
    let high = min(max(span.end, low), bytes.count)
    return String(decoding: bytes[low..<high], as: UTF8.self)
  }
}

/// A half-open range of bytes of one file of a `SourceSet`.
public struct Span: Hashable, Sendable, Comparable {
  /// Index into `SourceSet.files`.
  public var file: Int32
  public var start: Int
  public var end: Int

  public init(file: Int32, start: Int, end: Int) {
    self.file = file
    self.start = start
    self.end = end
  }

  /// The span of what nobody wrote (a default, a value made by kspec).
  public static let none = Span(file: -1, start: 0, end: 0)

  public func union(_ other: Span) -> Span {
    if file < 0 { return other }
    if other.file != file { return self }
    return Span(file: file, start: min(start, other.start), end: max(end, other.end))
  }

  public static func < (a: Span, b: Span) -> Bool {
    (a.file, a.start, a.end) < (b.file, b.start, b.end)
  }
}

/// The files of one run: the spec first, then its imports in the order they were met.
public struct SourceSet: Sendable {
  public var files: [SourceText]

  public init(files: [SourceText] = []) { self.files = files }

  public func text(_ span: Span) -> String {
    guard span.file >= 0, Int(span.file) < files.count else { return "" }
    return files[Int(span.file)].text(in: span)
  }
}
