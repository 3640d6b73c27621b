import AuditLedger
import EnterpriseCertificates
import Logging
import SQLiteStorage
import ServiceLifecycle
import Vocabulary

/// What judges certificates in a server, and what must run so that it can.
struct RevocationParts {
    let validator: EnterpriseCertificateValidator
    /// Nil where there are no anchors for seals.
    let seals: ElectronicSealValidator?
    /// Nothing under `off` and `crl_files`.
    let services: [any Service]

    init(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        writer: LedgerWriter<SQLiteStore>,
        clock: any WallClock,
        logger: Logger
    ) throws(RevocationUnavailable) {
        let telemetry = RevocationTelemetry(mode: configuration.revocation, logger: logger)
        var watch: RevocationWatch?
        if case .require(let grace) = configuration.revocation {
            var rules = RevocationRules(grace: grace)
            rules.refresh = configuration.revocationRefresh
            // Evidence in use must be looked at while it is renewed, or it would count as unused.
            rules.acceptanceLife = min(rules.acceptanceLife, configuration.revocationRefresh + 60)
            watch = RevocationWatch(
                rules: rules,
                http: LiveOutboundHTTP(allowsPrivateAddresses: configuration.allowsPrivateAddresses),
                archive: WriterRevocationArchive(writer: writer),
                records: opened.evidence,
                clock: clock,
                report: { telemetry.note($0) }
            )
        }
        let mode = configuration.revocation
        validator = try EnterpriseCertificateValidator(trust: opened.trust, revocation: mode, watch: watch)
        if let trust = opened.seals?.trust {
            seals = try ElectronicSealValidator(trust: trust, revocation: mode, watch: watch)
        } else {
            seals = nil
        }
        services = watch.map { [RevocationService(watch: $0, telemetry: telemetry, clock: clock)] } ?? []
    }
}
