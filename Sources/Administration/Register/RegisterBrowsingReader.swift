public import Organisations
public import Vocabulary

/// Looks around in the register, in one snapshot; blocks.
public protocol RegisterBrowsingReader: RegisterReader {
    /// The units right below a unit, by number, at most `limit`.
    func organisations(below number: OrganisationNumber, limit: Int) throws -> [Organisation]

    /// The units that a query finds: the living first, and of those the best fitting.
    func organisations(named query: OrganisationNameQuery) throws -> OrganisationNameResult

    /// What is known of one of the register's change feeds.
    func registerFeed(_ feed: RegisterFeed) throws -> RegisterFeedState
}
