/// One run of a solver. In: a command and a limit. Out: the first line it printed, or why there is none.
///
/// Spawned directly: a pipe that is closed on exec is held by no other child, so that its end is this child's end, and a child
/// ignores Ctrl-C as kspec does: kspec alone decides when to stop.
import Foundation
import Synchronization

enum SolverProcess {
  enum Outcome: Sendable, Equatable {
    case printed(String)
    case timedOut
    case cancelled
    case failed(String)
  }

  static func run(_ command: [String], seconds: Double, isCancelled: () -> Bool) -> Outcome {
    switch spawn(command) {
    case .failure(let fault): return .failed(fault.reason)
    case .success(let running):
      defer {
        close(running.output)
        reap(running.child)
      }
      return read(running.output, until: ContinuousClock.now + .seconds(seconds), isCancelled)
    }
  }

  private struct Running {
    var child: pid_t
    var output: Int32
  }
  private struct Fault: Error { var reason: String }

  /// From making a pipe to having marked it, no child may start.
  private static let starting = Mutex(())

  private static func spawn(_ command: [String]) -> Result<Running, Fault> {
    func fault(_ code: Int32) -> Result<Running, Fault> {
      .failure(Fault(reason: "\(command[0]): \(String(cString: strerror(code)))"))
    }
    return starting.withLock { _ in
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { return fault(errno) }
      let (output, input) = (ends[0], ends[1])
      defer { close(input) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      var child = pid_t()
      let status = spawn(command, writingTo: input, &child)
      guard status == 0 else {
        close(output)
        return fault(status)
      }
      return .success(Running(child: child, output: output))
    }
  }

  private static func spawn(_ command: [String], writingTo input: Int32, _ child: inout pid_t) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, input, 1)
    posix_spawn_file_actions_adddup2(&actions, input, 2)
    // A pool's threads block signals, and a mask is inherited: the solver's own clock would not reach it.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let variables = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    return posix_spawn(&child, command[0], &actions, &attributes, &arguments, &environment)
  }

  /// Ends the child, if it has not ended, and takes it off the system's list.
  private static func reap(_ child: pid_t) {
    kill(child, SIGKILL)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
  }

  /// Looks up ten times a second; what a solver says fits a line or two.
  private static func read(_ file: Int32, until deadline: ContinuousClock.Instant, _ isCancelled: () -> Bool) -> Outcome {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while text.count < 1 << 16 {
      if isCancelled() { return .cancelled }
      let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
      if left <= 0 { return .timedOut }
      var wait = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, Int32(max(1, min(100, left)))) > 0 else { continue }
      let count = Foundation.read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      text += buffer[..<count]
    }
    let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    // z3 goes on after an error and answers what is left of the script: that answer is worth nothing.
    let error = lines.first { $0.hasPrefix("(error") }
    let line = error ?? lines.first { ["sat", "unsat", "unknown", "timeout"].contains($0) } ?? lines.first
    return line.map { .printed($0) } ?? .failed("it said nothing")
  }
}
