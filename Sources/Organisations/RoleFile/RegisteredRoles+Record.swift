import JOSE
public import Vocabulary

/// What a role file says of one unit, in the bytes that its reader writes; nothing of it is copied or kept.
public struct RoleRecord {
    /// Who holds a role, in the bytes of the file.
    public enum Holder {
        /// An organisation.
        case organisation(OrganisationNumber)
        /// A person: the eleven digits of the national identity number, control digits checked.
        case person(digits: UnsafeRawBufferPointer)
        /// A person of open data: the name in UTF-8, and the birth date where it stands there.
        case named(UnsafeRawBufferPointer, birthDate: CalendarDate?)
    }

    /// How many roles do not count any more.
    public let endedCount: Int
    private var reader: RecordReader

    /// Reads the beginning of a record.
    ///
    /// - Throws: `OrganisationRecord.Damage` when it is none.
    public init(_ record: UnsafeRawBufferPointer) throws(OrganisationRecord.Damage) {
        reader = RecordReader(bytes: record)
        endedCount = try reader.length()
    }

    /// The next role that counts, its code in UTF-8; nil after the last.
    ///
    /// - Throws: `OrganisationRecord.Damage`.
    public mutating func next() throws(OrganisationRecord.Damage) -> (code: UnsafeRawBufferPointer, holder: Holder)? {
        guard !reader.isAtEnd else { return nil }
        let code = UnsafeRawBufferPointer(rebasing: try reader.slice(try reader.length()))
        switch try reader.byte() {
        case 0: return (code, .organisation(try reader.number()))
        case 1: return (code, .person(digits: UnsafeRawBufferPointer(rebasing: try reader.slice(11))))
        case 2:
            let hasBirthDate = try reader.byte() == 1
            let birthDate = try reader.day()
            let name = UnsafeRawBufferPointer(rebasing: try reader.slice(try reader.length()))
            return (code, .named(name, birthDate: hasBirthDate ? birthDate : nil))
        default: throw OrganisationRecord.Damage()
        }
    }
}

extension RegisteredRoles {
    /// The roles of a unit, from the bytes that the reader of register files writes.
    init(_ number: OrganisationNumber, record: UnsafeRawBufferPointer) throws(OrganisationRecord.Damage) {
        var record = try RoleRecord(record)
        var roles: [Role] = []
        while let (code, holder) = try record.next() {
            roles.append(Role(code: String(decoding: code, as: UTF8.self), holder: try Holder(holder)))
        }
        self.init(number: number, roles: roles, endedCount: record.endedCount)
    }

    /// The number of a unit whose roles could not be read, so that it is not taken for one without roles.
    ///
    /// Never that of a role's holder, which stands inside the groups.
    static func salvagedNumber(in text: [UInt8], limit: Int) -> OrganisationNumber? {
        if let object = try? JSONValue(parsing: text, limits: JSONLimits(maximumBytes: limit)).object {
            if case .string(let number)? = object["organisasjonsnummer"] {
                return try? OrganisationNumber(parsing: number)
            }
            // The answer for a single unit tells it in its links alone.
            for name in ["enhet", "self"] {
                guard let address = object["_links"]?[name]?["href"]?.string else { continue }
                let parts = address.split(separator: "/").drop { $0 != "enheter" && $0 != "underenheter" }
                return parts.dropFirst().first.flatMap { try? OrganisationNumber(parsing: $0) }
            }
            return nil
        }
        let groups = Array("\"rollegrupper\"".utf8)
        let end = text.indices.first { text[$0...].starts(with: groups) } ?? text.endIndex
        return Organisations.salvagedNumber(in: text[..<end])
    }
}

extension RegisteredRoles.Holder {
    fileprivate init(_ holder: RoleRecord.Holder) throws(OrganisationRecord.Damage) {
        switch holder {
        case .organisation(let number): self = .organisation(number)
        case .person(let digits):
            guard let number = NationalIdentityNumber(parsing: String(decoding: digits, as: UTF8.self)) else {
                throw OrganisationRecord.Damage()
            }
            self = .person(number)
        case .named(let name, let birthDate):
            self = .named(String(decoding: name, as: UTF8.self), birthDate: birthDate)
        }
    }
}
