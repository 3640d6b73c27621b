/// An organisation form with the register's wording and what goes with it.
struct SyntheticForm {
    let code: String
    let description: String
    /// The institutional sector (institusjonell sektorkode) that such a unit usually has.
    let sector: (code: String, description: String)
    /// Whether such a unit stands in Foretaksregisteret; sole traders, clubs and public bodies commonly do not.
    let isInBusinessRegister: Bool

    /// Every so many main units is a public body.
    static let publicBodyInterval = 50

    static func isSubUnit(_ code: String) -> Bool { code == "BEDR" || code == "AAFY" }

    /// The form of that code; of an unknown code one that repeats it.
    static func named(_ code: String) -> SyntheticForm {
        all.first { $0.code == code }
            ?? SyntheticForm(code, code, privateSector, false)
    }

    static let publicBodies = ["KOMM", "STAT", "FYLK", "SF"]

    /// Roughly as often as in the country: of a hundred units so many are of each form.
    static let common: [String] = [
        ("AS", 40), ("ENK", 32), ("FLI", 10), ("NUF", 3), ("ESEK", 3), ("BRL", 2), ("ANS", 2), ("DA", 2), ("ORGL", 2),
        ("STI", 1), ("SA", 1), ("KF", 1), ("IKS", 1),
    ].flatMap { code, share in Array(repeating: code, count: share) }

    /// Forms that go bankrupt.
    static let businesses = ["AS", "AS", "AS", "ENK", "NUF", "ASA"]

    static let all: [SyntheticForm] = [
        .init("AS", "Aksjeselskap", privateSector, true),
        .init("ASA", "Allmennaksjeselskap", privateSector, true),
        .init("ENK", "Enkeltpersonforetak", ("8200", "Personlig næringsdrivende"), false),
        .init("NUF", "Norskregistrert utenlandsk foretak", privateSector, true),
        .init("FLI", "Forening/lag/innretning", idealSector, false),
        .init("STI", "Stiftelse", idealSector, false),
        .init("SA", "Samvirkeforetak", privateSector, true),
        .init("ANS", "Ansvarlig selskap med solidarisk ansvar", privateSector, true),
        .init("DA", "Ansvarlig selskap med delt ansvar", privateSector, true),
        .init("BRL", "Borettslag", ("2500", "Borettslag o.l."), true),
        .init("ESEK", "Eierseksjonssameie", ("2500", "Borettslag o.l."), false),
        .init("KOMM", "Kommune", municipalSector, false),
        .init("FYLK", "Fylkeskommune", municipalSector, false),
        .init("STAT", "Staten", stateSector, false),
        .init("ORGL", "Organisasjonsledd", municipalSector, false),
        .init("SF", "Statsforetak", ("1120", "Statlig eide aksjeselskaper mv."), true),
        .init("SÆR", "Annet foretak iflg. særskilt lov", stateSector, true),
        .init("IKS", "Interkommunalt selskap", ("1520", "Kommunalt eide aksjeselskaper mv."), true),
        .init("KF", "Kommunalt foretak", ("1510", "Kommunale foretak med ubegrenset ansvar"), true),
        .init("BEDR", "Underenhet til næringsdrivende og offentlig forvaltning", privateSector, false),
        .init("AAFY", "Underenhet til ikke-næringsdrivende", idealSector, false),
    ]

    private static let privateSector = (code: "2100", description: "Private aksjeselskaper mv.")
    private static let idealSector = (code: "7000", description: "Ideelle organisasjoner")
    private static let municipalSector = (code: "6500", description: "Kommuneforvaltningen")
    private static let stateSector = (code: "6100", description: "Statsforvaltningen")

    private init(
        _ code: String,
        _ description: String,
        _ sector: (code: String, description: String),
        _ isInBusinessRegister: Bool
    ) {
        self.code = code
        self.description = description
        self.sector = sector
        self.isInBusinessRegister = isInBusinessRegister
    }
}

/// A real municipality with one of its postal codes.
struct SyntheticPlace {
    let municipality: String
    let number: String
    let postalCode: String

    static let all: [SyntheticPlace] = [
        ("OSLO", "0301", "0150"), ("BERGEN", "4601", "5003"), ("TRONDHEIM", "5001", "7010"),
        ("STAVANGER", "1103", "4005"), ("TROMSØ", "5501", "9008"), ("BODØ", "1804", "8006"),
        ("KRISTIANSAND", "4204", "4611"), ("DRAMMEN", "3301", "3015"), ("HAMAR", "3403", "2317"),
        ("ÅLESUND", "1508", "6002"), ("FREDRIKSTAD", "3107", "1606"), ("HAMMERFEST", "5603", "9600"),
        ("MOLDE", "1506", "6413"), ("SKIEN", "4003", "3717"), ("TØNSBERG", "3905", "3110"),
        ("ALTA", "5601", "9510"), ("NARVIK", "1806", "8514"), ("ARENDAL", "4203", "4836"),
        ("LILLEHAMMER", "3405", "2609"), ("SARPSBORG", "3105", "1706"),
    ].map { SyntheticPlace(municipality: $0.0, number: $0.1, postalCode: $0.2) }
}

/// Words that names, streets and trades are made of.
enum SyntheticWords {
    static let adjectives = [
        "RASK", "BLÅ", "LUR", "STOLT", "MODIG", "GLAD", "KLOK", "MILD", "STERK", "STILLE", "VÅKEN", "GRØNN", "ÆRLIG",
        "TROFAST", "LYS", "DJERV", "VARM", "FIN", "SINDIG", "ØVET",
    ]
    static let animals = [
        "FJELLREV", "ELG", "ØRN", "TORSK", "LAKS", "HUBRO", "GAUPE", "REINSDYR", "LUNDE", "MÅKE", "BJØRN", "HARE",
        "EKORN", "SEL", "SPURV", "KVEITE", "TRANE", "RØYSKATT", "LERKE", "ÅL",
    ]
    static let streets = [
        "Storgata", "Kirkegata", "Sjøgata", "Strandveien", "Skolegata", "Havnegata", "Industriveien", "Ringveien",
        "Parkveien", "Øvre gate", "Åsveien", "Stasjonsveien",
    ]
    static let trades: [(code: String, description: String)] = [
        ("41.200", "Oppføring av bygninger"), ("49.410", "Godstransport på vei"), ("62.010", "Programmeringstjenester"),
        ("03.211", "Produksjon av matfisk, bløtdyr, krepsdyr og pigghuder i hav- og kystbasert fiskeoppdrett"),
        ("86.211", "Allmenn legetjeneste"), ("68.209", "Utleie av egen eller leid fast eiendom ellers"),
        ("69.201", "Regnskap og bokføring"), ("56.101", "Drift av restauranter og kafeer"),
        ("88.911", "Barnehager"), ("71.112", "Arkitekttjenester vedrørende byggverk"),
    ]
    static let publicTrade = (code: "84.110", description: "Generell offentlig administrasjon")
}
