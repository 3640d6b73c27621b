import AuditLedger
import Foundation
import HTTPServer
import Operations
import SQLiteStorage
import Vocabulary
import WebConsole

extension Listeners {
    /// The console on the store.
    ///
    /// - Throws: when an embedded template is broken.
    static func console(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        writer: LedgerWriter<SQLiteStore>,
        admission: Admission,
        version: String,
        clock: any WallClock
    ) throws -> WebConsole {
        let store = WriterAdministrationStore(store: opened.store, writer: writer)
        let ring = opened.store.folder.refusalRing
        let distress = configuration.organisationDistress
        let turns = ReadingTurns()
        return try WebConsole(
            installation: ConsoleInstallation(
                issuer: configuration.issuer.rawValue,
                environment: configuration.environment.rawValue,
                isProduction: configuration.environment == .prod,
                version: version,
                started: clock.now,
                commandSuffix: "--data \(ShellWord.quoted(absolute(configuration.dataFolder)))",
                isSecure: configuration.adminURL.hasPrefix("https://")
            ),
            sessions: StoredSessions(store: store),
            admission: admission,
            clock: clock
        ) { inquiry, viewer, now in
            try await turns.take {
                try await store.read { reader in
                    try inquiry.answer(
                        from: reader,
                        in: OperationContext(
                            viewer: viewer,
                            now: now,
                            distress: distress,
                            earlyRefusals: { try RefusalRing.refusals(in: ring) }
                        )
                    )
                }
            }
        }
    }
}

/// The path from the root: commands are copied into shells that stand elsewhere.
private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
}

/// Several tables of endpoints as one: the first that has a path serves it.
struct EndpointTables: EndpointTable {
    let tables: [any EndpointTable]

    var names: Set<EndpointName> { tables.reduce(into: []) { $0.formUnion($1.names) } }

    func endpoint(at path: String) -> (any Endpoint)? {
        for table in tables { if let endpoint = table.endpoint(at: path) { return endpoint } }
        return nil
    }
}
