import ArgumentParser
import Checker

/// A search that another run can go on with.
struct CheckpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder for checkpoints: if the search ends before its time, --resume goes on with it.", valueName: "folder"))
  var checkpoint: String?

  @Option(
    help: ArgumentHelp("Time between two checkpoints. Default: 60s.", valueName: "time"),
    transform: { try TimeLimit(parsing: $0) })
  var checkpointEvery: TimeLimit?

  @Option(help: ArgumentHelp("Go on with the checkpoint in this folder, and keep it.", valueName: "folder"))
  var resume: String?

  func validate() throws {
    if checkpoint != nil && resume != nil {
      throw ValidationError(
        "--resume goes on with the checkpoint in its folder and keeps it; --checkpoint begins one: give either")
    }
    if checkpointEvery != nil && checkpoint == nil && resume == nil {
      throw ValidationError("--checkpoint-every belongs to --checkpoint or --resume")
    }
  }

  var checkpointing: Checkpointing? {
    (resume ?? checkpoint).map { Checkpointing(folder: $0, seconds: checkpointEvery?.seconds ?? 60, resumes: resume != nil) }
  }
}
