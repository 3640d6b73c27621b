import JOSE
package import TokenIssuance
package import Vocabulary

/// The server's signing keys and their timetable; public as the key set is, but for what is to come.
package struct ListSigningKeys: Inquiry {
    package static let name = "keys-list"
    package static let summary = "List the signing keys: which is published, which signs, which goes."
    package static let parameters = [
        Parameter("check", .flag, "A verdict: whether all that signs now has a key that signs then."),
        Parameter("within", .span, "How far the check looks ahead; 30d if not given."),
    ]
    package let arguments: Arguments
    private let isChecked: Bool
    private let ahead: Seconds

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        isChecked = try arguments.flag("check")
        ahead = try arguments.span("within") ?? .days(30)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let keys = try reader.signingKeys()
        var report = Report(Self.table(keys, at: context.now))
        if isChecked { report.verdict = Self.verdict(on: keys, until: context.now + ahead, at: context.now) }
        return report
    }

    /// What lacks a successor; nil when nothing does.
    private static func verdict(
        on keys: [SigningKeyRecord],
        until horizon: Timestamp,
        at now: Timestamp
    ) -> Report.Verdict? {
        let inUse = Set(keys.filter { $0.state(at: now) == .active }.map(\.algorithm))
        let left = JWSAlgorithm.allCases.filter { algorithm in
            inUse.contains(algorithm)
                && !keys.contains { $0.algorithm == algorithm && $0.state(at: horizon) == .active }
        }
        guard !left.isEmpty || inUse.isEmpty else { return nil }
        return Report.Verdict(
            .attention,
            "signing_key_ends",
            left.isEmpty ? "no key signs now" : "nothing signs \(left.map(\.rawValue).joined(separator: ", ")) then",
            hint: "make a successor with `portvakt keys rotate`"
        )
    }

    /// The keys as a table.
    package static func table(_ keys: [SigningKeyRecord], at now: Timestamp) -> Table<SigningKeyRecord> {
        Table(
            "keys-list",
            keys,
            whenEmpty: "there is no signing key; `portvakt keys rotate --now` makes one",
            columns: [
                Column("kid") { $0.id.rawValue },
                Column("alg") { $0.algorithm.rawValue },
                Column("state", style: { $0.state(at: now) == .active ? .good : .plain }) {
                    $0.state(at: now).rawValue
                },
                Column("created") { $0.published },
                Column("signs_from") { $0.activates },
                Column("signs_until") { $0.retires },
                Column("published_until") { $0.removed },
            ]
        )
    }
}
