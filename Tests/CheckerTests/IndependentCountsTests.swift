import Foundation
import Spec
import TestSupport
import Testing

@testable import Checker

/// The checker against other programs in another language: Tests/Independent enumerates each system from the rules of
/// docs/Systems.md, without the text of its spec, and must come to the same numbers.
@Suite(.enabled(if: python3IsThere, "needs python3"))
struct IndependentCountsTests {
  @Test(
    "an independent enumeration has the same states, transitions and depth",
    arguments: [
      Enumeration("mapping_core.py", nil, "tiny"),
      Enumeration("mapping.py", "l4/mapping.kspec", "tiny"),
      Enumeration("ipc.py", "l4/ipc.kspec", "tiny"),
      Enumeration("bindings.py", "exokernel/bindings.kspec", "tiny"),
      Enumeration("bindings.py", "exokernel/bindings.kspec", "small"),
      Enumeration("bindings.py", "exokernel/bindings.kspec", "three"),
      Enumeration("xen_paging.py", "vmm/xen-paging.kspec", "tiny"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "tiny"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "alone"),
      Enumeration("superpage.py", "vmm/xsa-148-182.kspec", "two"),
      Enumeration("superpage.py", "vmm/xsa-148-182.kspec", "four", without: "linear"),
    ] + Enumeration.classics)
  func counts(_ wanted: Enumeration) throws {
    let theirs = try wanted.answer()
    let ours = try wanted.check(.all)
    guard case .exhausted = ours.outcome else {
      Issue.record("\(ours.outcome)")
      return
    }
    #expect(theirs.states == ours.states)
    #expect(theirs.transitions == ours.transitions)
    #expect(theirs.depth == ours.depth)
  }

  @Test("there is an enumeration of every classic protocol") func everyClassic() {
    #expect(Enumeration.classics.count == specTexts(in: "classics").count)
    #expect(Enumeration.classics.count >= 17)
  }

  @Test(
    "an independent search breaks the same property in as many steps",
    arguments: [
      Enumeration("mapping.py", "l4/mapping.kspec", "tiny", without: "narrow", finds: "Narrowed"),
      Enumeration("mapping.py", "l4/mapping.kspec", "tiny", without: "recursive", finds: "Revoked"),
      Enumeration("mapping.py", "l4/mapping.kspec", "tiny", without: "recursive", finds: "Rooted"),
      Enumeration("mapping.py", "l4/mapping.kspec", "tiny", without: "recursive", finds: "Downgraded"),
      Enumeration("mapping.py", "l4/mapping.kspec", "tiny", without: "recursive", finds: "Flushed"),
      Enumeration("ipc.py", "l4/ipc.kspec", "tiny", without: "checkPartner", finds: "Consent"),
      Enumeration("ipc.py", "l4/ipc.kspec", "tiny", without: "fifo", finds: "Fifo"),
      Enumeration("ipc.py", "l4/ipc.kspec", "small", without: "checkPropagation", finds: "Unforgeable"),
      Enumeration("ipc.py", "l4/ipc.kspec", "tiny", without: "directSwitch", finds: "Handoff"),
      Enumeration("bindings.py", "exokernel/bindings.kspec", "tiny", without: "checkCapability", finds: "Authorised"),
      Enumeration("bindings.py", "exokernel/bindings.kspec", "tiny", without: "unbind", finds: "FreeUnbound"),
      Enumeration("bindings.py", "exokernel/bindings.kspec", "tiny", without: "flush", finds: "Cached"),
      Enumeration("bindings.py", "exokernel/bindings.kspec", "tiny", without: "flush", finds: "Sound"),
      Enumeration("bindings.py", "exokernel/bindings.kspec", "tiny", without: "recordLoss", finds: "Told"),
      Enumeration("bindings.py", "exokernel/bindings.kspec", "alone", without: "spareReserve", finds: "Spared"),
      Enumeration("xen_paging.py", "vmm/xen-paging.kspec", "tiny", without: "validate", finds: "Valid"),
      Enumeration("xen_paging.py", "vmm/xen-paging.kspec", "tiny", without: "sameOwner", finds: "Confined"),
      Enumeration("xen_paging.py", "vmm/xen-paging.kspec", "tiny", without: "exclusive", finds: "NoWritableTable"),
      Enumeration("xen_paging.py", "vmm/xen-paging.kspec", "tiny", without: "flush", finds: "NoWritableTable"),
      Enumeration("xen_paging.py", "vmm/xen-paging.kspec", "tiny", without: "flush", finds: "Isolated"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "alone", without: "trace", finds: "Composed"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "tiny", without: "trace", finds: "Narrowed"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "tiny", without: "protect", finds: "Exclusive"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "tiny", without: "protect", finds: "Invisible"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "tiny", without: "revoke", finds: "Composed"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "tiny", without: "revoke", finds: "Faithful"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "tiny", without: "revoke", finds: "Reads"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "tiny", without: "compare", finds: "Same"),
      Enumeration("shadow_paging.py", "vmm/shadow-paging.kspec", "tiny", without: "scrub", finds: "Faithful"),
      Enumeration("superpage.py", "vmm/xsa-148-182.kspec", "two", without: "slowPse", finds: "NoWritableTable"),
      Enumeration("superpage.py", "vmm/xsa-148-182.kspec", "two", without: "slowRw", finds: "NoWritableTable"),
    ])
  func lengths(_ wanted: Enumeration) throws {
    let name = try #require(wanted.property)
    let theirs = try #require(try wanted.answer().steps, "the enumeration finds no violation of \(name)")
    let property = try #require(try wanted.model().properties.firstIndex { $0.name == name })
    let ours = try wanted.check(.refute(.property(property)))
    guard case .violated(.property(property)) = ours.outcome else {
      Issue.record("\(ours.outcome)")
      return
    }
    #expect(ours.trace?.steps.count == theirs)
  }
}

