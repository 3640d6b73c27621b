import Administration
import Delegations
import Vocabulary

/// On whose right an act of delegation is done: the operator's, or a person's, whose number comes with the call.
package struct ActingPerson: Sendable {
    /// The parameters.
    static let parameters = [
        Parameter(
            "acting_person",
            .identityNumber,
            "Act as this person, whose right is checked; without it this is the operator's act, and no role is."
        ),
        Parameter("level", .number(1...4), "The level that the person has logged in at; 3 if not given."),
    ]

    private let number: NationalIdentityNumber?
    private let level: Int

    /// Reads them.
    init(_ arguments: Arguments) throws(OperationFault) {
        number = try arguments.identityNumber("acting_person")
        level = Int(try arguments.number("level", in: 1...4) ?? 3)
    }

    /// Whether a person acts.
    var isSomebody: Bool { number != nil }

    /// The right.
    func right(_ reader: some OperationReader, _ context: OperationContext) throws -> ActingRight {
        guard let number else { return .operatorsAct }
        return .person(try context.keptPseudonym(of: number, reader), level: level)
    }
}

extension OperationContext {
    /// The pseudonym of a person who is to be kept under it.
    func keptPseudonym(of number: NationalIdentityNumber, _ reader: some OperationReader) throws -> PersonPseudonym {
        try keptPseudonyms(reader).pseudonym(of: number)
    }

    /// The key for persons who are to be kept under it.
    func keptPseudonyms(_ reader: some OperationReader) throws -> PseudonymKey {
        guard let key = try pseudonyms(.keeping(othersAreKnown: try reader.hasPersons())) else {
            throw OperationFault(.refused, "pseudonym_key", "there is no key of pseudonyms here")
        }
        return key
    }

    /// The pseudonym of a person who may be known; nil when nobody is, and no key was ever made.
    ///
    /// - Throws: what the key's place throws when persons are known under a key that is missing.
    func knownPseudonym(of number: NationalIdentityNumber, _ reader: some OperationReader) throws -> PersonPseudonym? {
        let use: PseudonymUse = try reader.hasPersons() ? .keeping(othersAreKnown: true) : .finding
        return try pseudonyms(use)?.pseudonym(of: number)
    }
}
