import CZlib

/// The ZLIB data format (RFC 1950), whole arrays at a time.
enum Zlib {
    /// Why bytes cannot be unpacked.
    enum Fault: Error, Equatable {
        /// They are not what zlib writes, end too early, or something follows.
        case malformed
        /// More would come out than allowed.
        case tooLarge
    }

    /// Packs at the highest level: a list is packed once and read often.
    static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(UInt(bytes.count))
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { output, count in
            let status = compress2(output.baseAddress, &length, bytes, UInt(bytes.count), Z_BEST_COMPRESSION)
            // The room is what zlib asked for, the level is one of its own: only a machine without memory is left.
            precondition(status == Z_OK, "zlib cannot pack")
            count = Int(length)
        }
    }

    /// Unpacks, but never more than `limit` bytes: a small answer must not become a large one (RFC 8725 §2.10).
    static func inflated(_ packed: [UInt8], upTo limit: Int) throws(Fault) -> [UInt8] {
        // What zlib can pack at best is about 1:1032, so that the room needed is known before it is taken.
        let capacity = min(limit, packed.count * 1_040 + 64)
        var outcome = Z_OK
        var rest = UInt(packed.count)
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            var length = UInt(capacity)
            outcome = uncompress2(output.baseAddress, &length, packed, &rest)
            count = outcome == Z_OK ? Int(length) : 0
        }
        switch outcome {
        case Z_OK where rest == packed.count: return bytes
        case Z_BUF_ERROR where capacity == limit: throw .tooLarge
        default: throw .malformed
        }
    }
}
