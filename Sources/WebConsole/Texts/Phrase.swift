/// A text of the console in both of its languages.
struct Phrase: Sendable, Hashable {
    private let english: String
    private let norwegian: String

    /// A text in English and Norwegian (bokmål).
    init(_ english: String, _ norwegian: String) {
        self.english = english
        self.norwegian = norwegian
    }

    /// The text in a language.
    func text(in language: Language) -> String { language == .english ? english : norwegian }
}

/// A language of the console.
enum Language: String, Sendable, Hashable, CaseIterable {
    /// English, for everybody who asks for no language that we have.
    case english = "en"
    /// Norwegian bokmål, for everybody who asks for a Norwegian one.
    case norwegian = "nb"

    /// The language that `Accept-Language` asks for most (RFC 9110 §12.5.4).
    init(accepting field: String?) {
        var best: (language: Language, weight: Double) = (.english, 0)
        for range in (field ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let tag = parts.first?.split(separator: "-").first, let language = Self.languages[tag] else {
                continue
            }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
            let weight = quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best.weight { best = (language, weight) }
        }
        self = best.language
    }

    private static let languages: [Substring: Language] = [
        "en": .english, "nb": .norwegian, "nn": .norwegian, "no": .norwegian,
    ]
}
