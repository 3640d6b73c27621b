import Administration
import DemoWorld
import Foundation
import Testing
import Vocabulary

/// Makes one demo world for all tests of a suite, and takes it away after them.
struct DemoWorldScope: SuiteTrait, TestScoping {
    static let now = Timestamp(seconds: 1_795_310_573)

    /// The world of the suite under way.
    @TaskLocal static var world: DemoWorld?

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = Self.newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Self.$world.withValue(Self.make(in: folder)) { try await function() }
    }

    /// A world of one test alone.
    static func withNewWorld(_ body: (DemoWorld) throws -> Void) throws {
        let folder = newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(make(in: folder))
    }

    private static func newFolder() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "portvakt-demo-\(UUID().uuidString)")
    }

    private static func make(in folder: URL) throws -> DemoWorld {
        var plan = DemoWorld.Plan(
            dataFolder: folder.path,
            issuer: try Issuer(parsing: "http://127.0.0.1:7480/"),
            actor: Actor(operatingSystemUser: "kari", host: "test")
        )
        plan.registerSize = (mainUnits: 300, subUnits: 200)
        return try DemoWorld.make(plan, at: now)
    }
}

extension Trait where Self == DemoWorldScope {
    /// One demo world for the whole suite.
    static var demoWorld: Self { Self() }
}
