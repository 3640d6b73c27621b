/// A role that Enhetsregisteret keeps, as Altinn knows it.
public struct RegisterRole: Sendable, Hashable {
    /// The register's code, such as `DAGL`.
    public let code: RoleCode
    /// Altinn 3's name for it, the end of `urn:altinn:external-role:ccr:<slug>`.
    public let slug: String
    /// What it is, in English.
    public let title: String
    /// Whether a holder in an organisation also holds what others assign to that organisation (nøkkelrolle).
    public let isKeyRole: Bool

    private init(_ code: StaticString, _ slug: String, _ title: String, isKey: Bool = false) {
        self.code = RoleCode(code)
        self.slug = slug
        self.title = title
        isKeyRole = isKey
    }

    /// The role of that code; nil when the register keeps none.
    public static func named(_ code: RoleCode) -> RegisterRole? { byCode[code] }

    /// The role of that Altinn 3 name, in any case; nil when there is none.
    public static func named(slug: some StringProtocol) -> RegisterRole? { bySlug[slug.lowercased()] }

    private static let byCode = Dictionary(all.map { ($0.code, $0) }) { first, _ in first }
    private static let bySlug = Dictionary(all.map { ($0.slug, $0) }) { first, _ in first }

    // MARK: The table (altinn.md §1.1)

    /// All of them, by code.
    public static let all: [RegisterRole] = [
        RegisterRole("AAFY", "ikke-naeringsdrivende-hovedenhet", "Has as registration unit AAFY"),
        RegisterRole("ADOS", "administrativ-enhet-offentlig-sektor", "Administrative Unit - Public Sector"),
        RegisterRole("AVKL", "forestaar-avvikling", "Performs liquidation"),
        RegisterRole("BEDR", "hovedenhet", "Has as registration unit BEDR"),
        RegisterRole("BEST", "bestyrende-reder", "Managing Shipowner", isKey: true),
        RegisterRole("BOBE", "bostyrer", "Estate Administrator", isKey: true),
        RegisterRole("DAGL", "daglig-leder", "Managing Director", isKey: true),
        RegisterRole("DTPR", "deltaker-delt-ansvar", "Participant with Shared Responsibility", isKey: true),
        RegisterRole("DTSO", "deltaker-fullt-ansvar", "Participant with Full Responsibility", isKey: true),
        RegisterRole("EIKM", "eierkommune", "Owning Municipality"),
        RegisterRole("ESGR", "elektronisk-signeringsrettig", "Electronic signing rights"),
        RegisterRole("ETDL", "elektronisk-signeringsrett-tildeler", "Granter of electronic signing rights"),
        RegisterRole("FEMV", "felles-registrert-med", "Member of joint registration"),
        RegisterRole("FFØR", "forretningsforer", "Business Manager"),
        RegisterRole("FGRP", "foretaksgruppe-med", "Member of company group with"),
        RegisterRole("FISJ", "fisjonsovertaker", "To be divided with"),
        RegisterRole("FUSJ", "fusjonsovertaker", "To be merged with"),
        RegisterRole("HFOR", "hovedforetak", "Information about the Company in the Home Country"),
        RegisterRole("HLED", "parti-organ-leder", "Leader in party's executive body"),
        RegisterRole("HLSE", "helseforetak", "Healthcare Institution"),
        RegisterRole("HMDL", "parti-organ-styremedlem", "Board member in party's executive body"),
        RegisterRole("HNST", "parti-organ-nestleder", "Deputy leader in party's executive body"),
        RegisterRole("HVAR", "parti-organ-varamedlem", "Alternate member in party's executive body"),
        RegisterRole("INNH", "innehaver", "Owner", isKey: true),
        RegisterRole("KDAT", "konsern-datter", "Has as subsidiary in group"),
        RegisterRole("KDEB", "konkursdebitor", "Bankrupt Debtor"),
        RegisterRole("KEMN", "kontaktperson-ados", "Contact person in administrative unit"),
        RegisterRole("KENK", "personlige-konkurs", "Personal Bankruptcy"),
        RegisterRole("KGRL", "konsern-grunnlag", "Has as basis for group"),
        RegisterRole("KIRK", "kirkelig-fellesraad", "Part of a Church Council"),
        RegisterRole("KMOR", "konsern-mor", "Has as parent in group"),
        RegisterRole("KNUF", "kontaktperson-nuf", "Contact Person NUF"),
        RegisterRole("KOMK", "kontaktperson-kommune", "Contact person in municipality"),
        RegisterRole("KOMP", "komplementar", "General Partner", isKey: true),
        RegisterRole("KONT", "kontaktperson", "Contact Person"),
        RegisterRole("KTRF", "kontorfelleskapmedlem", "Part of Office Community"),
        RegisterRole("LEDE", "styreleder", "Chair of the Board", isKey: true),
        RegisterRole("MEDL", "styremedlem", "Board Member"),
        RegisterRole("MVAG", "mva-signerer", "VAT form signer"),
        RegisterRole("MVAU", "mva-utfyller", "VAT form completer"),
        RegisterRole("NEST", "nestleder", "Deputy Leader"),
        RegisterRole("OBS", "observator", "Observer"),
        RegisterRole("OPMV", "saerskilt-oppdelt-enhet", "Distinct Subunit"),
        RegisterRole("ORGL", "organisasjonsledd-offentlig-sektor", "Organizational Unit in the Public Sector"),
        RegisterRole("POFE", "prokurist-fellesskap", "Joint procuration"),
        RegisterRole("POHV", "prokurist-hver-for-seg", "Individual procuration"),
        RegisterRole("PROK", "prokurist", "Procuration"),
        RegisterRole("READ", "revisoradressat", "Is auditor address for"),
        RegisterRole("REGN", "regnskapsforer", "Accountant"),
        RegisterRole("REPR", "norsk-representant", "Norwegian Representative for a Foreign Entity"),
        RegisterRole("REVI", "revisor", "Auditor"),
        RegisterRole("RFAD", "regnskapsforeradressat", "Is accounting address For"),
        RegisterRole("SAM", "sameier", "Co-owners"),
        RegisterRole("SIFE", "signerer-fellesskap", "Joint signature"),
        RegisterRole("SIGN", "signerer", "Signatory"),
        RegisterRole("SIHV", "signerer-hver-for-seg", "Individual signature"),
        RegisterRole("SREVA", "kontaktperson-revisor", "Auditor registered in auditor register"),
        RegisterRole("STFT", "stifter", "Founder"),
        RegisterRole("UTBG", "utleiebygg", "Is voluntarily registered rental building for"),
        RegisterRole("VARA", "varamedlem", "Alternate Member"),
        RegisterRole("VIFE", "virksomhet-fellesskap-drifter", "Is business operated jointly by"),
    ]
}
