public import Administration
import Clients
import FoundationEssentials
import JOSE
import LibCrypto
import Organisations
import SQLiteStorage
import Scopes
import Server
import TestAuthority
import TokenIssuance
public import Vocabulary

/// The world that `init --demo` makes: an installation, filled by the very operations that an operator has.
///
/// Keys, certificates and client identifiers are fresh each time; organisations, scopes and access are the same.
public struct DemoWorld: Sendable {
    /// What is to be made.
    public struct Plan: Sendable {
        /// The data folder, made when it is missing.
        public var dataFolder: String
        /// The server's identifier; a loopback URL with a port also says where the server listens.
        public var issuer: Issuer
        /// Whether what is there already is set aside.
        public var replacesExisting: Bool
        /// Who makes it, for the ledger.
        public var actor: Actor
        /// Whether keys of certificates are as large as real ones, which takes a quarter of a minute to make.
        public var hasRealKeySizes = false
        /// How many units of each kind the register has beside those that other things refer to.
        public var registerSize = (mainUnits: 600, subUnits: 400)

        /// A plan.
        public init(dataFolder: String, issuer: Issuer, replacesExisting: Bool = false, actor: Actor) {
            self.dataFolder = dataFolder
            self.issuer = issuer
            self.replacesExisting = replacesExisting
            self.actor = actor
        }

        /// The issuer of a demo world that is told nothing else.
        public static func standardIssuer() throws(Issuer.ParseError) -> Issuer {
            try Issuer(parsing: "http://127.0.0.1:7080/")
        }
    }

    /// A client that was registered, and where its owner's files are.
    public struct RegisteredClient: Sendable {
        /// The name of its folder.
        public let name: String
        /// The client.
        public let id: ClientID
        /// Its owner.
        public let owner: OrganisationNumber
        /// What it is called.
        public let title: String
        /// The folder with key, `.env` and, if it has one, certificate.
        public let folder: String
    }

    /// The data folder.
    public let dataFolder: String
    /// The server's identifier.
    public let issuer: Issuer
    /// The first signing key.
    public let signingKey: KeyID
    /// Where what was there before has gone; nil when there was nothing.
    public let setAside: String?
    /// The clients; the first is the one to begin with.
    public let clients: [RegisteredClient]

    /// Makes a demo world.
    ///
    /// - Throws: `InstallationFault`, `StorageError`, `DemoWorldError`, and what any of its operations throws.
    public static func make(_ plan: Plan, at now: Timestamp) throws -> DemoWorld {
        let issuers = try DemoIssuers(
            keys: plan.hasRealKeySizes ? .real : .small,
            address: responder(for: plan.issuer),
            at: now
        )
        let people = try DemoClient.all()
        let certificates = try Certificates(of: people, from: issuers)
        let seals = try DemoSealHolder.all().map { (holder: $0, certificate: try issuers.issue(to: $0)) }
        let installation = try Installation.make(
            Installation.Plan(
                dataFolder: plan.dataFolder,
                issuer: plan.issuer,
                environment: .test,
                trust: try issuers.trust(revoking: Array(certificates.revoked.values)),
                sealTrust: try issuers.sealTrust(),
                settings: settings(for: plan.issuer),
                replacesExisting: plan.replacesExisting,
                actor: plan.actor.description
            ),
            at: now
        )
        do {
            let folder = try DemoFolder(plan.dataFolder).folder("demo")
            try issuers.writeAuthorities(
                to: try folder.folder("issuers"),
                revoking: Array(certificates.revoked.values)
            )
            let filling = DemoFilling(store: installation.store, folder: folder, actor: plan.actor, now: now)
            let pseudonyms = try PseudonymKeyFile.readOrMake(in: plan.dataFolder, isUsed: false)
            try filling.importRegister(
                mainUnits: plan.registerSize.mainUnits,
                subUnits: plan.registerSize.subUnits,
                pseudonyms: pseudonyms
            )
            try filling.declareScopes(keeping: try DemoFolder(plan.dataFolder).folder("scopes"))
            try filling.makeSigningKeys(in: SigningKeyFolder(dataFolder: plan.dataFolder))
            let clients = try people.map { person in
                try filling.register(person, certificates: certificates, issuer: plan.issuer)
            }
            try filling.writeSeals(seals, issuer: plan.issuer)
            let world = DemoWorld(
                dataFolder: plan.dataFolder,
                issuer: plan.issuer,
                signingKey: installation.signingKey.id,
                setAside: installation.setAside,
                clients: clients.map(\.summary)
            )
            let delegated = try filling.delegate(with: clients, under: pseudonyms)
            try filling.describe(
                clients,
                delegated.description(portal: settings(for: plan.issuer)[.portalURL] ?? ""),
                of: plan.issuer
            )
            try folder.write("first-token.txt", world.firstToken(program: "portvakt"))
            try folder.folder("config").folder("portvakt").write("contexts.yaml", try world.contextFile())
            try installation.store.close()
            return world
        } catch {
            try? installation.store.close()
            throw error
        }
    }

