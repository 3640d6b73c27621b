import Organisations
import Vocabulary

extension FuzzTarget {
    /// The register's file of units, plain or gzip: however it arrives in pieces or packed, the same units are read.
    static let units = FuzzTarget("register-units", maximumLength: 8_192) { input in
        try compareReadings(of: input) { source in
            try reading(source, of: .units) { try $0.units }
        }
    }

    /// The register's file of roles.
    static let roles = FuzzTarget("register-roles", maximumLength: 8_192) { input in
        try compareReadings(of: input) { source in
            try reading(source, of: .roles) { try $0.roles }
        }
    }

    /// Everything of a file in its order; counts and numbers must agree with it.
    private static func reading<Unit>(
        _ source: MemoryByteSource,
        of content: RegisterContent,
        _ taken: (RegisterBatch) throws -> [Unit]
    ) throws -> ([Unit], [MalformedUnit]) {
        var units: [Unit] = []
        var malformed: [MalformedUnit] = []
        var numbers: Set<OrganisationNumber> = []
        var reader = RegisterFileReader(source, of: content)
        let report = try reader.forEachBatch(of: 3) { batch in
            // A record that was accepted can be read.
            do { units += try taken(batch) } catch { throw BrokenProperty("a record cannot be read: \(error)") }
            malformed += batch.malformed
            for entry in batch.records.entries {
                try demand(numbers.insert(entry.number).inserted, "one number twice")
            }
        }
        try demand(units.count == report.unitCount && malformed.count == report.malformedCount, "a wrong count")
        return (units, malformed)
    }

    /// Reads whole, in small pieces, and packed as gzip, and compares.
    private static func compareReadings<Unit: Equatable>(
        of input: [UInt8],
        _ read: (MemoryByteSource) throws -> ([Unit], [MalformedUnit])
    ) throws -> Bool {
        let whole = try accepted { try read(MemoryByteSource(input)) }
        let pieces = try accepted { try read(MemoryByteSource(input, chunkSize: 1 + input.count % 7)) }
        try demand(whole?.0 == pieces?.0 && whole?.1 == pieces?.1, "another reading when it comes in small pieces")
        // What is packed already would be packed twice, and refused.
        guard !input.starts(with: [0x1F, 0x8B]), !input.isEmpty else { return whole != nil }
        let packed = try accepted { try read(MemoryByteSource(GzipStored.pack(input))) }
        try demand(whole?.0 == packed?.0 && whole?.1 == packed?.1, "another reading when it comes packed")
        return whole != nil
    }

    /// What was read; nil when it was refused.
    ///
    /// A broken property is no refusal.
    private static func accepted<Value>(_ body: () throws -> Value) throws(BrokenProperty) -> Value? {
        do { return try body() } catch let broken as BrokenProperty { throw broken } catch { return nil }
    }
}

/// Packs bytes as gzip without compressing them (RFC 1952, RFC 1951 §3.2.4).
enum GzipStored {
    static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            packed.append(rest.isEmpty ? 1 : 0)
            append(UInt32(block.count) | ~UInt32(block.count) << 16, to: &packed)
            packed += block
        } while !rest.isEmpty
        append(checkSum(of: bytes), to: &packed)
        append(UInt32(truncatingIfNeeded: bytes.count), to: &packed)
        return packed
    }

    private static func append(_ word: UInt32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// CRC-32 of RFC 1952 §8.
    private static func checkSum(of bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
