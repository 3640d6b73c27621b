import Foundation
import Scopes
import Testing
import Vocabulary

@Suite("scopes/: the files that the demo world begins with")
struct BundledScopeFileTests {
    private let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "scopes")

    private func files() throws -> [ScopeFile] {
        try ScopeFile.read(BundledScopeFiles.all.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) })
    }

    @Test func `are those of the repository, every one and byte for byte`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(BundledScopeFiles.all.map(\.name) == names.sorted())
        for file in BundledScopeFiles.all {
            #expect(try Data(contentsOf: folder.appending(path: file.name)) == Data(file.bytes), "\(file.name)")
        }
    }

    @Test func `are read without a fault, and each is named for its prefix`() throws {
        let files = try files()
        #expect(files.count > 8)
        for file in files { #expect(file.name == "\(file.prefix.value).yaml") }
    }

    @Test func `can be applied to an empty store by the operator that owns the reserved prefixes`() throws {
        var facts = ScopePlanFacts()
        facts.operatorOrganisation = try files().first { $0.prefix.value.isReserved }?.owner.value
        let plan = try ScopePlan(files: files(), facts: facts)
        #expect(plan.additions == plan.changes.count)
    }

    @Test func `name synthetic organisations alone`() throws {
        for file in try files() {
            let consumers = file.scopes.flatMap { $0.access ?? [] }.map(\.consumer)
            for number in consumers + [file.owner.value] {
                #expect("23".contains(number.description.prefix(1)), "\(number) in \(file.name)")
            }
        }
    }

    @Test func `say of every scope on what basis, for what purpose and which data`() throws {
        for scope in try files().flatMap(\.scopes) {
            for field in [ScopeField.legalBasis, .purpose, .dataCategories] {
                #expect(scope.fields[field] != nil, "\(scope.name) has no `\(field.rawValue)`")
            }
        }
    }

    @Test func `name organisations that the list in the README has`() throws {
        let list = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
        for file in try files() {
            let consumers = file.scopes.flatMap { $0.access ?? [] }.map(\.consumer)
            for number in consumers + [file.owner.value] {
                #expect(list.contains("| \(number) |"), "\(number) in \(file.name)")
            }
        }
    }
}
