import Foundation
import JOSE
import LibCrypto

extension FuzzTarget {
    /// Strict base64, with and without padding (RFC 4648 §4, §5): each sequence of bytes has one spelling.
    static let base64url = FuzzTarget("base64url", maximumLength: 1_024) { input in
        try demand(try Base64URL.decode(Base64URL.encode(input)) == input, "base64url does not bring bytes back")
        try demand(try Base64.decode(Base64.encode(input)) == input, "base64 does not bring bytes back")
        let withoutPadding = try? Base64URL.decode(input)
        if let bytes = withoutPadding {
            try demand(Array(Base64URL.encode(bytes).utf8) == input, "two spellings of the same bytes")
            // A second opinion: Foundation's reader of the other alphabet.
            var text = String(decoding: input, as: UTF8.self)
            text = text.replacing("-", with: "+").replacing("_", with: "/")
            text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
            try demand(Data(base64Encoded: text).map { Array($0) } == bytes, "Foundation reads other bytes")
        }
        let text = String(validating: input, as: UTF8.self)
        guard let text, let bytes = try? Base64.decode(text) else { return withoutPadding != nil }
        try demand(Array(Base64.encode(bytes).utf8) == input, "two spellings of the same bytes")
        try demand(Data(base64Encoded: text).map { Array($0) } == bytes, "Foundation reads other bytes")
        return true
    }

    /// PEM (RFC 7468): blocks written anew are read as the same; as a private key it never stops the program.
    static let pem = FuzzTarget("pem", maximumLength: 8_192) { input in
        let blocks = try? PEM.blocks(in: input)
        if let blocks {
            let written = blocks.map { PEM.encode($0.der, label: $0.label) }.joined()
            let again = try PEM.blocks(in: written)
            try demand(
                again.map(\.label) == blocks.map(\.label) && again.map(\.der) == blocks.map(\.der),
                "blocks written anew are others"
            )
        }
        guard let certificates = try? Certificate.all(in: input), !certificates.isEmpty else { return blocks != nil }
        let pem = certificates.map { PEM.encode($0.der, label: "CERTIFICATE") }.joined()
        try demand(try Certificate.all(in: Array(pem.utf8)) == certificates, "certificates written anew are others")
        return true
    }
}
