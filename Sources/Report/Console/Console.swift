import Foundation
import Synchronization

/// The only place that writes: results to standard output, diagnostics and progress to standard error.
///
/// A reader that goes away (`kspec verify specs | head -1`) is no fault of ours: the rest of the output is dropped and the run
/// keeps its exit code. (`SIGPIPE` is ignored by `main`.)
public final class Console: Sendable {
  public let style: Style
  public let errorStyle: Style
  private let showsProgress: Bool
  private let progressShown = Mutex(false)

  /// Colours where the stream is a terminal, unless `NO_COLOR` is set or the terminal is `dumb`.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let wanted = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    let isTerminal = (out: isatty(STDOUT_FILENO) == 1, error: isatty(STDERR_FILENO) == 1)
    let columns = environment["COLUMNS"].flatMap { Int($0) }
    style = Style(colour: wanted && isTerminal.out, width: columns ?? Self.width(of: STDOUT_FILENO) ?? Style.plain.width)
    errorStyle = Style(colour: wanted && isTerminal.error, width: columns ?? Self.width(of: STDERR_FILENO) ?? Style.plain.width)
    showsProgress = isTerminal.error && environment["TERM"] != "dumb"
  }

  public func out(_ line: String) {
    progressShown.withLock { shown in
      erase(&shown)
      Self.write(line + "\n", to: STDOUT_FILENO)
    }
  }

  public func out(_ lines: [String]) {
    if !lines.isEmpty { out(lines.joined(separator: "\n")) }
  }

  /// Text that brings its own line ends: generated C, a formatted spec.
  public func verbatim(_ text: String) {
    progressShown.withLock { shown in
      erase(&shown)
      Self.write(text, to: STDOUT_FILENO)
    }
  }

  public func error(_ line: String) {
    progressShown.withLock { shown in
      erase(&shown)
      Self.write(line.hasSuffix("\n") ? line : line + "\n", to: STDERR_FILENO)
    }
  }

  /// One line that the next one, or any output, replaces. Shown, and put together, on a terminal only: formatting a number touches
  /// 8 MiB of Foundation.
  public func progress(_ text: @autoclosure () -> String) {
    guard showsProgress else { return }
    let line = String(text().prefix(errorStyle.width - 1))
    progressShown.withLock { shown in
      shown = true
      Self.write("\r\u{1B}[2K" + line, to: STDERR_FILENO)
    }
  }

  public func endProgress() { progressShown.withLock { erase(&$0) } }

  private func erase(_ shown: inout Bool) {
    if shown { Self.write("\r\u{1B}[2K", to: STDERR_FILENO) }
    shown = false
  }

  private static func width(of file: Int32) -> Int? {
    var size = winsize()
    guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static func write(_ text: String, to file: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return  // a closed pipe, a full disk: there is nobody left to tell
      }
      bytes = bytes.dropFirst(written)
    }
  }
}
