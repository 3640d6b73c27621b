/// A JSON number (RFC 8259 §6), kept in the text that stood there: nothing is rounded, nothing overflows.
public struct JSONNumber: Sendable, Hashable {
    /// The number as written: `1795000000`, `-0`, `1e400`.
    public let source: String

    /// An integer.
    public init(_ value: Int64) { source = String(value) }

    /// Wraps a text of the grammar.
    init(source: String) { self.source = source }

    /// The number when it is an integer of 64 bits, however it is written (`1.0`, `1e3`, `-0`); nil for any other.
    public var integer: Int64? {
        guard let parts = Decimal(source), !parts.hasFraction else { return nil }
        return parts.isNegative ? parts.negated : parts.positive
    }

    /// The greatest integer of 64 bits that is not above the number; nil when there is none.
    public var floor: Int64? {
        guard let parts = Decimal(source) else { return nil }
        guard parts.isNegative else { return parts.positive }
        guard let whole = parts.negated else { return nil }
        guard parts.hasFraction else { return whole }
        let (result, overflow) = whole.subtractingReportingOverflow(1)
        return overflow ? nil : result
    }

    /// The whole seconds of a `NumericDate` (RFC 7519 §2), fractions floored.
    ///
    /// - Returns: nil for negative numbers, `-0` apart, and for those beyond 2^53, which many languages cannot hold.
    public var flooredNumericDate: Int64? {
        if let seconds = plainDigits { return seconds }
        guard let seconds = floor, (0...Self.largestExactInteger).contains(seconds) else { return nil }
        return seconds
    }

    /// The number when it is written as up to fifteen digits and nothing else, as all dates of our time are.
    private var plainDigits: Int64? {
        guard source.utf8.count <= 15 else { return nil }
        var value: Int64 = 0
        for byte in source.utf8 {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// 2^53.
    public static let largestExactInteger: Int64 = 9_007_199_254_740_992
}

/// The whole part of a decimal number, and whether anything stands after it.
private struct Decimal {
    let isNegative: Bool
    let hasFraction: Bool
    private let magnitude: UInt64

    /// Nil when the whole part does not fit into 64 bits.
    init?(_ source: String) {
        var digits: [UInt8] = []
        var pointAt: Int?
        var exponent = 0
        var exponentIsNegative = false
        var inExponent = false
        for byte in source.utf8 {
            switch byte {
            case UInt8(ascii: "."): pointAt = digits.count
            case UInt8(ascii: "e"), UInt8(ascii: "E"): inExponent = true
            case UInt8(ascii: "-"): if inExponent { exponentIsNegative = true }
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if inExponent {
                    // Beyond any text that a limit lets in, further digits change nothing.
                    if exponent < 1_000_000_000 { exponent = exponent * 10 + Int(byte - UInt8(ascii: "0")) }
                } else {
                    digits.append(byte - UInt8(ascii: "0"))
                }
            default: break
            }
        }
        let wholeDigits = (pointAt ?? digits.count) + (exponentIsNegative ? -exponent : exponent)
        isNegative = source.utf8.first == UInt8(ascii: "-")
        guard let leading = digits.firstIndex(where: { $0 != 0 }) else {
            magnitude = 0
            hasFraction = false
            return
        }
        // 2^64 has 20 digits.
        guard wholeDigits - leading <= 20 else { return nil }
        var whole: UInt64 = 0
        for index in leading..<max(leading, wholeDigits) {
            let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(index < digits.count ? UInt64(digits[index]) : 0)
            guard !overflow, !carry else { return nil }
            whole = sum
        }
        magnitude = whole
        hasFraction = digits.indices.contains { $0 >= wholeDigits && digits[$0] != 0 }
    }

    var positive: Int64? { Int64(exactly: magnitude) }

    var negated: Int64? {
        magnitude == Int64.min.magnitude ? Int64.min : Int64(exactly: magnitude).map { -$0 }
    }
}
