/// What a certificate says of itself: manifest.json. In: a finished proof. Out: a document that names every file with its hash.
///
///     DIR/manifest.json      this
///     DIR/spec/001-….kspec   the spec, and what it imports, byte for byte
///     DIR/0001-….smt2        one obligation each: SMT-LIB 2, ready for any solver

public struct Manifest: Codable, Sendable, Equatable {
  public static let schema = "kspec/certificate"
  public static let version = 2

  public struct Tools: Codable, Sendable, Equatable {
    /// The program that wrote it, `kspec 0.1.0`, and the solver that proved it.
    public var program: String
    public var solver: String
  }

  /// The spec as it was read: `path` is what imports resolve against, `file` where it lies in the certificate.
  public struct Source: Codable, Sendable, Equatable {
    public var path: String
    public var file: String
    public var sha256: String
  }

  public struct Setting: Codable, Sendable, Equatable {
    public var name: String
    public var value: String
  }

  /// A property as the spec writes it.
  public struct Statement: Codable, Sendable, Equatable {
    public var name: String
    public var text: String
  }

  public struct Entry: Codable, Sendable, Equatable {
    public var name: String
    /// An `Obligation.Kind`.
    public var kind: String
    public var file: String
    /// What a solver must answer: `sat` or `unsat`.
    public var expected: String
    public var sha256: String
  }

  public var schema = Manifest.schema
  public var version = Manifest.version
  /// The spec's name.
  public var spec: String
  public var tools: Tools
  /// The spec's own file first.
  public var sources: [Source]
  public var policies: [Setting]
  /// What is proved.
  public var properties: [Statement]
  /// What the proof rests on: invariants that carry themselves and all of the properties.
  public var invariants: [Statement]
  public var obligations: [Entry]
}

/// Why there is no certificate, or not one to trust.
public struct CertificateFailure: Error, Sendable {
  public var reason: String
  public var help: String?

  init(_ reason: String, help: String? = nil) {
    self.reason = reason
    self.help = help
  }
}
