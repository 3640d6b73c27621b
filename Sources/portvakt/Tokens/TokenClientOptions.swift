import ArgumentParser
import Foundation
import PortvaktClient
import Vocabulary

/// Which client asks, where, with which key: options first, then `--env-file`, then the environment.
struct TokenClientOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The client.", valueName: "id"))
    var clientID: String?

    @Option(name: .long, help: ArgumentHelp("The server's issuer; its metadata are read.", valueName: "url"))
    var issuer: String?

    @Option(name: .long, help: ArgumentHelp("The URL of the server's metadata.", valueName: "url"))
    var wellKnown: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The client's private key: PEM, JWK or PKCS#12, mode 0600.", valueName: "file"),
        completion: .file()
    )
    var key: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A file with the key's pass phrase, mode 0600.", valueName: "file"),
        completion: .file()
    )
    var passphraseFile: String?

    @Option(name: .long, help: ArgumentHelp("The name under which the key is registered.", valueName: "kid"))
    var kid: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The enterprise certificate that goes with a PEM key, with its chain.", valueName: "file"),
        completion: .file()
    )
    var enterpriseCertificate: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A file of MASKINPORTEN_… variables, as `client create` writes it.", valueName: "file"),
        completion: .file()
    )
    var envFile: String?

    /// The configuration.
    ///
    /// - Throws: `CLIError` (usage) with all that is missing or wrong.
    func configuration() throws(CLIError) -> ClientConfiguration {
        var environment = Console.current.surroundings.environment.filter { $0.key.hasPrefix("MASKINPORTEN_") }
        if let envFile {
            environment.merge(try EnvironmentFile(reading: envFile).variables) { _, fromFile in fromFile }
        }
        if let clientID { environment["MASKINPORTEN_CLIENT_ID"] = clientID }
        if issuer != nil || wellKnown != nil {
            // A server named here replaces the configured one whole: no mixture of two.
            environment["MASKINPORTEN_TOKEN_ENDPOINT"] = nil
            environment["MASKINPORTEN_ISSUER"] = issuer
            environment["MASKINPORTEN_WELL_KNOWN_URL"] = wellKnown
        }
        if let kid { environment["MASKINPORTEN_KEY_ID"] = kid }
        let signer = try key.map { path throws(CLIError) in
            try SigningKeyFile.signer(
                at: path,
                passphraseFile: passphraseFile,
                keyID: kid ?? (enterpriseCertificate == nil ? environment["MASKINPORTEN_KEY_ID"] : nil),
                certificate: enterpriseCertificate
            )
        }
        do throws(ConfigurationError) {
            return try ClientConfiguration.fromEnvironment(environment, signer: signer)
        } catch {
            throw CLIError.usage(
                "the client is not configured: \(error.faults.joined(separator: "; "))",
                hint: "give `--client-id`, `--issuer` and `--key`, or a file of them with `--env-file`"
            )
        }
    }
}

extension TokenClientOptions {
    /// Puts what was given into a context; what was not stays as it is.
    ///
    /// Paths become absolute.
    ///
    /// - Throws: `CLIError` for a file of variables that cannot be read.
    func fill(_ context: inout ServerContext) throws(CLIError) {
        let variables = try envFile.map { path throws(CLIError) in try EnvironmentFile(reading: path).variables } ?? [:]
        context.clientID = clientID ?? variables["MASKINPORTEN_CLIENT_ID"] ?? context.clientID
        context.issuer = issuer ?? variables["MASKINPORTEN_ISSUER"] ?? context.issuer
        context.wellKnown = wellKnown ?? context.wellKnown
        context.keyID = kid ?? context.keyID
        context.key = key.map(Self.absolute) ?? context.key
        context.passphraseFile = passphraseFile.map(Self.absolute) ?? context.passphraseFile
        context.certificate = enterpriseCertificate.map(Self.absolute) ?? context.certificate
    }

    private static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
}

/// A file of variables, one `NAME=value` a line, as shells and containers read it.
struct EnvironmentFile {
    /// The variables.
    let variables: [String: String]

    /// Reads a file; it may hold a key and must not be open to others.
    ///
    /// - Throws: `CLIError`, with the line that is wrong.
    init(reading path: String) throws(CLIError) {
        guard let text = String(validating: try InputFile.readPrivate(path), as: UTF8.self) else {
            throw CLIError("file_not_text", "`\(path)` is no UTF-8 text")
        }
        var variables: [String: String] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            var line = line.drop(while: \.isWhitespace)
            while line.last?.isWhitespace == true { line.removeLast() }
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            if line.hasPrefix("export ") { line = line.dropFirst("export ".count).drop(while: \.isWhitespace) }
            guard let equals = line.firstIndex(of: "="), equals != line.startIndex,
                line[..<equals].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
            else { throw CLIError("env_file_malformed", "`\(path)`, line \(index + 1): not `NAME=value`") }
            variables[String(line[..<equals])] = Self.unquoted(line[line.index(after: equals)...])
        }
        self.variables = variables
    }

    /// A value without the quotes around it; inside single quotes nothing is special, as in a shell.
    private static func unquoted(_ value: Substring) -> String {
        guard value.count >= 2, let quote = value.first, quote == value.last, quote == "'" || quote == "\"" else {
            return String(value)
        }
        let inner = value.dropFirst().dropLast()
        return quote == "'" ? String(inner) : String(inner).replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
    }
}
