import Operations
import Vocabulary

/// The lists of the console.
enum ConsoleLists {
    static let access = ListPage(
        inquiry: BrowseAccess.self,
        title: Phrase("Access", "Tilganger"),
        id: "access",
        columns: [
            .init("scope", "Scope", "Scope", order: "scope"),
            .init("consumer_orgno", "Consumer", "Konsument", order: "consumer"),
            .init("suppliers", "Via supplier", "Via leverandør"),
            .init("clients", "Clients", "Klienter", isNumber: true),
            .init("created", "Since", "Siden", order: "since"),
            .init("until", "Until", "Til", order: "until"),
            .init("origin", "Granted by", "Gitt av"),
            .init("reason", "Reason", "Grunn"),
            .init("last_token", "Last token", "Siste token", order: "last_token"),
            .init("tokens_30d", "Tokens 30 d", "Token 30 d", isNumber: true),
        ],
        filters: [
            .init("prefix", "Scope prefix", "Scope-prefiks", .text(example: "skatteetaten")),
            .init("scope", "Scope", "Scope", .text(example: "skatteetaten:inntekt")),
            .init("owner", "Owner", "Eier", .text(example: "974761076")),
            .init("org", "Consumer", "Konsument", .text(example: "314200772")),
            .init("supplier", "Supplier", "Leverandør", .text(example: "310000124")),
            .init("expiring", "Ends", "Utløper", .choice(within)),
            .init("at", "As of", "Per dato", .day),
            .init("never_used", "Never used", "Aldri brukt", .flag),
            .init("inactive", "Also withdrawn and requested", "Også tilbaketrukne og forespurte", .flag),
        ],
        order: "scope",
        whenEmpty: Phrase(
            "Nobody has access yet. Access is granted by the owner of a scope.",
            "Ingen har tilgang ennå. Tilgang gis av eieren av et scope."
        ),
        commands: [
            (Phrase("Grant access", "Gi tilgang"), "access grant SCOPE ORG --until 2027-12-31 --reason TEXT"),
            (Phrase("Withdraw access", "Trekk tilbake tilgang"), "access revoke SCOPE ORG"),
        ]
    )

    static let scopes = ListPage(
        inquiry: BrowseScopes.self,
        title: Phrase("Scopes", "Scopes"),
        id: "scopes",
        columns: [
            .init("scope", "Scope", "Scope", order: "scope"),
            .init("description", "Description", "Beskrivelse"),
            .init("state", "State", "Status"),
            .init("owner_orgno", "Owner", "Eier", order: "owner"),
            .init("consumers", "Consumers", "Konsumenter", isNumber: true),
            .init("clients", "Clients", "Klienter", isNumber: true),
            .init("delegable", "Delegable", "Delegerbar"),
            .init("last_token", "Last token", "Siste token"),
            .init("origin", "Source", "Kilde"),
        ],
        filters: [
            .init("q", "Name or description", "Navn eller beskrivelse", .text(example: "inntekt")),
            .init("prefix", "Prefix", "Prefiks", .text(example: "skatteetaten")),
            .init("org", "Owner", "Eier", .text(example: "974761076")),
            .init("inactive", "Also inactive ones", "Også inaktive", .flag),
        ],
        order: "scope",
        whenEmpty: Phrase(
            "There are no scopes yet. They come from scope files or from `portvakt scope create`.",
            "Det finnes ingen scopes ennå. De kommer fra scopefiler eller fra `portvakt scope create`."
        ),
        commands: [
            (Phrase("Create a scope", "Opprett et scope"), "scope create PREFIX:NAME --description TEXT"),
            (Phrase("Compare with the scope files", "Sammenlign med scopefilene"), "scope diff scopes"),
        ]
    )

    static let clients = ListPage(
        inquiry: BrowseClients.self,
        title: Phrase("Clients", "Klienter"),
        id: "clients",
        columns: [
            .init("client_id", "Client", "Klient", order: "name"),
            .init("client_orgno", "Owner", "Eier", order: "owner"),
            .init("scopes", "Scopes", "Scopes"),
            .init("keys", "Keys", "Nøkler", isNumber: true),
            .init("nearest_key_expiry", "Nearest key expiry", "Første nøkkel utløper", order: "nearest_key_expiry"),
            .init("last_token", "Last token", "Siste token", order: "last_token"),
            .init("state", "State", "Status"),
        ],
        filters: [
            .init("q", "Name or id", "Navn eller id", .text(example: "arkiv")),
            .init("org", "Owner", "Eier", .text(example: "314200772")),
            .init("scope", "Holds scope", "Har scope", .text(example: "skatteetaten:inntekt")),
            .init("expiring", "Key ends", "Nøkkel utløper", .choice(within)),
            .init("disabled", "Also disabled ones", "Også deaktiverte", .flag),
        ],
        order: "owner",
        whenEmpty: Phrase("No client is registered yet.", "Ingen klient er registrert ennå."),
        commands: [
            (
                Phrase("Register a client", "Registrer en klient"),
                "client create --org ORG --name NAME --scope SCOPE --generate-key FOLDER"
            ),
            (Phrase("Disable a client", "Deaktiver en klient"), "client disable CLIENT"),
        ]
    )