    /// The commands that get and check a first token, for another terminal in which the program is called `program`.
    public func firstToken(program: String) -> String {
        let environment = clients.first.map { "\($0.folder)/.env" } ?? ""
        return """
            In another terminal, get a first token and check it as a provider would:
              \(program) token request --env-file \(environment) > token
              \(program) token verify @token --issuer \(issuer)
            Then call an API with it:
              \(program) demo provider --issuer \(issuer) &
              curl -H "Authorization: Bearer $(cat token)" http://127.0.0.1:7090/fangst

            """
    }

    /// Where the demo issuers' responder answers: two ports behind the issuer's, if that is on this machine.
    private static func responder(for issuer: Issuer) -> String {
        guard !issuer.isSecure, let listen = try? ListenAddress(parsing: issuer.authority) else {
            return "http://127.0.0.1:7082"
        }
        return "http://127.0.0.1:\(listen.port < 65_534 ? listen.port + 2 : listen.port - 2)"
    }

    /// The URL of the admin listener, with a final slash.
    private var adminURL: String {
        "http://" + (Self.settings(for: issuer)[.adminListen] ?? "127.0.0.1:7081") + "/"
    }

    /// The commands that administer the server as the operator's client does.
    public func administration(program: String) -> String {
        let home = clients.first { $0.name == DemoClient.operatorClientName }?.folder ?? ""
        return """
            to administer it while it serves:
              \(program) context set demo --server \(adminURL) --env-file \(home)/.env --key \(home)/key.jwk
              \(program) login --context demo
            """
    }

    /// The same as a file of contexts, for whoever points `XDG_CONFIG_HOME` at `<data>/demo/config`.
    private func contextFile() throws -> String {
        guard let client = clients.first(where: { $0.name == DemoClient.operatorClientName }) else {
            throw DemoWorldError.inconsistent("nobody administers it")
        }
        let key = try DemoFolder(client.folder).absoluteFile("key.jwk")
        func quoted(_ text: String) -> String { JSONValue.string(text).text() }
        return """
            contexts:
              demo:
                server: \(quoted(adminURL))
                issuer: \(quoted(issuer.rawValue))
                client_id: \(quoted(client.id.rawValue))
                key: \(quoted(key))

            """
    }

    private static func settings(for issuer: Issuer) -> [ConfigurationKey: String] {
        var settings: [ConfigurationKey: String] = [.revocation: "require", .outboundPrivateAddresses: "true"]
        guard !issuer.isSecure, let listen = try? ListenAddress(parsing: issuer.authority) else { return settings }
        let other = listen.port < 65_535 ? listen.port + 1 : listen.port - 1
        settings[.listen] = issuer.authority
        settings[.adminListen] = issuer.authority.replacing(":\(listen.port)", with: ":\(other)")
        // `portvakt demo portal` listens there.
        let portal = listen.port < 65_500 ? listen.port + 11 : listen.port - 11
        settings[.portalURL] = "http://" + issuer.authority.replacing(":\(listen.port)", with: ":\(portal)") + "/"
        return settings
    }
}

extension DemoWorld {
    /// The certificates of those clients that authenticate by one, and for the first a second one that was revoked.
    struct Certificates {
        private(set) var current: [String: IssuedCertificate] = [:]
        private(set) var revoked: [String: IssuedCertificate] = [:]

        init(of clients: [DemoClient], from issuers: DemoIssuers) throws {
            let organisations = try DemoOrganisation.all()
            for client in clients {
                guard case .certificate(let style) = client.credential else { continue }
                guard let owner = organisations.first(where: { $0.number == client.owner }) else {
                    throw DemoWorldError.inconsistent("no organisation \(client.owner)")
                }
                current[client.name] = try issuers.issue(style, to: owner.number, named: owner.name)
                if revoked.isEmpty {
                    revoked[client.name] = try issuers.issue(style, to: owner.number, named: owner.name)
                }
            }
        }
    }
}
