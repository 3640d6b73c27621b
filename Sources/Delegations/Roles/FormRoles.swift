/// Which register roles units of each organisation form can have (altinn.md §1.3).
///
/// The table tells what is usual, and decides nothing: contact persons of a NUF or a municipality (KNUF, KOMK) are missing
/// from it and count all the same. Where its source has HVAR, the alternate in a political party's executive body, for
/// nearly every form, this one has VARA, the alternate board member, who is meant.
public enum FormRoles {
    /// The roles that a form can have; empty for a form that has none of its own, such as a sub-unit's.
    public static func roles(of form: String) -> Set<RoleCode> { parsed[form] ?? [] }

    private static let parsed = table.mapValues { codes in
        Set(codes.split(separator: " ").compactMap { RoleCode(parsing: $0) })
    }

    /// All forms that Altinn knows, with roles or without.
    public static let knownForms: Set<String> = [
        "AAFY", "ADOS", "ANNA", "ANS", "AS", "ASA", "BA", "BBL", "BEDR", "BO", "BRL", "DA", "ENK", "EOFG", "ESEK",
        "FKF",
        "FLI", "FYLK", "GFS", "IKJP", "IKS", "IS", "KBO", "KF", "KIRK", "KOMM", "KS", "KTRF", "NOKUS", "NUF", "OPMV",
        "ORGL", "PERS", "PK", "PRE", "REV", "SA", "SAM", "SE", "SF", "SPA", "STAT", "STI", "SÆR", "TVAM", "UTBG",
        "UTLA",
        "UTLANS", "VIFE", "VPFO",
    ]

    // MARK: The table

    static let table: [String: String] = [
        "ADOS": "KEMN KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "ANNA": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "ANS": "DAGL DTSO FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "AS": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "ASA": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "BA": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "BBL": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "BO": "DAGL KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "BRL": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "DA": "DAGL DTPR FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "ENK": "DAGL FFØR INNH KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "EOFG": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "ESEK": "FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "FKF": "DAGL EIKM FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "FLI": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "FYLK": "DAGL FFØR KONT REGN REVI",
        "GFS": "DAGL KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "IKS": "DAGL DTPR FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "KBO": "BOBE REGN REVI",
        "KF": "DAGL EIKM FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "KIRK": "DAGL FFØR KIRK KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "KOMM": "DAGL FFØR KONT REGN REVI",
        "KS": "DAGL FFØR KOMP KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "KTRF": "KONT KTRF REGN REVI",
        "NUF": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REPR REVI VARA",
        "OPMV": "DAGL FFØR KONT LEDE MEDL NEST OBS OPMV REGN REVI VARA",
        "ORGL": "DAGL FFØR KONT LEDE MEDL NEST OBS ORGL REGN REVI VARA",
        "PERS": "KONT REGN REVI",
        "PK": "DAGL KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "PRE": "BEST FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "SA": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "SÆR": "DAGL FFØR HLSE KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "SAM": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "SE": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "SF": "DAGL KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "SPA": "DAGL KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "STAT": "DAGL FFØR KONT REGN REVI",
        "STI": "DAGL FFØR KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "TVAM": "DAGL FFØR INNH KONT LEDE MEDL NEST OBS REGN REVI VARA",
        "UTLA": "DAGL FFØR KONT",
        "VPFO": "DAGL FFØR KONT REGN REVI",
    ]
}
