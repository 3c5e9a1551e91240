import Foundation

/// A JSON document under construction. Absent values are `null`, never a missing key, so that a reader may rely on the keys.
public enum JsonValue: Encodable, Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case count(UInt64)
  case number(Double)
  case string(String)
  case array([JsonValue])
  case object([String: JsonValue])

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .count(let value): try container.encode(value)
    // JSON has no infinities; a measurement that is none says so.
    case .number(let value): if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let fields): try container.encode(fields)
    }
  }

  /// The document as text: keys sorted, indented, the same for equal values.
  public func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  static func optional(_ text: String?) -> JsonValue { text.map { .string($0) } ?? .null }
}
