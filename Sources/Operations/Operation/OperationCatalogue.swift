/// Everything that can be asked for by name: what the operator API serves and its document lists.
public enum OperationCatalogue {
    /// The inquiries, by name.
    public static let inquiries: [any Inquiry.Type] = [
        ListAccess.self,
        ListClients.self,
        ListDelegations.self,
        ListPrefixes.self,
        ListScopes.self,
        ShowClient.self,
        ShowOrganisation.self,
        ShowScope.self,
    ]

    /// The acts, by name.
    public static let acts: [any OperatorAct.Type] = []

    /// All of them.
    public static var all: [any Operation.Type] { inquiries + acts }
}
