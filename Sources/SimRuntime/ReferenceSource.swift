/// `SuccessorSource` over the evaluator: what a search falls back on without a C compiler, and what native code is
/// compared with. Every state is unpacked, stepped by the reference meaning and packed again.

import Spec

public struct ReferenceSource: SuccessorSource {
  public let instance: Instance
  public let layout: StateLayout
  public let evaluator: Evaluator
  private let numbering: ActionNumbering?
  public var name: String { "evaluator" }

  /// Throws `unbounded` if a state does not fit a packed layout.
  public init(_ instance: Instance) throws(SpecError) {
    self.instance = instance
    self.layout = try StateLayout(instance)
    self.evaluator = Evaluator(instance)
    self.numbering = ActionNumbering(instance)
  }

  public func makeScratch() -> Scratch { Scratch() }

  public func pack(_ rigid: RigidValuation) -> PackedRigid { PackedRigid(rigid) }

  public func initialStates(_ rigid: RigidValuation, into states: inout StateBuffer) throws(SpecError) {
    for state in try evaluator.initialStates(rigid) { append(state, to: &states) }
  }

  public func expand(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout StateBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    var expansion = Expansion()
    for index in 0..<parents.count {
      for edge in edges(of: parents[index], rigid, judging, &marks[index], &expansion) where !edge.isLoop {
        append(edge.after, to: &successors)
      }
      marks[index].end = successors.count
    }
    return expansion
  }

  public var isLabelled: Bool { numbering != nil }

  public func expandLabelled(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout LabelledBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    guard let numbering else { preconditionFailure("a source that is not labelled") }
    var expansion = Expansion()
    for index in 0..<parents.count {
      for edge in edges(of: parents[index], rigid, judging, &marks[index], &expansion) {
        successors.reserve(1)
        successors.labels[successors.count] = UInt32(truncatingIfNeeded: numbering.number(edge.action))
        append(edge.after, to: &successors.states)
      }
      marks[index].end = successors.count
    }
    return expansion
  }

  /// The edges of one parent that end in a state, judged and counted.
  private func edges(
    of parent: UnsafePointer<UInt64>, _ rigid: PackedRigid, _ judging: PropertySet, _ mark: inout ParentMark,
    _ expansion: inout Expansion
  ) -> [(action: ActionInstance, after: State, isLoop: Bool)] {
    let before = layout.unpack(parent)
    let edges = evaluator.successors(of: before, rigid.valuation)
    var broken: PropertySet = edges.isEmpty ? .deadlock : []
    var found: [(action: ActionInstance, after: State, isLoop: Bool)] = []
    for edge in edges {
      switch edge.result {
      case .failure: broken.insert(.error)
      case .success(let after):
        broken.formUnion(judge(edge.instance, from: before, to: after, rigid.valuation, judging))
        if after == before { expansion.selfLoops += 1 }
        found.append((edge.instance, after, after == before))
      }
    }
    broken.formIntersection(judging)
    mark = ParentMark(broken: broken, transitions: UInt64(edges.count))
    expansion.transitions += UInt64(edges.count)
    expansion.broken.formUnion(broken)
    expansion.consumed += 1
    return found
  }

  public func judge(
    _ states: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into masks: UnsafeMutablePointer<PropertySet>,
    _ scratch: Scratch
  ) {
    for index in 0..<states.count {
      let state = layout.unpack(states[index])
      var mask: PropertySet = []
      for (number, property) in instance.model.properties.enumerated() where judging.contains(.property(number)) {
        let wanted: Bool
        switch property.kind {
        case .invariant: wanted = false
        case .cover: wanted = true
        case .transition, .temporal: continue
        }
        do throws(SpecError) {
          if try evaluator.holds(number, in: state, rigid.valuation) == wanted { mask.insert(.property(number)) }
        } catch {
          mask.insert(.error)
        }
      }
      masks[index] = mask.intersection(judging)
    }
  }

  /// Transition properties broken by one edge.
  private func judge(
    _ action: ActionInstance, from before: State, to after: State, _ rigid: RigidValuation, _ judging: PropertySet
  ) -> PropertySet {
    var broken: PropertySet = []
    for (number, property) in instance.model.properties.enumerated() where judging.contains(.property(number)) {
      guard case .transition = property.kind else { continue }
      do throws(SpecError) {
        if try !evaluator.holds(transition: number, action, from: before, to: after, rigid) {
          broken.insert(.property(number))
        }
      } catch {
        broken.insert(.error)
      }
    }
    return broken
  }

  private func append(_ state: State, to states: inout StateBuffer) {
    states.reserve(1)
    layout.pack(state, into: states[states.count])
    states.origins[states.count] = 0
    states.count += 1
  }
}
