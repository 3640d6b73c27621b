import Administration
import Clients
import Delegations
import SQLiteStorage
import Scopes
import Vocabulary

extension GlobalOptions {
    /// The longest reason that the ledger keeps, in Unicode scalars.
    private static let maximumReason = 1_023

    /// Runs acts of administration in one transaction; what they throw undoes all of them.
    func administer<Result>(_ body: (Administration<SQLiteTransaction>) throws -> Result) throws -> Result {
        if let reason, reason.unicodeScalars.count > Self.maximumReason || PlainText.firstMisplaced(in: reason) != nil {
            throw CLIError.usage("`--reason` must be one line of at most \(Self.maximumReason) characters")
        }
        let store = try openStore()
        defer { try? store.close() }
        return try store.transaction { transaction in
            try body(
                Administration(in: transaction, by: Actor(operatorIdentity), at: now, reason: reason)
            )
        }
    }

    /// Reads in one snapshot.
    func look<Result>(_ body: (SQLiteReader) throws -> Result) throws -> Result {
        let store = try openStore()
        defer { try? store.close() }
        return try store.read(body)
    }

    /// Tells a person what is worth knowing about an act that was done.
    func warn(_ warnings: [AdministrationWarning]) {
        for warning in warnings { warn("\(warning)") }
    }
}

/// What was typed in place of a name or a number, as what it means.
enum Typed {
    /// A scope's name.
    static func scope(_ text: String) throws(CLIError) -> ScopeName {
        do throws(ScopeName.ParseError) {
            return try ScopeName(parsing: text)
        } catch {
            throw .usage(
                "`\(text)` is no scope name",
                hint: "a scope is a prefix, a colon and a subscope: `acme:catch.read`"
            )
        }
    }

    /// A prefix of scopes.
    static func prefix(_ text: String) throws(CLIError) -> ScopePrefix {
        do throws(ScopePrefix.ParseError) {
            return try ScopePrefix(parsing: text)
        } catch {
            throw .usage("`\(text)` is no scope prefix", hint: "1 to 64 of `a-z`, `0-9`, `-`, `_`, `.`")
        }
    }

    /// An organisation number, bare or in the form that tokens carry.
    static func organisation(_ text: String) throws(CLIError) -> OrganisationNumber {
        do throws(OrganisationNumber.ParseError) {
            return try OrganisationNumber(typed: text)
        } catch {
            throw CLIError("organisation_number_invalid", "`\(text)` is no organisation number: \(error.words)")
        }
    }

    /// A client's identifier.
    static func client(_ text: String) throws(CLIError) -> ClientID {
        do throws(IdentifierParseError) {
            return try ClientID(parsing: text)
        } catch {
            throw .usage("`\(text)` is no client id")
        }
    }

    /// A key's identifier.
    static func key(_ text: String) throws(CLIError) -> KeyID {
        do throws(IdentifierParseError) {
            return try KeyID(parsing: text)
        } catch {
            throw .usage("`\(text)` is no key id: 1 to 255 of letters, digits, `.`, `_`, `-`")
        }
    }

    /// A length of time: `90`, `90s`, `30m`, `24h`, `30d`; without a unit it is seconds.
    static func span(_ text: String, option: String) throws(CLIError) -> Seconds {
        let digits = text.prefix { "0123456789".contains($0) }
        guard let count = Int64(digits), digits.count <= 9 else { throw Self.noSpan(text, option) }
        switch text.dropFirst(digits.count) {
        case "", "s": return Seconds(count)
        case "m": return .minutes(count)
        case "h": return .hours(count)
        case "d": return .days(count)
        default: throw Self.noSpan(text, option)
        }
    }

    private static func noSpan(_ text: String, _ option: String) -> CLIError {
        .usage("`\(option)` is no length of time: `\(text)`", hint: "write 90s, 30m, 24h or 30d")
    }
}

