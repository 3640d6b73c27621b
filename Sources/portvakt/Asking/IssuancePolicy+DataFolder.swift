import Delegations
import Foundation
import Server
import TokenIssuance

extension GlobalOptions {
    /// The rules by which a server on the data folder issues tokens; nil when its configuration cannot be read.
    var issuancePolicy: IssuancePolicy? {
        guard let folder = try? dataFolder().path,
            let configuration = try? ServerConfiguration(
                ConfigurationInputs(dataFolder: folder, environment: Console.current.surroundings.environment)
            )
        else { return nil }
        var key: PseudonymKey?
        // A question makes no key: without one nobody is known by it.
        if FileManager.default.fileExists(atPath: PseudonymKeyFile.path(in: folder)) {
            key = try? PseudonymKeyFile.readOrMake(in: folder, isUsed: true)
        }
        return configuration.issuancePolicy(pseudonyms: key)
    }
}
