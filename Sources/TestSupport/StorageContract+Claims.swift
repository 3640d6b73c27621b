internal import AuditLedger
internal import Testing
internal import Vocabulary

/// Replay claims and the clock's record.
extension StorageContract {
    static var claims: [StorageContractCase<Subject>] {
        [
            StorageContractCase("gives back every claim of the ledger's tail") { subject in
                let now = ContractSample.now
                // Older than the walk by one second, as old as the walk, and new.
                let ages = [ContractSample.window.walk.count + 1, ContractSample.window.walk.count, 0]
                try subject.open().transaction { transaction in
                    for (number, age) in ages.enumerated() {
                        let time = now - Seconds(age)
                        try transaction.append(
                            ContractSample.event(at: time),
                            claiming: [try ContractSample.claim(number, issued: time)]
                        )
                    }
                }
                #expect(try visited(subject, mark: now) == [try held(1, age: ages[1]), try held(2, age: 0)])
            },
            StorageContractCase("finds claims behind rows without claims, whatever time those bear") { subject in
                let now = ContractSample.now
                try subject.open().transaction { transaction in
                    try transaction.append(ContractSample.event(at: now), claiming: [try ContractSample.claim(1)])
                    for days in Int64(-400)...400 {
                        try transaction.append(
                            ContractSample.event(.accessGranted, at: now + .days(days)),
                            claiming: []
                        )
                    }
                }
                #expect(try visited(subject, mark: now) == [try held(1, age: 0)])
            },
            StorageContractCase("gives back stray claims too, wherever their rows lie") { subject in
                let now = ContractSample.now
                let strays = try (1...3).map { HeldClaim(try ContractSample.claim($0, issued: now + .days(1))) }
                let store = try subject.open()
                try store.transaction { try $0.storeStray(strays) }
                try store.transaction { try $0.storeStray([]) }
                #expect(try visited(subject, mark: now) == Set(strays))
            },
        ]
    }

    static var clock: [StorageContractCase<Subject>] {
        [
            StorageContractCase("remembers what is known of the clock") { subject in
                let boot = ClockRecord.Boot(id: "3a5f", offset: -17)
                let records = [
                    ClockRecord(mark: ContractSample.now, boot: boot, acceptances: 3, barredUntil: ContractSample.now),
                    ClockRecord(mark: ContractSample.now - .days(1)),
                ]
                for record in records {
                    try subject.open().transaction { try $0.store(record) }
                    #expect(try subject.open().transaction { try $0.clockRecord } == record)
                }
            },
            StorageContractCase("begins with a mark that no clock is behind") { subject in
                let record = try subject.open().transaction { try $0.clockRecord }
                #expect(record == ClockRecord(mark: Timestamp(seconds: 0)))
            },
            StorageContractCase("files claims that a lower mark calls back to life") { subject in
                let now = ContractSample.now
                let store = try subject.open()
                try store.transaction { transaction in
                    try transaction.append(ContractSample.event(at: now), claiming: [try ContractSample.claim(1)])
                    try transaction.store(ClockRecord(mark: now + .days(1)))
                }
                try store.transaction { transaction in
                    let before = try transaction.acceptClock(
                        now - .hours(1),
                        boot: ClockRecord.Boot(id: "3a5f", offset: 0),
                        window: ContractSample.window,
                        recording: ContractSample.event(.clockAccepted, at: now - .hours(1))
                    )
                    #expect(before.mark == now + .days(1))
                }
                // Rows of the hour that is lived through again push it out of the tail.
                try store.transaction { transaction in
                    for minute in Int64(-60)...(-10) {
                        let time = now + .minutes(minute)
                        try transaction.append(
                            ContractSample.event(at: time),
                            claiming: [try ContractSample.claim(1_000 + Int(minute), issued: time)]
                        )
                    }
                }
                #expect(try visited(subject, mark: now - .minutes(5)).contains(try held(1, age: 0)))
                let record = try store.transaction { try $0.clockRecord }
                #expect(record.mark == now - .hours(1))
                #expect(record.acceptances == 1)
                #expect(record.barredUntil == now - .hours(1) + ContractSample.window.skew)
            },
        ]
    }

    private static func held(_ number: Int, age: Int64) throws -> HeldClaim {
        HeldClaim(try ContractSample.claim(number, issued: ContractSample.now - Seconds(age)))
    }

    private static func visited(_ subject: Subject, mark: Timestamp) throws -> Set<HeldClaim> {
        try subject.open().transaction { transaction in
            var claims: Set<HeldClaim> = []
            try transaction.visitClaims(mark: mark, window: ContractSample.window) { claims.insert($0) }
            return claims
        }
    }
}
