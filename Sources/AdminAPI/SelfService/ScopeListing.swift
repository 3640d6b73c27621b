import HTTPServer
import JOSE
import NIOCore
import Scopes
import Synchronization
import TokenIssuance
import Vocabulary

/// The public scopes as bytes that were made beforehand: whoever asks waits for no database (spec §6.4).
final class ScopeListing: Sendable {
    /// Which scopes are asked for; what is nil does not matter.
    struct Filter: Sendable, Hashable {
        /// Whether a grant is needed.
        var isAccessibleForAll: Bool?
        /// Whether suppliers can be delegated to, or in which register.
        var delegation: Delegation?
        /// An integration type that may hold it.
        var integrationType: String?
        var offset = 0
        var limit = Int(ListWindow.maximumItems)

        enum Delegation: Sendable, Hashable {
            case any
            case none
            case source(String)
        }
    }

    /// A part of the list, ready to be sent.
    struct Part: Sendable {
        let body: ByteBuffer
        let entityTag: String
        /// How many scopes fit the filter.
        let total: Int
        /// How many of them it shows.
        let count: Int
    }

    fileprivate struct Item: Sendable {
        let bytes: [UInt8]
        /// Tells the bytes from others, so that nobody reads them all again for a tag.
        let hash: UInt64
        let created: Timestamp
        let lastUpdated: Timestamp
        let isAccessibleForAll: Bool
        let delegationSource: String?
        let integrationTypes: [String]
    }

    /// A register of delegations that public scopes name.
    struct Source: Sendable {
        let issuer: String
        let created: Timestamp
        let lastUpdated: Timestamp
    }

    private struct Edition: Sendable {
        var revision: Int64 = -1
        /// When all scopes were read.
        var wholeSince: Timestamp?
        /// When the scope was changed that was changed last of those that were read.
        var newest: Timestamp?
        var byName: [ScopeName: Item] = [:]
        /// The same in the order of their names.
        var items: [Item] = []
        var sources: [Source] = []
        var tag = "0"
        /// The parts that were asked for, so that the same question is a copy of nothing.
        var parts: [Filter: Part] = [:]
    }

    /// The most answers that are kept; strangers ask, and each may be large.
    private static let maximumParts = 16

    private let issuer: Issuer
    private let edition = Mutex(Edition())

    init(issuer: Issuer) { self.issuer = issuer }

    /// Of how long ago changes are read again: a change has the time at which it was asked for, and waited to be written.
    private static let margin = Seconds.minutes(2)
    /// After so long all scopes are read, whatever they say of when they were changed: clocks are set.
    private static let wholeInterval = Seconds.minutes(5)

    /// The revision of the facts that it was made of, negative before the first time; and since when scopes may have changed
    /// that it does not know, nil when all are to be read.
    func known(at now: Timestamp) -> (revision: Int64, since: Timestamp?) {
        edition.withLock { edition in
            guard let whole = edition.wholeSince, let newest = edition.newest, whole <= now,
                now < whole + Self.wholeInterval
            else { return (edition.revision, nil) }
            return (edition.revision, min(newest, now) - Self.margin)
        }
    }

    /// Brings the list up to date by scopes as they are at a revision, all of them or those that may have changed.
    ///
    /// Inactive ones are among them. What has not changed keeps its entity tags. One at a time calls it.
    func take(_ scopes: [Scope], revision: Int64, isWhole: Bool, at now: Timestamp) {
        var next = edition.withLock { $0 }
        let tag = next.tag
        next.revision = revision
        if isWhole {
            next.byName = [:]
            next.newest = nil
            next.wholeSince = now
        }
        for scope in scopes {
            next.newest = max(next.newest ?? scope.lastUpdated, scope.lastUpdated)
            next.byName[scope.name] = scope.isActive && scope.visibility == .everyone ? item(scope) : nil
        }
        next.items = next.byName.sorted { $0.key < $1.key }.map(\.value)
        next.tag = Self.tag(of: next.items)
        if next.tag != tag {
            next.parts = [:]
            next.sources = sources(of: next.items)
        }
        edition.withLock { edition in
            // What was asked for meanwhile is kept where it still holds.
            if next.tag == tag { next.parts = edition.parts }
            edition = next
        }
    }