extension AdministrationRefusal: CLIErrorConvertible {
    /// The refusal with a code for scripts.
    var cliError: CLIError {
        switch self {
        case .unknownOrganisation:
            CLIError(
                "organisation_unknown",
                description,
                hint: "import the register with `portvakt org import`"
            )
        case .prefixTaken: .conflict("prefix_taken", description)
        case .prefixReserved: CLIError("prefix_reserved", description, status: .notAllowed)
        case .prefixUnassigned(let prefix):
            CLIError("prefix_unassigned", description, hint: "assign it with `portvakt prefix assign \(prefix) ORG`")
        case .unknownScope: CLIError("scope_not_found", description)
        case .scopeExists: .conflict("scope_exists", description)
        case .scope(let faults): CLIError("scope_invalid", description, details: Self.details(faults))
        case .access(let faults): CLIError("access_invalid", description, details: Self.details(faults))
        case .accessEndsInThePast: CLIError("access_ends_in_the_past", description)
        case .unknownClient: CLIError("client_not_found", description)
        case .client(let faults): CLIError("client_invalid", description, details: Self.details(faults))
        case .key(.keyIDTaken): .conflict("key_id_taken", description, hint: "give the key another `kid`")
        case .key(.unknown): CLIError("key_not_found", description)
        case .key: CLIError("key_refused", description)
        case .delegation(let refusal): Self.delegation(refusal)
        case .resourceExists:
            .conflict("resource_exists", description, hint: "change it with `portvakt resource update`")
        case .unknownResource: CLIError("resource_not_found", description)
        case .resource(let faults): CLIError("resource_invalid", description, details: Self.details(faults))
        case .foreignScopes(let scopes):
            CLIError("invalid_prefix", description, details: [.init("InvalidPrefix", scopes.map(\.rawValue))])
        case .resourceInUse:
            .conflict("resource_in_use", description, hint: "add `--end-delegations` to end them")
        case .notResourceOwner: CLIError("resource_owner", description, status: .notAllowed)
        case .policy: CLIError("policy_invalid", description)
        case .onBehalfOf: CLIError("on_behalf_of_refused", description)
        case .stalePlan: .conflict("plan_stale", description, hint: "nothing was done; look at the plan again")
        }
    }

    private static func delegation(_ refusal: DelegationRefusal) -> CLIError {
        switch refusal {
        case .unknownOrganisation:
            CLIError(
                "organisation_unknown",
                "\(refusal)",
                hint: "import the register with `portvakt org import`"
            )
        case .sameParty: CLIError("delegation_to_self", "\(refusal)")
        case .unknownResource: CLIError("resource_not_found", "\(refusal)")
        case .scopeWithoutResource: CLIError("scope_without_resource", "\(refusal)")
        case .ambiguousScope: CLIError("scope_ambiguous", "\(refusal)", hint: "name one with `--resource`")
        case .notSchema: CLIError("resource_type", "\(refusal)")
        case .notDelegable: CLIError("resource_not_delegable", "\(refusal)")
        case .notAllowed, .notAdministrator: CLIError("delegation_not_allowed", "\(refusal)", status: .notAllowed)
        case .missingConnection: CLIError("supplier_missing", "\(refusal)")
        case .remainingResources: .conflict("supplier_in_use", "\(refusal)")
        case .endsInThePast: CLIError("delegation_ends_in_the_past", "\(refusal)")
        }
    }

    private static func details(_ faults: [some CustomStringConvertible]) -> [OutputValue.Member] {
        [.init("faults", faults.map(\.description))]
    }
}

extension ScopeFileProblems: CLIErrorConvertible {
    /// All problems, each with file and line.
    var cliError: CLIError {
        let list = problems.map { problem in
            OutputValue.object([
                .init("file", problem.line.file), .init("line", problem.line.line),
                .init("message", problem.fault.description),
            ])
        }
        return CLIError(
            "scope_files_invalid",
            description,
            hint: "nothing was done",
            details: [.init("problems", list)]
        )
    }
}

extension ScopePlanProblems: CLIErrorConvertible {
    /// All problems, each with file and line where it has one.
    var cliError: CLIError {
        let list = problems.map { problem in
            OutputValue.object([
                .init("file", problem.line?.file), .init("line", problem.line?.line),
                .init("message", problem.fault.description),
            ])
        }
        return CLIError("scope_plan_refused", description, hint: "nothing was done", details: [.init("problems", list)])
    }
}
