/// In: how states of two words are stored as keys of one (`Narrowing`), and an action's updates. Out: the C text that makes a successor's key from its
/// parent's: only the parts that the updates can write are looked up again.
///
/// Compiled in with -DKEYED=the bits of a number, and used where the caller has a dictionary. A sixth of a search of ipc went into making keys of whole
/// successors, all four parts of which one or two had changed; this is a third of that, and whole successors are not written at all. A parent of whose
/// successors one has a value without a number is expanded again, to whole states (`end`): a call where the key is made would keep what is in
/// registers in memory.

import Spec

struct KeyEmitter {
  let emitter: Emitter
  let narrowing: Narrowing

  /// nil where states are no keys.
  init?(_ emitter: Emitter) {
    guard let narrowing = emitter.narrowing else { return nil }
    self.emitter = emitter
    self.narrowing = narrowing
  }

  // MARK: - What every key needs

  private var parts: Int { narrowing.parts.count }
  /// Bits that are in no part, by word.
  private var rest: [UInt64] {
    (0..<2).map { word in narrowing.parts.reduce(narrowing.used[word]) { $0 & ~$1[word] } }
  }

  /// `key_number(numbers, w, c)`: of a part's value, with the high bit if it has none; `key_rest(w)`: the bits that are in no part. `key_take(key, without)`: for
  /// each part the key without its number, and then the same without what is in no part.
  func text() -> String {
    func masks(_ word: Int) -> String { narrowing.parts.map { hex($0[word]) }.joined(separator: ", ") }
    let isSplit = narrowing.parts.contains { $0[1] != 0 }
    let shifts = narrowing.parts.map { "\($0[0].nonzeroBitCount)" }.joined(separator: ", ")
    let second = isSplit ? " | PEXT(w[1], key_second[c]) << key_shift[c]" : ""
    let before = [0, rest[0].nonzeroBitCount]
    let terms =
      across.map { ["\($0) << (\(parts) * KEYED)"] }
      ?? (0..<2).filter { rest[$0] != 0 }.map { "\(taken(rest[$0], of: $0)) << (\(parts) * KEYED + \(before[$0]))" }
    return """
      #if KEYED
      #define KEY_NUMBER (((U)1 << KEYED) - 1)
      #define KEY_NUMBERS (~(U)0 >> (64 - \(parts) * KEYED))
      static const U key_first[] = {\(masks(0))};
      \(isSplit ? "static const U key_second[] = {\(masks(1))}; static const u8 key_shift[] = {\(shifts)};" : "")
      INLINE U key_number(const kspec_numbers *const numbers, const U *const w, const I c) {
      return __atomic_load_n(numbers->numbers + (PEXT(w[0], key_first[c])\(second)), __ATOMIC_RELAXED);
      }
      INLINE U key_rest(const U *const w) { (void)w; return \(terms.isEmpty ? "0" : terms.joined(separator: " | ")); }
      INLINE void key_take(const U key, U *const without) {
      UNROLL for (I c = 0; c < \(parts); c++) {
      without[c] = key & ~(KEY_NUMBER << (c * KEYED)); without[\(parts) + c] = without[c] & KEY_NUMBERS;
      }
      }
      #endif

      """
  }

  /// What is in no part, where it is the end of the first word and all that is in the second: one shift of both.
  private var across: String? {
    let low = rest[0].trailingZeroBitCount
    guard low > 0, low < 64, rest[0] == UInt64.max << UInt64(low), rest[1] != 0, rest[1] == narrowing.used[1],
      rest[1] & (rest[1] &+ 1) == 0
    else { return nil }
    return "(U)(((unsigned __int128)w[1] << 64 | w[0]) >> \(low))"
  }

  /// The bits of a mask of constant text, side by side. Those above are zero in every state.
  private func taken(_ mask: UInt64, of word: Int) -> String {
    let low = mask.trailingZeroBitCount
    guard (mask >> UInt64(low)) & ((mask >> UInt64(low)) &+ 1) == 0 else { return "PEXT(w[\(word)], \(hex(mask)))" }
    let shifted = low == 0 ? "w[\(word)]" : "(w[\(word)] >> \(low))"
    return mask == narrowing.used[word] & (UInt64.max << UInt64(low)) ? shifted : "(\(shifted) & \(hex(mask >> UInt64(low))))"
  }

  // MARK: - A parent's

  /// Before its actions: its own key, where there are numbers.
  func begin() -> String {
    """
    #if KEYED
    U key = 0, without[\(2 * parts)]; I whole = 0;
    if (numbers) {
    U unnumbered = 0;
    UNROLL for (I c = 0; c < \(parts); c++) { const U v = key_number(numbers, p, c); unnumbered |= v; key |= v << (c * KEYED); }
    key |= key_rest(p);
    if (unnumbered >> 15 && numbers->narrow(numbers->dictionary, p, 1, &key) != 1) break;
    key_take(key, without);
    to.numbers = numbers; to.key = key; to.without = without;
    }
    again:;
    #endif

    """
  }

