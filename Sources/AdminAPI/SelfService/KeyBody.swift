import HTTPServer
import JOSE
import LibCrypto

/// What is wrong with the keys of a body, each with its place.
struct KeyBodyFaults: Error, Sendable {
    let texts: [String]
    /// Whether it is no set or key at all.
    let isOfForm: Bool
}

/// Reads keys as registrations send them.
enum KeyBody {
    /// The keys of a set, `{"keys": […]}` or the bare array of older examples; all that is wrong in any of them at once.
    static func set(_ value: JSONValue) throws(KeyBodyFaults) -> [JWK] {
        guard let elements = value["keys"]?.array ?? value.array else {
            throw KeyBodyFaults(texts: ["the body is no key set, `{\"keys\": [...]}`"], isOfForm: true)
        }
        var keys: [JWK] = []
        var faults: [String] = []
        var isOfForm = false
        for (index, element) in elements.enumerated() {
            guard let object = element.object else {
                faults.append("key \(index): no JSON object")
                isOfForm = true
                continue
            }
            do throws(JWKError) { keys.append(try JWK(parsing: object)) } catch {
                faults.append("key \(object["kid"]?.string.map { "`\($0.prefix(64))`" } ?? "\(index)"): \(error)")
            }
        }
        guard faults.isEmpty else { throw KeyBodyFaults(texts: faults, isOfForm: isOfForm) }
        return keys
    }

    /// One key: a JWK, or PEM.
    static func one(_ body: [UInt8]) throws(KeyBodyFaults) -> JWK {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw KeyBodyFaults(texts: ["the body is no UTF-8"], isOfForm: true)
        }
        guard text.contains("-----BEGIN") else { return try jwk(body) }
        // Whoever sent it has lost it; it is not read.
        guard !text.contains("PRIVATE KEY-----") else {
            throw KeyBodyFaults(
                texts: ["it is the private key: make a new one, and send its public half"],
                isOfForm: false
            )
        }
        let key: PublicKey
        do throws(CryptoError) { key = try PublicKey(pem: text) } catch {
            throw KeyBodyFaults(texts: ["no public key in PEM: \(error)"], isOfForm: false)
        }
        if let weakness = key.weakness { throw KeyBodyFaults(texts: ["a weak key: \(weakness)"], isOfForm: false) }
        let thumbprint = JWK(key, keyID: nil, algorithm: nil).thumbprint()
        return JWK(key, keyID: thumbprint, algorithm: .preferred(for: key.kind))
    }

    private static func jwk(_ body: [UInt8]) throws(KeyBodyFaults) -> JWK {
        let object: JSONObject?
        do throws(JSONError) { object = try JSONValue(parsing: body).object } catch {
            throw KeyBodyFaults(texts: ["neither a JWK nor PEM: \(error)"], isOfForm: false)
        }
        guard let object else { throw KeyBodyFaults(texts: ["neither a JWK nor PEM"], isOfForm: false) }
        do throws(JWKError) { return try JWK(parsing: object) } catch {
            throw KeyBodyFaults(texts: ["\(error)"], isOfForm: false)
        }
    }
}