    static let delegations = ListPage(
        inquiry: BrowseDelegations.self,
        title: Phrase("Delegations", "Delegeringer"),
        id: "delegations",
        columns: [
            .init("consumer_orgno", "Consumer", "Konsument", order: "consumer"),
            .init("supplier_orgno", "Supplier", "Leverandør", order: "supplier"),
            .init("scopes", "Scopes", "Scopes"),
            .init("since", "Since", "Siden", order: "since"),
            .init("until", "Until", "Til", order: "until"),
            .init("last_used", "Last used", "Sist brukt", order: "last_used"),
        ],
        filters: [
            .init("consumer", "Consumer", "Konsument", .text(example: "314200772")),
            .init("supplier", "Supplier", "Leverandør", .text(example: "310000124")),
            .init("scope", "Scope", "Scope", .text(example: "skatteetaten:inntekt")),
        ],
        order: "consumer",
        whenEmpty: Phrase(
            "No consumer has delegated anything to a supplier.",
            "Ingen konsument har delegert noe til en leverandør."
        ),
        commands: [
            (Phrase("Give a delegation", "Gi en delegering"), "delegation grant CONSUMER SUPPLIER SCOPE"),
            (Phrase("Revoke a delegation", "Trekk tilbake en delegering"), "delegation revoke CONSUMER SUPPLIER SCOPE"),
        ]
    )

    static let organisations = ListPage(
        inquiry: BrowseOrganisations.self,
        title: Phrase("Organisations", "Virksomheter"),
        id: "organisations",
        columns: [
            .init("orgno", "Organisation", "Virksomhet"), .init("form", "Form", "Form"),
            .init("status", "Status", "Status"), .init("scopes", "Scopes", "Scopes", isNumber: true),
            .init("accesses", "Access", "Tilganger", isNumber: true),
            .init("clients", "Clients", "Klienter", isNumber: true),
        ],
        filters: [.init("q", "Name or number", "Navn eller nummer", .text(example: "kommune"))],
        whenEmpty: Phrase(
            "Nobody owns a prefix or a client, or has access. The register itself is searched by name or number.",
            "Ingen eier et prefiks eller en klient, eller har tilgang. I selve registeret søkes det på navn eller nummer."
        ),
        whenNoneFits: Phrase("No such organisation was found.", "Ingen slik virksomhet ble funnet."),
        commands: [
            (Phrase("Bring the register up to date", "Oppdater registeret"), "org sync"),
            (Phrase("Check a number", "Kontroller et nummer"), "org check ORG"),
        ]
    )

    static let audit = ListPage(
        inquiry: BrowseAudit.self,
        title: Phrase("Entries", "Innslag"),
        id: "audit",
        columns: [
            .init("time", "Time", "Tid"), .init("event", "Event", "Hendelse"), .init("result", "Result", "Resultat"),
            .init("client", "Client", "Klient"), .init("consumer", "Consumer", "Konsument"),
            .init("scopes", "Scopes", "Scopes"), .init("code", "Code", "Kode"), .init("actor", "Actor", "Utført av"),
            .init("trace_id", "Trace", "Sporing"),
        ],
        filters: [
            .init("trace", "Trace id", "Sporings-id", .text(example: "4bf92f3577b34da6a3ce929d0e0e4736")),
            .init("org", "Organisation", "Virksomhet", .text(example: "314200772")),
            .init("client", "Client", "Klient", .text(example: "8e1f…")),
            .init("code", "Code", "Kode", .text(example: "MP-012")),
            .init("actor", "Actor", "Utført av", .text(example: "kari@host")),
            .init("since", "Since", "Fra", .text(example: "24h")),
            .init("changes", "Only changes", "Bare endringer", .flag),
        ],
        whenEmpty: Phrase("Nothing has happened yet.", "Ingenting har skjedd ennå."),
        commands: [
            (Phrase("Follow the ledger", "Følg loggen"), "audit tail -f"),
            (Phrase("Check that nothing was altered", "Kontroller at ingenting er endret"), "audit verify"),
        ]
    )

    /// Spans that something ends within.
    private static let within: [(value: String, words: Phrase)] = [
        ("1d", Phrase("within a day", "innen ett døgn")), ("7d", Phrase("within 7 days", "innen 7 dager")),
        ("30d", Phrase("within 30 days", "innen 30 dager")), ("60d", Phrase("within 60 days", "innen 60 dager")),
        ("365d", Phrase("within a year", "innen ett år")),
    ]
}
