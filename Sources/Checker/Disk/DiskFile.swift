import Foundation

/// Why a file could not be read or written, in the system's words.
struct DiskError: Error {
  let message: String

  init(_ message: String) { self.message = message }

  /// Of the call that has just failed.
  static func last(_ path: String) -> DiskError { DiskError("\(path): \(String(cString: strerror(errno)))") }
}

/// A file that is written at given places and read again. Writing and syncing belong to one thread at a time; reading to any.
final class DiskFile: Sendable {
  let path: String
  private let descriptor: Int32

  /// An empty file, of this user alone.
  init(creating path: String) throws(DiskError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    self.path = path
    if descriptor < 0 { throw .last(path) }
  }

  /// `writing`: a file that is there, or for a lock one that comes to be.
  init(opening path: String, writing: Bool = true, creating: Bool = false) throws(DiskError) {
    descriptor = open(path, (writing ? O_RDWR : O_RDONLY) | (creating ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW, 0o600)
    self.path = path
    if descriptor < 0 { throw .last(path) }
  }

  /// A file without a name: it is gone when it is closed, however the process ends.
  init(unnamedIn folder: String) throws(DiskError) {
    var template = Array((folder + "/kspec-XXXXXX").utf8CString)
    path = folder
    descriptor = mkstemp(&template)
    if descriptor < 0 { throw .last(folder) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  var size: Int {
    var facts = stat()
    return fstat(descriptor, &facts) == 0 ? Int(facts.st_size) : 0
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
    var done = 0
    while done < bytes.count {
      let written = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      if written < 0 && errno == EINTR { continue }
      if written <= 0 { throw .last(path) }
      done += written
    }
  }

  /// Fills `bytes`; throws if the file ends before.
  func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(DiskError) {
    var done = 0
    while done < bytes.count {
      let found = pread(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      if found < 0 && errno == EINTR { continue }
      if found < 0 { throw .last(path) }
      if found == 0 { throw DiskError("\(path): it ends too early") }
      done += found
    }
  }

  func read<Element: BitwiseCopyable>(into elements: inout [Element], at offset: Int) throws(DiskError) {
    try elements.withUnsafeMutableBufferPointer { buffer throws(DiskError) in
      try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
  }

  func truncate(to bytes: Int) throws(DiskError) { if ftruncate(descriptor, off_t(bytes)) != 0 { throw .last(path) } }

  /// Until the bytes are on the medium.
  func sync() throws(DiskError) { if fdatasync(descriptor) != 0 { throw .last(path) } }

  /// False if another process holds it, or has just removed it. Given back when the file is closed, however the process ends.
  func lock() -> Bool {
    var held = stat()
    var named = stat()
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fstat(descriptor, &held) == 0 && stat(path, &named) == 0
      && held.st_ino == named.st_ino
  }
}

/// 64 bits over words: what a torn write, a flipped bit or a foreign file is noticed by. Not against an adversary.
enum Checksum {
  static func mix(_ held: UInt64, _ word: UInt64) -> UInt64 {
    let product = (held ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low &+ held
  }

  /// Two chains, since a multiplication waits for the one before.
  static func of(_ words: UnsafePointer<UInt64>, _ count: Int, seed: UInt64) -> UInt64 {
    var even = mix(seed, UInt64(count))
    var odd = ~even
    var index = 0
    while index + 1 < count {
      even = mix(even, words[index])
      odd = mix(odd, words[index + 1])
      index += 2
    }
    if index < count { even = mix(even, words[index]) }
    return mix(even, odd)
  }
}
