import Vocabulary

/// Unpacks a register file on one thread and reads its text on another, a few pieces ahead of whoever takes them.
///
/// So decompression, parsing and the writing of the database each can have a core.
final class RegisterPipeline {
    /// What passes from stage to stage, with the bytes of the file that had been taken by then.
    private enum Load<Content: Sendable>: Sendable {
        case content(Content, bytesTaken: Int64)
        case failure(any Error)
    }

    /// Pieces of a mebibyte: what two conveyors and three stages hold together stays in the tens of mebibytes.
    private static let textAhead = 3 * 1_048_576
    /// So many bytes of what was read wait for the writer, which gathers and then writes for a while: reading goes on.
    private static let readAhead = 16 * 1_048_576

    private let texts = Conveyor<Load<[UInt8]>>(capacity: textAhead)
    private let pieces = Conveyor<Load<RegisterPiece>>(capacity: readAhead)

    init(_ source: some ByteSource, content: RegisterContent) {
        let unpacked = Handover(UnpackedSource(source))
        startThread(named: "register-unpack") { [texts] in
            var source = unpacked.value
            do {
                while let chunk = try source.nextChunk() {
                    let load = Load.content(chunk, bytesTaken: source.bytesTaken)
                    guard texts.put(load, weighing: chunk.count) else { return }
                }
                // Behind the last chunk there may be padding, which counts as taken.
                _ = texts.put(.content([], bytesTaken: source.bytesTaken))
            } catch {
                _ = texts.put(.failure(error))
            }
            texts.close()
        }
        startThread(named: "register-read") { [texts, pieces] in
            Self.read(texts, as: content, into: pieces)
            pieces.close()
        }
    }

    /// The next piece, with the bytes of the file that had been taken by then; nil at the end of a whole file.
    ///
    /// - Throws: ``RegisterFileError``, and what the source throws.
    func next() throws -> (RegisterPiece, Int64)? {
        switch pieces.take() {
        case nil: nil
        case .content(let piece, let bytesTaken): (piece, bytesTaken)
        case .failure(let error): throw error
        }
    }

    /// Nothing more will be taken: the threads end at the next piece.
    func abandon() {
        texts.abandon()
        pieces.abandon()
    }

    private static func read(
        _ texts: Conveyor<Load<[UInt8]>>,
        as content: RegisterContent,
        into pieces: Conveyor<Load<RegisterPiece>>
    ) {
        var reading = RegisterReading(of: content)
        do throws(RegisterFileError) {
            while let load = texts.take() {
                switch load {
                case .failure(let error):
                    _ = pieces.put(.failure(error))
                    return
                case .content(let chunk, let bytesTaken):
                    let piece = try reading.feed(chunk)
                    let hasFailed = piece.failure != nil
                    let load = Load.content(piece, bytesTaken: bytesTaken)
                    guard pieces.put(load, weighing: piece.byteCount), !hasFailed else { return texts.abandon() }
                    reading.bytesTaken = bytesTaken
                }
            }
            for part in [RegisterReading.Ending.rest, .end] {
                let piece = try reading.finish(part)
                let hasFailed = piece.failure != nil
                guard pieces.put(.content(piece, bytesTaken: reading.bytesTaken)), !hasFailed else { return }
            }
        } catch {
            _ = pieces.put(.failure(error))
        }
    }
}

/// The text of a register file from its first byte to its last, whether JSON or CSV.
private struct RegisterReading {
    /// How much of a text is looked at to tell what it is.
    private static let lookedAt = 64

    var bytesTaken: Int64 = 0
    private let content: RegisterContent
    private let text: RegisterText
    private var csv: CSVText?
    /// The beginning of the text, until it is long enough to tell what it is.
    private var head: [UInt8]? = []
    private var length: Int64 = 0

    init(of content: RegisterContent) {
        self.content = content
        text = RegisterText(of: content)
    }

    mutating func feed(_ chunk: [UInt8]) throws(RegisterFileError) -> RegisterPiece {
        length += Int64(chunk.count)
        guard let head else { return try read(chunk) }
        guard head.count + chunk.count >= Self.lookedAt else {
            self.head = head + chunk
            return text.feed([])
        }
        return try begin(head.isEmpty ? chunk : head + chunk)
    }

    /// The parts of the end, in their order: what is wrong with elements comes before what is wrong with the end.
    enum Ending {
        /// What waited to be told apart.
        case rest
        /// The end itself.
        case end
    }

    /// What the end of the text gives.
    ///
    /// - Throws: `.truncated`, `.empty`.
    mutating func finish(_ part: Ending) throws(RegisterFileError) -> RegisterPiece {
        switch (part, head) {
        case (.rest, let head?): return try begin(head)
        case (.rest, nil): return text.feed([])
        case (.end, _):
            if csv != nil { return try convert { converter throws(RegisterFileError) in try converter.finish() } }
            try text.finish(length: length)
            return text.feed([])
        }
    }

    private mutating func begin(_ beginning: [UInt8]) throws(RegisterFileError) -> RegisterPiece {
        head = nil
        if content == .units, CSVText.begins(beginning) { csv = CSVText() }
        return try read(beginning)
    }

    private mutating func read(_ chunk: [UInt8]) throws(RegisterFileError) -> RegisterPiece {
        guard csv != nil else { return text.feed(chunk) }
        return try convert { converter throws(RegisterFileError) in try converter.feed(chunk) }
    }

    /// Reads what a piece of CSV is in JSON, and puts the positions of its rows right.
    private mutating func convert(
        _ body: (inout CSVText) throws(RegisterFileError) -> [UInt8]
    ) throws(RegisterFileError) -> RegisterPiece {
        guard var converter = csv else { return text.feed([]) }
        let json = try body(&converter)
        csv = converter
        var piece = text.feed(json)
        piece.isCSV = true
        piece.move(to: converter.rowOffsets)
        return piece
    }
}
