/// In: the first `repeat` of a scenario, its parameters fixed. Out: C that runs its body as often as asked, from the same
/// `apply` functions that a check expands with, every guard tested.

import Spec

/// A scenario's repeated body, emitted beside its instance.
public struct Workload: Sendable {
  let parameters: [(local: Local, value: Value)]
  let steps: [Scenario.Step]

  /// Steps of one round, refused ones included: what a time for one operation divides by.
  public var operations: Int { Self.operations(steps) }

  private static func operations(_ steps: [Scenario.Step]) -> Int {
    steps.reduce(0) { total, step in
      switch step {
      case .perform: saturatingAdd(total, 1)
      case .assert: total
      case .repeatBlock(let count, let body, _): saturatingAdd(total, saturatingMultiply(count ?? 1, operations(body)))
      }
    }
  }

  /// `run(state, rigid, rounds, result)`. The state goes through memory between two operations, as it does in a kernel:
  /// without that the compiler would work out a whole round at compile time.
  func text(_ emitter: Emitter) throws(EmissionRefused) -> String {
    var used: Set<ActionID> = []
    collectActions(steps, &used)
    let body = Body(emitter)
    for (local, value) in parameters {
      let ordinal = literal(emitter.instance.ordinal(value, local.type))
      body.locals[local.slot] = .scalar(emitter.scalar(ordinal, local.type))
    }
    var next = 0
    let round = try self.round(steps, body, &next)
    emitter.otherReads.formUnion(body.readsAfter)
    // Once to learn what the guards read, once to keep that up to date.
    for id in used.sorted() { _ = try ActionEmitter(emitter, id).step() }
    var text = ""
    for id in used.sorted() { text += try ActionEmitter(emitter, id).step() }
    var reads = emitter.allReads
    reads.cells.formUnion(emitter.model.variables.indices)
    return text + LayoutEmitter(emitter: emitter).unpack("unpack", reads) + """
      #define BARRIER(state) __asm__ volatile("" : : "r"(state) : "memory")
      static void run(U *packed, const I *k, I rounds, kspec_run *result) {
      S held; S *const s = &held; unpack(packed, s);
      I err = 0; I *const E = &err; I round = 0; int32_t fault = 0, step = 0;
      for (; round < rounds; round++) {
      \(round)}
      done:
      pack(packed, s); result->rounds = round; result->fault = fault; result->step = step; (void)E;
      }

      """
  }

  private func collectActions(_ steps: [Scenario.Step], _ used: inout Set<ActionID>) {
    for step in steps {
      switch step {
      case .perform(let action, _, _, _): used.insert(action)
      case .assert: break
      case .repeatBlock(_, let body, _): collectActions(body, &used)
      }
    }
  }

  private func round(_ steps: [Scenario.Step], _ body: Body, _ next: inout Int) throws(EmissionRefused) -> String {
    var text = ""
    for step in steps {
      switch step {
      case .perform(let action, let arguments, let refuse, _):
        let fail = "{ step = \(next); goto done; }"
        next += 1
        var list = ""
        var total = true
        for (argument, local) in zip(arguments, body.emitter.model.actions[action].instanceLocals) {
          list += ", " + (try body.scalar(argument, as: local.type))
          total = total && body.emitter.isTotal(argument)
        }
        let call = "step_\(body.emitter.action(action))(s, k, \(refuse ? 1 : 0)\(list))"
        text += "\(total ? "" : "err = 0; ")fault = \(call); \(total ? "" : "if (err) fault = 2; ")"
        text += refuse ? "fault = fault == 1 ? 0 : fault == 0 ? 3 : fault;\n" : "\n"
        text += "if (__builtin_expect(fault, 0)) \(fail)\nBARRIER(s);\n"
      case .assert(let condition, _):
        text += "err = 0; if (!(\(try body.scalar(condition))) || err) { fault = err ? 2 : 4; step = \(next); goto done; }\n"
      case .repeatBlock(let count, let steps, _):
        guard let count else { throw EmissionRefused("an endless repeat inside a repeat") }
        let index = body.emitter.fresh("i")
        text += "for (I \(index) = 0; \(index) < \(literal(count)); \(index)++) {\n\(try round(steps, body, &next))}\n"
      }
    }
    return text
  }

}

extension ActionEmitter {
  /// `step_a0_map(s, k, refuse, parameters…, choices…)`: 0 done, 1 not enabled, 2 a spec error. With `refuse` the state stays.
  func step() throws(EmissionRefused) -> String {
    var parameters = ""
    for local in action.instanceLocals {
      let name = parameter(local)
      parameters += ", const I \(name)"
      body.locals[local.slot] = .scalar(name)
    }
    var text = """
      INLINE I step_\(emitter.action(id))(S *const s, const I *const k, const I refuse\(parameters)) {
      I err = 0; I *const E = &err;

      """
    for conjunct in conjuncts { text += try self.text(conjunct, skip: "return 1;", fault: "return 2;") }
    emitter.otherReads.formUnion(body.readsAfter)
    return text + """
      S t = *s; if (apply_\(emitter.action(id))(s, k, 0, &t\(arguments()))) return 2;
      if (!refuse) { \(refresh("&t"))*s = t; }
      (void)E; return 0;
      }

      """
  }
}
