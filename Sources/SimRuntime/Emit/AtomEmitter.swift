/// In: the temporal properties of a spec. Out: a C function for each of their atoms, and one that judges a list of them in a batch of
/// states: the truth of each atom as one bit a state.

import Spec

/// A formula over one state with values for the variables that are free in it: an atom of a temporal property.
public struct StateFormula: Sendable {
  public let expr: Expr
  /// By slot.
  public let frame: [Value]

  public init(expr: Expr, frame: [Value]) {
    self.expr = expr
    self.frame = frame
  }
}

/// Formulas in the form that a source judges them in: made once for many states.
open class PackedFormulas: @unchecked Sendable {
  public let formulas: [StateFormula]
  public init(_ formulas: [StateFormula]) { self.formulas = formulas }
}

/// An atom as the text has it: for all values of the variables that are quantified around it.
struct AtomTemplate {
  let expr: Expr
  let locals: [Local]
}

extension Model {
  /// In the order of the text; native code numbers them so.
  var atomTemplates: [AtomTemplate] {
    var templates: [AtomTemplate] = []
    func add(_ e: Expr, _ around: [Local]) {
      var slots: Set<Int> = []
      e.forEachNode(in: self) { if case .local(let local) = $0.kind { slots.insert(local.slot) } }
      templates.append(AtomTemplate(expr: e, locals: around.filter { slots.contains($0.slot) }))
    }
    func visit(_ formula: TemporalFormula, _ around: [Local]) {
      switch formula {
      case .atom(let e): add(e, around)
      case .not(let a), .always(let a), .eventually(let a): visit(a, around)
      case .and(let a, let b), .or(let a, let b), .implies(let a, let b), .iff(let a, let b), .until(let a, let b),
        .leadsTo(let a, let b):
        visit(a, around)
        visit(b, around)
      case .forall(let locals, let filter, let body), .exists(let locals, let filter, let body):
        if let filter { add(filter, around + locals) }
        visit(body, around + locals)
      }
    }
    for property in properties { if case .temporal(let formula) = property.kind { visit(formula, []) } }
    return templates
  }
}

struct AtomEmitter {
  let emitter: Emitter

  func text() throws(EmissionRefused) -> String {
    let templates = emitter.model.atomTemplates
    var text = ""
    var cases = ""
    var reads = Facets()
    for (number, template) in templates.enumerated() {
      let body = Body(emitter)
      var parameters = "const S *const s, const I *const k"
      for local in template.locals {
        let name = Emitter.name("l", local.slot, local.name)
        parameters += ", const I \(name)"
        body.locals[local.slot] = .scalar(name)
      }
      let value = try body.scalar(template.expr)
      reads.formUnion(body.readsAfter)
      text += """
        static __attribute__((unused)) I atom_\(number)(\(parameters)) {
        I err = 0; I *const E = &err; (void)s; (void)k; (void)E;
        const I holds = \(value);
        return err ? 2 : !!holds;
        }

        """
      let arguments = template.locals.indices.map { ", a[\($0 + 1)]" }.joined()
      cases += "case \(number): found = atom_\(number)(&s, rigid\(arguments)); break;\n"
    }
    emitter.otherReads.formUnion(reads)
    return text + LayoutEmitter(emitter: emitter).unpack("unpack_atoms", reads) + """
      static I atoms(const U *states, I count, const I *rigid, const I *which, I n, U *rows, I stride) {
      for (I i = 0; i < count; i++) {
      S s; unpack_atoms(states + i * WORDS, &s); (void)rigid;
      for (I j = 0; j < n; j++) {
      const I *const a = which + j * \(AtomEmitter.width(emitter.model)); I found = 2;
      switch (a[0]) {
      \(cases)default: break;
      }
      if (found & 2) return i;
      rows[j * stride + (i >> 6)] |= (U)found << (i & 63);
      }
      }
      return count;
      }


      """
  }

  /// Numbers an atom takes in the list: which it is, and the values of its variables.
  static func width(_ model: Model) -> Int { 1 + (model.atomTemplates.map(\.locals.count).max() ?? 0) }
}
