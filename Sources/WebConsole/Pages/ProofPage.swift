import Operations
import Vocabulary

/// The proof of one entry, that of a token above all: checked here, step by step, and to be taken along as a file.
enum ProofPage {
    static func answer(_ call: PageCall) async throws(PageFault) -> PageAnswer {
        guard let query = call.query, let name = query.names.first, query.names.count == 1,
            let value = query[name], !value.isEmpty, name == "jti" || name == "sequence"
        else {
            guard call.format == .html else { throw .absent(nothing(call)) }
            return .page(page(call, jti: nil, []))
        }
        guard let arguments = arguments(name, value) else { throw .absent(nothing(call)) }
        guard call.format == .html else {
            let report = try await call.ask(ProveAudit.self, arguments)
            return .file(Array(report.json.utf8), type: "application/json", name: "proof.json")
        }
        let jti = name == "jti" ? value : nil
        do throws(PageFault) {
            let report = try await call.ask(CheckAuditProof.self, arguments)
            return .page(page(call, jti: jti, sections(report, call)))
        } catch {
            guard case .absent(let words) = error, jti != nil else { throw error }
            return .page(page(call, jti: jti, [.fault(words)]))
        }
    }

    private static func arguments(_ name: String, _ value: String) -> Arguments? {
        guard name == "sequence" else { return ["jti": value] }
        return Int(value).map { ["sequence": $0] }
    }

    private static func nothing(_ call: PageCall) -> String {
        call.scene.text("The address names no entry.", "Adressen sier ikke hvilket innslag.")
    }

    private static func page(_ call: PageCall, jti: String?, _ sections: [Section]) -> PageView {
        let scene = call.scene
        let filter = FilterView(
            action: "/console/proof",
            fieldList: [
                .init(
                    name: "jti",
                    label: scene.text("The token's jti", "Tokenets jti"),
                    form: .text(example: "0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10"),
                    value: jti
                )
            ],
            button: scene.text("Check", "Kontroller"),
            reset: "/console/proof"
        )
        return PageView(
            scene.text("Proof of an entry", "Bevis for et innslag"),
            in: .audit,
            trail: .init(words: scene.text(ConsolePlace.audit.name), address: ConsolePlace.audit.rawValue),
            [.filters(filter)] + sections
        )
    }

    /// What was checked, and what anybody can check without this server.
    private static func sections(_ report: Report, _ call: PageCall) -> [Section] {
        let scene = call.scene
        func said(_ name: String) -> String { report.value(name)?.cell ?? "" }
        let sequence = said("sequence")
        let good = Cell.Piece.mark(scene.text("holds", "holder"), .good)
        var entry = Cell(
            .link(scene.text("Entry \(sequence)", "Innslag \(sequence)"), to: "/console/record?sequence=\(sequence)")
        )
        if case .time(let time)? = report.value("time") { entry.pieces += [.plain(", "), .time(time)] }
        let way = scene.text(
            " entry \(sequence) of \(said("entries")), by \(said("hashes")) hashes",
            " innslag \(sequence) av \(said("entries")), med \(said("hashes")) hasher"
        )
        return [
            .facts(
                scene.text("Checked", "Kontrollert"),
                [
                    (name: scene.text("Entry", "Innslag"), value: entry),
                    (
                        name: scene.text("Signature of the checkpoint", "Sjekkpunktets signatur"),
                        value: Cell(good, .plain(" "), .code(said("origin")))
                    ),
                    (name: scene.text("Way to the root", "Veien til roten"), value: Cell(good, .plain(way))),
                    (name: scene.text("Root", "Rot"), value: Cell(.code(said("root")))),
                    (
                        name: scene.text("File", "Fil"),
                        value: Cell(.link("proof.json", to: "/console/proof.json?sequence=\(sequence)"))
                    ),
                ]
            ),
            .words(
                scene.text(
                    "This server checked its own proof. Whoever wants to be sure takes the file and checks it elsewhere, with "
                        + "the key as the operator gave it by another way.",
                    "Her har serveren kontrollert sitt eget bevis. Den som vil være sikker, tar med filen og kontrollerer den "
                        + "et annet sted, med nøkkelen slik driftsansvarlig har gitt den på annen måte."
                )
            ),
            .commands(
                scene.text("Check it yourself", "Kontroller selv"),
                [
                    CommandView(
                        purpose: scene.text("Without server and database", "Uten server og database"),
                        command: "portvakt audit check-proof proof.json --key \(said("key"))"
                    )
                ]
            ),
        ]
    }
}
