/// The times of some thousand entries that stand together, by which a search passes over whole stretches of the ledger.
package struct LedgerZone: Equatable {
    package let number: Int64
    package var earliest: Int64
    package var latest: Int64

    package init(number: Int64, earliest: Int64, latest: Int64) {
        self.number = number
        self.earliest = earliest
        self.latest = latest
    }

    /// How many bits of a sequence number tell entries of one zone apart.
    package static let bits: Int64 = 12

    package static func number(of sequence: Int64) -> Int64 { sequence >> bits }

    /// The sequence numbers of the zone's entries.
    package var sequences: ClosedRange<Int64> { number << Self.bits...(number + 1) << Self.bits - 1 }
}

/// The zone that entries are being appended to, kept within one transaction.
package struct OpenZone {
    private(set) var zone: LedgerZone?
    private var stored: LedgerZone?

    /// No zone is open yet.
    package init() {}

    /// Takes note of an entry; a zone that is full is written.
    package mutating func note(_ sequence: Int64, time: Int64, in ledger: any LedgerAppending) throws {
        let number = LedgerZone.number(of: sequence)
        if zone?.number != number {
            try write(to: ledger)
            stored = try ledger.zone(number)
            zone = stored
        }
        var noted = zone ?? LedgerZone(number: number, earliest: time, latest: time)
        noted.earliest = min(noted.earliest, time)
        noted.latest = max(noted.latest, time)
        zone = noted
    }

    /// Writes the zone when it has changed; under load that is once a second.
    package mutating func write(to ledger: any LedgerAppending) throws {
        guard let zone, zone != stored else { return }
        try ledger.put(zone)
        stored = zone
    }
}
