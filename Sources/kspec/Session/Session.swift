import Report
import Spec

/// What every command works with: where to write, and whether to stop.
struct Session: Sendable {
  let console: Console
  let interruption: Interruption

  func report(_ error: CommandError) {
    let style = console.errorStyle
    console.error(style.bad("error: ") + error.message)
    if let help = error.help { console.error("  help: " + help) }
  }
}
