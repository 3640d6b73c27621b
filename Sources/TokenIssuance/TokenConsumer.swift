public import EnterpriseCertificates
import JOSE
public import Vocabulary

/// The legal consumer of a token: `consumer` (spec §3.4, §8.7).
public enum TokenConsumer: Sendable, Hashable {
    /// An organisation of the Norwegian register.
    case organisation(OrganisationNumber)
    /// A European organisation, as its electronic seal names it.
    case european(LegalPerson)

    /// `authority` of a legal person that a certificate of ETSI EN 319 412 names.
    static let europeanAuthority = "etsi-en-319-412"

    /// The number in the Norwegian register; nil for a European organisation, whatever its identifier says.
    public var organisation: OrganisationNumber? {
        switch self {
        case .organisation(let number): number
        case .european: nil
        }
    }

    /// As tokens name it; a European organisation's identifier stands unchanged, with what its certificate says beside it.
    var claim: JSONValue {
        switch self {
        case .organisation(let number): return AccessTokenClaims.party(number)
        case .european(let person):
            var object: JSONObject = [
                "authority": .string(Self.europeanAuthority),
                "ID": .string(person.identifier),
                "commonName": .string(person.commonName),
                "organizationName": .string(person.organisationName),
            ]
            if let unit = person.organisationalUnit { object["organizationalUnitName"] = .string(unit) }
            object["countryName"] = .string(person.country)
            return .object(object)
        }
    }
}
