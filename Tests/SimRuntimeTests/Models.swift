import Foundation
import Spec

/// The model of a file, imports and all; throws its diagnostics.
func loadModel(_ path: String) throws -> Model {
  do throws(SpecRejected) {
    return try Frontend.load(path: path) { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }.model
  } catch {
    throw Difference(description: "\(path): \(error.diagnostics)")
  }
}

/// The model of a text.
func model(_ text: String) throws -> Model {
  do throws(SpecRejected) { return try Frontend.check(text: text).model } catch {
    throw Difference(description: "\(error.diagnostics.map { "\($0)" }.joined(separator: "\n"))\n\(text)")
  }
}
