/// One command line of each command, as somebody might type it; shown at the end of its help.
///
/// Tests parse each of them, and demand one of each command.
enum CommandExamples {
    /// The example of a command, by its words: `access grant`.
    static func example(of command: String) -> String? { all[command] }

    /// Every example by its command.
    static let all: [String: String] = scopesAndClients.merging(delegations) { one, _ in one }
        .merging(operation) { one, _ in one }
        .merging(requestsAndReports) { one, _ in one }

    private static let scopesAndClients = [
        "access grant":
            "portvakt access grant acme:catch.read 314200772 --until 2027-06-30 --reason 'Agreement 2026-14'",
        "access list": "portvakt access list --scope acme:catch.read --expiring 30d",
        "access revoke": "portvakt access revoke acme:catch.read 314200772 --yes --reason 'Agreement ended'",
        "client create":
            "portvakt client create --org 314200772 --name payroll --scope acme:catch.read --generate-key payroll.jwk",
        "client disable": "portvakt client disable 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51 --yes",
        "client enable": "portvakt client enable 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51",
        "client keys add": "portvakt client keys add 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51 --jwk next.jwk --kid 2027",
        "client keys list": "portvakt client keys list 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51",
        "client keys remove": "portvakt client keys remove 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51 2026 --yes",
        "client keys reset": "portvakt client keys reset 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51 --yes",
        "client list": "portvakt client list --org 314200772 --expiring 60d",
        "client onbehalfof add":
            "portvakt client onbehalfof add 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51 kunde-a 314200772 --name 'Kunde A'",
        "client onbehalfof list": "portvakt client onbehalfof list 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51",
        "client onbehalfof remove":
            "portvakt client onbehalfof remove 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51 kunde-a --yes",

        "client report": "portvakt client report --org 314200772 --out reports",
        "client show": "portvakt client show 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51 --json",
        "prefix assign": "portvakt prefix assign acme 310000124",
        "prefix list": "portvakt prefix list",
        "scope activate": "portvakt scope activate acme:catch.read",
        "scope apply": "portvakt scope apply scopes/ --prune --max-removals 3",
        "scope create": "portvakt scope create acme:catch.read --description 'Read catch reports'",
        "scope deactivate": "portvakt scope deactivate acme:catch.read --revoke-access --yes",
        "scope diff": "portvakt scope diff scopes/ --prune --out plan.json",
        "scope export": "portvakt scope export --format dcat --contact api@acme.example",
        "scope list": "portvakt scope list --prefix acme --output tsv --fields scope,consumers",
        "scope show": "portvakt scope show acme:catch.read",
        "token inspect": "portvakt token inspect @token.jwt",
        "token proof": "portvakt token proof GET https://api.example.no/fangst --dpop-key dpop.jwk",
        "token request": "portvakt token request --env-file payroll.env --scope acme:catch.read --header",
        "token revoke": "portvakt token revoke --client 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51 --yes",
        "token verify": "portvakt token verify @token.jwt --issuer https://vakt.example.no/ --scope acme:catch.read",
    ]

