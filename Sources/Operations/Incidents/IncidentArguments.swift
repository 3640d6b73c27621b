import Administration
import Clients
import TokenIssuance
import Vocabulary

/// What an incident is about, as it is given: exactly one of a key, a client, a certificate and an organisation.
struct IncidentArguments: Sendable {
    static let parameters = [
        Parameter("key", .key, "A signing key of this server, or a key of clients."),
        Parameter("client", .client, "A client, with all it has."),
        Parameter("certificate", .text, "An enterprise certificate: the SHA-256 of its DER in hexadecimal."),
        Parameter("org", .organisation, "An organisation: every client that it owns or holds."),
        Parameter("since", .time, "From when on it is not to be trusted.").required,
    ]

    private enum Given: Sendable {
        case key(KeyID)
        case subject(IncidentSubject)
    }

    private let given: Given
    private let arguments: Arguments

    init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        var given: [Given] = []
        if let key = try arguments.key("key") { given.append(.key(key)) }
        if let client = try arguments.client("client") { given.append(.subject(.client(client))) }
        if let text = try arguments.text("certificate") {
            let digits = text.lowercased().filter { $0 != ":" }
            guard digits.count == 64, digits.allSatisfy({ $0.isHexDigit && $0.isASCII }) else {
                throw .usage("`\(text)` is not the SHA-256 of a certificate", hint: "64 hexadecimal digits")
            }
            given.append(.subject(.certificate(digits)))
        }
        if let number = try arguments.organisation("org") { given.append(.subject(.organisation(number))) }
        guard let first = given.first, given.count == 1 else {
            throw .usage("name exactly one of `--key`, `--client`, `--certificate` and `--org`")
        }
        self.given = first
        _ = try arguments.requiredText("since")
        _ = try arguments.past("since", before: Timestamp(seconds: 0))
    }

    /// From when on; never later than now.
    func since(before now: Timestamp) throws(OperationFault) -> Timestamp {
        guard let since = try arguments.past("since", before: now) else { throw .usage("`--since` is missing") }
        guard since <= now else { throw .usage("`--since` is in the future") }
        return since
    }

    /// What it is about: a key is a signing key where there is one of that name, else a key of clients.
    ///
    /// - Throws: `OperationFault` where there is no such key or client, so that nobody believes that something was stopped.
    func subject(in reader: some OperationReader) throws -> IncidentSubject {
        switch given {
        case .key(let key):
            if try reader.signingKeys().contains(where: { $0.id == key }) { return .signingKey(key) }
            let subject = IncidentSubject.clientKey(key)
            // One that was taken from its clients by an incident can be asked about again.
            guard
                try !reader.clients(withKey: key).isEmpty
                    || reader.incidents().contains(where: {
                        $0.kind == subject.kind && $0.subject == subject.identifier
                    })
            else { throw OperationFault.absent("key", key.rawValue) }
            return subject
        case .subject(.client(let id)):
            guard try reader.client(id) != nil else { throw OperationFault.absent("client", id.rawValue) }
            return .client(id)
        case .subject(let subject): return subject
        }
    }
}
