import Scopes
import Vocabulary

/// Things that many tests of this target begin with.
enum Sample {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let owner = number(31_000_012)
    static let consumer = number(31_420_077)
    static let otherConsumer = number(31_234_567)

    /// The first number at or after these eight digits that has a check digit.
    static func number(_ stem: Int) -> OrganisationNumber {
        OrganisationNumber(stem: stem) ?? number(stem + 1)
    }

    static func name(_ text: String) -> ScopeName {
        do { return try ScopeName(parsing: text) } catch { preconditionFailure("`\(text)` is no scope name") }
    }

    static func scope(_ text: String = "acme:catch/reports.read") -> Scope {
        Scope(name: name(text), owner: owner, description: "Read catch reports", created: now, origin: "cli")
    }

    static func access(_ consumer: OrganisationNumber, to scope: String = "acme:catch/reports.read") -> ScopeAccess {
        ScopeAccess(scope: name(scope), consumer: consumer, created: now, origin: "cli")
    }

    /// A scope in which every field has another value than its default.
    static var full: Scope {
        var scope = scope()
        scope.longDescription = "Reports of catches.\n\n* by vessel\n* by area"
        scope.descriptions = ["en": "Read catch reports", "se": "Loga sállašraporttaid"]
        scope.longDescriptions = ["nn": "Fangstrapportar"]
        scope.isActive = false
        scope.activeUntil = "2027-06-30T12:00:00Z"
        scope.visibility = .restricted
        scope.allowedIntegrationTypes = ["maskinporten", "krr"]
        scope.isAccessibleForAll = true
        scope.delegationSource = "https://tt02.altinn.no/"
        scope.maximumTokenAge = 30
        scope.authorizationMaximumLifetime = 60
        scope.tokenForm = .opaque
        scope.requiresUserConsent = true
        scope.requiresUserAuthentication = true
        scope.requiresPseudonymousTokens = true
        scope.enforcedAudience = "https://api.example.no/catch"
        scope.enforcedIntrospectionAudience = "urn:example:catch"
        scope.isProtected = true
        scope.supportsEuropeanBusinesses = true
        scope.allowedResources = ["https://api.example.no/catch", "https://api.example.no/v2"]
        scope.headerType = .accessToken
        scope.signingAlgorithm = "ES256"
        scope.pid = .refused
        scope.hasStatusList = true
        scope.allowsUnprovenSupplier = true
        scope.requiresDPoP = true
        scope.requiresClientCertificate = true
        scope.requiresProcessorAgreement = true
        scope.requiredTermsVersion = "2026-2"
        scope.legalBasis = "The Marine Resources Act § 36"
        scope.purpose = "Control of fisheries"
        scope.dataCategories = ["catch", "vessel"]
        return scope
    }
}

/// Random numbers that are the same in each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
