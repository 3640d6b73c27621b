import CRegisterReader

/// Unpacks a gzip file (RFC 1952) of one or more members, a chunk at a time.
///
/// The register's own files have one member; what was joined by `cat` or packed in parallel has several.
final class GzipInflater {
    /// How much is unpacked at a time: enough units to write in one transaction.
    private static let chunkSize = 1_048_576

    private let gunzip: OpaquePointer
    private var input: [UInt8] = []
    private var used = 0
    private var isInsideMember = true
    private var hasPadding = false

    init() { gunzip = register_gunzip_new() }

    deinit { register_gunzip_free(gunzip) }

    /// The next unpacked bytes; nil after the last member.
    ///
    /// - Throws: `.gzip` when a member ends too early, fails its check sum, or something else follows the last one.
    func nextChunk(packed: () throws -> [UInt8]?) throws -> [UInt8]? {
        var chunk: [UInt8] = []
        var failure: (any Error)?
        chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { output, count in
            do {
                while count < output.count, try hasInput(packed) {
                    if !isInsideMember { try beginMember() }
                    if isInsideMember {
                        count += try step(into: UnsafeMutableBufferPointer(rebasing: output[count...]))
                    }
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return chunk.isEmpty ? nil : chunk
    }

    /// Whether there is something left to unpack, which is fetched when it must be.
    private func hasInput(_ packed: () throws -> [UInt8]?) throws -> Bool {
        guard used == input.count else { return true }
        guard let chunk = try packed() else {
            if isInsideMember { throw RegisterFileError.gzip(.truncated) }
            return false
        }
        input = chunk
        used = 0
        return !chunk.isEmpty
    }

    /// After a member: another one, or the zero bytes that tapes and some tools pad with, as gzip itself takes it.
    private func beginMember() throws(RegisterFileError) {
        while used < input.count, input[used] == 0 {
            hasPadding = true
            used += 1
        }
        guard used < input.count else { return }
        guard !hasPadding, input[used] == 0x1F else { throw .gzip(.trailingBytes) }
        register_gunzip_reset(gunzip)
        isInsideMember = true
    }

    /// Unpacks what fits; gives how many bytes that were.
    private func step(into output: UnsafeMutableBufferPointer<UInt8>) throws(RegisterFileError) -> Int {
        let start = used
        let result = input.withUnsafeBufferPointer { input in
            register_gunzip_step(
                gunzip,
                input.baseAddress.map { $0 + start },
                input.count - start,
                output.baseAddress,
                output.count
            )
        }
        used += result.taken
        switch result.status {
        case register_gunzip_more: break
        case register_gunzip_end: isInsideMember = false
        case register_gunzip_header: throw .gzip(.corrupt("its header is none of gzip's"))
        case register_gunzip_check_sum: throw .gzip(.corrupt("its check sum or length is wrong"))
        default: throw .gzip(.corrupt("its packed data make no sense"))
        }
        return result.given
    }
}
