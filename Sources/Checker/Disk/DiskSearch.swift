/// What a search has on disk: its layers in a log, what is visited in sorted runs, and sizes that keep it within its memory.
final class DiskSearch {
  let log: StateLog
  let set: DiskSet
  let sizes: DiskSizes
  /// Where each layer from the first one in the log on begins, and the number of that layer.
  var starts: [Int]
  let firstLayer: Int

  init(_ log: StateLog, starts: [Int], firstLayer: Int, _ set: DiskSet, _ sizes: DiskSizes) {
    self.log = log
    self.starts = starts
    self.firstLayer = firstLayer
    self.set = set
    self.sizes = sizes
  }

  /// For the walk back; nil if the first layers are not in the log.
  var record: LayerRecord? { firstLayer == 0 ? .disk(DiskLayers(log: log, starts: starts)) : nil }

  /// Cuts stretches of the log into portions of at most a window.
  func windows(_ rest: [[Int]]) -> [[Range<Int>]] {
    var windows: [[Range<Int>]] = []
    var held: [Range<Int>] = []
    var room = sizes.window
    for stretch in rest {
      var (first, end) = (stretch[0], stretch[0] + stretch[1])
      while first < end {
        let n = min(room, end - first)
        held.append(first..<(first + n))
        first += n
        room -= n
        if room == 0 {
          windows.append(held)
          held = []
          room = sizes.window
        }
        end = max(end, first)
      }
    }
    // The successors that wait need a turn, too.
    if !held.isEmpty || windows.isEmpty { windows.append(held) }
    return windows
  }
}

extension DiskSizes {
  /// Half of the memory for the table, an eighth for parents, an eighth for merging.
  init(bytes: Int, words: Int, tuning: Tuning) {
    let states = max(bytes / (words * 8), 64)
    table = states / 2
    window = max(states / 8, 1)
    merging = max(states / 8, 256)
    block = min(max(bytes / 64 / 8, 1 << 10), 1 << 17)
    self = tuning.disk ?? self
  }
}
