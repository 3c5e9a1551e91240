/// Every setting of some policies against some properties. In: what became of each cell. Out: which settings are safe, which values
/// are weaker than others, and which safe settings are minimal.
///
/// No policy says which of its values is the mechanism and which its absence, so that is read off the results. Of two values of a policy the
/// first is *weaker* if, in every setting of the others, whatever is safe with the first is safe with the second, and not the other
/// way round. A safe setting is *minimal* if no other safe setting is weaker in some policies and the same in the rest.
public struct PolicyLattice: Sendable {
  public enum Cell: Sendable, Equatable {
    /// For every size.
    case proved
    /// At the scope.
    case exhausted
    /// Steps of a shortest run to it.
    case refuted(steps: Int)
    case undecided(String)

    public var isSafe: Bool {
      switch self {
      case .proved, .exhausted: true
      case .refuted, .undecided: false
      }
    }
  }

  public struct Setting: Sendable {
    /// Of each policy the place of its value in `values`.
    public var choice: [Int]
    /// One for each property.
    public var cells: [Cell]
    public init(choice: [Int], cells: [Cell]) {
      self.choice = choice
      self.cells = cells
    }
    public var isSafe: Bool { cells.allSatisfy(\.isSafe) }
    public var isUndecided: Bool {
      // One refutation is enough to know that it is not safe.
      !isSafe && !cells.contains { if case .refuted = $0 { true } else { false } }
    }
  }

  /// The policies that vary, as indices into the model's, and the values of each.
  public let policies: [PolicyID]
  public let values: [[Value]]
  /// The names of the properties.
  public let properties: [String]
  /// All of them, the last policy's value changing first.
  public let settings: [Setting]

  /// `cells` judges the setting of a choice. `values` must not be empty anywhere.
  public init<E: Error>(
    _ policies: [PolicyID], _ values: [[Value]], properties: [String], cells: ([Int]) throws(E) -> [Cell]
  ) throws(E) {
    self.policies = policies
    self.values = values
    self.properties = properties
    var settings: [Setting] = []
    for choice in Self.choices(values.map(\.count)) { settings.append(Setting(choice: choice, cells: try cells(choice))) }
    self.settings = settings
    weaker = Self.weaker(values.map(\.count), settings)
    let safe = settings.indices.filter { settings[$0].isSafe }
    minimal = safe.filter { index in !safe.contains { isWeaker(settings[$0], settings[index]) } }
  }

  /// Indices into `settings`.
  public private(set) var minimal: [Int] = []

  /// By policy: the pairs of values of which the first is weaker than the second.
  public let weaker: [Set<Pair>]

  public struct Pair: Hashable, Sendable {
    public var weaker: Int
    public var stronger: Int
  }

  static func choices(_ counts: [Int]) -> [[Int]] {
    counts.reduce([[]]) { choices, count in choices.flatMap { choice in (0..<count).map { choice + [$0] } } }
  }

  private static func weaker(_ counts: [Int], _ settings: [Setting]) -> [Set<Pair>] {
    let safe = Set(settings.filter(\.isSafe).map(\.choice))
    return counts.indices.map { policy in
      // By value: the settings of the other policies with which it is safe.
      var others = [Set<[Int]>](repeating: [], count: counts[policy])
      for choice in safe {
        var rest = choice
        rest[policy] = 0
        others[choice[policy]].insert(rest)
      }
      var pairs: Set<Pair> = []
      for a in others.indices {
        for b in others.indices where others[a].isStrictSubset(of: others[b]) { pairs.insert(Pair(weaker: a, stronger: b)) }
      }
      return pairs
    }
  }

  /// Whether the first differs from the second, and only by weaker values.
  public func isWeaker(_ a: Setting, _ b: Setting) -> Bool {
    a.choice != b.choice
      && zip(a.choice, b.choice).enumerated().allSatisfy { policy, pair in
        pair.0 == pair.1 || weaker[policy].contains(Pair(weaker: pair.0, stronger: pair.1))
      }
  }

  /// How far up a setting stands: of each policy the longest chain of weaker values below its value, all together.
  public func level(_ setting: Setting) -> Int {
    setting.choice.enumerated().reduce(0) { sum, place in sum + height(place.element, of: place.offset) }
  }

  private func height(_ value: Int, of policy: Int) -> Int {
    (weaker[policy].filter { $0.stronger == value }.map { height($0.weaker, of: policy) + 1 }).max() ?? 0
  }

  /// Pairs of settings, indices into `settings`, of which the first is weaker in one policy, with no value in between.
  public var steps: [Pair] {
    var index: [[Int]: Int] = [:]
    for (place, setting) in settings.enumerated() { index[setting.choice] = place }
    var result: [Pair] = []
    for (place, setting) in settings.enumerated() {
      for policy in policies.indices {
        for pair in weaker[policy].sorted(by: { $0.stronger < $1.stronger }) where pair.weaker == setting.choice[policy] {
          let isDirect = !weaker[policy].contains {
            $0.weaker == pair.weaker && weaker[policy].contains(Pair(weaker: $0.stronger, stronger: pair.stronger))
          }
          var choice = setting.choice
          choice[policy] = pair.stronger
          if isDirect, let upper = index[choice] { result.append(Pair(weaker: place, stronger: upper)) }
        }
      }
    }
    return result
  }
}
