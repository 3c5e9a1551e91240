import Synchronization
import Testing

@testable import Checker

/// How the chunks of a layer come to the workers.
@Suite struct FrontierTests {
  private let memory = MemoryGauge()

  /// Chunks of one, two and three states, in turn.
  private func chunks(_ count: Int) -> [Chunk] {
    (0..<count).map { index in
      var chunk = Chunk.allocate(3, words: 1, memory)
      chunk.count = index % 3 + 1
      return chunk
    }
  }

  @Test func `whoever has chunks of its own takes them from the first on, and those of others from the last on`() {
    let layer = Layer(chunks(10), workers: 3)
    defer { for chunk in layer.chunks { chunk.free(memory) } }
    // Stretches 0..<3, 3..<6 and 6..<10.
    #expect((0..<2).map { _ in layer.claim(by: 1) } == [3, 4])
    #expect((0..<5).map { _ in layer.claim(by: 2) } == [6, 7, 8, 9, 2])
    #expect(layer.unclaimed == [0..<2, 5..<6])
    #expect((0..<4).map { _ in layer.claim(by: 1) } == [5, 1, 0, nil])
    #expect(layer.claim(by: 0) == nil)
    #expect(!layer.hasMore)
  }

  @Test func `what no chunk that was claimed holds is not expanded yet`() {
    let layer = Layer(chunks(7), workers: 2)
    defer { for chunk in layer.chunks { chunk.free(memory) } }
    #expect(layer.unexpanded([]) == [0..<6, 6..<13])
    // The first chunks of both stretches, of one state each.
    _ = layer.claim(by: 0)
    _ = layer.claim(by: 1)
    #expect(layer.unexpanded([]) == [1..<6, 7..<13])
  }

  @Test(arguments: [0, 1, 2, 7, 5_000], [1, 2, 3, 8]) func `each chunk is claimed once, whatever the threads`(
    count: Int, workers: Int
  ) {
    let layer = Layer(chunks(count), workers: workers)
    defer { for chunk in layer.chunks { chunk.free(memory) } }
    let claims = (0..<count).map { _ in Count() }
    let pool = WorkerPool(count: workers)
    defer { pool.close() }
    pool.run(workers: workers) { worker in
      while let chunk = layer.claim(by: worker) { claims[chunk].value.add(1, ordering: .relaxed) }
    }
    #expect(claims.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
    #expect(!layer.hasMore)
  }

  private final class Count: Sendable { let value = Atomic(0) }
}
