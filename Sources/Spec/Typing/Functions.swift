/// Definitions. In: their trees; out: `model.functions`, callees before callers, none recursive.

extension SpecChecker {
  func checkFunctions() {
    // Callees first by a look at the names: bodies then rarely have to be checked in the middle of another body.
    for index in SpecChecker.calleesFirst(functions.map { functionCalls($0) }) { checkFunction(index, calledAt: nil) }
  }

  /// Checks a definition if that was not done yet; at a call to one whose body is being checked, reports the cycle.
  func checkFunction(_ index: Int, calledAt use: Name?) {
    switch functions[index].progress {
    case .done: return
    case .running:
      let name = functions[index].name
      let start = running.lastIndex(of: name.text) ?? 0
      report(
        NameFact.recursiveFunction(cycle: shortened(running[start...] + [name.text])), at: use?.span ?? name.span,
        related(name.span, "declared here"))
      return
    case .waiting: break
    }
    // Callees are checked first, so a chain of calls that are not done yet is part of a cycle; a very long one is cut here.
    guard running.count < SpecChecker.longestCycle else {
      let name = functions[index].name
      report(NameFact.recursiveFunction(cycle: shortened(running + [name.text])), at: use?.span ?? name.span)
      return
    }
    functions[index].progress = .running
    running.append(functions[index].name.text)
    defer { running.removeLast() }
    let entry = functions[index]
    let checked = inFrame(Frame()) { () -> ([Local], Expr) in
      let locals = zip(entry.parameters, entry.parameterTypes).map { bind($0.name, $1) }
      let origin = related(entry.result.span, "`\(entry.name.text)` is declared to give \(describe(entry.resultType))")
      return (locals, check(entry.body, entry.resultType, origin))
    }
    functions[index].reads = checked.reads
    functions[index].progress = .done
    functions[index].id = model.functions.count
    functionEntries.append(index)
    model.functions.append(
      FunctionDeclaration(
        name: entry.name.text, parameters: checked.result.0, result: entry.resultType, body: checked.result.1,
        frameSize: checked.frameSize, readsState: !checked.reads.isEmpty, documentation: entry.documentation,
        span: entry.name.span))
  }

  /// A cycle of many names as its ends.
  func shortened(_ cycle: [String]) -> [String] {
    cycle.count <= 8 ? cycle : Array(cycle.prefix(4)) + ["…"] + Array(cycle.suffix(3))
  }

  static let longestCycle = 200

  private func functionCalls(_ entry: FunctionEntry) -> [Int] {
    var found: [Int] = []
    var seen: Set<Int> = []
    entry.body.forEachCalledName { name in
      if case .function(let callee)? = symbols[name], seen.insert(callee).inserted { found.append(callee) }
    }
    return found
  }

  /// Depth-first over calls, without recursion: a chain of ten thousand definitions is fine.
  static func calleesFirst(_ calls: [[Int]]) -> [Int] {
    var order: [Int] = []
    var visited = Array(repeating: false, count: calls.count)
    for start in calls.indices where !visited[start] {
      visited[start] = true
      var stack = [(node: start, next: 0)]
      while let top = stack.last {
        if top.next < calls[top.node].count {
          stack[stack.count - 1].next += 1
          let callee = calls[top.node][top.next]
          if !visited[callee] {
            visited[callee] = true
            stack.append((callee, 0))
          }
        } else {
          order.append(top.node)
          stack.removeLast()
        }
      }
    }
    return order
  }
}
