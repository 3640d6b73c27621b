internal import LibCrypto
public import Vocabulary

/// A refusal from before the client was authenticated: whatever a stranger sent, in a few bounded words.
public struct RefusalNote: Sendable, Hashable {
    /// When.
    public let time: Timestamp
    /// The request.
    public let trace: TraceID
    /// The code, `MP-100`.
    public let code: String
    /// The reason, `client_unknown`.
    public let reason: String
    /// The peer's address.
    public let address: String
    /// The client that it claimed to be; proves nothing.
    public let claimedClient: String
    /// Whether any of the texts was cut to fit.
    public let isCut: Bool

    /// A note; texts that do not fit are cut when it is written.
    public init(
        time: Timestamp,
        trace: TraceID,
        code: String,
        reason: String,
        address: String,
        claimedClient: String?
    ) {
        self.init(
            time: time,
            trace: trace,
            code: code,
            reason: reason,
            address: address,
            claimedClient: claimedClient ?? "",
            isCut: false
        )
    }

    private init(
        time: Timestamp,
        trace: TraceID,
        code: String,
        reason: String,
        address: String,
        claimedClient: String,
        isCut: Bool
    ) {
        self.time = time
        self.trace = trace
        self.code = code
        self.reason = reason
        self.address = address
        self.claimedClient = claimedClient
        self.isCut = isCut
    }
}

/// The note as a record of the ring.
///
/// | Bytes | What |
/// |---|---|
/// | 0-7 | sequence number from 1, big-endian; 0: never written |
/// | 8-15 | time in seconds |
/// | 16-31 | trace id |
/// | 32 | 1 when a text was cut |
/// | 33-247 | code, reason, address, client: each a byte of length and that many bytes of printable ASCII |
/// | 248-255 | the first 8 bytes of SHA-256 over the rest, which tells a record that is half written |
extension RefusalNote {
    static let recordLength = 256
    private static let textStart = 33
    private static let sumStart = 248
    private static let limits = (code: 15, reason: 63, address: 45)

    func record(sequence: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.recordLength)
        bytes.append(bigEndian: UInt64(bitPattern: sequence))
        bytes.append(bigEndian: UInt64(bitPattern: time.seconds))
        bytes.append(bigEndian: UInt64(trace.rawValue.prefix(16), radix: 16) ?? 0)
        bytes.append(bigEndian: UInt64(trace.rawValue.suffix(16), radix: 16) ?? 0)
        bytes.append(isCut ? 1 : 0)
        var cut = false
        func append(_ text: String, limit: Int) {
            let shown = text.utf8.prefix(limit).map(Self.printable)
            if text.utf8.count > limit { cut = true }
            bytes.append(UInt8(shown.count))
            bytes.append(contentsOf: shown)
        }
        append(code, limit: Self.limits.code)
        append(reason, limit: Self.limits.reason)
        append(address, limit: Self.limits.address)
        append(claimedClient, limit: Self.sumStart - bytes.count - 1)
        if cut { bytes[32] = 1 }
        bytes.append(contentsOf: repeatElement(0, count: Self.sumStart - bytes.count))
        bytes.append(contentsOf: Self.sum(bytes))
        return bytes
    }

    /// Reads a record; nil for one that was never written or only half.
    static func read(_ record: [UInt8]) -> (sequence: Int64, note: RefusalNote)? {
        let sequence = Int64(bitPattern: UInt64(bigEndian: record, at: 0))
        guard sequence > 0, sum(record[..<sumStart]) == record[sumStart...] else { return nil }
        var position = textStart
        var texts: [String] = []
        for _ in 0..<4 {
            let end = position + 1 + Int(record[position])
            guard end <= sumStart else { return nil }
            texts.append(String(decoding: record[position + 1..<end], as: UTF8.self))
            position = end
        }
        let note = RefusalNote(
            time: Timestamp(seconds: Int64(bitPattern: UInt64(bigEndian: record, at: 8))),
            trace: TraceID(high: UInt64(bigEndian: record, at: 16), low: UInt64(bigEndian: record, at: 24)),
            code: texts[0],
            reason: texts[1],
            address: texts[2],
            claimedClient: texts[3],
            isCut: record[32] == 1
        )
        return (sequence, note)
    }

    private static func sum(_ bytes: some Collection<UInt8>) -> ArraySlice<UInt8> {
        HashFunction.sha256.digest(bytes)[..<8]
    }

    /// A stranger's text must not move an operator's cursor.
    private static func printable(_ byte: UInt8) -> UInt8 { byte >= 0x20 && byte < 0x7F ? byte : UInt8(ascii: "?") }
}
