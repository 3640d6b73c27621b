import LibCrypto

/// The certificates that go with a key: the key's own found among them, and its issuers put in order.
enum KeyCertificates {
    /// How a key is named: by the `kid` if there is one, else by its certificates.
    static func reference(_ keyID: String?, _ chain: [[UInt8]]) throws(KeyLoadingError) -> KeyReference {
        if let keyID { return .keyID(keyID) }
        guard !chain.isEmpty else { throw .unnamed }
        return .certificates(chain)
    }

    /// Throws unless the first certificate is the key's own.
    static func check(_ chain: [[UInt8]], against key: PublicKey) throws(KeyLoadingError) {
        guard let first = chain.first else { throw .unnamed }
        let certificate: Certificate
        do throws(CertificateError) { certificate = try Certificate(der: first) } catch {
            throw .certificate("\(error)")
        }
        guard (try? certificate.publicKey()) == key else { throw .certificateOfAnotherKey }
    }

    /// The certificates of a PEM text, the key's own first; files have them in any order.
    static func chain(in pem: String, of key: PublicKey) throws(KeyLoadingError) -> [[UInt8]] {
        let pem = unfolded(pem)
        let blocks: [(label: String, der: [UInt8])]
        do throws(CryptoError) {
            // Encrypted keys of the traditional form cannot be read as plain blocks; certificates stand apart then.
            blocks = try PEM.blocks(in: pem)
        } catch {
            guard case .malformedPEM = error, pem.contains("ENCRYPTED") else { throw .key(error) }
            return []
        }
        return try chain(of: blocks.filter { $0.label == "CERTIFICATE" }.map(\.der), key)
    }

    /// Certificates in any order: the key's own, then its issuers; none of none.
    static func chain(of found: [[UInt8]], _ key: PublicKey) throws(KeyLoadingError) -> [[UInt8]] {
        guard !found.isEmpty else { return [] }
        let own = found.firstIndex { der in
            guard let certificate = try? Certificate(der: der) else { return false }
            return (try? certificate.publicKey()) == key
        }
        guard let own else { throw .certificateOfAnotherKey }
        return ordered([found[own]] + found[..<own] + found[(own + 1)...])
    }

    /// The first certificate and its issuers, each behind the one it issued; self-signed ones need not be sent.
    static func ordered(_ certificates: [[UInt8]]) -> [[UInt8]] {
        let read = certificates.compactMap { try? Certificate(der: $0) }
        guard read.count == certificates.count, var last = read.first else { return certificates }
        var chain = [last]
        while let issuer = read.first(where: { $0.subject == last.issuer && !chain.contains($0) }) {
            if issuer.isSelfSigned { break }
            chain.append(issuer)
            last = issuer
        }
        return chain.map(\.der)
    }

    /// A text in one line with `\n` spelled out, as environment variables hold it, on its lines.
    static func unfolded(_ pem: String) -> String {
        pem.contains("\n") ? pem : pem.replacing("\\n", with: "\n")
    }
}
