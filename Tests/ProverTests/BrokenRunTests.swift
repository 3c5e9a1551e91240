import Foundation
import Spec
import TestSupport
import Testing

@testable import Prover

private final class Asked: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Int] = []
  var properties: [Int] { lock.withLock { values } }
  func note(_ property: Int) { lock.withLock { values.append(property) } }
}

/// NoWritableTable without `exclusive` is false; with all invariants assumed it is inductive, and Valid is not.
@Test(arguments: [true, false])
func `a property that a run breaks is left at its first failure, any other is tried with all invariants`(isBroken: Bool) throws {
  let model = try library("vmm/xen-paging.kspec")
  let asked = Asked()
  var options = ProveOptions()
  options.isBroken = {
    asked.note($0)
    return isBroken
  }
  let verdict = try #require(
    try prove(model, ["NoWritableTable"], settings: ["exclusive": false], options)["NoWritableTable"])
  #expect(asked.properties == [model.property("NoWritableTable")])
  // Who says that a run breaks it has shown no run: it is undecided either way.
  #expect(verdict.reason.hasPrefix("proved assuming Valid"), "\(verdict.outcome)")
  let dropped = verdict.reason.dropFirst("proved assuming ".count).components(separatedBy: ", ")
  let trace = try #require(verdict.induction)
  #expect(trace.steps.count == 1)
  let evaluator = Evaluator(trace.instance)
  let after = try #require(trace.steps.first?.state)
  #expect(try !evaluator.holds(model.property("NoWritableTable"), in: after, trace.rigid))
  // Assumed are all that are not named, and where it was left at that those that count neither.
  for id in model.provable {
    let property = model.properties[id]
    let isAssumed = !dropped.contains(property.name) && !(isBroken && ["TypedExact", "RefsExact"].contains(property.name))
    guard case .invariant = property.kind, isAssumed else { continue }
    #expect(try evaluator.holds(id, in: trace.initial, trace.rigid), "\(property.name)")
  }
}

@Test func `nobody is asked about a property that is proved without the invariants that count`() throws {
  let model = try library("vmm/xen-paging.kspec")
  let asked = Asked()
  var options = ProveOptions()
  options.isBroken = {
    asked.note($0)
    return true
  }
  let verdicts = try prove(model, ["Scrubbed"], options)
  #expect(unproved(verdicts).isEmpty && asked.properties.isEmpty)
}
