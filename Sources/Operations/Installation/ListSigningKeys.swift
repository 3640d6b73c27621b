import JOSE
package import TokenIssuance
package import Vocabulary

/// The server's signing keys and their timetable; public as the key set is, but for what is to come.
package struct ListSigningKeys: Inquiry {
    package static let name = "keys-list"
    package static let summary = "List the signing keys: which is published, which signs, which goes."
    package static let parameters: [Parameter] = []
    package let arguments: Arguments

    package init(_ arguments: Arguments) throws(OperationFault) { self.arguments = arguments }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        Report(Self.table(try reader.signingKeys(), at: context.now))
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
