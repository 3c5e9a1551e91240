/// In: a layout. Out: the unpacked state as a C struct, unpacking, packing, and edits of cells in packed words.

import Spec

struct LayoutEmitter {
  let emitter: Emitter
  private var layout: StateLayout { emitter.layout }
  private var model: Model { emitter.model }

  /// Beyond this many cells a loop over tables replaces straight text, which clang would take seconds for.
  private static let straightLimit = 1024

  /// The struct and what works on it. `used` is what any code of the file reads.
  func text(_ used: Facets) throws(EmissionRefused) -> String {
    var text = "typedef struct {\n"
    // Padded to eight bytes, which are written at once.
    for id in model.variables.indices {
      text += "\(cell(id)) \(emitter.variable(id))[\((max(1, layout.variables[id].count) + 7) / 8 * 8)];\n"
    }
    for id in used.planes.sorted() { text += "U pl_\(emitter.variable(id))[\(layout.planes(id) ?? 1)];\n" }
    for id in used.equals.sorted() { text += "U eq_\(emitter.variable(id))[\(layout.equals(id) ?? 1)];\n" }
    for id in used.climbs.sorted() { text += emitter.climbField(id) }
    if model.variables.isEmpty { text += "u8 nothing;\n" }
    text += "} S;\n\n" + Self.edits
    for id in model.variables.indices { text += tables(id) + writers(id) }
    for id in used.planes.sorted() { text += slice(id) }
    for id in used.equals.sorted() { text += tell(id) }
    for id in used.climbs.sorted() { text += emitter.climb(id) }
    return text + pack()
  }

  private func cell(_ id: VariableID) -> String { Emitter.cellType(largest: layout.shapes[id].largest) }

  private func list(_ id: VariableID, _ value: (CellPlace) -> String) -> String {
    let cells = layout.cells[layout.variables[id]].map(value)
    return "{" + (cells.isEmpty ? "0" : cells.joined(separator: ", ")) + "}"
  }

  /// The word of each cell and what the word grows by when the cell grows by one.
  private func tables(_ id: VariableID) -> String {
    let name = emitter.variable(id)
    return """
      static const u8 word_\(name)[] = \(list(id) { "\($0.word)" });
      static const U unit_\(name)[] = \(list(id) { hex($0.multiplier) });
      static const U bits_\(name)[] = \(list(id) { hex($0.bits == 0 ? 0 : Self.mask($0) << UInt64($0.shift)) });

      """
  }

  /// Up to so many words, a successor's edits are gathered beside the parent's words, as bits to clear, to set and to add: in any
  /// order, so that the compiler takes out of a loop what does not change there. Beyond, they are done in the successor at once.
  static let fewWords = 4

  /// `w` is what is edited. Cells of one word's own bits are cleared and set; those that share a number change it by a difference.
  static let edits = """
    #if WORDS <= \(fewWords)
    typedef struct { U clear[WORDS], set[WORDS], add[WORDS]; } edit;
    #define EDIT(i, bits, value) (w->clear[i] |= (bits), w->set[i] |= (value))
    #define SET(i, bits, value) (w->set[i] |= (value))
    #define TRACK(i, bits, value) (*E |= (w->clear[i] & (bits) & (w->set[i] ^ (value))) != 0, EDIT(i, bits, value))
    #define GROW(i, delta) (w->add[i] += (delta))
    #else
    typedef U edit;
    #define EDIT(i, bits, value) (w[i] = (w[i] & ~(bits)) | (value))
    #define GROW(i, delta) (w[i] += (delta))
    #endif

    """

  /// `put`: one cell. `write`: one cell that may have been written. `fill`: many cells, one value.
  private func writers(_ id: VariableID) -> String {
    let name = emitter.variable(id)
    let type = cell(id)
    let fill =
      layout.canFill(id)
      ? """
      INLINE void fill_\(name)(edit *const w, S *const n, const U cells, const I now) {
      if (w) { \(fills(id)) }
      if (n) for (U q = cells; q; q &= q - 1) n->\(name)[LOWEST(q)] = (\(type))now;
      }

      """ : ""
    return """
      INLINE void put_\(name)(edit *const w, S *const n, const I c, const I was, const I now) {
      if (w) { \(edit(id)) }
      if (n) n->\(name)[c] = (\(type))now;
      }
      \(setter(id))INLINE void write_\(name)(edit *const w, S *const n, \(type) *const held, U *const seen, const I c, const I now, I *const E) {
      \(tracked(id))if ((seen[c >> 6] >> (c & 63)) & 1) { if ((U)held[c] != (U)now) *E = 1; }
      seen[c >> 6] |= (U)1 << (c & 63);
      put_\(name)(w, n, c, (I)held[c], now); held[c] = (\(type))now;
      }
      \(fill)
      """
  }

