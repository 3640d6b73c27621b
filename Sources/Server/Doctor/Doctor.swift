public import SQLiteStorage
public import Vocabulary

/// One thing that `doctor` has looked at.
public struct Finding: Sendable, Hashable {
    /// How it stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// As it should be.
        case green
        /// To be mended before it breaks.
        case yellow
        /// Broken: tokens are refused, or rights are not watched.
        case red
    }

    /// The check that found it.
    public let check: String
    /// What it is about, where a check looks at several things.
    public let subject: String?
    /// How it stands.
    public let state: State
    /// What was found.
    public let message: String
    /// What to do; nil when nothing is to be done.
    public let remedy: String?

    /// A finding on the whole of what a check looks at.
    public init(_ check: String, _ state: State, _ message: String, remedy: String? = nil) {
        self.init(check, nil, state, message, remedy: remedy)
    }

    /// A finding on one of several things.
    public init(_ check: String, _ subject: String?, _ state: State, _ message: String, remedy: String? = nil) {
        self.check = check
        self.subject = subject
        self.state = state
        self.message = message
        self.remedy = remedy
    }
}

/// What a check may look at.
public struct DoctorScene: Sendable {
    /// The data folder.
    public let dataFolder: String
    /// The configuration; nil when it is not valid.
    public let configuration: ServerConfiguration?
    /// The database, open for reading; nil when it cannot be opened.
    public let store: SQLiteStore?
    /// The present time.
    public let now: Timestamp
    /// Whether others are asked over the network.
    public let asksOthers: Bool
}

/// One subject that `doctor` looks at; others join by standing in ``Doctor/checks``.
public protocol DoctorCheck: Sendable {
    /// Looks, and says what there is; never throws, for what cannot be looked at is a finding.
    func findings(_ scene: DoctorScene) async -> [Finding]
}

/// Looks at an installation and says what is to be mended, whether a server runs on it or not.
public struct Doctor: Sendable {
    /// What is looked at, in the order shown.
    public static let checks: [any DoctorCheck] = [
        LedgerCheck(), ClockCheck(), SigningKeyCheck(), TrustCheck(), RevocationCheck(), AttentionCheck(),
        RegisterCheck(), ServingCheck(),
    ]

    private let inputs: ConfigurationInputs
    private let now: Timestamp
    private let asksOthers: Bool

    /// A look at the installation of these inputs.
    ///
    /// - Parameters:
    ///   - inputs: where its configuration is.
    ///   - now: the present time.
    ///   - asksOthers: whether responders and lists are asked, to see whether they answer.
    public init(_ inputs: ConfigurationInputs, at now: Timestamp, asksOthers: Bool) {
        self.inputs = inputs
        self.now = now
        self.asksOthers = asksOthers
    }

    /// Looks at everything.
    public func examine() async -> [Finding] {
        var findings: [Finding] = []
        let folder = DataFolder(path: inputs.dataFolder)
        do throws(StorageError) {
            try folder.requirePrivate()
            findings.append(Finding("data_folder", .green, "`\(folder.path)` is its owner's alone"))
        } catch {
            findings.append(Finding("data_folder", .red, "\(error)", remedy: "chmod 700 \(folder.path)"))
        }
        var configuration: ServerConfiguration?
        do throws(ConfigurationFaults) {
            let read = try ServerConfiguration(inputs)
            configuration = read
            findings.append(Finding("configuration", .green, "it is valid, for `\(read.environment.rawValue)`"))
        } catch {
            findings += error.faults.map {
                Finding("configuration", .red, $0.description, remedy: "see docs/configuration.md")
            }
        }
        var store: SQLiteStore?
        do {
            guard folder.hasDatabase else { throw StorageError.missing(path: folder.database) }
            let opened = try SQLiteStore(folder, opening: .requireCurrent)
            store = opened
            findings.append(Finding("store", .green, "the database can be read and is of this program's schema"))
        } catch {
            findings.append(
                Finding("store", .red, "\(error)", remedy: "run `portvakt store migrate`, or restore a backup")
            )
        }
        let scene = DoctorScene(
            dataFolder: inputs.dataFolder,
            configuration: configuration,
            store: store,
            now: now,
            asksOthers: asksOthers
        )
        for check in Self.checks { findings += await check.findings(scene) }
        try? store?.close()
        return findings
    }
}

extension DoctorScene {
    /// Reads of the store; a finding when it cannot.
    func read<Value>(
        for check: String,
        _ body: (SQLiteReader) throws -> Value
    ) -> Result<Value, FindingFault>? {
        guard let store else { return nil }
        do { return .success(try store.read(body)) } catch {
            return .failure(FindingFault(Finding(check, .red, "\(error)", remedy: "restore a backup")))
        }
    }
}

/// What could not be looked at, as a finding.
struct FindingFault: Error {
    let finding: Finding

    init(_ finding: Finding) { self.finding = finding }
}
