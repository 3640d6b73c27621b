/// The functions of the standard that are evaluated (XACML 3.0 A.3).
enum Function: Sendable, Hashable {
    case equal(XACMLDataType)
    case equalIgnoringCase
    case less(XACMLDataType)
    case lessOrEqual(XACMLDataType)
    case greater(XACMLDataType)
    case greaterOrEqual(XACMLDataType)
    case and
    case or
    case not
    case atLeast
    case normalizeSpace
    case lowercase
    case startsWith
    case endsWith
    case contains
    case timeInRange
    case oneAndOnly(XACMLDataType)
    case bagSize(XACMLDataType)
    case isIn(XACMLDataType)
    case bag(XACMLDataType)
    case intersection(XACMLDataType)
    case union(XACMLDataType)
    case atLeastOneMemberOf(XACMLDataType)
    case subset(XACMLDataType)
    case setEquals(XACMLDataType)
    case anyOf
    case allOf
    case anyOfAny

    /// The function of that URN; nil when it is not one of these.
    init?(urn: String) {
        guard let function = Self.byURN[urn] else { return nil }
        self = function
    }

    private static let byURN: [String: Function] = {
        let first = "urn:oasis:names:tc:xacml:1.0:function:"
        let second = "urn:oasis:names:tc:xacml:2.0:function:"
        let third = "urn:oasis:names:tc:xacml:3.0:function:"
        var table: [String: Function] = [
            third + "string-equal-ignore-case": .equalIgnoringCase,
            first + "and": .and,
            first + "or": .or,
            first + "not": .not,
            first + "n-of": .atLeast,
            first + "string-normalize-space": .normalizeSpace,
            first + "string-normalize-to-lower-case": .lowercase,
            third + "string-starts-with": .startsWith,
            third + "string-ends-with": .endsWith,
            third + "string-contains": .contains,
            second + "time-in-range": .timeInRange,
            third + "any-of": .anyOf,
            third + "all-of": .allOf,
            third + "any-of-any": .anyOfAny,
            first + "any-of": .anyOf,
            first + "all-of": .allOf,
            first + "any-of-any": .anyOfAny,
        ]
        for (name, type) in XACMLDataType.evaluable {
            table[first + name + "-equal"] = .equal(type)
            table[first + name + "-one-and-only"] = .oneAndOnly(type)
            table[first + name + "-bag-size"] = .bagSize(type)
            table[first + name + "-is-in"] = .isIn(type)
            table[first + name + "-bag"] = .bag(type)
            table[first + name + "-intersection"] = .intersection(type)
            table[first + name + "-union"] = .union(type)
            table[first + name + "-at-least-one-member-of"] = .atLeastOneMemberOf(type)
            table[first + name + "-subset"] = .subset(type)
            table[first + name + "-set-equals"] = .setEquals(type)
            // Truth values and URIs have no order.
            guard type != .boolean, type != .anyURI else { continue }
            table[first + name + "-less-than"] = .less(type)
            table[first + name + "-less-than-or-equal"] = .lessOrEqual(type)
            table[first + name + "-greater-than"] = .greater(type)
            table[first + name + "-greater-than-or-equal"] = .greaterOrEqual(type)
        }
        return table
    }()

    /// Whether it may stand in a `Match`: takes two single values, gives a truth value (XACML 3.0 section 7.6).
    var matches: Bool {
        switch self {
        case .equal, .equalIgnoringCase, .less, .lessOrEqual, .greater, .greaterOrEqual, .startsWith, .endsWith,
            .contains:
            true
        default: false
        }
    }
}
