import ArgumentParser
import Clients
import Foundation
import Organisations
import SQLiteStorage
import Scopes
import TokenIssuance
import Vocabulary

/// What a shell completes from the data folder: the names that stand in it.
///
/// Only the folder is asked, never a server: completion must not wait, ask for keys, or leave entries in a ledger.
enum StoredNames {
    /// So many are offered at most; a shell shows no more with profit.
    private static let limit = 200

    /// Names of scopes.
    static func scopes(_ words: [String], _ prefix: String) -> [String] {
        names(words, prefix) { reader in
            var query = ScopeQuery()
            query.includesInactive = true
            return try reader.scopes(query).map(\.name.rawValue)
        }
    }

    /// Assigned prefixes of scopes.
    static func prefixes(_ words: [String], _ prefix: String) -> [String] {
        names(words, prefix) { try $0.prefixAssignments().map(\.prefix.rawValue) }
    }

    /// Identifiers of clients.
    static func clients(_ words: [String], _ prefix: String) -> [String] {
        names(words, prefix) { reader in
            var query = ClientQuery()
            query.includesInactive = true
            return try reader.clients(query).map(\.id.rawValue)
        }
    }

    /// Organisations that own scopes or clients, or have access: not the whole register.
    static func organisations(_ words: [String], _ prefix: String) -> [String] {
        names(words, prefix) { reader in
            let owners = try reader.prefixAssignments().map(\.owner)
            let consumers = try reader.clients(ClientQuery()).map(\.owner)
            let granted =
                owners.count + consumers.count < limit ? try reader.accesses(AccessQuery()).map(\.consumer) : []
            return Set(owners + consumers + granted).map { "\($0)" }.sorted()
        }
    }

    /// Identifiers of signing keys.
    static func signingKeys(_ words: [String], _ prefix: String) -> [String] {
        names(words, prefix) { try $0.signingKeys().map(\.id.rawValue) }
    }

    /// What begins with the prefix; nothing when the folder cannot be read, for a shell has no place for errors.
    private static func names(
        _ words: [String],
        _ prefix: String,
        _ read: (SQLiteReader) throws -> [String]
    ) -> [String] {
        guard let folder = try? DataFolder(checking: folder(named: words)),
            let store = try? SQLiteStore(.init(path: folder.path), opening: .requireCurrent)
        else { return [] }
        defer { try? store.close() }
        let all = (try? store.read(read)) ?? []
        return Array(all.lazy.filter { $0.hasPrefix(prefix) }.prefix(limit))
    }

    /// The folder that the line being typed names.
    private static func folder(named words: [String]) -> String {
        for (index, word) in words.enumerated() {
            if word == "--data", index + 1 < words.count { return words[index + 1] }
            if word.hasPrefix("--data=") { return String(word.dropFirst("--data=".count)) }
        }
        return "./var"
    }
}

extension CompletionKind {
    /// Scopes of the data folder.
    static let scopes = CompletionKind.custom { words, _, prefix in StoredNames.scopes(words, prefix) }
    /// Prefixes of the data folder.
    static let prefixes = CompletionKind.custom { words, _, prefix in StoredNames.prefixes(words, prefix) }
    /// Clients of the data folder.
    static let clients = CompletionKind.custom { words, _, prefix in StoredNames.clients(words, prefix) }
    /// Organisations that the data folder has something of.
    static let organisations = CompletionKind.custom { words, _, prefix in StoredNames.organisations(words, prefix) }
    /// Signing keys of the data folder.
    static let signingKeys = CompletionKind.custom { words, _, prefix in StoredNames.signingKeys(words, prefix) }
}
