internal import Delegations
internal import Foundation
internal import RelationalStorage
internal import JOSE
internal import Vocabulary

/// Values of system users and consents as columns hold them.
extension StoredValue {
    /// An identifier.
    static func uuid(_ text: String, of owner: String) throws -> UUID {
        guard let uuid = UUID(uuidString: text) else { throw corrupt(owner, "an identifier") }
        return uuid
    }

    /// A word of a fixed set.
    static func word<Word: RawRepresentable>(_ text: String, of owner: String) throws -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: text) else { throw corrupt(owner, "the word `\(text)`") }
        return word
    }

    /// The identifier of a system.
    static func system(_ text: String) throws -> SystemID {
        guard let id = try? SystemID(parsing: text) else { throw corrupt("system `\(text)`", "the identifier") }
        return id
    }

    /// A person; nil for null.
    static func person(_ bytes: Data?, of owner: String) throws -> PersonPseudonym? {
        guard let bytes else { return nil }
        guard let person = PersonPseudonym(bytes: bytes) else { throw corrupt(owner, "a pseudonym") }
        return person
    }

    /// A party of two columns; nil when both are null.
    static func party(_ organisation: Int64?, _ person: Data?, of owner: String) throws -> Party? {
        if let organisation { return .organisation(try self.organisation(organisation, of: owner)) }
        return try self.person(person, of: owner).map { .person($0) }
    }

    /// Whose act something rests on: a person's, or with null the operator's.
    static func basis(_ bytes: Data?, of owner: String) throws -> DelegationBasis {
        try person(bytes, of: owner).map { .person($0) } ?? .operator
    }

    /// Texts by language.
    static func texts(_ text: String, of owner: String) throws -> LocalisedText {
        guard let members = (try? JSONValue(parsing: text))?.object?.members else { throw corrupt(owner, "a text") }
        return LocalisedText(
            Dictionary(members.compactMap { item in item.value.string.map { (item.name, $0) } }) { first, _ in first }
        )
    }

    /// A list of texts.
    static func list(_ text: String, of owner: String) throws -> [String] {
        guard let list = (try? JSONValue(parsing: text))?.strings else { throw corrupt(owner, "a list") }
        return list
    }

    /// Rights of a system or system user.
    static func rights(_ text: String, of owner: String) throws -> [SystemRight] {
        guard let value = try? JSONValue(parsing: text), let rights = try? SystemDraft.rights(reading: value) else {
            throw corrupt(owner, "a right")
        }
        return rights
    }

    /// Rights of a consent.
    static func consentRights(_ text: String, of owner: String) throws -> [ConsentRight] {
        guard let elements = (try? JSONValue(parsing: text))?.array else { throw corrupt(owner, "a right") }
        return try elements.map { element in
            guard let actions = element["actions"]?.strings, let metadata = element["metadata"]?.object,
                let resource = element["resource"]?.string.flatMap({ try? ResourceID(parsing: $0) })
            else { throw corrupt(owner, "a right") }
            return ConsentRight(
                actions: actions,
                resource: resource,
                metadata: metadata.members.map { .init(key: $0.name, value: $0.value.string ?? "") }
            )
        }
    }

    private static func corrupt(_ owner: String, _ what: String) -> StorageError {
        .corrupt(detail: "\(what) of \(owner) is malformed")
    }
}

extension UUID {
    /// The form with hyphens, in lower case.
    var stored: String { uuidString.lowercased() }
}

extension PersonPseudonym {
    /// The 32 bytes.
    var stored: Data { Data(bytes) }
}

extension LocalisedText {
    /// A JSON object, sorted by language.
    var stored: String {
        var object = JSONObject()
        for language in texts.keys.sorted() { object[language] = texts[language].map { .string($0) } }
        return JSONValue.object(object).text()
    }
}

extension [SystemRight] {
    /// A JSON array as the API has it.
    var stored: String { JSONValue.array(map { .object($0.jsonObject) }).text() }
}

extension [String] {
    /// A JSON array.
    var stored: String { JSONValue.strings(self).text() }
}

extension [ConsentRight] {
    /// A JSON array; the order of metadata stays.
    var stored: String {
        let elements = map { right -> JSONValue in
            var metadata = JSONObject()
            for item in right.metadata { metadata[item.key] = .string(item.value) }
            return [
                "actions": .strings(right.actions), "resource": .string(right.resource.rawValue),
                "metadata": .object(metadata),
            ]
        }
        return JSONValue.array(elements).text()
    }
}
