import JOSE
import Organisations
import TestAuthority
import Vocabulary

/// An organisation of the demo world; `scopes/README.md` lists them with their parts.
struct DemoOrganisation {
    let number: OrganisationNumber
    let name: String
    let form: String

    private init(_ number: String, _ name: String, _ form: String) throws {
        self.number = try OrganisationNumber(parsing: number)
        self.name = name
        self.form = form
    }

    /// The operator, owner of the reserved prefixes.
    static func operatorOrganisation() throws -> DemoOrganisation {
        try DemoOrganisation("311000012", "DEMO DRIFTSETAT", "ORGL")
    }

    /// All of them, the operator first.
    static func all() throws -> [DemoOrganisation] {
        try [
            operatorOrganisation(),
            DemoOrganisation("311000098", "DEMO REGISTERETAT", "ORGL"),
            DemoOrganisation("311000160", "DEMO SKATTEETAT", "ORGL"),
            DemoOrganisation("311000233", "DEMO FOLKEREGISTER", "ORGL"),
            DemoOrganisation("311000306", "DEMO ARBEIDS- OG VELFERDSETAT", "ORGL"),
            DemoOrganisation("311000373", "DEMO VEGETAT", "ORGL"),
            DemoOrganisation("311000446", "DEMO KOMMUNESAMARBEID", "SA"),
            DemoOrganisation("311000519", "DEMO FYLKESSAMARBEID", "SA"),
            DemoOrganisation("311000586", "DEMO MELDINGSUTVEKSLING", "ORGL"),
            DemoOrganisation("311000659", "DEMO ADRESSEREGISTER", "ORGL"),
            DemoOrganisation("311000721", "DEMO ARKIVETAT", "ORGL"),
            DemoOrganisation("311000799", "DEMO DATATJENESTE", "ORGL"),
            DemoOrganisation("311000861", "DEMO FISKERIETAT", "ORGL"),
            DemoOrganisation("311000934", "DEMO KOMMUNE", "KOMM"),
            DemoOrganisation("311001000", "DEMO SYKEHUS HF", "SF"),
            DemoOrganisation("311001078", "DEMO LØNN AS", "AS"),
            DemoOrganisation("311001140", "DEMO BANK ASA", "ASA"),
            DemoOrganisation("311001213", "DEMO FJORDFISK AS", "AS"),
        ]
    }

    /// As the register is asked to hold it.
    var registerUnit: SyntheticRegister.NamedUnit {
        SyntheticRegister.NamedUnit(number: number, name: name, form: form)
    }
}

/// A client of the demo world.
struct DemoClient {
    /// How it proves who it is.
    enum Credential {
        /// By a registered key of that algorithm.
        case registeredKey(JWSAlgorithm)
        /// By an enterprise certificate in the style of that issuer.
        case certificate(CertificateAuthority.Style)
    }

    /// The name of its folder.
    let name: String
    let owner: OrganisationNumber
    let title: String
    let credential: Credential
    /// The scopes put on it; the first is what its `.env` asks for, since not all of them go into one token.
    let scopes: [ScopeName]

    private init(
        _ name: String,
        _ owner: String,
        _ title: String,
        _ credential: Credential,
        _ scopes: [String]
    ) throws {
        self.name = name
        self.owner = try OrganisationNumber(parsing: owner)
        self.title = title
        self.credential = credential
        self.scopes = try scopes.map { try ScopeName(parsing: $0) }
    }

    /// The one that administers.
    static let operatorClientName = "operator"

    /// All of them; the first is the one that the first token is shown with.
    static func all() throws -> [DemoClient] {
        try [
            DemoClient(
                "fjordfisk",
                "311001213",
                "Catch reporting",
                .registeredKey(.rs256),
                ["demo:fangst.read", "demo:fangst.write", "demo:kvoter.read", "demo:landing.es256"]
            ),
            DemoClient(
                "kommune",
                "311000934",
                "Case work",
                .registeredKey(.rs256),
                [
                    "skatteetaten:inntekt", "folkeregister:deling/offentligmedhjemmel",
                    "krr:global/kontaktinformasjon.read",
                    "ks:fiks", "svv:kjoretoy/kjoretoyopplysninger",
                ]
            ),
            DemoClient(
                "lonn",
                "311001078",
                "Payroll for others",
                .registeredKey(.es256),
                [
                    "nav:sykefravaer/v1.read", "skatteetaten:mvameldinginnsending", "elma:aksesspunkt.write",
                    "demo:fangst.read",
                ]
            ),
            DemoClient(
                "bank",
                "311001140",
                "Loan applications",
                .certificate(.buypass),
                ["skatteetaten:inntekt", "brreg:enhetsregisteret.read", "folkeregister:deling/privatutenhjemmel"]
            ),
            DemoClient(
                "sykehus",
                "311001000",
                "Patient administration",
                .certificate(.commfides),
                ["krr:global/kontaktinformasjon.read", "folkeregister:deling/offentligmedhjemmel", "eformidling:dpo"]
            ),
            DemoClient(
                "lonn-leverandor",
                "311001078",
                "Payroll: registers systems, asks for system users",
                .registeredKey(.es256),
                [
                    "altinn:authentication/systemuser.request.write", "altinn:authentication/systemuser.request.read",
                    "altinn:authentication/systemregister.write",
                ]
            ),
            DemoClient(
                "bank-samtykke",
                "311001140",
                "Loan applications: asks for consents",
                .registeredKey(.es256),
                ["altinn:consentrequests.write", "altinn:consentrequests.read"]
            ),
            DemoClient(
                "fiskerietat",
                "311000861",
                "Catch register: asks who may act for whom",
                .registeredKey(.es256),
                ["altinn:maskinporten/delegations", "altinn:authorization/authorize"]
            ),
            DemoClient(
                "portal",
                "311000012",
                "Portal",
                .registeredKey(.es256),
                [
                    "altinn:portal/enduser", "altinn:accessmanagement/authorizedparties",
                    "altinn:accessmanagement/enduser:maskinportensuppliers.write",
                    "altinn:accessmanagement/enduser:maskinportenconsumers.write", "altinn:clientdelegations.write",
                ]
            ),
            DemoClient(
                operatorClientName,
                "311000012",
                "Operator",
                .registeredKey(.es256),
                [
                    "portvakt:operator", "idporten:dcr.read", "idporten:dcr.modify", "idporten:dcr.write",
                    "idporten:dcr/onbehalfof:write", "idporten:scopes.write",
                ]
            ),
        ]
    }
}

/// A European organisation of the demo world: nobody has registered it, and its seal is all that it has.
struct DemoSealHolder {
    /// The name of its folder, and what its grants say in `iss`, which names no client.
    let folder: String
    /// The common name and `organizationName` of its seal.
    let name: String
    /// The `organizationIdentifier` (ETSI EN 319 412-1 §5.1.4).
    let identifier: String
    /// The country, two capitals.
    let country: String
    /// What its `.env` asks for.
    let scopes: [ScopeName]

    /// All of them.
    static func all() throws -> [DemoSealHolder] {
        [
            DemoSealHolder(
                folder: "svensk-fiskhandel",
                name: "Demo Svensk Fiskhandel AB",
                identifier: "NTRSE-5560000001",
                country: "SE",
                scopes: [try ScopeName(parsing: "demo:tollkvoter.read")]
            )
        ]
    }

    /// For `world.json`.
    var description: JSONObject {
        [
            "name": .string(folder), "organisation": .string(identifier),
            "scopes": .strings(scopes.map(\.rawValue)), "folder": .string("seals/\(folder)"),
        ]
    }
}
