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
    static func event(_ event: String, _ scene: Scene) -> String {
        EventWords.all[event].map(scene.text) ?? spaced(event)
    }

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
        "access_terms": Phrase("the terms are not accepted", "vilkårene er ikke godtatt"),
        "access_not_granted": Phrase("no access was granted", "tilgang er ikke gitt"),
        "access_not_yet": Phrase("access has not begun", "tilgangen gjelder ikke ennå"),
        "scope_not_on_client": Phrase("the scope is not on the client", "scopet er ikke på klienten"),
        "scope_integration_type": Phrase("not for this kind of client", "ikke for denne typen klient"),
        "scope_not_delegable": Phrase("the scope cannot be delegated", "scopet kan ikke delegeres"),
        "scope_needs_delegation": Phrase("a delegation is needed", "delegering kreves"),
        "delegation_register_unreachable": Phrase("delegated in another register", "delegeres i et annet register"),
        "delegation_missing": Phrase("the consumer has not delegated it", "konsumenten har ikke delegert det"),
        "delegation_ended": Phrase("the delegation has ended", "delegeringen er utløpt"),
        "unproven_supplier_not_allowed": Phrase(
            "suppliers need the customer's own act",
            "leverandører trenger kundens egen handling"
        ),
        "supplier_access_not_granted": Phrase("the supplier has no access", "leverandøren har ikke tilgang"),
        "supplier_access_not_in_force": Phrase(
            "the supplier's access is not in force",
            "leverandørens tilgang gjelder ikke"
        ),
        "processor_agreement_missing": Phrase("no processor agreement", "databehandleravtale mangler"),
        "processor_agreement_ended": Phrase("the processor agreement has ended", "databehandleravtalen er utløpt"),
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
}
