import TokenIssuance

/// What an error code is about, in a few words; from the one table of codes, in English as its page is.
enum ErrorTitle {
    /// The title of a code's page; empty for a code that a later version has made.
    static func of(_ code: String) -> String { ErrorCode(rawValue: code).map { ErrorCatalogue.page($0).title } ?? "" }
}
