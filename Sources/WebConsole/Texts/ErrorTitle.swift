import TokenIssuance

/// What an error code is about, in a few words: in English from the one table of codes, as its page is.
enum ErrorTitle {
    /// The title of a code; empty for a code that a later version has made.
    static func of(_ code: String, _ scene: Scene) -> String {
        guard let code = ErrorCode(rawValue: code) else { return "" }
        return scene.text(ErrorCatalogue.page(code).title, norwegian(code))
    }

    // One switch over all codes: a new one does not compile until it has a title here.
    private static func norwegian(_ code: ErrorCode) -> String {
        switch code {
        case .malformedAssertion: "Påstanden (JWT) er feil bygget opp"
        case .replayed: "Påstanden er brukt før"
        case .clientNotFound: "Klienten er ukjent"
        case .wrongAudience: "Påstanden er til en annen tjener"
        case .invalidCertificate: "Sertifikatet kan ikke godtas"
        case .expiredKey: "Den registrerte nøkkelen er utløpt"
        case .wrongOrganisation: "Sertifikatet tilhører en annen virksomhet"
        case .malformedX5C: "Feltet x5c er feil bygget opp"
        case .invalidSignature: "Signaturen stemmer ikke"
        case .expiredAssertion: "Påstanden er utløpt"
        case .scopeNotOnClient: "Et scope er ikke på klienten"
        case .scopeNotForIntegrationType: "Et scope er ikke for denne typen klient"
        case .noAccess: "Konsumenten har ikke tilgang til et scope"
        case .notDelegated: "Konsumenten har ikke delegert et scope til leverandøren"
        case .unknownAuthorizationDetailsType: "Typen authorization details er ukjent"
        case .unknownAuthorizationDetailsMember: "Authorization details har et ukjent felt"
        case .authorizationDetailsValue: "Authorization details peker på noe som ikke kan gis"
        case .malformedForm: "Skjemaet er feil bygget opp"
        case .unsupportedGrantType: "Grant-typen støttes ikke"
        case .unsupportedMediaType: "Innholdet er ikke et skjema"
        case .notFound: "Her er det ingenting"
        case .methodNotAllowed: "Metoden er ikke tillatt"
        case .tooLarge: "Forespørselen er for stor"
        case .tooManyRequests: "For mange forespørsler"
        case .unavailable: "Ingen token for øyeblikket"
        case .serverError: "Feil hos oss"
        case .unknownKey: "Nøkkelens identifikator er ukjent"
        case .keyRequired: "Klienten må bruke en registrert nøkkel"
        case .notYetValid: "Påstanden er fra fremtiden"
        case .lifetimeTooLong: "Påstanden varer for lenge"
        case .clientDisabled: "Klienten er deaktivert"
        case .organisationRefused: "Virksomheten får ikke token"
        case .invalidTarget: "Ressursen kan ikke gis"
        case .scopeInactive: "Et scope er deaktivert"
        case .pidRule: "Sluttbrukerens nummer mangler, eller hører ikke til her"
        case .actingRefused: "Klienten kan ikke opptre for den virksomheten"
        case .incompatibleScopes: "Disse scopene kan ikke bes om sammen"
        case .accessTokenRequired: "Endepunktet krever et token"
        case .misdirected: "Vertsnavnet er ikke denne tjenerens"
        case .onBehalfOfUnknown: "På-vegne-av-verdien er ikke registrert på klienten"
        case .scopeNotDelegable: "En leverandør kan ikke få et scope på denne måten"
        case .unprovenSupplier: "Scopet tillater ikke leverandører uten kundens egen handling"
        case .clientCertificate: "Klientsertifikatet mangler eller kan ikke leses"
        case .notAcceptable: "Svaret finnes ikke i den formen"
        case .invalidDPoPProof: "DPoP-beviset godtas ikke"
        case .useDPoPNonce: "DPoP-beviset må ha en nonce fra tjeneren"
        case .bindingRequired: "Tokenet må bindes til en nøkkel"
        case .accessTokenRefused: "Tokenet kan ikke godtas"
        case .insufficientScope: "Tokenet mangler scopet som endepunktet krever"
        case .actForbidden: "Dette har du ikke lov til"
        case .malformedRequest: "Forespørselen er feil bygget opp"
        case .actRefused: "En regel hindrer handlingen"
        case .conflict: "Det passer ikke med det som finnes"
        case .stale: "Noen andre har endret det i mellomtiden"
        }
    }
}
