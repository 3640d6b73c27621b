import HTTPTypes
import JOSE
import Testing
import TokenIssuance

@testable import HTTPServer

@Suite("RFC 9440: the certificate that a proxy hands on")
struct ClientCertificateFieldTests {
    private let leaf: [UInt8] = [0x30, 1, 2, 3]
    private let issuer: [UInt8] = [0x30, 9]

    private func read(_ leaves: [String], chain: [String] = []) throws(Refusal) -> ClientCertificate? {
        var fields = HTTPFields()
        for value in leaves { fields.append(HTTPField(name: .clientCertificate, value: value)) }
        for value in chain { fields.append(HTTPField(name: .clientCertificateChain, value: value)) }
        return try ClientCertificateField.certificate(in: fields)
    }

    private func text(_ bytes: [UInt8]) -> String { ":\(Base64.encode(bytes)):" }

    @Test func `reads the leaf and what stands behind it, over several lines too`() throws {
        #expect(try read([]) == nil)
        #expect(try read([text(leaf)])?.chain == [leaf])
        #expect(
            try read([" \(text(leaf)) "], chain: ["\(text(issuer)), \(text(leaf))", text(issuer)])?.chain
                == [leaf, issuer, leaf, issuer]
        )
    }

    @Test(arguments: [
        ["MAECAw=="], [":MAECAw==:, :MAECAw==:"], [":MAECAw==:", ":MAECAw==:"], ["::"], [":"], [""],
        [":MAECAw:"], [":MAECAw==:;a=1"], [":MAEC Aw==:"], ["%30%01"], ["-----BEGIN CERTIFICATE-----"],
        [":" + String(repeating: "A", count: 24_000) + ":"],
    ])
    func `refuses a field of any other form`(values: [String]) {
        #expect(throws: Refusal.clientCertificateMalformed(field: "Client-Cert")) { try read(values) }
    }

    @Test func `refuses a chain without leaf, one that is malformed, and one that is too long`() {
        let fault = Refusal.clientCertificateMalformed(field: "Client-Cert-Chain")
        #expect(throws: fault) { try read([], chain: [text(issuer)]) }
        #expect(throws: fault) { try read([text(leaf)], chain: ["\(text(issuer)),"]) }
        #expect(throws: fault) { try read([text(leaf)], chain: [""]) }
        #expect(throws: fault) {
            try read([text(leaf)], chain: [Array(repeating: text(issuer), count: 10).joined(separator: ",")])
        }
    }
}
