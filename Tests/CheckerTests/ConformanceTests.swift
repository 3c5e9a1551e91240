import Checker
import SimRuntime
import Spec
import TestSupport
import Testing

/// The rules of the language, a few small specs a rule with their counts by hand, through every execution; and every
/// example of the language reference.
@Suite struct ConformanceTests {
  static let specs = specTexts(in: "conformance") + languageReferenceSpecs()

  @Test("the conformance specs and the reference's examples are found")
  func found() {
    #expect(specTexts(in: "conformance").count >= 9)
    #expect(languageReferenceSpecs().count >= 3)
  }

  @Test("the evaluator comes out as each conformance spec states", arguments: specs)
  func evaluator(spec: SpecText) throws { try run(spec, .never) }

  @Test("native code comes out as each conformance spec states", arguments: specs)
  func native(spec: SpecText) throws { try run(spec, .always) }

  private func run(_ spec: SpecText, _ native: CheckOptions.NativeUse) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    let lines = try #require(model.verify)
    var judged = 0
    for line in lines {
      guard let verdict = try scopedVerdict(line, model, native) else { continue }
      #expect(verdict.engine == (native == .never ? "evaluator" : "native"))
      let judgement = line.judge(verdict, in: model)
      #expect(judgement.standing == .asStated, "\(model.sources.text(line.span)): \(judgement.words)")
      judged += 1
    }
    #expect(judged > 0)
  }
}
