import HTTPTypes
import Hummingbird

/// A form that was posted, or the query of an address: names and values, each name once.
struct ConsoleForm: Sendable {
    /// Why it cannot be read.
    enum Fault: Error, Hashable {
        /// The percent-encoding is broken, or it is not UTF-8.
        case malformed
        /// A name stands in it twice.
        case repeated(String)
    }

    private let values: [String: String]

    /// Reads `application/x-www-form-urlencoded`; empty values count as absent, as forms send them for empty fields.
    init(parsing text: some StringProtocol) throws(Fault) {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = Self.decode(parts.count > 1 ? parts[1] : "") else {
                throw .malformed
            }
            guard !value.isEmpty else { continue }
            guard values.updateValue(value, forKey: name) == nil else { throw .repeated(name) }
        }
        self.values = values
    }

    /// The value of a name.
    subscript(_ name: String) -> String? { values[name] }

    /// The names with a value, in order.
    var names: [String] { values.keys.sorted() }

    private static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? { Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init) }
}

/// Whether a form was posted from a page of this very server.
enum FormOrigin {
    /// Refuses what a browser says to come from elsewhere.
    ///
    /// `SameSite=Strict` keeps the cookie away from forms of other sites; this keeps away also those of other ports and names of
    /// the same site, and keeps anybody from logging a browser in to a view that it did not ask for. Our pages send no referrer,
    /// so that their own `Origin` reads `null`; `Sec-Fetch-Site` then tells.
    static func isOwn(_ request: Request) -> Bool {
        if let site = request.headers[.secFetchSite] { return site == "same-origin" }
        guard let origin = request.headers[.origin], origin != "null" else { return true }
        guard let host = request.head.authority else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}

extension HTTPField.Name {
    static let secFetchSite = known("Sec-Fetch-Site")
    static let crossOriginOpenerPolicy = known("Cross-Origin-Opener-Policy")

    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("`\(name)` is no field name") }
        return name
    }
}
