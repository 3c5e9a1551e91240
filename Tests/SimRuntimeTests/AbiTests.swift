import Foundation
import TestSupport
import Testing
import Spec

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

  /// FIPS 180-4's examples.
  @Test("SHA-256 gives the standard's digests")
  func digests() {
    #expect(SHA256.hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(SHA256.hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  }
}