  private static func ones(_ bits: Int) -> String { hex(bits == 64 ? UInt64.max : (1 << UInt64(bits)) - 1) }

  /// Cell c, which was `was`, becomes `now`.
  private func edit(_ id: VariableID, _ operation: String = "EDIT") -> String {
    let name = emitter.variable(id)
    let runs = layout.runs(id)
    if let runs, runs.count <= StateLayout.fewRuns {
      // A shift takes a cycle where a multiplication by a table's entry takes eight.
      return runs.map { run in
        let within = run.first == 0 ? "c" : "(c - \(run.first))"
        let place = "(\(run.shift) + \(run.bits == 1 ? within : "\(within) * \(run.bits)"))"
        let text = "\(operation)(\(run.word), (U)\(Self.ones(run.bits)) << \(place), (U)now << \(place));"
        return run.count == layout.variables[id].count ? text : "if ((U)(c - \(run.first)) < \(run.count)) \(text)"
      }.joined(separator: " ")
    }
    // The words that hold some cell of the variable.
    let words = Set(layout.cells[layout.variables[id]].filter { $0.bits > 0 }.map(\.word)).sorted()
    let places = words.count == 1 || layout.wordsPerState <= Self.fewWords ? words.map { "\($0)" } : ["word_\(name)[c]"]
    return places.map { word in
      let text =
        runs == nil
        ? "GROW(\(word), ((U)now - (U)was) * unit_\(name)[c]);"
        : "\(operation)(\(word), bits_\(name)[c], (U)now * unit_\(name)[c]);"
      return places.count == 1 ? text : "if (word_\(name)[c] == \(word)) \(text)"
    }.joined(separator: " ")
  }

  /// `set`: the bits of cell c, which are cleared otherwise.
  private func setter(_ id: VariableID) -> String {
    guard layout.isGathered(id) else { return "" }
    return "INLINE void set_\(emitter.variable(id))(edit *const w, const I c, const I now) { \(edit(id, "SET")) }\n"
  }

  /// Gathered edits know themselves what was written, and with which value.
  private func tracked(_ id: VariableID) -> String {
    guard layout.isGathered(id) else { return "" }
    let name = emitter.variable(id)
    return "if (w) { \(edit(id, "TRACK")) if (n) n->\(name)[c] = (\(cell(id)))now; return; }\n"
  }

  /// All cells of a set become `now`.
  private func fills(_ id: VariableID) -> String {
    (layout.runs(id) ?? []).map { run in
      let wanted = run.first == 0 ? "cells" : "cells >> \(run.first)"
      let units =
        run.bits == 1 ? "(\(wanted) & \(hex(CellRun.pattern(run.count, stride: 1))))" : "PDEP(\(wanted), \(hex(run.pattern)))"
      return "{ const U at = \(units) << \(run.shift); EDIT(\(run.word), at * \(Self.ones(run.bits)), at * (U)now); }"
    }.joined(separator: " ")
  }

  // MARK: - Unpacking

  /// A function `name(w, s)` that brings what is named of `s` up to date with the packed words; `name(w, s, judging)` only what is read of where
  /// properties among those in `readers` are asked for.
  func unpack(_ name: String, _ wanted: Facets, readers: [VariableID: UInt64]? = nil) -> String {
    var text = ""
    var size = 0
    for id in model.variables.indices {
      if let readers { text += "if (judging & \(hex(readers[id] ?? 0))) {\n" }
      defer { if readers != nil { text += "}\n" } }
      let runs = layout.runs(id)
      let sliced = wanted.planes.contains(id) && !(runs.map { $0.count <= 4 } ?? false)
      if wanted.cells.contains(id) || wanted.climbs.contains(id) || sliced {
        text += cells(id, runs)
        size += layout.variables[id].count
      }
      if wanted.planes.contains(id) {
        if let runs, !sliced { text += planes(id, runs) } else { text += "slice_\(emitter.variable(id))(s);\n" }
      }
      if wanted.equals.contains(id) { text += "tell_\(emitter.variable(id))(s);\n" }
      if wanted.climbs.contains(id) { text += "climb_\(emitter.variable(id))(s);\n" }
    }
    let asked = readers == nil ? "" : ", const U judging"
    return
      "\(size <= 128 ? "INLINE" : "static") void \(name)(const U *const w, S *const s\(asked)) {\n\(text)(void)w; (void)s;\n}\n\n"
  }

