import Foundation
import Spec

// Everything that recurses over a user's text needs room; see `withLargeStack`.
exit(withLargeStack { Program.run(Array(CommandLine.arguments.dropFirst())) })
