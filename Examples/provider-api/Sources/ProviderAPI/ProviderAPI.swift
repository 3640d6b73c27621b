import Foundation
import Hummingbird
import Logging
import PortvaktHummingbird
import PortvaktProvider
import Vocabulary

/// An API that serves whoever has a token for it: Hummingbird's router, on which every route says who may call it.
@main
enum ProviderAPI {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let issuer = try Issuer(parsing: environment["ISSUER"] ?? "http://127.0.0.1:7080/")
        let port = environment["PORT"].flatMap(Int.init) ?? 7095
        let logger = Logger(label: "provider-api")

        // Fails the start when the issuer is another, or does not answer; as a service the keys stay fresh.
        let keys = try await RemoteKeySet(loading: .issuer(issuer), logger: logger)
        var policy = VerificationPolicy(issuer: issuer)
        policy.algorithms = [.rs256, .es256]
        let verifier = TokenVerifier(policy: policy, keys: keys)

        var application = Application(
            router: try router(verifier, keys, logger),
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            logger: logger
        )
        application.addServices(keys)
        try await application.runService()
    }

    private static func router(
        _ verifier: TokenVerifier,
        _ keys: RemoteKeySet,
        _ logger: Logger
    ) throws -> GuardedRouter<BasicTokenRequestContext> {
        let read = try ScopeName(parsing: "demo:fangst.read")
        let quotas = try ScopeName(parsing: "demo:kvoter.read")
        let router = GuardedRouter(verifier, realm: "catches", logger: logger)

        router.unprotected().get("health") { _, _ in "\(keys.snapshot().health)" }

        router.requiring(.scope(read)).get("catches") { _, context in
            let token = try context.verifiedToken
            // An API decides by consumer and scope; who acts for the consumer is the supplier.
            let actor = token.supplier.map { ", through \($0.identifier)" } ?? ""
            return "catches of \(token.consumer.identifier)\(actor)"
        }

        // Nobody acts for another here.
        router.requiring(.allOf([.scope(quotas), .noSupplier])).get("quotas") { _, context in
            "quotas of \(try context.verifiedToken.consumer.identifier)"
        }

        // Without a rule a route is closed: it answers 501, and stands in the log at the start.
        router.get("forgotten") { _, _ in "nobody sees this" }
        return router
    }
}
