import ArgumentParser

/// `portvakt org`.
struct OrgCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org",
        abstract: "Keep and read the local copy of Enhetsregisteret.",
        subcommands: [
            OrgCheck.self, OrgGenerate.self, OrgImport.self, OrgIndex.self, OrgReport.self, OrgSearch.self,
            OrgShow.self, OrgSync.self,
        ]
    )
}