/// One program at one scope, with one policy switched off and a property to break, or neither. A nil spec is the mapping model
/// that opens the language reference.
struct Enumeration: Sendable, CustomTestStringConvertible {
  var program: String
  /// What the program is told first, where it enumerates several systems.
  var system: String?
  var spec: String?
  var scope: String
  var policy: String?
  var property: String?

  init(_ program: String, _ spec: String?, _ scope: String, without policy: String? = nil, finds property: String? = nil) {
    self.program = program
    self.spec = spec
    self.scope = scope
    self.policy = policy
    self.property = property
  }

  /// Each classic protocol at its first scope.
  static let classics = specTexts(in: "classics").compactMap { text -> Enumeration? in
    guard let scope = try? Frontend.check(text: text.text, path: text.path).model.scopes.first else { return nil }
    let name = URL(fileURLWithPath: text.path).deletingPathExtension().lastPathComponent
    var enumeration = Enumeration("classics.py", "classics/\(name).kspec", scope.name)
    enumeration.system = name
    return enumeration
  }

  var testDescription: String { arguments.joined(separator: " ") }

  private var arguments: [String] {
    [program, system, scope, policy.map { "\($0)=false" }].compactMap { $0 } + (property.map { ["--find", $0] } ?? [])
  }

  func model() throws -> Model { try Frontend.check(text: text()).model }

  func check(_ goal: CheckGoal) throws -> Verdict {
    let settings = policy.map { [$0: Value.bool(false)] } ?? [:]
    return try Checker(instance: instance(text(), scope: scope, settings), options: .with(native: .auto)).run(goal)
  }

  private func text() throws -> String {
    guard let spec else { return mapping }
    return try String(contentsOfFile: specPath(spec), encoding: .utf8)
  }

  struct Answer: Decodable {
    var states: UInt64?
    var transitions: UInt64?
    var depth: Int?
    var steps: Int?
  }

  /// What the program prints.
  func answer() throws -> Answer {
    try JSONDecoder().decode(Answer.self, from: python3(arguments))
  }
}

private let programs = packageRoot.appendingPathComponent("Tests").appendingPathComponent("Independent")

private let python3IsThere = (try? python3(["-c", ""])) != nil

/// Runs python3 in the folder of the programs; its output. Throws if it does not end with success.
private func python3(_ arguments: [String]) throws -> Data {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-B"] + arguments
  process.currentDirectoryURL = programs
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw PythonFailed(arguments: arguments, status: process.terminationStatus) }
  return data
}

private struct PythonFailed: Error {
  var arguments: [String]
  var status: Int32
}
