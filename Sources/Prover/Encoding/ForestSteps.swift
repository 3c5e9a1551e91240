/// The forest statements of an action, one after the other. In: steps and a forest. Out: the forest they leave, and their error sites.
import Spec

extension PostState {
  /// Each step reads its nodes and conditions in the state before, and works on the forest that the previous one left.
  func run(_ steps: [ForestStep], on start: SymbolicForest, _ key: Type, _ name: String) throws -> SymbolicForest {
    var forest = start
    for step in steps {
      let next: SymbolicForest
      switch step.operation {
      case .attach(let c, let p):
        try judgeForest(step) {
          store.and(try vocabulary.isRoot(c, in: forest, key), store.not(try forest.ancestor(p, c)))
        }
        next = vocabulary.attach(c, under: p, in: forest, key)
      case .detach(let c): next = vocabulary.detach(c, in: forest, key)
      case .prune(let a): next = vocabulary.prune(a, in: forest, key)
      case .replace(let x, let y):
        try judgeForest(step) {
          store.and(try vocabulary.isLone(y, in: forest, key), store.not(vocabulary.same(x, y)))
        }
        next = vocabulary.replace(x, by: y, in: forest, key)
      case .remove(let c):
        // The loop's set: the node asked about is one of the elements.
        let removed: ([Term]) throws -> Term = { node in
          let found = self.match(c, node, Match(condition: step.condition, open: Set(step.variables)))
          return self.store.exists(step.variables.filter { found.open.contains($0) }, found.condition)
        }
        forest = vocabulary.remove(removed, in: forest, key, name)
        continue
      }
      guard step.variables.isEmpty else {
        throw EncodingFailure(reason: "a forest operation other than remove in a `for`", span: step.span)
      }
      forest = vocabulary.chooseForest(step.condition, next, forest)
    }
    return forest
  }

  private func judgeForest(_ step: ForestStep, _ isFine: () throws -> Term) throws {
    try encoder.under(step.condition, step.variables) { encoder.judge(.forest, step.span, isFine: try isFine()) }
  }
}
