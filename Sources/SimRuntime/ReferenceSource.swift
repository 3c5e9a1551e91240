/// `SuccessorSource` over the evaluator: what a search falls back on without a C compiler, and what native code is
/// compared with. Every state is unpacked, stepped by the reference meaning and packed again.

import Spec

public struct ReferenceSource: SuccessorSource {
  public let instance: Instance
  public let layout: StateLayout
  public let evaluator: Evaluator
  public var name: String { "evaluator" }

  /// Throws `unbounded` if a state does not fit a packed layout.
  public init(_ instance: Instance) throws(SpecError) {
    self.instance = instance
    self.layout = try StateLayout(instance)
    self.evaluator = Evaluator(instance)
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
      let before = layout.unpack(parents[index])
      let edges = evaluator.successors(of: before, rigid.valuation)
      var broken: PropertySet = edges.isEmpty ? .deadlock : []
      for edge in edges {
        expansion.transitions += 1
        switch edge.result {
        case .failure: broken.insert(.error)
        case .success(let after):
          broken.formUnion(judge(edge.instance, from: before, to: after, rigid.valuation, judging))
          if after == before { expansion.selfLoops += 1 } else { append(after, to: &successors) }
        }
      }
      broken.formIntersection(judging)
      marks[index] = ParentMark(broken: broken, end: successors.count, transitions: UInt64(edges.count))
      expansion.broken.formUnion(broken)
      expansion.consumed += 1
    }
    return expansion
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
    states.count += 1
  }
}
