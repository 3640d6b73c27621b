extension DemoPortalPage {
    /// The texts in Bokmål.
    static let norwegian: [String: String] = [
        "portal": "Demoportalen", "who": "Hvem vil du være?", "unseen": "Du kan ikke se denne forespørselen",
        "fault": "Tjenesten svarer ikke", "system-user": "Forespørsel om systembruker",
        "change": "Forespørsel om endring av systembruker", "consent": "Forespørsel om samtykke",
        "organisation": "Virksomhet", "asks": "Hvem spør", "system": "System", "rights": "Rettigheter",
        "packages": "Tilgangspakker", "until": "Varer til", "made": "Laget", "state": "Status",
        "approve": "Godkjenn", "accept": "Gi samtykke", "reject": "Avslå", "revoke": "Trekk samtykket",
        "end": "Slett systembrukeren", "as": "Du er", "another": "Vær en annen", "language": "English",
        "made-up": "Personene er oppdiktet. Ingen logger inn her.",
        "home": "Åpne lenken i en forespørsel (confirmUrl eller viewUri) for å svare på den. Personene er:",
        "unseen-why": "Den finnes ikke, eller du har ingen rolle som lar deg svare på den.",
        "status-New": "Venter på svar", "status-Created": "Venter på svar", "status-Accepted": "Godkjent",
        "status-Rejected": "Avslått", "status-Denied": "Avvist", "status-Timedout": "Tiden er ute",
        "status-Revoked": "Trukket", "status-Deleted": "Slettet", "status-Expired": "Utløpt",
        "refused": "Det gikk ikke:",
    ]

    /// The texts in English.
    static let english: [String: String] = [
        "portal": "The demo portal", "who": "Who do you want to be?", "unseen": "You cannot see this request",
        "fault": "The service does not answer", "system-user": "Request for a system user",
        "change": "Request to change a system user", "consent": "Request for consent",
        "organisation": "Organisation", "asks": "Who asks", "system": "System", "rights": "Rights",
        "packages": "Access packages", "until": "Lasts until", "made": "Made", "state": "Status",
        "approve": "Approve", "accept": "Give consent", "reject": "Refuse", "revoke": "Withdraw consent",
        "end": "Delete the system user", "as": "You are", "another": "Be somebody else", "language": "Norsk",
        "made-up": "The persons are made up. Nobody logs in here.",
        "home": "Open the link of a request (confirmUrl or viewUri) to answer it. The persons are:",
        "unseen-why": "It does not exist, or you have no role that lets you answer it.",
        "status-New": "Waits for an answer", "status-Created": "Waits for an answer", "status-Accepted": "Approved",
        "status-Rejected": "Refused", "status-Denied": "Denied", "status-Timedout": "Timed out",
        "status-Revoked": "Withdrawn", "status-Deleted": "Deleted", "status-Expired": "Expired",
        "refused": "It was not done:",
    ]

    /// The one template of all pages.
    static let template = """
        <!DOCTYPE html>
        <html lang="{{language}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{title}}</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <header><p class="name">{{text.portal}}</p>{{#otherLanguage}}<a href="{{otherLanguage}}" hreflang="{{#isNorwegian}}en{{/isNorwegian}}{{^isNorwegian}}nb{{/isNorwegian}}">{{text.language}}</a>{{/otherLanguage}}</header>
        <main>
        <h1>{{title}}</h1>
        {{#isHome}}<p>{{text.home}}</p><ul>{{#names}}<li>{{.}}</li>{{/names}}</ul>{{/isHome}}
        {{#isChoice}}<ul class="choice">{{#persons}}<li><a href="{{address}}"><strong>{{name}}</strong><span>{{part}}</span></a></li>{{/persons}}</ul>{{/isChoice}}
        {{#isUnseen}}<p>{{text.as}} {{person}}. {{text.unseen-why}}</p><p><a href="{{back}}">{{text.another}}</a></p>{{/isUnseen}}
        {{#isFault}}<p class="refusal" role="alert">{{detail}}</p>{{/isFault}}
        {{#isRequest}}
        <p class="person">{{text.as}} <strong>{{person}}</strong>. <a href="{{back}}">{{text.another}}</a></p>
        {{#refusal}}<p class="refusal" role="alert">{{text.refused}} {{refusal}}</p>{{/refusal}}
        <p class="status {{statusClass}}" role="status">{{text.state}}: <strong>{{status}}</strong></p>
        {{#message}}<blockquote>{{message}}</blockquote>{{/message}}
        <dl>{{#facts}}<dt>{{name}}</dt>{{#values}}<dd>{{.}}</dd>{{/values}}{{/facts}}</dl>
        <div class="acts">{{#acts}}<form method="post"><input type="hidden" name="person" value="{{index}}"><input type="hidden" name="lang" value="{{language}}"><input type="hidden" name="act" value="{{act}}"><button{{#isMain}} class="main"{{/isMain}}>{{label}}</button></form>{{/acts}}</div>
        {{/isRequest}}
        </main>
        <footer><p>{{text.made-up}}</p></footer>
        </body>
        </html>
        """

    /// The one style sheet.
    static let style = """
        :root { color-scheme: light dark; --ink: #16202b; --paper: #fff; --soft: #f1f4f8; --line: #c3ccd6; --main: #0b5394;
          --on-main: #fff; --bad: #a01622; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --paper: #12181f; --soft: #1c252f; --line: #3c4a59;
          --main: #8cc4ff; --on-main: #08131f; --bad: #ff9aa2; } }
        * { box-sizing: border-box; }
        body { margin: 0; color: var(--ink); background: var(--paper); font: 1.0625rem/1.5 system-ui, sans-serif; }
        header, main, footer { max-width: 42rem; margin: 0 auto; padding: 0 1rem; }
        header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; border-bottom: 1px solid var(--line); }
        .name { font-weight: 600; margin: .75rem 0; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.5rem 0 1rem; overflow-wrap: anywhere; }
        a { color: var(--main); }
        a:focus-visible, button:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
        .choice { list-style: none; padding: 0; }
        .choice a { display: block; padding: .75rem 1rem; margin-bottom: .5rem; border: 1px solid var(--line); border-radius: .5rem;
          background: var(--soft); text-decoration: none; color: var(--ink); }
        .choice a:hover { border-color: var(--main); }
        .choice span { display: block; font-size: .95rem; }
        .status { padding: .5rem .75rem; background: var(--soft); border-left: .3rem solid var(--line); }
        .status.accepted { border-color: #2e7d32; }
        .status.new, .status.created { border-color: #b26a00; }
        .status.rejected, .status.revoked, .status.denied { border-color: var(--bad); }
        .refusal { color: var(--bad); border: 1px solid currentColor; padding: .5rem .75rem; border-radius: .5rem; }
        blockquote { margin: 1rem 0; padding-left: .75rem; border-left: .3rem solid var(--line); }
        dl { margin: 1.25rem 0; }
        dt { font-size: .9rem; opacity: .8; margin-top: .75rem; }
        dd { margin: 0; overflow-wrap: anywhere; }
        .acts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0; }
        button { font: inherit; padding: .65rem 1.25rem; border-radius: .5rem; border: 1px solid var(--main); background: transparent;
          color: var(--main); cursor: pointer; min-height: 2.75rem; }
        button.main { background: var(--main); color: var(--on-main); }
        footer { font-size: .9rem; border-top: 1px solid var(--line); margin-top: 2rem; }
        @media (max-width: 24rem) { .acts form, .acts button { width: 100%; } }
        """
}
