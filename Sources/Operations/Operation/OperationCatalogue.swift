/// Everything that can be asked for by name: what the operator API serves and its document lists.
public enum OperationCatalogue {
    /// The inquiries, by name.
    public static let inquiries: [any Inquiry.Type] = [
        BrowseAccess.self,
        BrowseAudit.self,
        BrowseClients.self,
        BrowseDelegations.self,
        BrowseOrganisations.self,
        BrowseScopes.self,
        ListAccess.self,
        ListAccessRequests.self,
        ListAttention.self,
        ListClientKeys.self,
        ListClientScopes.self,
        ListClients.self,
        ListDelegations.self,
        ListPrefixes.self,
        ListProcessorAgreements.self,
        ListScopeRefusals.self,
        ListScopes.self,
        ListSigningKeys.self,
        ListUsage.self,
        ListWebhooks.self,
        ReportOnClients.self,
        ReportProcessing.self,
        ShowAuditEntry.self,
        ShowClient.self,
        ShowInstallation.self,
        ShowOrganisation.self,
        ShowOrganisationFacts.self,
        ShowScope.self,
        ShowSharing.self,
    ]

    /// The acts, by name.
    public static let acts: [any OperatorAct.Type] = [
        AcceptTerms.self,
        ApplyScopeFiles.self,
        ApproveAccess.self,
        DenyAccess.self,
        ExplainToken.self,
        RegisterProcessorAgreement.self,
        RemoveProcessorAgreement.self,
        RequestAccess.self,
        WithdrawAccessRequest.self,
    ]

    /// All of them.
    public static var all: [any Operation.Type] { inquiries + acts }
}
