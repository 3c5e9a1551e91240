/// The states that a search found, in the order of its layers: a file of blocks that is only ever added to.
///
/// In: packed states. Out: the same by block, each block's checksum verified when it is read. A block is four words (a mark, the
/// position of its first state, their number, a checksum of all this) and the states; a chain over the blocks' checksums
/// stands for the whole file. What follows the length that somebody has noted is no part of it: a process may end while it writes.
/// Small blocks wait in memory, so that a thousand small searches touch no file. Written by the coordinator alone.
final class StateLog: @unchecked Sendable {
  struct Block: Sendable {
    /// Position of the first state among all.
    let first: Int
    let count: Int
    /// Of the header in the file.
    let offset: Int
  }

  private static let mark: UInt64 = 0x316C_6365_7073_6B01
  private static let header = 4
  private static let wordBytes = MemoryLayout<UInt64>.stride

  let path: String
  let words: Int
  private(set) var blocks: [Block] = []
  /// States added, those in the open block included.
  private(set) var count = 0
  /// Of the closed blocks: their bytes, and what stands for them.
  private(set) var bytes = 0
  private(set) var chain: UInt64 = 0

  private(set) var file: DiskFile?
  /// Bytes of the file that are written.
  private var flushed = 0
  private let buffer: UnsafeMutablePointer<UInt64>
  private let room: Int
  /// Words of closed blocks in the buffer; the open block's header comes next.
  private var closed = 0
  private var openCount = 0

  /// Whether `path` is the folder of a file without a name.
  private let isUnnamed: Bool

  /// An empty log whose file comes to be with its first bytes. `blockWords`: the buffer.
  init(path: String, isUnnamed: Bool = false, words: Int, blockWords: Int = 1 << 17) {
    self.path = path
    self.isUnnamed = isUnnamed
    self.words = words
    room = max(blockWords, Self.header + words)
    buffer = .allocate(capacity: room)
  }

  deinit { buffer.deallocate() }

  /// A log that is there: reads and verifies the headers of its first `bytes` bytes, which must be `count` states with this chain.
  /// What comes after is cut off.
  init(opening path: String, words: Int, bytes: Int, count: Int, chain: UInt64, blockWords: Int = 1 << 17) throws(DiskError) {
    self.path = path
    isUnnamed = false
    self.words = words
    room = max(blockWords, Self.header + words)
    buffer = .allocate(capacity: room)
    if bytes == 0 && count == 0 { return }
    let file = try DiskFile(opening: path)
    guard file.size >= bytes else { throw DiskError("\(path): it ends too early") }
    self.file = file
    while self.bytes < bytes {
      let (block, checksum) = try header(at: self.bytes, file)
      guard block.first == self.count, block.count > 0, block.count <= (bytes - self.bytes) / Self.wordBytes / max(words, 1)
      else {
        throw damaged
      }
      blocks.append(block)
      self.count += block.count
      self.bytes += (Self.header + block.count * words) * Self.wordBytes
      self.chain = Checksum.mix(self.chain, checksum)
    }
    guard self.bytes == bytes, self.count == count, self.chain == chain else { throw damaged }
    flushed = bytes
    try file.truncate(to: bytes)
  }

  private var damaged: DiskError { DiskError("\(path): it is damaged") }

  private func header(at offset: Int, _ file: DiskFile) throws(DiskError) -> (Block, checksum: UInt64) {
    var words: [UInt64] = [0, 0, 0, 0]
    try file.read(into: &words, at: offset)
    guard words[0] == Self.mark, let first = Int(exactly: words[1]), let count = Int(exactly: words[2]) else { throw damaged }
    return (Block(first: first, count: count, offset: offset), words[3])
  }

  func append(_ states: UnsafePointer<UInt64>, _ n: Int) throws(DiskError) {
    var done = 0
    while done < n {
      let used = closed + Self.header + openCount * words
      let free = (room - used) / max(words, 1)
      if free <= 0 {
        close()
        try flush()
        continue
      }
      let taken = min(free, n - done)
      (buffer + used).update(from: states + done * words, count: taken * words)
      openCount += taken
      count += taken
      done += taken
    }
  }

  /// Ends the open block: a layer begins with a block of its own.
  func close() {
    guard openCount > 0 else { return }
    let start = buffer + closed
    start[0] = Self.mark
    start[1] = UInt64(count - openCount)
    start[2] = UInt64(openCount)
    start[3] = Self.checksum(UnsafePointer(start), words: openCount * words)
    chain = Checksum.mix(chain, start[3])
    blocks.append(Block(first: count - openCount, count: openCount, offset: bytes))
    let size = Self.header + openCount * words
    bytes += size * Self.wordBytes
    closed += size
    openCount = 0
    if room - closed < Self.header + words { try? flush() }
  }

  private static func checksum(_ block: UnsafePointer<UInt64>, words: Int) -> UInt64 {
    Checksum.of(block + header, words, seed: Checksum.mix(block[1], block[2]))
  }

  /// Gives what is closed to the system (which may keep it in memory: see `DiskFile.sync`).
  func flush() throws(DiskError) {
    guard flushed < bytes else { return }
    if file == nil { file = try isUnnamed ? DiskFile(unnamedIn: path) : DiskFile(creating: path) }
    try file?.write(UnsafeRawBufferPointer(start: buffer, count: closed * Self.wordBytes), at: flushed)
    flushed = bytes
    closed = 0
  }

  // Reading, after `flush`.

  /// The states of a block, into a buffer that is emptied before.
  func read(_ block: Block, into states: inout [UInt64]) throws(DiskError) {
    guard let file, block.offset < flushed else { throw damaged }
    let size = Self.header + block.count * words
    if states.count != size { states = [UInt64](repeating: 0, count: size) }
    try file.read(into: &states, at: block.offset)
    let isWhole = states.withUnsafeBufferPointer { read in
      guard let base = read.baseAddress, base[0] == Self.mark, base[1] == UInt64(block.first), base[2] == UInt64(block.count)
      else { return false }
      return base[3] == Self.checksum(base, words: block.count * words)
    }
    guard isWhole else { throw damaged }
  }

  /// Where a block's states begin in what `read` gives.
  static let payload = header

  /// The blocks that hold the states `[start, end)`, by index.
  func blocks(of range: Range<Int>) -> Range<Int> {
    let first = partition { $0.first + $0.count <= range.lowerBound }
    return first..<max(first, partition { $0.first < range.upperBound })
  }

  /// The number of blocks before the first for which `isBefore` is false.
  private func partition(_ isBefore: (Block) -> Bool) -> Int {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if isBefore(blocks[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
