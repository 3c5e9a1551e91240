/// Throughput of the two ways to execute a spec: the reference evaluator and generated C, searching the same states.
///
///     swift run -c release --package-path Benchmarks throughput [spec files]
///
/// In: specs, by default the library's. Out: for the first scope of each, on one thread, the medians of three searches, after one
/// that is not counted (it compiles). Both must come to the same counts, or the program ends with status 1.
import Checker
import Foundation
import SimRuntime
import Spec

let rounds = 3
let root = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
let library = ["l4/mapping", "l4/ipc", "exokernel/bindings", "vmm/xen-paging", "vmm/shadow-paging"].map {
  root.appendingPathComponent("specs/\($0).kspec").path
}

struct Search {
  var engine: String
  var states: UInt64
  var transitions: UInt64
  var depth: Int
  var seconds: Double
}

func search(_ instance: Instance, _ use: CheckOptions.NativeUse) throws -> Search {
  var options = CheckOptions()
  options.threads = 1
  options.useNative = use
  let checker = Checker(instance: instance, options: options)
  if use != .never { _ = try checker.run(.all) }
  let verdicts = try (0..<rounds).map { _ in try checker.run(.all) }.sorted { $0.seconds < $1.seconds }
  let middle = verdicts[rounds / 2]
  return Search(
    engine: middle.engine, states: middle.states, transitions: middle.transitions, depth: middle.depth, seconds: middle.seconds)
}

func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

func row(_ cells: [String]) {
  let widths = [24, 10, 12, 12, 10, 12, 14]
  print(zip(cells, widths).map { padded($0, $1) }.joined(separator: " "))
}

var agree = true
row(["spec", "engine", "states", "transitions", "seconds", "states/s", "ns/transition"])
for path in CommandLine.arguments.count > 1 ? Array(CommandLine.arguments.dropFirst()) : library {
  do {
    let model = try Frontend.load(path: path) { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }.model
    let instance = try Instance(model, scope: model.scopes.first, policies: [:])
    let found = try [CheckOptions.NativeUse.never, .always].map { try search(instance, $0) }
    for one in found {
      row([
        model.name, one.engine, "\(one.states)", "\(one.transitions)", String(format: "%.3f", one.seconds),
        String(format: "%.0f", Double(one.states) / one.seconds),
        String(format: "%.1f", one.seconds / Double(one.transitions) * 1e9),
      ])
    }
    if Set(found.map { [$0.states, $0.transitions, UInt64($0.depth)] }).count != 1 {
      print("\(model.name): the evaluator and native code do not agree")
      agree = false
    }
  } catch {
    print("\(path): \(error)")
    agree = false
  }
}
exit(agree ? 0 : 1)
