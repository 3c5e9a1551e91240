import Foundation
import TestSupport
import Testing

@testable import SimRuntime

@Suite struct AbiTests {
  /// Generated files need no header of the host, so they carry the types themselves.
  @Test("generated code and its loader have one ABI")
  func header() throws {
    let url = packageRoot.appendingPathComponent("Sources/CNative/include/KspecNative.h")
    func words(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    let header = words(
      try String(contentsOf: url, encoding: .utf8).replacing(/\/\*[^*]*\*\//, with: ""))
    #expect(header.contains(words(nativeABI)))
  }
}
