internal import AuditLedger
internal import Testing
internal import Vocabulary

/// The chain of entries.
extension StorageContract {
    static var chain: [StorageContractCase<Subject>] {
        [
            StorageContractCase("numbers entries from 1 without a gap, each chained to the one before") { subject in
                let store = try subject.open()
                for round in 0..<3 {
                    try store.transaction { transaction in
                        for number in 1...4 {
                            let position = try transaction.append(ContractSample.event(), claiming: [])
                            #expect(position == LedgerPosition(node: subject.node, sequence: Int64(round * 4 + number)))
                        }
                    }
                }
                try verify(subject, count: 12)
            },
            StorageContractCase("keeps the event and its claims as they were given") { subject in
                let claims = [try ContractSample.claim(1), try ContractSample.claim(2)]
                try subject.open().transaction { _ = try $0.append(ContractSample.event(), claiming: claims) }
                let row = try #require(subject.rows().first)
                let content = try LedgerContent(parsing: row.entry.body)
                #expect(content.event == ContractSample.event())
                #expect(content.claims.claims == claims.map { HeldClaim($0) })
                #expect(row.claims == content.claims.bytes)
            },
            StorageContractCase("salts equal events apart") { subject in
                try subject.open().transaction { transaction in
                    for _ in 0..<200 { try transaction.append(ContractSample.event(), claiming: []) }
                }
                let salts = try subject.rows().map { try LedgerContent(parsing: $0.entry.body).salt }
                #expect(Set(salts).count == 200)
                #expect(salts.allSatisfy { $0.count == LedgerEntry.saltLength })
            },
            StorageContractCase("leaves nothing of a transaction whose body throws") { subject in
                let store = try subject.open()
                try store.transaction { _ = try $0.append(ContractSample.event(), claiming: []) }
                #expect(throws: ContractFault()) {
                    try store.transaction { transaction in
                        try transaction.append(ContractSample.event(), claiming: [])
                        try transaction.store(ClockRecord(mark: ContractSample.now))
                        throw ContractFault()
                    }
                }
                #expect(try store.transaction { try $0.clockRecord.mark } != ContractSample.now)
                try store.transaction { _ = try $0.append(ContractSample.event(), claiming: []) }
                try verify(subject, count: 2)
            },
            StorageContractCase("extends one chain whoever writes, and after a restart") { subject in
                let stores = [try subject.open(), try subject.open()]
                for number in 0..<10 {
                    try stores[number % 2].transaction { _ = try $0.append(ContractSample.event(), claiming: []) }
                }
                try subject.open().transaction { _ = try $0.append(ContractSample.event(), claiming: []) }
                try verify(subject, count: 11)
            },
            StorageContractCase("does not raise the revision for entries of the ledger") { subject in
                let store = try subject.open()
                let before = try store.transaction { try $0.revision }
                try store.transaction { _ = try $0.append(ContractSample.event(), claiming: []) }
                #expect(try store.transaction { try $0.revision } == before)
            },
        ]
    }

    static func verify(_ subject: Subject, count: Int64) throws {
        var verifier = LedgerVerifier(node: subject.node)
        for row in try subject.rows() { try verifier.check(row) }
        #expect(verifier.checked == count)
    }
}
