package import Vocabulary

/// Brings the local register up to date by a feed of changes, page by page, each page with its cursor in one act.
///
/// Of a page only the last change of each unit counts, and what holds now is asked for: so reading a page twice, after a
/// crash, ends in the same state.
package struct RegisterSync<Store: RegisterSyncStore>: Sendable {
    /// The most entries that the register gives at once.
    private static var largestPage: Int { 10_000 }

    private let api: RegisterAPI
    private let store: Store
    private let pageSize: Int
    private let requestsAtOnce: Int

    /// A sync that asks for `pageSize` entries a page (10,000 at the most), and for `requestsAtOnce` units at a time.
    package init(from api: RegisterAPI, into store: Store, pageSize: Int = 1_000, requestsAtOnce: Int = 8) {
        self.api = api
        self.store = store
        self.pageSize = min(max(pageSize, 1), Self.largestPage)
        self.requestsAtOnce = max(requestsAtOnce, 1)
    }

    /// Reads a feed to its present end.
    ///
    /// - Parameters:
    ///   - feed: The feed.
    ///   - start: From when on changes count, when the feed was never read.
    ///   - progress: Told after each page.
    /// - Returns: What came of it.
    /// - Throws: ``RegisterAPIFault``, ``SyncObstacle``, `CancellationError`, or what the store throws; what was applied up to
    ///   then stays, and the next call goes on behind it.
    package func catchUp(
        with feed: RegisterFeed,
        from start: @Sendable () throws -> Timestamp,
        progress: @Sendable (SyncReport) -> Void = { _ in }
    ) async throws -> SyncReport {
        var stored = try store.cursor(of: feed)
        var cursor = try stored ?? .since(try start())
        var report = SyncReport(feed: feed)
        var size = pageSize
        while true {
            let page = try await api.page(of: feed, behind: cursor, size: size)
            guard page.cursor != cursor else {
                if page.hasMore {
                    // A page of events that are all known already: those behind them are on a larger one.
                    size = try largerPage(than: size, of: feed)
                    continue
                }
                // Nothing new; that the feed was reached is worth keeping.
                var batch = SyncBatch(feed: feed, behind: stored, cursor: cursor)
                batch.isLast = true
                report.applied += try store.apply(batch)
                return report
            }
            var batch = SyncBatch(feed: feed, behind: stored, cursor: page.cursor)
            batch.isLast = !page.hasMore
            try await fill(&batch, with: page)
            report.entries += page.changes.count + page.malformedCount
            report.malformed += page.malformedCount
            report.notFound += batch.notFound
            report.add(batch.unusable)
            report.applied += try store.apply(batch)
            report.latest = page.changes.compactMap(\.time).max() ?? report.latest
            cursor = page.cursor
            stored = cursor
            progress(report)
            guard page.hasMore else { return report }
        }
    }

    private func largerPage(than size: Int, of feed: RegisterFeed) throws(RegisterAPIFault) -> Int {
        guard size < Self.largestPage else {
            throw RegisterAPIFault(path: feed.path, cause: "more than \(size) events are of one instant")
        }
        return min(size * 4, Self.largestPage)
    }

    /// Fetches what the changes of a page are about.
    private func fill(_ batch: inout SyncBatch, with page: FeedPage) async throws {
        var latest: [OrganisationNumber: FeedChange] = [:]
        for change in page.changes { latest[change.number] = change }
        var asked: [FeedChange] = []
        for change in latest.values.sorted(by: { $0.number < $1.number }) {
            // What was removed must not be asked for: its content is not to be had any more.
            if change.kind == .removed, let kind = batch.feed.kind {
                batch.units.append(.purged(change.number, kind: kind))
            } else {
                asked.append(change)
            }
        }
        var rest = asked[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            let some = Array(rest.prefix(requestsAtOnce))
            rest = rest.dropFirst(requestsAtOnce)
            for (change, answer) in try await answers(about: some, in: batch.feed) {
                take(answer, to: change, in: &batch)
            }
        }
    }

    private func answers(
        about changes: [FeedChange],
        in feed: RegisterFeed
    ) async throws -> [(FeedChange, RegisterAPI.Answer)] {
        try await withThrowingTaskGroup(of: (Int, RegisterAPI.Answer).self) { group in
            for (index, change) in changes.enumerated() {
                group.addTask { (index, try await api.content(of: change.number, in: feed)) }
            }
            var answers: [(Int, RegisterAPI.Answer)] = []
            for try await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map { (changes[$0.0], $0.1) }
        }
    }

    private func take(_ answer: RegisterAPI.Answer, to change: FeedChange, in batch: inout SyncBatch) {
        switch (batch.feed.kind, answer) {
        case (let kind?, .found(let bytes)):
            do {
                batch.units.append(try Self.unit(in: bytes, of: change.number, kind: kind))
            } catch {
                // One answer that cannot be used must not keep back all later changes; a deletion holds all the same.
                batch.unusable.append(SyncReport.Unusable(number: change.number, cause: "\(error)"))
                if change.kind == .deleted { batch.deletions.append(Self.deletion(change, of: kind)) }
            }
        case (let kind?, .gone):
            batch.units.append(.purged(change.number, kind: kind))
        case (let kind?, .notFound):
            // A deletion counts although the register tells no more of the unit.
            guard change.kind == .deleted else { return batch.notFound += 1 }
            batch.deletions.append(Self.deletion(change, of: kind))
        case (nil, .found(let bytes)):
            do {
                batch.roles.append(try Self.roles(in: bytes, of: change.number))
            } catch {
                batch.unusable.append(SyncReport.Unusable(number: change.number, cause: "\(error)"))
            }
        case (nil, .gone), (nil, .notFound):
            batch.roles.append(RegisteredRoles(number: change.number, roles: []))
        }
    }

    private static func deletion(_ change: FeedChange, of kind: Organisation.Kind) -> SyncBatch.Deletion {
        SyncBatch.Deletion(number: change.number, kind: kind, day: change.time.map(CalendarDate.init(of:)))
    }

    private static func unit(
        in bytes: [UInt8],
        of number: OrganisationNumber,
        kind: Organisation.Kind
    ) throws -> Organisation {
        var found: [Organisation] = []
        var malformed: [MalformedUnit] = []
        var reader = RegisterFileReader(MemoryByteSource(bytes), of: .units)
        _ = try reader.forEachBatch {
            found += try $0.units
            malformed += $0.malformed
        }
        if let fault = malformed.first { throw fault.reason }
        guard let unit = found.first, found.count == 1, unit.number == number else { throw ForeignAnswer() }
        guard unit.kind != kind else { return unit }
        // A deleted unit may tell no more than its number; the feed knows of which register it is.
        guard !unit.isLive else { throw ForeignAnswer() }
        return unit.deleted(as: kind)
    }

    private static func roles(in bytes: [UInt8], of number: OrganisationNumber) throws -> RegisteredRoles {
        var found: [RegisteredRoles] = []
        var malformed: [MalformedUnit] = []
        var reader = RegisterFileReader(MemoryByteSource(bytes), of: .roles)
        _ = try reader.forEachBatch {
            found += try $0.roles
            malformed += $0.malformed
        }
        if let fault = malformed.first { throw fault.reason }
        guard let roles = found.first, found.count == 1, roles.number == number else { throw ForeignAnswer() }
        return roles
    }
}

/// An answer that is about something else than was asked for.
private struct ForeignAnswer: Error, CustomStringConvertible {
    var description: String { "it is about another unit, or another kind of unit" }
}

extension Organisation {
    /// What is left of a unit that was removed for legal reasons: its number and kind.
    static func purged(_ number: OrganisationNumber, kind: Kind) -> Organisation {
        var unit = Organisation(number: number, kind: kind, name: "", form: Form(code: "", description: nil))
        unit.isPurged = true
        return unit
    }

    /// The same deleted unit, of another kind.
    fileprivate func deleted(as kind: Kind) -> Organisation {
        var unit = Organisation(number: number, kind: kind, name: name, form: form)
        unit.deleted = deleted
        unit.isDeleted = isDeleted
        return unit
    }
}
