import Synchronization
import Testing
import Vocabulary

@testable import Organisations

@Suite("Change feeds: what a sync comes to")
struct RegisterSyncTests {
    private let register = ScriptedRegister()
    private let local = SyncedRegister()
    private let number = Samples.number(at: 0)

    private func sync(pageSize: Int = 10, attempts: Int = 3) -> RegisterSync<SyncedRegister> {
        let patience = RegisterAPI.Patience(attempts: attempts) { _ in }
        return RegisterSync(
            from: RegisterAPI(base: "http://register.test/api/", over: register, patience: patience),
            into: local,
            pageSize: pageSize
        )
    }

    @discardableResult
    private func catchUp(_ feed: RegisterFeed = .mainUnits, pageSize: Int = 10) async throws -> SyncReport {
        try await sync(pageSize: pageSize).catchUp(with: feed, from: { Timestamp(seconds: 0) })
    }

    private func entry(_ id: Int64, _ type: String?, _ named: OrganisationNumber? = nil) -> ScriptedRegister.Entry {
        .init(id: id, time: "2026-07-05T04:01:\(10 + id % 50).5Z", number: "\(named ?? number)", type: type)
    }

    @Test("new, changed and unknown: what holds now is fetched", arguments: ["Ny", "Endring", "Ukjent", "Annet", nil])
    func changed(type: String?) async throws {
        register.state.withLock { $0.contents["enheter/\(number)"] = Samples.main(number) }
        register.tell(.mainUnits, entry(7, type))
        let report = try await catchUp()
        #expect(report.entries == 1 && report.applied.added == 1)
        #expect(local.units[number]?.isLive == true)
        #expect(local.cursor(of: .mainUnits) == .after(id: 7))
    }

    @Test
    func `Sletting keeps number and day, as the register shows the unit or, where it does not, as the feed tells`()
        async throws
    {
        let other = Samples.number(at: 1)
        register.state.withLock {
            $0.contents["enheter/\(number)"] = Samples.main(number)
            $0.contents["enheter/\(other)"] = Samples.main(other)
        }
        register.tell(.mainUnits, entry(1, "Ny"), entry(2, "Ny", other))
        try await catchUp()
        register.state.withLock {
            $0.contents["enheter/\(number)"] = Samples.deleted(number)
            $0.contents["enheter/\(other)"] = nil
        }
        register.tell(.mainUnits, entry(5, "Sletting"), entry(6, "Sletting", other))
        try await catchUp()
        #expect(local.units[number]?.deleted == Samples.day("2024-02-29"))
        #expect(local.units[other]?.deleted == Samples.day("2026-07-05"))
    }

    @Test func `Fjernet purges unasked and leaves number and kind`() async throws {
        register.state.withLock { $0.contents["enheter/\(number)"] = Samples.main(number) }
        register.tell(.mainUnits, entry(1, "Ny"))
        try await catchUp()
        register.tell(.mainUnits, entry(2, "Endring"), entry(3, "Fjernet"))
        let before = register.asked.count
        try await catchUp()
        let left = try #require(local.units[number])
        #expect(left.isPurged && left.name.isEmpty && !left.isLive && left.kind == .mainUnit)
        #expect(register.asked.dropFirst(before).allSatisfy { !$0.hasPrefix("enheter/") })
    }

    @Test func `410 on the follow-up purges, 404 is counted and changes nothing`() async throws {
        let other = Samples.number(at: 1)
        register.state.withLock { $0.gone = ["enheter/\(number)"] }
        register.tell(.mainUnits, entry(1, "Endring"), entry(2, "Endring", other))
        let report = try await catchUp()
        #expect(local.units[number]?.isPurged == true)
        #expect(local.units[other] == nil)
        #expect(report.notFound == 1)
        #expect(local.cursor(of: .mainUnits) == .after(id: 2))
    }

