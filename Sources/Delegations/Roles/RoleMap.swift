/// A role of Altinn 2 that holders of register roles have without anybody giving it.
public struct AltinnRole: Sendable, Hashable {
    /// Its code, such as `APIADM`.
    public let code: RoleCode
    /// What it is, in English.
    public let title: String
    /// The register roles whose holders have it.
    public let registerRoles: Set<RoleCode>
    /// Whether a policy may name it; roles of access administration are kept from service owners.
    public let isUsableInPolicies: Bool

    fileprivate init(_ code: StaticString, _ title: String, _ registerRoles: String, isUsableInPolicies: Bool = true) {
        self.code = RoleCode(code)
        self.title = title
        self.registerRoles = Set(registerRoles.split(separator: " ").compactMap { RoleCode(parsing: $0) })
        self.isUsableInPolicies = isUsableInPolicies
    }
}

/// Which Altinn roles a register role gives: 23 register roles by 34 Altinn roles (altinn.md §1.2).
public enum RoleMap {
    /// The private person's relation to itself, which gives roles as a register role does.
    public static let privatePerson: RoleCode = "PRIV"

    /// The Altinn roles that a register role gives, in the table's order; none for a role that gives nothing.
    public static func altinnRoles(from role: RoleCode) -> [RoleCode] { byRegisterRole[role] ?? [] }

    /// The Altinn role of that code; nil when there is none.
    public static func altinnRole(_ code: RoleCode) -> AltinnRole? { byCode[code] }

    /// The register roles that give anything.
    public static var registerRoles: Set<RoleCode> { Set(byRegisterRole.keys) }

    private static let byCode = Dictionary(roles.map { ($0.code, $0) }) { first, _ in first }
    private static let byRegisterRole: [RoleCode: [RoleCode]] = {
        var gives: [RoleCode: [RoleCode]] = [:]
        for role in roles {
            for registerRole in role.registerRoles { gives[registerRole, default: []].append(role.code) }
        }
        return gives
    }()

    // MARK: The table

    /// All Altinn roles; each names the register roles whose holders have it.
    public static let roles: [AltinnRole] = [
        AltinnRole(
            "ADMAI",
            "Access manager",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR FFØR KNUF KEMN KOMK SAM SREVA PRIV",
            isUsableInPolicies: false
        ),
        AltinnRole(
            "APIADM",
            "Application Programming Interface (API)",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR KEMN"
        ),
        AltinnRole("APIADMNUF", "Application Programming Interface for NUF (API)", "KNUF"),
        AltinnRole("HADM", "Main Administrator", "DAGL LEDE INNH DTSO DTPR BEST", isUsableInPolicies: false),
        AltinnRole(
            "KLADM",
            "Client administrator",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR SREVA",
            isUsableInPolicies: false
        ),
        AltinnRole(
            "SIGNE",
            "Signer of Coordinated register notification",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR"
        ),
        AltinnRole(
            "PASIG",
            "Parallel signing",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR KNUF KEMN",
            isUsableInPolicies: false
        ),
        AltinnRole(
            "ATTST",
            "Auditor certifies validity of VAT compensation",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR KOMK SAM MVAG"
        ),
        AltinnRole(
            "UTINN",
            "Reporter/sender",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR FFØR KEMN KOMK SAM KONT NEST MEDL PRIV"
        ),
        AltinnRole(
            "UTOMR",
            "Energy, environment and climate",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR FFØR KOMK SAM NEST MEDL PRIV"
        ),
        AltinnRole(
            "REGNA",
            "Accounting employee",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR FFØR KOMK SAM KONT NEST MEDL MVAG MVAU PRIV"
        ),
        AltinnRole(
            "LOPER",
            "Salaries and personnel employee",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR FFØR KOMK SAM KONT NEST MVAG PRIV"
        ),
        AltinnRole(
            "SISKD",
            "Limited signing rights",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR FFØR KOMK SAM MVAG PRIV"
        ),
        AltinnRole("A0212", "Primary industry and foodstuff", "DAGL LEDE INNH DTSO DTPR KOMP BEST REPR FFØR SAM PRIV"),
        AltinnRole("A0236", "Mail/archive", "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR KEMN KOMK SAM PRIV"),
        AltinnRole(
            "A0278",
            "Planning and construction",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR FFØR KEMN KOMK SAM KONT NEST PRIV"
        ),
        AltinnRole("A0293", "Algea test data", "DAGL INNH DTSO DTPR REPR"),
        AltinnRole("A0294", "Transport permit guarantee", "DAGL INNH DTSO DTPR REPR"),
        AltinnRole("A0298", "Auditor certifier", "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR KOMK SAM"),
        AltinnRole("HVASK", "Økokrim reporting", "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR"),
        AltinnRole(
            "KOMAB",
            "Municipal services",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR FFØR KEMN KOMK SAM KONT NEST PRIV"
        ),
        AltinnRole("PAVAD", "Patents, trademarks and design", "DAGL LEDE INNH DTSO DTPR KOMP BEST BOBE REPR PRIV"),
        AltinnRole(
            "UIHTL",
            "Health-, social- and welfare services",
            "DAGL LEDE INNH DTSO DTPR KOMP BEST REPR FFØR KEMN KOMK SAM KONT"
        ),
        AltinnRole("UILUF", "Transport", "DAGL LEDE INNH DTSO DTPR BEST BOBE REPR PRIV"),
        AltinnRole("BOBEL", "Bankruptcy read", "BOBE"),
        AltinnRole("BOBES", "Bankruptcy write", "BOBE"),
        AltinnRole("BOADM", "Bankruptcy administrator", "PRIV", isUsableInPolicies: false),
        AltinnRole("A0282", "Private tax affairs", "PRIV"),
        AltinnRole("PRIUT", "Limited rights for an individual", "PRIV"),
        AltinnRole("A0237", "Auditor in charge", "REVI"),
        AltinnRole("A0238", "Assistant auditor", "REVI"),
        AltinnRole("A0239", "Accountant with signing rights", "REGN"),
        AltinnRole("A0240", "Accountant without signing rights", "REGN"),
        AltinnRole("A0241", "Accountant salary", "REGN"),
    ]
}
