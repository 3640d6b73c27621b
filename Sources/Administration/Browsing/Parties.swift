public import Vocabulary

/// An organisation that has something here, with how much.
public struct PartyCounts: Sendable, Hashable {
    /// Its number.
    public let organisation: OrganisationNumber
    /// Scopes that it owns.
    public let scopes: Int
    /// Grants that it has.
    public let accesses: Int
    /// Clients that it owns.
    public let clients: Int

    /// An organisation with how much it has.
    public init(organisation: OrganisationNumber, scopes: Int, accesses: Int, clients: Int) {
        self.organisation = organisation
        self.scopes = scopes
        self.accesses = accesses
        self.clients = clients
    }
}

/// Who shares with an organisation, with how many scopes each; those with most first.
public struct SharingPicture: Sendable {
    /// Another organisation, and how many scopes it is about.
    public struct Partner: Sendable, Hashable {
        /// The other one.
        public let organisation: OrganisationNumber
        /// How many scopes, or resources of delegations.
        public let count: Int

        /// A partner.
        public init(organisation: OrganisationNumber, count: Int) {
            self.organisation = organisation
            self.count = count
        }
    }

    /// Whose data it may read.
    public var providers: Listed<Partner>
    /// Who may read its data.
    public var consumers: Listed<Partner>
    /// Who acts for it.
    public var suppliers: Listed<Partner>

    /// A picture.
    public init(providers: Listed<Partner>, consumers: Listed<Partner>, suppliers: Listed<Partner>) {
        self.providers = providers
        self.consumers = consumers
        self.suppliers = suppliers
    }
}
