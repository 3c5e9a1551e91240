import ArgumentParser

/// How hard the solver tries.
struct EffortOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Resource units that the solver may spend on one obligation; more is slower, and decides more.", valueName: "n"))
  var rlimit: UInt32?
}
