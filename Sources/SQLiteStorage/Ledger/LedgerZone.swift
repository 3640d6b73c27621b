/// The times of some thousand entries that stand together, by which a search passes over whole stretches of the ledger.
struct LedgerZone: Equatable {
    let number: Int64
    var earliest: Int64
    var latest: Int64

    /// How many bits of a sequence number tell entries of one zone apart.
    static let bits: Int64 = 12

    static func number(of sequence: Int64) -> Int64 { sequence >> bits }

    /// The sequence numbers of the zone's entries.
    var sequences: ClosedRange<Int64> { number << Self.bits...(number + 1) << Self.bits - 1 }
}

/// The zone that entries are being appended to, kept within one transaction.
struct OpenZone {
    private(set) var zone: LedgerZone?
    private var stored: LedgerZone?

    /// Takes note of an entry; a zone that is full is written.
    mutating func note(_ sequence: Int64, time: Int64, in ledger: LedgerStatements) throws {
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
    mutating func write(to ledger: LedgerStatements) throws {
        guard let zone, zone != stored else { return }
        try ledger.put(zone)
        stored = zone
    }
}
