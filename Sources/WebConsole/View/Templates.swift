import Mustache
import NIOCore
import Vocabulary

/// The pages' templates, compiled into the program; whatever they show is escaped.
struct Templates: Sendable {
    private let library: MustacheLibrary

    /// Parses them.
    ///
    /// - Throws: when one is broken.
    init() throws {
        let sources: [(String, [UInt8])] = [
            ("page", PackageResources.page_mustache), ("pieces", PackageResources.pieces_mustache),
            ("facts", PackageResources.facts_mustache), ("attention", PackageResources.attention_mustache),
            ("filters", PackageResources.filters_mustache), ("table", PackageResources.table_mustache),
            ("commands", PackageResources.commands_mustache), ("chart", PackageResources.chart_mustache),
            ("timeline", PackageResources.timeline_mustache), ("diagram", PackageResources.diagram_mustache),
            ("login", PackageResources.login_mustache),
        ]
        var templates: [String: MustacheTemplate] = [:]
        for (name, bytes) in sources {
            templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
        }
        library = MustacheLibrary(templates: templates)
    }

    /// The page as bytes of HTML.
    func render(
        _ page: PageView,
        for visitor: Visitor?,
        _ installation: ConsoleInstallation,
        _ scene: Scene
    ) -> ByteBuffer {
        var fields: [String: Any] = [
            "lang": scene.language.rawValue, "siteName": "Portvakt", "pageTitle": page.title,
            "environment": installation.environment, "environmentKind": installation.isProduction ? "prod" : "test",
            "issuer": installation.issuer, "version": installation.version,
            "skip": scene.text("Skip to content", "Hopp til innholdet"),
            "navigation": scene.text("Pages", "Sider"),
            "trail": page.trail.map { [["to": $0.address, "words": $0.words]] } ?? [],
            "asOf": page.isDated
                ? [
                    [
                        "asOfWords": scene.text("As of", "Per"), "iso": scene.now.description, "exact": scene.now.exact,
                    ]
                ] : [],
            "sections": page.sections.map { $0.fields(scene) },
        ]
        fields["visitor"] =
            visitor.map { visitor in
                [
                    [
                        "view": visitor.name, "word": visitor.word, "logOut": scene.text("Log out", "Logg ut"),
                        "places": ConsolePlace.allCases.map {
                            ["to": $0.rawValue, "words": scene.text($0.name), "isHere": $0 == page.place]
                                as [String: Any]
                        },
                    ] as [String: Any]
                ]
            } ?? []
        return ByteBuffer(string: library.render(fields, withTemplate: "page") ?? "")
    }
}
