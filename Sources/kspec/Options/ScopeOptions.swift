import ArgumentParser

/// The size and the policies at which a model is looked at.
struct ScopeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The scope to explore: one that the spec declares. Default: its first.", valueName: "name"))
  var scope: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Size of a sort, in place of the scope's: Space=4. Repeatable.", valueName: "sort=size"))
  var sizes: [String] = []

  @OptionGroup var policies: PolicyOptions
}

struct PolicyOptions: ParsableArguments {
  @Option(
    name: .customLong("policy"), parsing: .singleValue,
    help: ArgumentHelp("Value of a policy, in place of its default: narrow=false. Repeatable.", valueName: "policy=value"))
  var policies: [String] = []
}
