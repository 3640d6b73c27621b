internal import CLibPQ
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// PostgreSQL's client library, opened when the first connection is wanted and never closed.
///
/// It is not linked: whoever keeps everything in one SQLite file need not install it (docs/decisions/0006).
struct LibPQ: Sendable {
    let connectStart: PQconnectStartParams_t
    let connectPoll: PQconnectPoll_t
    let status: PQstatus_t
    let errorMessage: PQerrorMessage_t
    let socket: PQsocket_t
    let finish: PQfinish_t
    let setNonBlocking: PQsetnonblocking_t
    let serverVersion: PQserverVersion_t
    let sslInUse: PQsslInUse_t
    let setNoticeReceiver: PQsetNoticeReceiver_t
    let flush: PQflush_t
    let consumeInput: PQconsumeInput_t
    let isBusy: PQisBusy_t
    let getResult: PQgetResult_t
    let notifies: PQnotifies_t
    let freeMemory: PQfreemem_t
    let sendPrepare: PQsendPrepare_t
    let sendQuery: PQsendQuery_t
    let sendQueryParams: PQsendQueryParams_t
    let sendQueryPrepared: PQsendQueryPrepared_t
    let enterPipelineMode: PQenterPipelineMode_t
    let exitPipelineMode: PQexitPipelineMode_t
    let pipelineSync: PQpipelineSync_t
    let resultStatus: PQresultStatus_t
    let resultErrorField: PQresultErrorField_t
    let rowCount: PQntuples_t
    let columnCount: PQnfields_t
    let columnType: PQftype_t
    let isNull: PQgetisnull_t
    let length: PQgetlength_t
    let value: PQgetvalue_t
    let commandRows: PQcmdTuples_t
    let commandStatus: PQcmdStatus_t
    let clear: PQclear_t
    let parseOptions: PQconninfoParse_t
    let freeOptions: PQconninfoFree_t

    private static let fileName = "libpq.so.5"

    private static let opened = Result<LibPQ, PostgreSQLError>.init(catching: LibPQ.init)

    /// The library.
    ///
    /// - Throws: `PostgreSQLError.library` when it is not installed, or older than pipelines.
    static func library() throws(PostgreSQLError) -> LibPQ { try opened.get() }

    private init() throws(PostgreSQLError) {
        guard let library = dlopen(Self.fileName, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "it cannot be opened"
            throw .library(reason: reason)
        }
        func function<Function>(_ name: String, _ type: Function.Type) throws(PostgreSQLError) -> Function {
            guard let symbol = dlsym(library, name) else {
                throw .library(reason: "`\(Self.fileName)` has no `\(name)`: it is older than version 14")
            }
            // The types are written from libpq's documentation; a C function pointer is as wide as any other.
            return unsafeBitCast(symbol, to: type)
        }
        connectStart = try function("PQconnectStartParams", PQconnectStartParams_t.self)
        connectPoll = try function("PQconnectPoll", PQconnectPoll_t.self)
        status = try function("PQstatus", PQstatus_t.self)
        errorMessage = try function("PQerrorMessage", PQerrorMessage_t.self)
        socket = try function("PQsocket", PQsocket_t.self)
        finish = try function("PQfinish", PQfinish_t.self)
        setNonBlocking = try function("PQsetnonblocking", PQsetnonblocking_t.self)
        serverVersion = try function("PQserverVersion", PQserverVersion_t.self)
        sslInUse = try function("PQsslInUse", PQsslInUse_t.self)
        setNoticeReceiver = try function("PQsetNoticeReceiver", PQsetNoticeReceiver_t.self)
        flush = try function("PQflush", PQflush_t.self)
        consumeInput = try function("PQconsumeInput", PQconsumeInput_t.self)
        isBusy = try function("PQisBusy", PQisBusy_t.self)
        getResult = try function("PQgetResult", PQgetResult_t.self)
        notifies = try function("PQnotifies", PQnotifies_t.self)
        freeMemory = try function("PQfreemem", PQfreemem_t.self)
        sendQuery = try function("PQsendQuery", PQsendQuery_t.self)
        sendPrepare = try function("PQsendPrepare", PQsendPrepare_t.self)
        sendQueryParams = try function("PQsendQueryParams", PQsendQueryParams_t.self)
        sendQueryPrepared = try function("PQsendQueryPrepared", PQsendQueryPrepared_t.self)
        enterPipelineMode = try function("PQenterPipelineMode", PQenterPipelineMode_t.self)
        exitPipelineMode = try function("PQexitPipelineMode", PQexitPipelineMode_t.self)
        pipelineSync = try function("PQpipelineSync", PQpipelineSync_t.self)
        resultStatus = try function("PQresultStatus", PQresultStatus_t.self)
        resultErrorField = try function("PQresultErrorField", PQresultErrorField_t.self)
        rowCount = try function("PQntuples", PQntuples_t.self)
        columnCount = try function("PQnfields", PQnfields_t.self)
        columnType = try function("PQftype", PQftype_t.self)
        isNull = try function("PQgetisnull", PQgetisnull_t.self)
        length = try function("PQgetlength", PQgetlength_t.self)
        value = try function("PQgetvalue", PQgetvalue_t.self)
        commandStatus = try function("PQcmdStatus", PQcmdStatus_t.self)
        commandRows = try function("PQcmdTuples", PQcmdTuples_t.self)
        clear = try function("PQclear", PQclear_t.self)
        parseOptions = try function("PQconninfoParse", PQconninfoParse_t.self)
        freeOptions = try function("PQconninfoFree", PQconninfoFree_t.self)
    }
}
