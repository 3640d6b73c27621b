import AuditLedger
import Logging
import Vocabulary

extension LedgerNotice {
    /// Logs what an operator should hear of.
    func log(to logger: Logger) {
        switch self {
        case .clockSteppedAhead(let span):
            logger.warning("clock stepped ahead", metadata: ["seconds": "\(span.count)"])
        case .clockStepTakenIn(let span):
            logger.warning("clock step believed", metadata: ["seconds": "\(span.count)"])
        case .clockStepWentBack: logger.notice("clock step went back")
        case .clockBehind(let span, let mark):
            logger.error("clock behind", metadata: ["seconds": "\(span.count)", "highest_time_seen": "\(mark)"])
        case .clockInOrder: logger.notice("clock in order")
        case .clockAccepted(let mark): logger.notice("clock accepted", metadata: ["highest_time_seen": "\(mark)"])
        case .batchFailed(let requests, let error):
            logger.error("batch not durable", metadata: ["requests": "\(requests)", "cause": "\(error)"])
        case .storeRecovered: logger.notice("store recovered")
        case .claimsRead(let count): logger.info("replay claims read", metadata: ["claims": "\(count)"])
        }
    }
}

extension Logger {
    /// The same for libraries that tell about their every step.
    var quiet: Logger {
        var logger = self
        logger.logLevel = max(logLevel, .warning)
        return logger
    }
}
