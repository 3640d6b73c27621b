// The functions of XACML 3.0 A.3, on arguments that may fail.
extension Evaluator {
    mutating func apply(_ function: Function, to arguments: [Expression]) throws(XACMLStatus) -> Evaluated {
        switch function {
        // These three decide without looking at all their arguments (A.3.5).
        case .and: return .one(.boolean(try !contains(false, arguments[...])))
        case .or: return .one(.boolean(try contains(true, arguments[...])))
        case .atLeast: return .one(.boolean(try holdsAtLeast(arguments)))
        case .anyOf, .allOf, .anyOfAny: return .one(.boolean(try higherOrder(function, arguments)))
        default: break
        }
        var values: [Evaluated] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try evaluate(argument)) }
        switch function {
        case .not:
            try Self.expect(1, of: values)
            return .one(.boolean(try !values[0].truth))
        case .normalizeSpace, .lowercase:
            try Self.expect(1, of: values)
            return .one(.string(try Self.reform(values[0].value, function)))
        case .timeInRange: return .one(.boolean(try Self.isInRange(values)))
        case .oneAndOnly, .bagSize, .isIn, .bag, .intersection, .union, .atLeastOneMemberOf, .subset, .setEquals:
            return try BagFunctions.apply(function, to: values)
        default:
            try Self.expect(2, of: values)
            return .one(.boolean(try Self.holds(function, values[0].value, values[1].value)))
        }
    }

    /// Whether a function of two single values holds.
    static func holds(_ function: Function, _ left: Datum, _ right: Datum) throws(XACMLStatus) -> Bool {
        switch function {
        case .equal(let type):
            try expect(type, left, right)
            return left == right
        case .less(let type):
            try expect(type, left, right)
            return left.precedes(right) ?? false
        case .greater(let type):
            try expect(type, left, right)
            return right.precedes(left) ?? false
        case .lessOrEqual(let type):
            try expect(type, left, right)
            return left == right || left.precedes(right) ?? false
        case .greaterOrEqual(let type):
            try expect(type, left, right)
            return left == right || right.precedes(left) ?? false
        case .equalIgnoringCase:
            let (left, right) = (try text(left), try text(right))
            return Datum.string(left.lowercased()) == .string(right.lowercased())
        // The first argument is what is looked for in the second (A.3.9).
        case .startsWith: return try text(right).unicodeScalars.starts(with: text(left).unicodeScalars)
        case .endsWith:
            return try text(right).unicodeScalars.reversed().starts(with: text(left).unicodeScalars.reversed())
        case .contains: return try Self.holds(text(right), text(left))
        default: throw XACMLStatus(.processingError, "a function of another kind stands where two values are compared")
        }
    }

    // MARK: Arguments

    static func expect(_ count: Int, of values: [Evaluated]) throws(XACMLStatus) {
        guard values.count == count else {
            throw XACMLStatus(.processingError, "a function has \(values.count) arguments, not \(count)")
        }
    }

    private static func expect(_ type: XACMLDataType, _ left: Datum, _ right: Datum) throws(XACMLStatus) {
        guard left.type == type, right.type == type else {
            throw XACMLStatus(.processingError, "a function of `\(type.uri)` is given another type")
        }
    }

    private static func text(_ value: Datum) throws(XACMLStatus) -> String {
        switch value {
        case .string(let text): return text
        default: throw XACMLStatus(.processingError, "a function of texts is given another type")
        }
    }

    // MARK: Logic

    /// Whether one of the arguments is that; those after it are not looked at.
    private mutating func contains(_ truth: Bool, _ arguments: ArraySlice<Expression>) throws(XACMLStatus) -> Bool {
        for argument in arguments where try evaluate(argument).truth == truth { return true }
        return false
    }

    private mutating func holdsAtLeast(_ arguments: [Expression]) throws(XACMLStatus) -> Bool {
        guard let first = arguments.first, case .integer(let needed) = try evaluate(first).value else {
            throw XACMLStatus(.processingError, "the first argument of `n-of` is no integer")
        }
        guard needed <= arguments.count - 1 else {
            throw XACMLStatus(.processingError, "`n-of` has fewer arguments than must hold")
        }
        var count: Int64 = 0
        for argument in arguments.dropFirst() {
            guard count < needed else { return true }
            if try evaluate(argument).truth { count += 1 }
        }
        return count >= needed
    }

    /// A.3.12, for a function of two arguments.
    private mutating func higherOrder(_ kind: Function, _ arguments: [Expression]) throws(XACMLStatus) -> Bool {
        guard arguments.count == 3, case .function(let inner) = arguments[0], inner.matches else {
            throw XACMLStatus(.processingError, "`any-of` and its kin need a function of two values, and two values")
        }
        let first = try evaluate(arguments[1])
        let second = try evaluate(arguments[2])
        guard kind == .anyOfAny || first.isBag != second.isBag else {
            throw XACMLStatus(.processingError, "`any-of` and `all-of` need one value and one bag")
        }
        for left in first.members {
            for right in second.members where try Self.holds(inner, left, right) != (kind == .allOf) {
                return kind != .allOf
            }
        }
        return kind == .allOf
    }

    // MARK: Texts and times

    private static func reform(_ value: Datum, _ function: Function) throws(XACMLStatus) -> String {
        var text = try text(value)
        guard function == .normalizeSpace else { return text.lowercased() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    private static func holds(_ text: String, _ part: String) -> Bool {
        let needle = Array(part.unicodeScalars)
        let hay = Array(text.unicodeScalars)
        guard !needle.isEmpty else { return true }
        guard hay.count >= needle.count else { return false }
        return (0...(hay.count - needle.count)).contains { hay[$0...].starts(with: needle) }
    }

    // A.3.10: a range whose end comes before its start reaches over midnight.
    private static func isInRange(_ values: [Evaluated]) throws(XACMLStatus) -> Bool {
        try expect(3, of: values)
        guard case .time(let time) = try values[0].value, case .time(let start) = try values[1].value,
            case .time(let end) = try values[2].value
        else { throw XACMLStatus(.processingError, "`time-in-range` needs three times") }
        return start <= end ? start <= time && time <= end : time >= start || time <= end
    }
}

/// The functions on bags and sets (XACML 3.0 A.3.11).
enum BagFunctions {
    static func apply(_ function: Function, to values: [Evaluated]) throws(XACMLStatus) -> Evaluated {
        switch function {
        case .oneAndOnly(let type):
            try Evaluator.expect(1, of: values)
            let bag = try values[0].bag(of: type)
            guard bag.count == 1, let only = bag.first else {
                throw XACMLStatus(.processingError, "a bag of one value is needed, this has \(bag.count)")
            }
            return .one(only)
        case .bagSize(let type):
            try Evaluator.expect(1, of: values)
            return .one(.integer(Int64(try values[0].bag(of: type).count)))
        case .isIn(let type):
            try Evaluator.expect(2, of: values)
            return .one(.boolean(try values[1].bag(of: type).contains(one(values[0], of: type))))
        case .bag(let type):
            var bag: [Datum] = []
            for value in values { bag.append(try one(value, of: type)) }
            return .bag(type, bag)
        case .intersection(let type), .union(let type), .atLeastOneMemberOf(let type), .subset(let type),
            .setEquals(let type):
            try Evaluator.expect(2, of: values)
            return compare(function, type, try values[0].bag(of: type), try values[1].bag(of: type))
        default: throw XACMLStatus(.processingError, "this is no function of bags")
        }
    }

    private static func one(_ value: Evaluated, of type: XACMLDataType) throws(XACMLStatus) -> Datum {
        let datum = try value.value
        guard datum.type == type else {
            throw XACMLStatus(.processingError, "a function of `\(type.uri)` is given another type")
        }
        return datum
    }

    private static func compare(
        _ function: Function,
        _ type: XACMLDataType,
        _ left: [Datum],
        _ right: [Datum]
    ) -> Evaluated {
        switch function {
        case .intersection: .bag(type, distinct(left.filter { right.contains($0) }))
        case .union: .bag(type, distinct(left + right))
        case .atLeastOneMemberOf: .one(.boolean(left.contains { right.contains($0) }))
        case .subset: .one(.boolean(left.allSatisfy { right.contains($0) }))
        default:
            .one(.boolean(left.allSatisfy { right.contains($0) } && right.allSatisfy { left.contains($0) }))
        }
    }

    private static func distinct(_ values: [Datum]) -> [Datum] {
        var distinct: [Datum] = []
        for value in values where !distinct.contains(value) { distinct.append(value) }
        return distinct
    }
}
