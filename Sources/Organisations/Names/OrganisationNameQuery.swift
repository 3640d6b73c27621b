internal import Foundation

/// What somebody typed to find organisations by name: words, the last of which may be unfinished.
///
/// Case and marks do not matter (`sjokolade` finds `SJOKOLADE`, `al` finds `Ål`); `æ` and `ø` are letters of their own.
/// Nothing that is typed is wrong: what is neither letter nor digit parts words and means nothing else.
public struct OrganisationNameQuery: Sendable, Hashable {
    /// Further words are left out.
    public static let maximumWords = 12
    /// Of each word no more is looked for.
    public static let maximumWordLength = 64

    /// The words, in lower case and without marks.
    public let words: [String]
    /// The same with their marks, to tell letters that only look alike.
    private let markedWords: [String]
    /// Only units of this kind.
    public let kind: Organisation.Kind?
    /// The most units wanted.
    public let limit: Int

    /// A query; `limit` is at least one.
    public init(_ text: String, kind: Organisation.Kind? = nil, limit: Int = 20) {
        markedWords = text.searchWords.prefix(Self.maximumWords).map { String($0.prefix(Self.maximumWordLength)) }
        words = markedWords.map(\.withoutMarks)
        self.kind = kind
        self.limit = max(limit, 1)
    }

    /// How well a unit fits.
    public func match(of unit: Organisation) -> OrganisationNameMatch {
        let marked = unit.name.searchWords
        let name = marked.map(\.withoutMarks)
        if name == words { return marked == markedWords ? .exact : .exactButForMarks }
        if name.starts(with: words) { return .beginsWithWords }
        if name.count >= words.count, let last = words.last {
            let head = words.dropLast()
            if name.starts(with: head), name[head.count].hasPrefix(last) { return .beginning }
        }
        if words.allSatisfy({ name.contains($0) }) { return .words }
        if words.allSatisfy({ word in name.contains { $0.hasPrefix(word) } }) { return .beginningsOfWords }
        return .elsewhere
    }
}

/// How well a unit fits what was looked for; the best is the least.
public enum OrganisationNameMatch: Int, Sendable, Hashable, Comparable {
    /// It is the name, letter by letter but for case.
    case exact
    /// It is the name, but for marks such as those on `å` and `é`.
    case exactButForMarks
    /// The name begins with these words.
    case beginsWithWords
    /// The name begins so, in the middle of a word.
    case beginning
    /// All words stand in the name.
    case words
    /// Words in the name begin so.
    case beginningsOfWords
    /// Some words stand in an earlier name or in where the unit is.
    case elsewhere

    /// Whether the one is better than the other.
    public static func < (left: OrganisationNameMatch, right: OrganisationNameMatch) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A unit that was found.
public struct OrganisationNameHit: Sendable, Hashable {
    /// The unit.
    public let unit: Organisation
    /// How it stands, its main unit taken into account.
    public let standing: OrganisationStanding
    /// How well it fits.
    public let match: OrganisationNameMatch

    /// A unit that was found.
    public init(unit: Organisation, standing: OrganisationStanding, match: OrganisationNameMatch) {
        self.unit = unit
        self.standing = standing
        self.match = match
    }
}

/// What was found by name.
public struct OrganisationNameResult: Sendable, Hashable {
    /// The units, those that live first, and the better fitting before others.
    public let hits: [OrganisationNameHit]
    /// Whether there are more than were wanted.
    public let hasMore: Bool
    /// Whether the index knows the register as it is now; while it is being built, units may be missing.
    public let isComplete: Bool

    /// What was found.
    public init(hits: [OrganisationNameHit], hasMore: Bool, isComplete: Bool) {
        self.hits = hits
        self.hasMore = hasMore
        self.isComplete = isComplete
    }
}

extension String {
    /// The words of a text in lower case: runs of letters and digits.
    fileprivate var searchWords: [String] {
        lowercased().split { !($0.isLetter || $0.isNumber) }.map { String($0).precomposedStringWithCanonicalMapping }
    }

    /// The same without marks.
    fileprivate var withoutMarks: String {
        guard utf8.contains(where: { $0 >= 0x80 }) else { return self }
        var text = ""
        text.unicodeScalars.append(
            contentsOf: decomposedStringWithCanonicalMapping.unicodeScalars.filter {
                $0.properties.generalCategory != .nonspacingMark
            }
        )
        return text
    }
}
