internal import RelationalStorage

/// Values as the server sends them in their types' own bytes, most significant first.
enum BinaryValue {
    /// Object identifiers of types (PostgreSQL, `pg_type.dat`); they never change.
    private enum TypeID {
        static let bool: UInt32 = 16
        static let bytea: UInt32 = 17
        static let int8: UInt32 = 20
        static let int2: UInt32 = 21
        static let int4: UInt32 = 23
        static let oid: UInt32 = 26
        static let numeric: UInt32 = 1700
    }

    /// A value; what is no number and no bytes is text.
    static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> DatabaseValue {
        switch type {
        case TypeID.int8, TypeID.int4, TypeID.int2: .integer(signed(bytes))
        case TypeID.oid, TypeID.bool: .integer(Int64(unsigned(bytes)))
        case TypeID.numeric: numeric(bytes).map { .integer($0) } ?? .null
        case TypeID.bytea: .bytes(Array(bytes))
        default: .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func unsigned(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func signed(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        let unused = 64 - bytes.count * 8
        return Int64(bitPattern: unsigned(bytes) << UInt64(unused)) >> Int64(unused)
    }

    /// A whole `numeric`, which sums of numbers are; nil when it is not whole or too great.
    ///
    /// Four words of 16 bits (digits, weight of the first, sign, scale), then digits of base 10,000.
    private static func numeric(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard bytes.count >= 8 else { return nil }
        func word(_ index: Int) -> Int64 { Int64(bytes[index * 2]) << 8 | Int64(bytes[index * 2 + 1]) }
        let count = Int(word(0))
        let weight = Int(Int16(truncatingIfNeeded: word(1)))
        let sign = word(2)
        guard bytes.count == 8 + count * 2, sign == 0 || sign == 0x4000, count <= weight + 1 || count == 0 else {
            return nil
        }
        var result: Int64 = 0
        for place in 0..<max(0, count == 0 ? 0 : weight + 1) {
            let digit = place < count ? word(4 + place) : 0
            let (product, overflow) = result.multipliedReportingOverflow(by: 10_000)
            let (sum, carry) = product.addingReportingOverflow(sign == 0 ? digit : -digit)
            guard !overflow, !carry else { return nil }
            result = sum
        }
        return result
    }
}