  private func cells(_ id: VariableID, _ runs: [CellRun]?) -> String {
    let name = emitter.variable(id)
    let range = layout.variables[id]
    if layout.cells.count > Self.straightLimit {
      return """
        { static const u8 shift[] = \(list(id) { "\($0.shift)" });
        static const U mask[] = \(list(id) { hex(Self.mask($0)) });
        static const U below[] = \(list(id) { "\($0.divisor)u" });
        static const U size[] = \(list(id) { $0.alone ? "0" : "\($0.cardinality)u" });
        for (I i = 0; i < \(range.count); i++) { U f = (w[word_\(name)[i]] >> shift[i]) & mask[i];
        if (size[i]) f = f / below[i] % size[i]; s->\(name)[i] = (\(cell(id)))f; } }

        """
    }
    func single(_ index: Int) -> String {
      "s->\(name)[\(index)] = (\(cell(id)))(\(Self.read(layout.cells[range.lowerBound + index])));\n"
    }
    let straight = (0..<range.count).map(single).joined()
    guard cell(id) == "u8", let runs, range.count >= 3 else { return straight }
    // Eight cells at a time; a chunk must lie in one run.
    var fast = ""
    var chunks = 0
    for start in stride(from: 0, to: range.count, by: 8) {
      let count = min(8, range.count - start)
      if count >= 3, let run = runs.first(where: { $0.first <= start && start + count <= $0.first + $0.count }) {
        let shift = run.shift + (start - run.first) * run.bits
        let spread = CellRun.pattern(count, stride: 8) &* ((1 << UInt64(run.bits)) - 1)
        fast += """
          { const U x = PDEP(w[\(run.word)] >> \(shift), \(hex(spread))); __builtin_memcpy(s->\(name) + \(start), &x, sizeof x); }

          """
        chunks += 1
      } else {
        for index in start..<(start + count) { fast += single(index) }
      }
    }
    return chunks == 0 ? straight : "#ifdef __BMI2__\n\(fast)#else\n\(straight)#endif\n"
  }

  private func planes(_ id: VariableID, _ runs: [CellRun]) -> String {
    let name = emitter.variable(id)
    return (0..<(layout.planes(id) ?? 1)).map { plane in
      let parts = runs.filter { plane < $0.bits }.map { run in
        let part =
          run.bits == 1
          ? "((w[\(run.word)] >> \(run.shift)) & \(hex(CellRun.pattern(run.count, stride: 1))))"
          : "PEXT(w[\(run.word)] >> \(run.shift), \(hex(run.pattern << UInt64(plane))))"
        return run.first == 0 ? part : "\(part) << \(run.first)"
      }
      return "s->pl_\(name)[\(plane)] = \(parts.isEmpty ? "0" : parts.joined(separator: " | "));\n"
    }.joined()
  }

  /// The planes from the cells, where these are not in the order of the packed words, and after an unpacked step.
  private func slice(_ id: VariableID) -> String {
    let name = emitter.variable(id)
    let stores = (0..<(layout.planes(id) ?? 1)).map { plane in
      "{ U x = 0; for (I i = 0; i < \(layout.variables[id].count); i++) x |= ((U)(s->\(name)[i] >> \(plane)) & 1) << i; s->pl_\(name)[\(plane)] = x; }\n"
    }
    return "INLINE void slice_\(name)(S *const s) {\n\(stores.joined())}\n"
  }

  /// From the planes, for each value the cells that have it.
  private func tell(_ id: VariableID) -> String {
    let name = emitter.variable(id)
    let stores = (0..<(layout.equals(id) ?? 1)).map { value in
      let terms = (0..<(layout.planes(id) ?? 1)).map { "\((value >> $0) & 1 == 1 ? "" : "~")s->pl_\(name)[\($0)]" }
      return "s->eq_\(name)[\(value)] = \(terms.joined(separator: " & "));\n"
    }
    return "INLINE void tell_\(name)(S *const s) {\n\(stores.joined())}\n"
  }

  private static func mask(_ place: CellPlace) -> UInt64 {
    place.bits == 0 ? 0 : place.bits == 64 ? UInt64.max : (1 << UInt64(place.bits)) - 1
  }

  private static func read(_ place: CellPlace) -> String {
    if place.bits == 0 { return "0" }
    let shifted = place.shift == 0 ? "w[\(place.word)]" : "(w[\(place.word)] >> \(place.shift))"
    let field = place.shift + place.bits == 64 ? shifted : "(\(shifted) & \(hex(mask(place))))"
    if place.alone { return field }
    return place.divisor == 1 ? "\(field) % \(place.cardinality)u" : "\(field) / \(hex(place.divisor)) % \(place.cardinality)u"
  }

  private func pack() -> String {
    var text = "static inline void pack(U *const w, const S *const s) {\n"
    text += "for (I i = 0; i < WORDS; i++) w[i] = 0;\n"
    for id in model.variables.indices {
      let name = emitter.variable(id)
      let count = layout.variables[id].count
      text += "for (I i = 0; i < \(count); i++) w[word_\(name)[i]] += (U)s->\(name)[i] * unit_\(name)[i];\n"
    }
    return text + "(void)s;\n}\n\n"
  }
}