    private func item(_ scope: Scope) -> Item {
        let bytes = scope.jsonObject.encoded()
        var hash = FNV()
        hash.add(bytes)
        return Item(
            bytes: bytes,
            hash: hash.value,
            created: scope.created,
            lastUpdated: scope.lastUpdated,
            isAccessibleForAll: scope.isAccessibleForAll,
            delegationSource: scope.delegationSource.map(register),
            integrationTypes: scope.allowedIntegrationTypes
        )
    }

    /// The scopes that fit a filter.
    func part(_ filter: Filter) -> Part {
        let (known, items, tag) = edition.withLock { ($0.parts[filter], $0.items, $0.tag) }
        if let known { return known }
        let part = Self.part(of: items.filter { $0.fits(filter, own: issuer.rawValue) }, filter, tag: tag)
        edition.withLock { edition in
            guard edition.tag == tag else { return }
            if edition.parts.count >= Self.maximumParts { edition.parts.removeAll() }
            edition.parts[filter] = part
        }
        return part
    }

    /// The registers in which public scopes are delegated; this server's own is always there.
    var sources: [Source] { edition.withLock { $0.sources } }

    // MARK: Parts

    /// `internal` stands for the issuer in all that others see (DESIGN §8).
    private func register(_ source: String) -> String {
        source == ScopeRules.internalDelegationSource ? issuer.rawValue : source
    }

    private func sources(of scopes: [Item]) -> [Source] {
        var found = [
            issuer.rawValue: Source(
                issuer: issuer.rawValue,
                created: Timestamp(seconds: 0),
                lastUpdated: Timestamp(seconds: 0)
            )
        ]
        var named: Set<String> = []
        for scope in scopes {
            guard let name = scope.delegationSource else { continue }
            let before = named.insert(name).inserted ? nil : found[name]
            found[name] = Source(
                issuer: name,
                created: min(before?.created ?? scope.created, scope.created),
                lastUpdated: max(before?.lastUpdated ?? scope.lastUpdated, scope.lastUpdated)
            )
        }
        return found.values.sorted { $0.issuer < $1.issuer }
    }

    private static func part(of items: [Item], _ filter: Filter, tag: String) -> Part {
        let start = min(filter.offset, items.count)
        let shown = items[start..<min(items.count, start + filter.limit)]
        var body = ByteBuffer()
        body.reserveCapacity(shown.reduce(2) { $0 + $1.bytes.count + 1 })
        body.writeInteger(UInt8(ascii: "["))
        for (index, item) in shown.enumerated() {
            if index > 0 { body.writeInteger(UInt8(ascii: ",")) }
            body.writeBytes(item.bytes)
        }
        body.writeInteger(UInt8(ascii: "]"))
        var filterTag = FNV()
        filterTag.add(Array("\(filter)".utf8))
        return Part(body: body, entityTag: "\"\(tag)-\(filterTag.text)\"", total: items.count, count: shown.count)
    }

    private static func tag(of items: [Item]) -> String {
        var hash = FNV()
        for item in items { hash.add(item.hash) }
        return "\(hash.text)-\(String(items.count, radix: 16))"
    }
}

extension ScopeListing.Item {
    fileprivate func fits(_ filter: ScopeListing.Filter, own issuer: String) -> Bool {
        if let wanted = filter.isAccessibleForAll, wanted != isAccessibleForAll { return false }
        if let type = filter.integrationType, !integrationTypes.isEmpty, !integrationTypes.contains(type) {
            return false
        }
        switch filter.delegation {
        case nil: return true
        case .any?: return delegationSource != nil
        case .none?: return delegationSource == nil
        case .source(let source)?:
            return delegationSource == (source == ScopeRules.internalDelegationSource ? issuer : source)
        }
    }
}

/// FNV-1a: tells editions apart that are all ours, so that nobody gains by a collision.
private struct FNV {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ number: UInt64) { value = (value ^ number) &* 0x100_0000_01B3 }

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    var text: String { String(value, radix: 16) }
}