    private static let delegations = [
        "accesslist add": "portvakt accesslist add 310000124:lesere 314200772",
        "accesslist connect": "portvakt accesslist connect 310000124:lesere acme_catch",
        "accesslist delete": "portvakt accesslist delete 310000124:lesere --yes",
        "accesslist disconnect": "portvakt accesslist disconnect 310000124:lesere acme_catch --yes",
        "accesslist list": "portvakt accesslist list",
        "accesslist remove": "portvakt accesslist remove 310000124:lesere 314200772 --yes",
        "accesslist set": "portvakt accesslist set 310000124:lesere 'Those who read catch reports'",
        "accesslist show": "portvakt accesslist show 310000124:lesere",
        "consent accept": "portvakt consent accept 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10",
        "consent list": "portvakt consent list --json",
        "consent reject": "portvakt consent reject 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10 --yes",
        "consent request": "portvakt consent request consent.json",
        "consent revoke": "portvakt consent revoke 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10 --yes",
        "consent show": "portvakt consent show 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10",
        "decide": "portvakt decide request.json",
        "delegation check": "portvakt delegation check 314200772 312345679 acme:catch.read --explain",
        "delegation grant": "portvakt delegation grant 314200772 312345679 acme:catch.read --until 2027-06-30",
        "delegation list": "portvakt delegation list --supplier 312345679",
        "delegation revoke": "portvakt delegation revoke --consumer 314200772 --supplier 312345679 --yes",
        "resource create": "portvakt resource create acme_catch.json",
        "resource delete": "portvakt resource delete acme_catch --yes",
        "resource list": "portvakt resource list",
        "resource policy": "portvakt resource policy acme_catch policy.xml",
        "resource show": "portvakt resource show acme_catch",
        "resource update": "portvakt resource update acme_catch.json",
        "role give": "portvakt role give 314200772 APIADM --to 312345679",
        "role link": "portvakt role link 314200772 DAGL --name 'Kari Nordmann'",
        "role list": "portvakt role list 314200772",
        "role revoke": "portvakt role revoke 314200772 APIADM --from 312345679 --yes",
        "role unlink": "portvakt role unlink 0f3a4b5c6d7e8f90 --yes",
        "system create": "portvakt system create system.json",
        "system delete": "portvakt system delete 312345679_payroll --yes",
        "system list": "portvakt system list --vendor 312345679",
        "system show": "portvakt system show 312345679_payroll",
        "system update": "portvakt system update system.json",
        "systemuser approve": "portvakt systemuser approve 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10",
        "systemuser change": "portvakt systemuser change 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10",
        "systemuser clients add": "portvakt systemuser clients add 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10 314200772",
        "systemuser clients available":
            "portvakt systemuser clients available 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10",
        "systemuser clients list": "portvakt systemuser clients list 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10",
        "systemuser clients remove":
            "portvakt systemuser clients remove 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10 314200772 --yes",
        "systemuser delete": "portvakt systemuser delete 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10 --yes",
        "systemuser list": "portvakt systemuser list --org 314200772",
        "systemuser reject": "portvakt systemuser reject 0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10 --yes",
        "systemuser request": "portvakt systemuser request 312345679_payroll 314200772",
    ]

    private static let operation = [
        "attention": "portvakt attention --severity urgent",
        "audit search": "portvakt audit search --trace 0af7651916cd43dd8448eb211c80319c",
        "audit tail": "portvakt audit tail --follow --event token_refused",
        "audit verify": "portvakt audit verify --from 120000",
        "cert check": "portvakt cert check enterprise.pem --at 2026-11-01",
        "completion": "portvakt completion bash > ~/.local/share/bash-completion/completions/portvakt",
        "context list": "portvakt context list",
        "context remove": "portvakt context remove test --yes",
        "context set":
            "portvakt context set test --server https://vakt.example.no:7081 --issuer https://id.example.no/ --client-id 5c21 --key operator.jwk",
        "context show": "portvakt context show test",
        "context use": "portvakt context use test",
        "demo consumer": "portvakt demo consumer --env-file var/demo/clients/fangst.env --rate 5 --duration 30s",
        "demo portal": "portvakt demo portal",
        "demo provider": "portvakt demo provider",
        "demo story": "portvakt demo story --keep story --port 17080",
        "demo revoke": "portvakt demo revoke var/demo/clients/fangst.pem",
        "doctor": "portvakt doctor --offline --json",
        "init":
            "portvakt init /var/lib/portvakt --issuer https://vakt.example.no/ --env prod --org 310000124 --prefix acme",
        "keys export": "portvakt keys export sig-2v4lHl3mM3O9uKqDpUz1aA --public",
        "keys list": "portvakt keys list --check --within 30",
        "keys retire": "portvakt keys retire sig-2v4lHl3mM3O9uKqDpUz1aA --yes",
        "keys rotate": "portvakt keys rotate --dry-run",
        "login": "portvakt login --context test",
        "org check": "portvakt org check 314200772 310000124",
        "org generate": "portvakt org generate --units 10000 --out register",
        "org import": "portvakt org import enheter_alle.json.gz --dry-run",
        "org index": "portvakt org index",
        "org report": "portvakt org report --check",
        "org search": "portvakt org search fiskeri vest",
        "org show": "portvakt org show 314200772",
        "org sync": "portvakt org sync --once",
        "serve": "portvakt serve --data /var/lib/portvakt --listen 127.0.0.1:7080",
        "store accept-clock": "portvakt store accept-clock --yes --reason 'the clock stood ahead after a reboot'",
        "store migrate": "portvakt store migrate",
        "version": "portvakt version --json",
        "web": "portvakt web --org 314200772",
        "webhook add": "portvakt webhook add ops --url https://ops.example.no/hooks/portvakt",
        "webhook list": "portvakt webhook list --json",
        "webhook remove": "portvakt webhook remove ops --yes",
        "webhook rotate-key": "portvakt webhook rotate-key ops",
        "webhook test": "portvakt webhook test ops",
        "whoami": "portvakt whoami --context test",
    ]
}