  /// After them: where a value had no number, all once more, to whole states behind the keys so far, of which their keys are made in place.
  func end() -> String {
    """
    #if KEYED
    if (to.lost >> 15) {
    to = (sink){out + total.used, made + total.used, 0, asleep, 0, 0, 0, 0, capacity - total.used, 0, 0, 0, 0, 0, 0};
    whole = 1; goto again;
    }
    if (whole) {
    if (numbers->narrow(numbers->dictionary, to.out, to.used, to.out) != to.used) break;
    to.used += total.used;
    }
    #endif

    """
  }

  // MARK: - A successor's

  /// Sets `moved`; the successor is `w`, the parent's key `own`. `locals` gives each name's text.
  func edge(_ updates: [Update], _ action: Action, _ locals: (Local) -> String?) -> String {
    var written = Written()
    collect(updates, [:], action, &written)
    var indices: [String] = []
    for slots in written.parts {
      guard let index = index(slots, action, locals) else {
        written.isAnyPart = true
        break
      }
      indices.append(index)
    }
    // Two names may be of one part: its number is put in twice.
    if written.isAnyPart { indices = narrowing.parts.indices.map { "\($0)" } }
    let kept = indices.map { "without[\(written.isRest ? "\(parts) + " : "")\($0)]" }.joined(separator: " & ")
    let first =
      switch (written.isAnyPart, written.isRest) {
      case (true, true): "0"
      case (true, false): "own & ~KEY_NUMBERS"
      case (false, _) where !indices.isEmpty: kept
      case (false, true): "own & KEY_NUMBERS"
      case (false, false): "own"
      }
    var text = "#if KEYED\nif (LIKELY(numbers)) {\nU key = \(first), unnumbered = 0;\n"
    for index in indices {
      text += """
        { const I c_ = \(index); const U v_ = key_number(numbers, w, c_); unnumbered |= v_; key |= v_ << (c_ * KEYED); }

        """
    }
    if written.isRest { text += "key |= key_rest(w);\n" }
    return text + """
      #if VERIFY
      if (!(unnumbered >> 15)) {
      const U copy[2] = {w[0], w[1]}; U whole;
      if (numbers->narrow(numbers->dictionary, copy, 1, &whole) != 1 || whole != key) broken |= FAULT;
      }
      #endif
      out[used] = key; lost |= unnumbered; moved = key != own;
      } else
      #endif

      """
  }

  /// What updates can write.
  private struct Written {
    /// The names that make up the key of each part, as slots. In the order of the text, which must be the same every time: it is looked up in the cache.
    var parts: [[Int]] = []
    var isAnyPart = false
    /// Something that is in no part.
    var isRest = false
  }

  /// `aliases`: what names that are bound to names stand for.
  private func collect(_ updates: [Update], _ aliases: [Int: Int], _ action: Action, _ written: inout Written) {
    for update in updates {
      switch update.kind {
      case .assign(let location, _), .push(let location, _), .pop(let location), .removeAll(let location, _, _):
        note(location, nil, aliases, &written)
      case .add(let location, let element), .remove(let location, let element): note(location, element, aliases, &written)
      case .forest(let variable, _):
        if isInParts(variable) { written.isAnyPart = true } else { written.isRest = true }
      case .forEach(_, _, let body): collect(body, aliases, action, &written)
      case .conditional(_, let then, let otherwise):
        collect(then, aliases, action, &written)
        collect(otherwise, aliases, action, &written)
      case .letIn(let local, let bound, let body):
        var inner = aliases
        if case .local(let name) = bound.kind { inner[local.slot] = aliases[name.slot] ?? name.slot }
        collect(body, inner, action, &written)
      }
    }
  }

  /// `element`: of a set, which is the key where no map is around it.
  private func note(_ location: Location, _ element: Expr?, _ aliases: [Int: Int], _ written: inout Written) {
    guard isInParts(location.variable) else {
      written.isRest = true
      return
    }
    let keys: [Expr]
    if case .index(let indices)? = location.path.first { keys = indices } else { keys = element.map { [$0] } ?? [] }
    let slots = keys.compactMap { key in
      if case .local(let local) = key.kind { aliases[local.slot] ?? local.slot } else { Int?.none }
    }
    if slots.count < narrowing.keys.count {
      written.isAnyPart = true
    } else if !written.parts.contains(slots) {
      written.parts.append(slots)
    }
  }

  private func isInParts(_ variable: VariableID) -> Bool {
    StateLayout.keys(emitter.model.variables[variable].type) == narrowing.keys
  }

  /// The number of the part that parameters name; nil if others do.
  private func index(_ slots: [Int], _ action: Action, _ text: (Local) -> String?) -> String? {
    var result = "0"
    for (slot, type) in zip(slots, narrowing.keys) {
      guard let local = action.instanceLocals.first(where: { $0.slot == slot }), local.type == type, let name = text(local) else {
        return nil
      }
      let ordinal = emitter.ordinal(name, type)
      let count = emitter.instance.cardinality(type)
      result = result == "0" ? "(\(ordinal))" : "(\(result) * \(count) + (\(ordinal)))"
    }
    return result
  }
}
