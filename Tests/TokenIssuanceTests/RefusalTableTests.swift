import EnterpriseCertificates
import JOSE
import Testing
import TokenIssuance
import Vocabulary

@Suite("DESIGN §3: one table of errors")
struct RefusalTableTests {
    @Test(arguments: ErrorCode.allCases)
    func `every code has a page with all that a reader needs`(code: ErrorCode) {
        let page = ErrorCatalogue.page(code)
        #expect(page.code == code)
        #expect(!page.title.isEmpty && !page.meaning.isEmpty && !page.example.isEmpty)
        #expect(!page.causes.isEmpty && !page.fixes.isEmpty)
        #expect(!page.reasons.isEmpty)
    }

    @Test func `codes and reasons are unique`() {
        let reasons = Refusal.reasons.values.flatMap { $0 }
        #expect(Set(reasons).count == reasons.count)
        #expect(Set(ErrorCatalogue.pages.map(\.code)).count == ErrorCode.allCases.count)
        #expect(reasons.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
    }

    @Test(arguments: RefusalSamples.all)
    func `every refusal has a listed reason and says what to mend`(refusal: Refusal) throws {
        let listed = try #require(Refusal.reasons[refusal.code])
        #expect(listed.contains(refusal.reason), "\(refusal.code) lists \(listed)")
        #expect(!refusal.explanation.isEmpty)
        #expect(!refusal.explanation.hasSuffix("."))
        // RFC 6749 §5.2: `error_description` is %x20-21 / %x23-5B / %x5D-7E.
        #expect(refusal.explanation.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C })
    }

    @Test func `every reason has a sample`() {
        let seen = Set(RefusalSamples.all.map(\.reason))
        let unavailable = Set(Refusal.reasons[.unavailable] ?? []).union(Refusal.reasons[.serverError] ?? [])
        let certificate = Set(CertificateRejection.reasons)
        // Told by the admin API, which has tests of its own.
        let administration: Set<String> = Set(
            [
                ErrorCode.accessTokenRefused, .insufficientScope, .actForbidden, .malformedRequest, .actRefused,
                .conflict, .stale,
            ].flatMap { Refusal.reasons[$0] ?? [] }
        )
        let missing = Set(Refusal.reasons.values.flatMap { $0 }).subtracting(seen)
            .subtracting(unavailable).subtracting(certificate).subtracting(administration)
        #expect(missing.isEmpty, "no sample of \(missing.sorted())")
    }

    @Test func `keeps the phrases that existing clients search for`() throws {
        let key = try KeyID(parsing: "k")
        let org = try OrganisationNumber(parsing: "991825827")
        let scope = try ScopeName(parsing: "demo:a")
        #expect(Refusal.keyExpired(key, expired: Timestamp(seconds: 0)).explanation.contains("Expired key"))
        #expect(Refusal.keyUnknown(key).explanation.contains("Unknown key identifier"))
        #expect(
            Refusal.scopes([.init(scope: scope, fault: .notOnClient, consumer: org)]).explanation
                .contains("invalid scopes for client")
        )
        #expect(
            Refusal.scopes([.init(scope: scope, fault: .notGranted, consumer: org)]).explanation
                .contains("has not been granted access")
        )
    }

    @Test func `answers a faulty client assertion as invalid_client, and the same code`() {
        let refused = RefusedRequest(.signature, isClientAuthentication: true)
        #expect(refused.status == 401)
        #expect(refused.oauthError == .invalidClient)
        #expect(refused.refusal.code == .invalidSignature)
        #expect(RefusedRequest(.signature).status == 400)
    }
}
