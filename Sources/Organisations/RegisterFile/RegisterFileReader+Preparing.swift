import Vocabulary

extension RegisterFileReader {
    /// As ``forEachBatch(of:_:)``, with `prepare` done to each batch on a thread of its own, some batches ahead of `body`.
    ///
    /// For what is to be made of a batch before a database sees it: it may cost as much as the database does.
    /// - Throws: ``RegisterFileError``, and what `source`, `prepare` and `body` throw.
    public mutating func forEachBatch<Prepared: Sendable>(
        of size: Int = 10_000,
        preparing prepare: sending @escaping (RegisterBatch) throws -> Prepared,
        _ body: (Prepared) throws -> Void
    ) throws -> ReadReport {
        let prepared = Conveyor<PreparedLoad<Prepared>>(capacity: preparedAhead)
        defer { prepared.abandon() }
        let work = Handover((reader: self, prepare: prepare))
        startThread(named: "register-prepare") {
            var reader = work.value.reader
            do {
                let report = try reader.forEachBatch(of: size) { batch in
                    let load = PreparedLoad.batch(try work.value.prepare(batch))
                    guard prepared.put(load, weighing: batch.records.byteCount) else { throw NobodyTakes() }
                }
                _ = prepared.put(.end(report, reader.numbers))
            } catch {
                _ = prepared.put(.failure(error))
            }
            prepared.close()
        }
        while let load = prepared.take() {
            switch load {
            case .batch(let batch): try body(batch)
            case .failure(let error): throw error
            case .end(let report, let numbers):
                self.numbers = numbers
                return report
            }
        }
        preconditionFailure("the thread that prepares says how it ended before it closes")
    }
}

/// So many bytes of records wait, made into something else, for a writer that gathers and then writes for a while.
private let preparedAhead = 16 * 1_048_576

/// What passes from the thread that prepares to the one that takes.
private enum PreparedLoad<Prepared: Sendable>: Sendable {
    case batch(Prepared)
    case failure(any Error)
    case end(ReadReport, NumberSet)
}

/// Ends the reading when `body` has thrown; nobody sees it.
private struct NobodyTakes: Error {}
