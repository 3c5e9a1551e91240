/// In: a layout. Out: the unpacked state as a C struct, unpacking, packing, and one cell's edit in packed words.

import Spec

struct LayoutEmitter {
  let emitter: Emitter
  private var layout: StateLayout { emitter.layout }
  private var model: Model { emitter.model }

  /// Beyond this many cells a loop over tables replaces straight text, which clang would take seconds for.
  private static let straightLimit = 1024

  func text() throws(EmissionRefused) -> String {
    var text = "typedef struct {\n"
    for id in model.variables.indices {
      text += "\(cell(id)) \(emitter.variable(id))[\(max(1, layout.variables[id].count))];\n"
    }
    for id in emitter.climbed.sorted() { text += "U up_\(emitter.variable(id))[\(layout.variables[id].count)];\n" }
    if model.variables.isEmpty { text += "u8 nothing;\n" }
    text += "} S;\n\n"
    for id in model.variables.indices { text += tables(id) + writers(id) }
    for id in emitter.climbed.sorted() { text += emitter.climb(id) }
    return text + unpack() + pack()
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

      """
  }

  private func writers(_ id: VariableID) -> String {
    let name = emitter.variable(id)
    let type = cell(id)
    let word = layout.wordsPerState == 1 ? "0" : "word_\(name)[c]"
    return """
      INLINE void put_\(name)(U *const w, S *const n, const I c, const I was, const I now) {
      if (w) w[\(word)] += ((U)now - (U)was) * unit_\(name)[c];
      if (n) n->\(name)[c] = (\(type))now;
      }
      INLINE void write_\(name)(U *const w, S *const n, \(type) *const held, U *const seen, const I c, const I now, I *const E) {
      if ((seen[c >> 6] >> (c & 63)) & 1) { if ((U)held[c] != (U)now) *E = 1; }
      seen[c >> 6] |= (U)1 << (c & 63);
      put_\(name)(w, n, c, (I)held[c], now); held[c] = (\(type))now;
      }

      """
  }

  private func unpack() -> String {
    var text = "\(layout.cells.count <= 128 ? "INLINE" : "static") void unpack(const U *const w, S *const s) {\n"
    for id in model.variables.indices {
      let name = emitter.variable(id)
      let range = layout.variables[id]
      if layout.cells.count <= Self.straightLimit {
        for (index, place) in layout.cells[range].enumerated() {
          text += "s->\(name)[\(index)] = (\(cell(id)))(\(Self.read(place)));\n"
        }
      } else {
        text += """
          { static const u8 shift[] = \(list(id) { "\($0.shift)" });
          static const U mask[] = \(list(id) { hex(Self.mask($0)) });
          static const U below[] = \(list(id) { "\($0.divisor)u" });
          static const U size[] = \(list(id) { $0.alone ? "0" : "\($0.cardinality)u" });
          for (I i = 0; i < \(range.count); i++) { U f = (w[word_\(name)[i]] >> shift[i]) & mask[i];
          if (size[i]) f = f / below[i] % size[i]; s->\(name)[i] = (\(cell(id)))f; } }

          """
      }
    }
    return text + emitter.climbs("s") + "(void)w; (void)s;\n}\n\n"
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
