import Scopes
import Vocabulary

extension FuzzTarget {
    /// A declarative scope file (YAML).
    static let scopeFile = FuzzTarget("scope-file") { input in
        guard let text = String(validating: input, as: UTF8.self) else { return false }
        let first: [ScopeFile]
        do throws(ScopeFileProblems) { first = try ScopeFile.read([("input.yaml", text)]) } catch {
            try demand(!error.problems.isEmpty, "refused without a reason")
            for problem in error.problems { try demand(problem.line.line > 0, "a problem without a line") }
            return false
        }
        try demand(try ScopeFile.read([("input.yaml", text)]) == first, "read twice, it is two files")
        for file in first {
            for scope in file.scopes {
                try demand(scope.name.prefix == file.prefix.value, "a scope under another prefix")
            }
            let names = file.scopes.map(\.name)
            try demand(Set(names).count == names.count, "a scope twice")
        }
        return true
    }
}
