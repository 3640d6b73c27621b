import AsyncHTTPClient
import AuditLedger
import NIOCore
import NIOHTTP1
import Operations

/// A checkpoint that was kept elsewhere: a file, `-` for stdin, or a URL.
struct CheckpointInput {
    /// Where it came from.
    let place: String
    /// The note's bytes.
    let bytes: [UInt8]

    /// The longest note, in bytes.
    private static let maximumLength = 65_536

    /// Fetches it.
    ///
    /// - Throws: `CLIError`.
    init(_ place: String, patience: Duration) async throws {
        self.place = place
        guard place.hasPrefix("https://") || place.hasPrefix("http://") else {
            bytes = try InputFile.read(place)
            return
        }
        do {
            // What is fetched is believed for its signature, not for where it came from.
            let response = try await CommandHTTP.client.execute(
                HTTPClientRequest(url: place),
                timeout: TimeAmount(patience)
            )
            guard response.status.code == 200 else {
                throw CLIError("checkpoint_unreadable", "`\(place)` answers \(response.status.code)")
            }
            bytes = Array(buffer: try await response.body.collect(upTo: Self.maximumLength))
        } catch let error as CLIError {
            throw error
        } catch {
            throw CLIError(
                "unreachable",
                "cannot fetch `\(place)`: \(error)",
                status: .unreachable
            )
        }
    }

    /// The checkpoint, when one of the keys signed it.
    ///
    /// - Throws: `CLIError`: exit 3 when it is not believed.
    func checkpoint(by keys: [CheckpointVerifier]) throws(CLIError) -> Checkpoint {
        var faults: [SignedNote.Fault] = []
        for key in keys.reversed() {
            do throws(SignedNote.Fault) { return try Checkpoint(note: bytes, by: key) } catch { faults.append(error) }
        }
        // A note that is signed falsely tells more than one that another key did not sign.
        let fault =
            faults.first {
                if case .unsigned = $0 { return false }
                return true
            } ?? faults.first
        throw CLIError.verdict(
            "checkpoint_not_believed",
            "the checkpoint in `\(place)` is not believed: \(fault.map(\.description) ?? "no key is known")",
            hint: "is it of this ledger, and `--key` the key that signed it?"
        )
    }
}

extension CheckpointVerifier {
    /// A key as it was typed: `name+hash+key`, or `@FILE` with that text.
    init(typed text: String) throws(CLIError) {
        let content = text.hasPrefix("@") ? try InputFile.readText(String(text.dropFirst())) : text
        let line = content.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard let key = CheckpointVerifier(line) else {
            throw .usage(
                "`--key` is no key of checkpoints",
                hint: "write NAME+HASH+KEY as `portvakt audit key` prints it, or @FILE"
            )
        }
        self = key
    }
}