    @Test func `sub-units have a feed and a cursor of their own`() async throws {
        register.state.withLock { $0.contents["underenheter/\(number)"] = Samples.sub(number) }
        register.tell(.subUnits, entry(1_000, "Ny"))
        try await catchUp(.subUnits)
        #expect(local.units[number]?.kind == .subUnit)
        #expect(local.cursor(of: .mainUnits) == nil)
        #expect(local.cursor(of: .subUnits) == .after(id: 1_000))
    }

    @Test func `of many changes to a unit on one page only what holds now is asked for, once`() async throws {
        register.state.withLock { $0.contents["enheter/\(number)"] = Samples.main(number, name: "NOW AS") }
        register.tell(.mainUnits, entry(1, "Ny"), entry(2, "Endring"), entry(3, "Endring"))
        let report = try await catchUp()
        #expect(report.entries == 3)
        #expect(register.asked.filter { $0 == "enheter/\(number)" }.count == 1)
        #expect(local.units[number]?.name == "NOW AS")
    }

    @Test func `an answer that cannot be used is named and does not keep back later changes`() async throws {
        let (other, third) = (Samples.number(at: 1), Samples.number(at: 2))
        register.state.withLock {
            $0.contents["enheter/\(number)"] = "<html>"
            $0.contents["enheter/\(other)"] = Samples.main(other)
            $0.contents["enheter/\(third)"] = Samples.main(number)
        }
        register.tell(.mainUnits, entry(1, "Ny"), entry(2, "Ny", other), entry(3, "Ny", third))
        let report = try await catchUp()
        #expect(report.unusableCount == 2)
        #expect(Set(report.unusable.map(\.number)) == [number, third])
        #expect(local.units.keys.sorted() == [other])
    }

    @Test func `roles are fetched for each unit that an event names; 404 and 410 leave none`() async throws {
        let (other, third) = (Samples.number(at: 1), Samples.number(at: 2))
        let holder = Samples.number(at: 3)
        register.state.withLock {
            $0.contents["enheter/\(number)/roller"] = """
                {"rollegrupper":[{"type":{"kode":"REVI"},"roller":[{"type":{"kode":"REVI"},"avregistrert":false,\
                "enhet":{"organisasjonsnummer":"\(holder)","erSlettet":false}}]}],\
                "_links":{"enhet":{"href":"https://x/enheter/\(number)"}}}
                """
            $0.gone = ["enheter/\(third)/roller"]
        }
        register.tell(.roles, entry(1, nil), entry(2, nil, other), entry(3, nil, third))
        let report = try await catchUp(.roles)
        #expect(report.unusableCount == 0)
        let roles = local.state.withLock(\.roles)
        #expect(roles[number]?.roles == [.init(code: "REVI", holder: .organisation(holder))])
        #expect(roles[other]?.roles == [] && roles[third]?.roles == [])
    }

    @Test("more events in one second than a page holds are all read", arguments: [1, 7])
    func manyEventsOfASecond(perInstant: Int) async throws {
        let numbers = (0..<45).map { Samples.number(at: $0) }
        for (index, number) in numbers.enumerated() {
            let time = "2026-07-05T04:01:39.\(100 + index / perInstant)Z"
            register.tell(.roles, .init(id: Int64(index), time: time, number: "\(number)", type: nil))
        }
        try await catchUp(.roles, pageSize: 10)
        #expect(Set(local.state.withLock(\.roles).keys) == Set(numbers))
        let asked = register.asked.count
        let again = try await catchUp(.roles, pageSize: 10)
        #expect(again.entries == 0)
        #expect(register.asked.dropFirst(asked).allSatisfy { $0.hasPrefix("oppdateringer/") })
    }

