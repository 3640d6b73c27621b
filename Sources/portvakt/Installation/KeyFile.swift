import JOSE
import LibCrypto
import Vocabulary

/// Keys of clients in files: what is registered, and what is made here.
enum KeyFile {
    /// An algorithm by its name.
    static func algorithm(_ text: String) throws(CLIError) -> JWSAlgorithm {
        if let algorithm = JWSAlgorithm(rawValue: text) { return algorithm }
        let known = JWSAlgorithm.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        throw .usage("`\(text)` is no algorithm", hint: "the algorithms are \(known)")
    }

    /// A new key that fits an algorithm; RSA keys have 2,048 bits.
    static func make(_ algorithm: JWSAlgorithm, keyID: String?) throws -> JWK.Private {
        let kind: KeyKind =
            switch algorithm {
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa(bits: 2_048)
            case .es256: .ec(.p256)
            case .es384: .ec(.p384)
            case .es512: .ec(.p521)
            case .edDSA: .ed25519
            }
        let key = try PrivateKey.generate(kind)
        let thumbprint = JWK(key.publicKey, keyID: nil, algorithm: nil).thumbprint()
        return JWK.Private(key, keyID: keyID ?? thumbprint, algorithm: algorithm)
    }

    /// Public keys in a file: one JWK, a set of them, or one key in PEM.
    ///
    /// `keyID`, `algorithm` and `expires` take the place of what the file says. PEM says neither, so that the thumbprint and
    /// the usual algorithm of its kind stand in for them.
    ///
    /// - Throws: `CLIError` for a file that cannot be read, a private or weak key, or anything else.
    static func publicKeys(
        at path: String,
        keyID: String?,
        algorithm: JWSAlgorithm?,
        expires: Timestamp? = nil
    ) throws(CLIError) -> [JWK] {
        let text = try InputFile.readText(path)
        if text.contains("-----BEGIN") {
            guard !text.contains("PRIVATE KEY-----") else { throw Self.privateKey(path) }
            let key: PublicKey
            do throws(CryptoError) { key = try PublicKey(pem: text) } catch { throw Self.unusable(path, "\(error)") }
            return [try jwk(key, at: path, keyID: keyID, algorithm: algorithm, expires: expires)]
        }
        let objects = try objects(in: text, at: path)
        guard objects.count == 1 || keyID == nil else {
            throw .usage("`--kid` is for one key, and `\(path)` has \(objects.count)")
        }
        var keys: [JWK] = []
        for var object in objects {
            if let keyID { object["kid"] = .string(keyID) }
            if let algorithm { object["alg"] = .string(algorithm.rawValue) }
            if let expires { object["exp"] = .integer(expires.seconds) }
            do throws(JWKError) {
                keys.append(try JWK(parsing: object))
            } catch {
                if case .privateMembers = error { throw Self.privateKey(path) }
                throw Self.unusable(path, "\(error)")
            }
        }
        return keys
    }

    /// The key of a certificate, bound to it.
    ///
    /// - Throws: `CLIError` for a file that holds no usable certificate.
    static func certificate(
        at path: String,
        keyID: String?,
        algorithm: JWSAlgorithm?,
        expires: Timestamp?
    ) throws(CLIError) -> JWK {
        let content = try InputFile.read(path)
        let chain: [Certificate]
        do throws(CertificateError) { chain = try Certificate.all(in: content) } catch {
            throw Self.unusable(path, "\(error)")
        }
        guard let first = chain.first else { throw Self.unusable(path, "there is no certificate in it") }
        let key: PublicKey
        do throws(CryptoError) { key = try first.publicKey() } catch { throw Self.unusable(path, "\(error)") }
        return try jwk(
            key,
            at: path,
            keyID: keyID,
            algorithm: algorithm,
            chain: chain.map(\.der),
            expires: expires
        )
    }

    private static func jwk(
        _ key: PublicKey,
        at path: String,
        keyID: String?,
        algorithm: JWSAlgorithm?,
        chain: [[UInt8]] = [],
        expires: Timestamp?
    ) throws(CLIError) -> JWK {
        let algorithm = algorithm ?? .preferred(for: key.kind)
        let thumbprint = JWK(key, keyID: nil, algorithm: nil).thumbprint()
        let jwk = JWK(
            key,
            keyID: keyID ?? thumbprint,
            algorithm: algorithm,
            certificateChain: chain,
            expires: expires
        )
        // Read back, because reading refuses weak keys and algorithms of other kinds.
        do throws(JWKError) { return try JWK(parsing: jwk.object) } catch { throw Self.unusable(path, "\(error)") }
    }

    private static func objects(in text: String, at path: String) throws(CLIError) -> [JSONObject] {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: text.utf8) } catch {
            throw Self.unusable(path, "neither PEM nor strict JSON: \(error)")
        }
        guard let object = value.object else { throw Self.unusable(path, "not a JSON object") }
        guard let members = object["keys"] else { return [object] }
        guard let elements = members.array, !elements.isEmpty else {
            throw Self.unusable(path, "`keys` is no list of keys, or empty")
        }
        let objects = elements.compactMap(\.object)
        guard objects.count == elements.count else { throw Self.unusable(path, "`keys` holds what is no key") }
        return objects
    }

    private static func unusable(_ path: String, _ reason: String) -> CLIError {
        CLIError("key_refused", "`\(path)`: \(reason)", hint: "nothing was done")
    }

    private static func privateKey(_ path: String) -> CLIError {
        CLIError(
            "private_key",
            "`\(path)` holds a private key, which nobody but its owner should have",
            hint: "register the public half; if the file was ever sent to anybody, make a new key"
        )
    }
}
