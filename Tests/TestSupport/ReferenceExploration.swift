import Spec

/// Breadth-first search in forty lines over the evaluator's own states: the obviously right twin of the checker.
///
/// In: an instance. Out: counts by the language's rules, and for every kind of event the fewest steps to it. It knows nothing of
/// packing, tables, threads or native code.
public struct ReferenceExploration: Equatable, Sendable {
  public var states = 0
  public var transitions = 0
  public var depth = 0
  /// Fewest steps to a state (or step) that breaks each invariant or transition property, or reaches each cover.
  public var properties: [Int: Int] = [:]
  public var deadlock: Int?
  public var error: Int?

  /// `limit`: states are judged after at most so many steps.
  public init(_ instance: Instance, to limit: Int = .max) throws {
    let evaluator = Evaluator(instance)
    for rigid in try evaluator.rigidValuations() {
      var layer = try evaluator.initialStates(rigid)
      var seen = Set(layer)
      var steps = 0
      while !layer.isEmpty, steps <= limit {
        depth = max(depth, steps)
        var next: [State] = []
        for state in layer {
          for (index, property) in instance.model.properties.enumerated() {
            judge(index, property, state, evaluator, rigid, steps)
          }
          if steps == limit { continue }
          let edges = evaluator.successors(of: state, rigid)
          transitions += edges.count
          if edges.isEmpty { note(steps, &deadlock) }
          for edge in edges {
            guard case .success(let after) = edge.result else {
              note(steps + 1, &error)
              continue
            }
            for (index, property) in instance.model.properties.enumerated() {
              guard case .transition = property.kind else { continue }
              do {
                if try !evaluator.holds(transition: index, edge.instance, from: state, to: after, rigid) {
                  note(steps + 1, &properties[index])
                }
              } catch { note(steps + 1, &self.error) }
            }
            if seen.insert(after).inserted { next.append(after) }
          }
        }
        layer = next
        steps += 1
      }
      states += seen.count
    }
  }

  private mutating func judge(
    _ index: Int, _ property: Property, _ state: State, _ evaluator: Evaluator, _ rigid: RigidValuation, _ steps: Int
  ) {
    let wanted: Bool
    switch property.kind {
    case .invariant: wanted = false
    case .cover: wanted = true
    case .transition, .temporal: return
    }
    do {
      if try evaluator.holds(index, in: state, rigid) == wanted { note(steps, &properties[index]) }
    } catch { note(steps, &self.error) }
  }

  private func note(_ steps: Int, _ least: inout Int?) { least = min(steps, least ?? steps) }
}
