import Foundation
import Organisations
import Synchronization
import Vocabulary

/// A register with its change feeds, in memory: what it is told to be, in the wire's own form.
final class ScriptedRegister: OutboundHTTP {
    struct Entry {
        var id: Int64
        var time: String
        var number: String
        var type: String?
    }

    struct State {
        /// What the register has of a unit or its roles, by path.
        var contents: [String: String] = [:]
        /// Paths that answer 410.
        var gone: Set<String> = []
        var feeds: [RegisterFeed: [Entry]] = [:]
        /// Answers given instead of the true ones, one by one.
        var faults: [Result<OutboundAnswer, OutboundFault>] = []
        var asked: [String] = []
    }

    let state = Mutex(State())

    var asked: [String] { state.withLock(\.asked) }

    func tell(_ feed: RegisterFeed, _ entries: Entry...) {
        state.withLock { $0.feeds[feed, default: []] += entries }
    }

    func send(_ request: OutboundRequest) async throws(OutboundFault) -> OutboundAnswer {
        let path = String(request.url.dropFirst("http://register.test/api/".count))
        let answer = state.withLock { state -> Result<OutboundAnswer, OutboundFault> in
            state.asked.append(path)
            if !state.faults.isEmpty { return state.faults.removeFirst() }
            return .success(Self.answer(to: path, from: state))
        }
        return try answer.get()
    }

    private static func answer(to path: String, from state: State) -> OutboundAnswer {
        let parts = path.split(separator: "?", maxSplits: 1)
        if let feed = RegisterFeed.allCases.first(where: { $0.address == parts[0] }) {
            return page(of: feed, query: parts.count > 1 ? String(parts[1]) : "", from: state)
        }
        if state.gone.contains(path) { return OutboundAnswer(status: 410) }
        guard let content = state.contents[path] else { return OutboundAnswer(status: 404) }
        return OutboundAnswer(status: 200, body: Array(content.utf8))
    }

    private static func page(of feed: RegisterFeed, query: String, from state: State) -> OutboundAnswer {
        var parameters: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1)
            parameters[String(halves[0])] = halves.count > 1 ? String(halves[1]) : ""
        }
        let size = parameters["size"].flatMap { Int($0) } ?? 20
        var entries = state.feeds[feed] ?? []
        if let id = parameters["oppdateringsid"].flatMap({ Int64($0) }) { entries = entries.filter { $0.id >= id } }
        if let day = parameters["dato"] { entries = entries.filter { $0.time >= day.dropLast() } }
        if let time = parameters["afterTime"] { entries = entries.filter { $0.time > time } }
        let page = Array(entries.prefix(size))
        let body = feed == .roles ? events(page) : hal(page, of: feed, total: entries.count, size: size)
        return OutboundAnswer(status: 200, body: Array(body.utf8))
    }

    private static func hal(_ page: [Entry], of feed: RegisterFeed, total: Int, size: Int) -> String {
        let frame =
            #""_links":{"self":{"href":"x/oppdateringer/y"}},"page":{"size":\#(size),"totalElements":\#(total)}"#
        // An empty page has no `_embedded`.
        guard !page.isEmpty else { return "{\(frame)}" }
        let entries = page.map { entry in
            let type = entry.type.map { #","endringstype":"\#($0)""# } ?? ""
            return """
                {"oppdateringsid":\(entry.id),"dato":"\(entry.time)","organisasjonsnummer":"\(entry.number)"\(type)}
                """
        }
        let name = feed == .mainUnits ? "oppdaterteEnheter" : "oppdaterteUnderenheter"
        return #"{"_embedded":{"\#(name)":[\#(entries.joined(separator: ","))]},\#(frame)}"#
    }

    private static func events(_ page: [Entry]) -> String {
        let events = page.map { entry in
            """
            {"specversion":"1.0","id":"\(entry.id)","source":"brreg","type":"no.brreg.enhetsregisteret.rolle.oppdatert",\
            "time":"\(entry.time)","data":{"organisasjonsnummer":"\(entry.number)"}}
            """
        }
        return "[\(events.joined(separator: ","))]"
    }
}

extension RegisterFeed {
    fileprivate var address: String {
        switch self {
        case .mainUnits: "oppdateringer/enheter"
        case .subUnits: "oppdateringer/underenheter"
        case .roles: "oppdateringer/roller"
        }
    }
}

/// A local register that works, in memory, and that can be made to fail.
final class SyncedRegister: RegisterSyncStore {
    struct State {
        var units: [OrganisationNumber: Organisation] = [:]
        var roles: [OrganisationNumber: RegisteredRoles] = [:]
        var cursors: [RegisterFeed: FeedCursor] = [:]
        var batches: [SyncBatch] = []
        /// Fails at the so-manyth batch from now.
        var failsIn: Int?
    }

    struct Broken: Error {}

    let state = Mutex(State())

    var units: [OrganisationNumber: Organisation] { state.withLock(\.units) }
    var batches: [SyncBatch] { state.withLock(\.batches) }

    func cursor(of feed: RegisterFeed) -> FeedCursor? { state.withLock { $0.cursors[feed] } }

    func apply(_ batch: SyncBatch) throws -> SyncReport.Applied {
        try state.withLock { state in
            if let left = state.failsIn {
                state.failsIn = left > 0 ? left - 1 : nil
                if left == 0 { throw Broken() }
            }
            var applied = SyncReport.Applied()
            for unit in batch.units {
                applied.added += state.units[unit.number] == nil ? 1 : 0
                state.units[unit.number] = unit
            }
            for deletion in batch.deletions where state.units[deletion.number]?.isLive == true {
                state.units[deletion.number]?.deleted = deletion.day
                applied.closed += 1
            }
            for roles in batch.roles { state.roles[roles.number] = roles }
            state.cursors[batch.feed] = batch.cursor
            state.batches.append(batch)
            return applied
        }
    }
}
