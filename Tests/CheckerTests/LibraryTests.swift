import Checker
import SimRuntime
import Spec
import TestSupport
import Testing

/// Every scoped line of the spec library, natively. (`kspec verify specs` is the same with the proofs; this is what a
/// developer runs to see which line broke.)
@Suite struct LibraryTests {
  static let specs = ["l4", "exokernel", "vmm"].flatMap { specTexts(in: $0) }

  @Test("each line of the spec library comes out as stated", arguments: specs)
  func lines(spec: SpecText) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    for line in try #require(model.verify) where line.scope != nil {
      guard let verdict = try scopedVerdict(line, model, .always) else { continue }
      let judgement = line.judge(verdict, in: model)
      #expect(judgement.standing == .asStated, "\(model.sources.text(line.span)): \(judgement.words)")
    }
  }
}
