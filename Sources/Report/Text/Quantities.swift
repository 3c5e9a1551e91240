import Foundation

/// Numbers as a reader likes them: `19,492`, `0.21 s`, `12.0 MiB`. Independent of the locale, so that output is the same everywhere.
public enum Quantities {
  public static func count(_ number: UInt64) -> String {
    let digits = String(number)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }

  public static func count(_ number: Int) -> String {
    number < 0 ? "-" + count(UInt64(number.magnitude)) : count(UInt64(number))
  }

  /// `1 step`, `2 steps`.
  public static func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// Two decimals below ten seconds, one below a minute, minutes and hours beyond.
  public static func seconds(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "?" }
    if seconds < 9.995 { return fixed(seconds, 2) + " s" }
    if seconds < 59.95 { return fixed(seconds, 1) + " s" }
    let whole = seconds < 1e15 ? Int(seconds.rounded()) : Int(1e15)
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  public static func bytes(_ bytes: UInt64) -> String {
    var size = Double(bytes)
    for unit in ["B", "KiB", "MiB", "GiB"] {
      if size < 1024 { return unit == "B" ? "\(bytes) B" : fixed(size, 1) + " " + unit }
      size /= 1024
    }
    return fixed(size, 1) + " TiB"
  }

  /// A number with a fixed number of decimals and a point, whatever the locale.
  public static func fixed(_ number: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", locale: Locale(identifier: "en_US_POSIX"), number)
  }
}
