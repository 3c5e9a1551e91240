/// What names stand for, and declarations that are resolved when they are first met.

/// What a name of the shared set stands for. Indices are into the model's lists (functions: into `functions` here).
enum Symbol: Hashable {
  case sort(SortID), enumeration(EnumID), record(RecordID), alias(Int)
  case constant(ConstantID), policy(PolicyID), variable(VariableID), function(Int)

  var kind: String {
    switch self {
    case .sort: "sort"
    case .enumeration: "enum"
    case .record: "record"
    case .alias: "type"
    case .constant: "constant"
    case .policy: "policy"
    case .variable: "variable"
    case .function: "definition"
    }
  }

  var isType: Bool {
    switch self {
    case .sort, .enumeration, .record, .alias: true
    case .constant, .policy, .variable, .function: false
    }
  }
}

enum PropertySymbol {
  case axiom
  case property(Int)
  case noninterference
}

/// Types and definitions are resolved when first met, so that order in the text does not matter.
enum Progress { case waiting, running, done }

struct AliasEntry {
  var name: Name
  var tree: TypeTree
  var progress = Progress.waiting
  var type = Type.error
}

struct RecordEntry {
  var name: Name
  var fields: [FieldTree]
  var progress = Progress.waiting
}

struct FunctionEntry {
  var name: Name
  var parameters: [BinderTree]
  var result: TypeTree
  var body: ExprTree
  var documentation: [String]
  var progress = Progress.waiting
  var parameterTypes: [Type] = []
  var resultType = Type.error
  /// Index into `model.functions` once done.
  var id: FunctionID = -1
  /// Variables that it or a function it calls reads.
  var reads: Set<VariableID> = []
}

struct EffectEntry {
  var name: Name
  var parameters: [BinderTree]
  var body: [StatementTree]
  var progress = Progress.waiting
  var locals: [Local] = []
  var updates: [Update] = []
  var frameSize = 0
  /// Updates and expressions in `updates`.
  var weight = 0
}
