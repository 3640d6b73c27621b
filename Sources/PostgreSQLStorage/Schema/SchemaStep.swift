/// One step of the schema: numbered, append-only, in terms of tables and never of today's Swift types.
///
/// Numbers are those of SQLite's steps, so that a version means the same on both. The first step here makes everything that
/// SQLite's first twenty have made. A released step is never edited; a change is a new step at the end of ``all``.
struct SchemaStep: Sendable {
    /// The schema version that it leads to.
    let number: Int
    /// What it is about.
    let name: String
    /// The statements on what all nodes share.
    let shared: [String]
    /// The statements on what each node has for itself.
    let own: [String]

    /// All steps, in order.
    static let all: [SchemaStep] = [
        SchemaStep(
            number: 20,
            name: "as of SQLite's step 20",
            shared: [scopes, clients, delegations, systemUsers, register, operation, turn],
            own: [node]
        )
    ]

    /// The schema version that this program works with.
    static let current = all.last?.number ?? 0

    /// A table that is locked and never written: whoever changes facts has the lock until the transaction ends.
    private static let turn = """
        CREATE TABLE facts_turn ();
        """
}
