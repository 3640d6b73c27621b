import HTTPServer
import JOSE
import LibCrypto
import Vocabulary

/// Why a text is no value, as the rest of a sentence that begins with it.
struct UnreadableValue: Error, ExpressibleByStringLiteral {
    let problem: String

    init(_ problem: String) { self.problem = problem }

    init(stringLiteral problem: String) { self.problem = problem }
}

/// Reads single values.
enum ConfigurationValues {
    static func issuer(_ text: String) -> Result<Issuer, UnreadableValue> {
        do { return .success(try Issuer(parsing: text)) } catch {
            switch error {
            case .form: return .failure("is no absolute URL in its normal spelling")
            case .insecure: return .failure("must be https: plain http is for loopback hosts")
            case .component: return .failure("must have no query, fragment or user")
            }
        }
    }

    static func listenAddress(_ text: String) -> Result<ListenAddress, UnreadableValue> {
        do { return .success(try ListenAddress(parsing: text)) } catch {
            return .failure("is not `HOST:PORT`, as `127.0.0.1:7080` or `[::1]:7080`")
        }
    }

    static func trustedProxies(_ text: String) -> Result<TrustedProxies, UnreadableValue> {
        var ranges: [AddressRange] = []
        for item in text.split(separator: ",").map({ $0.filter { $0 != " " } }) {
            do throws(AddressRange.ParseError) {
                ranges.append(try AddressRange(parsing: item))
            } catch {
                switch error {
                case .form:
                    return .failure(UnreadableValue("has `\(item)`, which is neither an address nor a range of them"))
                case .length:
                    return .failure(UnreadableValue("has `\(item)`, whose length is more than an address has bits"))
                case .bitsBeyondPrefix:
                    return .failure(
                        UnreadableValue("has `\(item)`, an address with bits beyond its length: which is meant?")
                    )
                }
            }
        }
        return .success(TrustedProxies(ranges))
    }

    static func url(_ text: String) -> Result<String, UnreadableValue> {
        // The same demands as of an issuer; the final slash belongs to it.
        do { return .success(try Issuer(parsing: text).endpoint("")) } catch {
            return .failure("is no https URL (http on loopback) without query and fragment")
        }
    }

    static func token(_ text: String) -> Result<PKCS11URI, UnreadableValue> {
        do throws(PKCS11URI.Fault) {
            let uri = try PKCS11URI(parsing: text)
            // The label of each key is its own.
            return uri.object == nil ? .success(uri) : .failure("names a key: it must name the token alone")
        } catch {
            return .failure(UnreadableValue("is no URI of a token: \(error)"))
        }
    }

    static func path(_ text: String) -> Result<String, UnreadableValue> {
        text.isEmpty ? .failure("is no path") : .success(text)
    }

    static func truth(_ text: String) -> Result<Bool, UnreadableValue> {
        switch text.lowercased() {
        case "true", "yes", "1": .success(true)
        case "false", "no", "0": .success(false)
        default: .failure("is neither `true` nor `false`")
        }
    }

    static func word<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String,
        as type: Value.Type
    ) -> Result<Value, UnreadableValue> {
        if let value = Value(rawValue: text) { return .success(value) }
        return .failure(
            UnreadableValue("is none of " + type.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))
        )
    }

    static func signingAlgorithm(_ text: String) -> Result<JWSAlgorithm, UnreadableValue> {
        let allowed: [JWSAlgorithm] = [.rs256, .ps256, .es256, .edDSA]
        guard let algorithm = JWSAlgorithm(rawValue: text), allowed.contains(algorithm) else {
            return .failure(UnreadableValue("is none of " + allowed.map { "`\($0.rawValue)`" }.joined(separator: ", ")))
        }
        return .success(algorithm)
    }

    /// A length of time, or `off`: nil.
    static func durationOrOff(_ text: String, in range: ClosedRange<Seconds>) -> Result<Seconds?, UnreadableValue> {
        // A YAML reader takes a bare `off` for a truth value.
        if ["off", "false"].contains(text.lowercased()) { return .success(nil) }
        return duration(text, in: range).map { .some($0) }
    }

    static func duration(_ text: String, in range: ClosedRange<Seconds>) -> Result<Seconds, UnreadableValue> {
        guard let duration = DurationText.parse(text) else {
            return .failure("is no length of time, as `90`, `90s`, `5m` or `1h`")
        }
        guard range.contains(duration) else {
            return .failure(
                UnreadableValue("is not between \(range.lowerBound.count) s and \(range.upperBound.count) s")
            )
        }
        return .success(duration)
    }

    static func count(_ text: String, in range: ClosedRange<Int>) -> Result<Int, UnreadableValue> {
        guard let count = Int(text), range.contains(count) else {
            return .failure(UnreadableValue("is no number between \(range.lowerBound) and \(range.upperBound)"))
        }
        return .success(count)
    }
}
