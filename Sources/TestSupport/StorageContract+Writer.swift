internal import AuditLedger
internal import Synchronization
internal import Testing
internal import Vocabulary

/// The store under the writer that a server has.
extension StorageContract {
    static var writer: [StorageContractCase<Subject>] {
        [
            StorageContractCase("gives one of a thousand parallel requests with the same assertion a token") {
                subject in
                let writer = try await start(on: subject)
                let claim = try ContractSample.claim(1)
                let outcomes = await ask(writer, (0..<1_000).map { _ in [claim] })
                #expect(outcomes.count { $0 == .claimed } == 1)
                #expect(outcomes.count { $0 == .replayed } == 999)
                await writer.stop()
                try verify(subject, count: 1)
            },
            StorageContractCase("keeps every token that was given out, and knows their assertions after a restart") {
                subject in
                var writer = try await start(on: subject)
                let claims = try (0..<500).map { [try ContractSample.claim($0)] }
                #expect(await ask(writer, claims).allSatisfy { $0 == .claimed })
                await writer.stop()
                try verify(subject, count: 500)
                writer = try await start(on: subject)
                #expect(await ask(writer, claims).allSatisfy { $0 == .replayed })
                #expect(await ask(writer, [[try ContractSample.claim(1_000)]]) == [.claimed])
                await writer.stop()
                try verify(subject, count: 501)
            },
            StorageContractCase("fails alone a request that says so, and frees its claims; the others get tokens") {
                subject in
                let writer = try await start(on: subject)
                let claims = try (0..<300).map { [try ContractSample.claim($0)] }
                let faulty = Set(stride(from: 0, to: 300, by: 3).map { claims[$0] })
                let outcomes = await ask(writer, claims) {
                    faulty.contains($0) ? FailedAlone(cause: ContractFault()) : nil
                }
                #expect(outcomes.count { $0 == .claimed } == 200)
                #expect(outcomes.count { $0 == nil } == 100)
                #expect(writer.impediment == nil)
                let again = await ask(writer, claims)
                #expect(again.count { $0 == .claimed } == 100)
                #expect(again.count { $0 == .replayed } == 200)
                await writer.stop()
                try verify(subject, count: 300)
            },
            StorageContractCase("runs acts of administration between the batches, on the same chain") { subject in
                let writer = try await start(on: subject)
                let claims = try (0..<200).map { [try ContractSample.claim($0)] }
                async let outcomes = ask(writer, claims)
                for _ in 0..<20 {
                    _ = try await writer.perform { try $0.append(ContractSample.event(.accessGranted), claiming: []) }
                }
                #expect(await outcomes.allSatisfy { $0 == .claimed })
                await writer.stop()
                try verify(subject, count: 220)
            },
        ]
    }

    private static func start(on subject: Subject) async throws -> LedgerWriter<Subject.Store> {
        let writer = LedgerWriter(
            store: try subject.open(),
            settings: LedgerWriterSettings(window: ContractSample.window),
            clock: FixedClock(ContractSample.now)
        )
        try await writer.start()
        return writer
    }

    private static func ask(
        _ writer: LedgerWriter<Subject.Store>,
        _ requests: [[ReplayClaim]],
        fault: @escaping @Sendable ([ReplayClaim]) -> (any Error)? = { _ in nil }
    ) async -> [WriterMemory.ClaimOutcome?] {
        await withTaskGroup(of: WriterMemory.ClaimOutcome?.self) { group in
            for claims in requests {
                group.addTask {
                    await withUnsafeContinuation {
                        writer.submit(ContractRequest<Subject.Store.Transaction>(claims, fault: fault(claims), $0))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}

/// A request that claims and appends; ends with nil when it fails, alone with `fault` or with its batch.
private final class ContractRequest<Transaction: LedgerTransaction>: LedgerWork {
    private let claims: [ReplayClaim]
    private let fault: (any Error)?
    private let continuation: UnsafeContinuation<WriterMemory.ClaimOutcome?, Never>
    private let outcome = Mutex<WriterMemory.ClaimOutcome?>(nil)

    init(
        _ claims: [ReplayClaim],
        fault: (any Error)?,
        _ continuation: UnsafeContinuation<WriterMemory.ClaimOutcome?, Never>
    ) {
        self.claims = claims
        self.fault = fault
        self.continuation = continuation
    }

    func write(in transaction: Transaction, with memory: WriterMemory) throws {
        let outcome = memory.claim(claims)
        self.outcome.withLock { $0 = outcome }
        if let fault { throw fault }
        if outcome == .claimed { try transaction.append(ContractSample.event(), claiming: claims) }
    }

    func committed() { continuation.resume(returning: outcome.withLock { $0 }) }
    func failed(_ error: any Error) { continuation.resume(returning: nil) }
}
