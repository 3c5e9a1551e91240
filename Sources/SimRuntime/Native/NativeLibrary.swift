/// In: the path of a compiled library and the text it must come from. Out: its table of entry points.

import CNative
import Foundation

/// A loaded library. It is never unloaded: its code may run in any thread until the process ends.
struct NativeLibrary: @unchecked Sendable {
  // The table is constant data of the library, so that any thread may read it.
  let table: UnsafePointer<kspec_native>

  init(_ path: String, _ text: NativeText) throws(NativeUnavailable) {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else { throw .load(Self.message()) }
    guard let symbol = dlsym(handle, "kspec_table") else { throw .load(Self.message()) }
    table = UnsafePointer(symbol.assumingMemoryBound(to: kspec_native.self))
    guard table.pointee.magic == nativeMagic else { throw .load("\(path) is no kspec library") }
    guard table.pointee.abi == nativeABINumber else { throw .load("\(path) has ABI \(table.pointee.abi)") }
    guard table.pointee.words == UInt32(text.layout.wordsPerState), let hash = table.pointee.hash,
      String(cString: hash) == text.hash
    else { throw .load("\(path) is of another spec") }
  }

  private static func message() -> String { dlerror().map { String(cString: $0) } ?? "unknown error" }
}