    @Test func `a passing fault is waited out as long as the register asks, others are told at once`() async throws {
        let waits = Waits()
        let api = RegisterAPI(
            base: "http://register.test/api",
            over: register,
            patience: .init(attempts: 4, firstWait: .seconds(1), longestWait: .seconds(30)) { waits.add($0) }
        )
        let retry = [OutboundRequest.Header("Retry-After", "7")]
        register.state.withLock {
            $0.faults = [
                .failure(.timedOut), .success(OutboundAnswer(status: 503)),
                .success(OutboundAnswer(status: 429, headers: retry)),
            ]
        }
        _ = try await api.page(of: .mainUnits, behind: .after(id: 0), size: 10)
        #expect(waits.all == [.seconds(1), .seconds(2), .seconds(7)])
        register.state.withLock { $0.faults = [.success(OutboundAnswer(status: 403))] }
        await #expect(throws: RegisterAPIFault.self) {
            try await api.page(of: .mainUnits, behind: .after(id: 0), size: 10)
        }
        #expect(waits.all.count == 3)
    }

    @Test func `patience ends`() async throws {
        register.state.withLock { $0.faults = Array(repeating: .failure(.network("refused")), count: 9) }
        let fault = await #expect(throws: RegisterAPIFault.self) { try await catchUp() }
        #expect(fault?.attempts == 3)
        #expect(local.batches.isEmpty)
    }

    /// Nothing is lost and nothing done twice, whatever page size, faults of the net and crashes of the store come together.
    @Test("over random registers, a broken-off sync ends where an unbroken one does", arguments: 0..<60)
    func property(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        var id: Int64 = 0
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            for _ in 0..<Int.random(in: 0...25, using: &random) {
                id += Int64.random(in: 1...9, using: &random)
                change(Samples.number(at: Int.random(in: 0..<12, using: &random)), id: id, &random)
            }
            // Broken off until it gets through.
            for attempt in 0... {
                register.state.withLock { state in
                    state.faults =
                        attempt > 8 ? [] : (0..<Int.random(in: 0...3, using: &random)).map { _ in .failure(.timedOut) }
                }
                if attempt < 8, Bool.random(using: &random) {
                    local.state.withLock { $0.failsIn = Int.random(in: 0...3, using: &random) }
                }
                do {
                    try await catchUp(pageSize: Int.random(in: 1...7, using: &random))
                    break
                } catch is SyncedRegister.Broken {
                } catch is RegisterAPIFault {}
            }
        }
        let register = register.state.withLock { $0 }
        for index in 0..<12 {
            let number = Samples.number(at: index)
            guard register.feeds[.mainUnits]?.contains(where: { $0.number == "\(number)" }) == true else { continue }
            let path = "enheter/\(number)"
            if register.gone.contains(path) {
                #expect(local.units[number]?.isPurged == true)
            } else if let content = register.contents[path] {
                #expect(try local.units[number] == unit(content))
            }
        }
        #expect(local.cursor(of: .mainUnits) == (id > 0 ? .after(id: id) : .since(Timestamp(seconds: 0))))
        // Each entry was applied in exactly one batch that stayed: cursors only rise.
        let cursors = local.batches.compactMap { batch -> Int64? in
            guard case .after(let id) = batch.cursor else { return nil }
            return id
        }
        #expect(cursors == cursors.sorted())
    }

    private func change(_ number: OrganisationNumber, id: Int64, _ random: inout SplitMix) {
        let path = "enheter/\(number)"
        let kind = Int.random(in: 0..<10, using: &random)
        register.state.withLock { state in
            guard !state.gone.contains(path) else {
                return state.feeds[.mainUnits, default: []].append(entry(id, "Endring", number))
            }
            switch kind {
            case 0:
                state.gone.insert(path)
                state.contents[path] = nil
                state.feeds[.mainUnits, default: []].append(entry(id, "Fjernet", number))
            case 1, 2:
                state.contents[path] = Samples.deleted(number)
                state.feeds[.mainUnits, default: []].append(entry(id, "Sletting", number))
            default:
                state.contents[path] = Samples.main(number, name: "N\(id)")
                state.feeds[.mainUnits, default: []].append(entry(id, "Endring", number))
            }
        }
    }
}

/// The waits that were asked for.
private final class Waits: Sendable {
    private let list = Mutex<[Duration]>([])
    var all: [Duration] { list.withLock { $0 } }
    func add(_ wait: Duration) { list.withLock { $0.append(wait) } }
}

/// A generator of reproducible numbers (SplitMix64, public domain).
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
