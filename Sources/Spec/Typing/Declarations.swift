/// The declarations that wait for their types and names to be known.
struct Declarations {
  var constantTypes: [TypeTree] = []
  var variableTypes: [TypeTree] = []
  var policies: [(type: TypeTree, value: ExprTree)] = []
  var axioms: [(name: Name, body: ExprTree)] = []
  var initial: [InitStatementTree] = []
  var initialSpans: [Span] = []
  var actions: [(tree: ActionTree, documentation: [String], span: Span)] = []
  var properties: [(tree: PropertyTree, documentation: [String])] = []
  var views: [(binder: BinderTree, observations: [ExprTree], span: Span)] = []
  var flows: [(tree: FlowTree, span: Span)] = []
  var refinements: [(tree: RefinesTree, span: Span)] = []
  var scenarios: [(name: Name, parameters: [BinderTree], steps: [ScenarioStepTree], documentation: [String], span: Span)] = []
  var layouts: [(name: Name, key: Name, variables: [Name])] = []
  var costs: [(action: Name, items: [CostItemTree])] = []
  var scopes: [ScopeTree] = []
  var verify: [(lines: [VerifyLineTree], span: Span)] = []
}
