/// Words of reports that are the same in every installation, in the page's language; what is not known stands as it is.
enum Reasons {
    /// Why a scope is not granted.
    static func words(_ reason: String, _ scene: Scene) -> String { reasons[reason].map(scene.text) ?? spaced(reason) }

    /// A state.
    static func state(_ state: String, _ scene: Scene) -> String {
        if let known = states[state] { return scene.text(known) }
        // `deleted 2024-02-29`, `bankrupt since …`: the first word decides.
        guard let (first, rest) = split(state), let known = states[first] else { return state }
        return scene.text(known) + " " + rest.replacing("since", with: scene.text("since", "siden"))
    }

    /// What happened, as the ledger calls it.
    static func event(_ event: String, _ scene: Scene) -> String { events[event].map(scene.text) ?? spaced(event) }

    private static func spaced(_ word: String) -> String { word.replacing("_", with: " ") }

    private static func split(_ text: String) -> (String, String)? {
        guard let space = text.firstIndex(of: " ") else { return nil }
        return (String(text[..<space]), String(text[text.index(after: space)...]))
    }

    private static let reasons: [String: Phrase] = [
        "scope_unknown": Phrase("there is no such scope", "scopet finnes ikke"),
        "scope_inactive": Phrase("the scope is inactive", "scopet er inaktivt"),
        "client_disabled": Phrase("the client is disabled", "klienten er deaktivert"),
        "access_missing": Phrase("no access was granted", "tilgang er ikke gitt"),
        "access_requested": Phrase("access is only asked for", "det er bare bedt om tilgang"),
        "access_denied": Phrase("access was withdrawn or refused", "tilgangen er trukket tilbake eller avslått"),
        "access_not_yet_valid": Phrase("access has not begun", "tilgangen gjelder ikke ennå"),
        "access_ended": Phrase("access has ended", "tilgangen er utløpt"),
        "terms_not_accepted": Phrase("the terms are not accepted", "vilkårene er ikke godtatt"),
    ]

    private static let states: [String: Phrase] = [
        "active": Phrase("active", "aktiv"), "inactive": Phrase("inactive", "inaktiv"),
        "disabled": Phrase("disabled", "deaktivert"), "next": Phrase("next", "neste"),
        "retiring": Phrase("retiring", "på vei ut"), "retired": Phrase("retired", "fjernet"),
        "issued": Phrase("issued", "utstedt"), "refused": Phrase("refused", "avslått"),
        "done": Phrase("done", "utført"),
        "yes": Phrase("granted", "gitt"), "no": Phrase("not granted", "ikke gitt"), "live": Phrase("live", "aktiv"),
        "deleted": Phrase("deleted", "slettet"), "bankrupt": Phrase("bankrupt", "konkurs"),
        "green": Phrase("up to date", "oppdatert"), "yellow": Phrase("over a day old", "over ett døgn gammelt"),
        "red": Phrase("over a week old", "over en uke gammelt"),
        "APPROVED": Phrase("approved", "godkjent"), "REQUESTED": Phrase("requested", "forespurt"),
        "DENIED": Phrase("denied", "avslått"),
    ]

    private static let events: [String: Phrase] = [
        "token_issued": Phrase("token issued", "token utstedt"),
        "token_refused": Phrase("token refused", "token avslått"),
        "token_refusals_summed": Phrase("refusals summed up", "avslag oppsummert"),
        "request_refused": Phrase("request refused", "forespørsel avslått"),
        "scope_created": Phrase("scope created", "scope opprettet"),
        "scope_changed": Phrase("scope changed", "scope endret"),
        "scope_deactivated": Phrase("scope deactivated", "scope deaktivert"),
        "scope_activated": Phrase("scope activated", "scope aktivert"),
        "access_granted": Phrase("access granted", "tilgang gitt"),
        "access_revoked": Phrase("access withdrawn", "tilgang trukket tilbake"),
        "client_created": Phrase("client registered", "klient registrert"),
        "client_changed": Phrase("client changed", "klient endret"),
        "client_disabled": Phrase("client disabled", "klient deaktivert"),
        "client_enabled": Phrase("client enabled", "klient aktivert"),
        "client_key_added": Phrase("key added", "nøkkel lagt til"),
        "client_key_removed": Phrase("key removed", "nøkkel fjernet"),
        "signing_key_created": Phrase("signing key made", "signeringsnøkkel laget"),
        "signing_key_scheduled": Phrase("signing key scheduled", "signeringsnøkkel planlagt"),
        "delegation_given": Phrase("delegation given", "delegering gitt"),
        "delegation_changed": Phrase("delegation changed", "delegering endret"),
        "delegation_revoked": Phrase("delegation revoked", "delegering trukket tilbake"),
        "supplier_added": Phrase("supplier added", "leverandør lagt til"),
        "supplier_removed": Phrase("supplier removed", "leverandør fjernet"),
        "prefix_assigned": Phrase("prefix assigned", "prefiks tildelt"),
        "organisations_imported": Phrase("register imported", "register importert"),
        "roles_imported": Phrase("roles imported", "roller importert"),
        "register_synced": Phrase("register synced", "register oppdatert"),
        "tokens_revoked": Phrase("tokens revoked", "token tilbakekalt"),
        "initialised": Phrase("installation made", "installasjon laget"),
        "console_link_made": Phrase("console link made", "konsollenke laget"),
        "console_logged_in": Phrase("logged in to the console", "logget inn i konsollen"),
        "console_logged_out": Phrase("logged out of the console", "logget ut av konsollen"),
    ]
}
