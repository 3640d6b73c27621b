import JOSE

/// What the OpenAPI document says of an operation, beside its method, its path and the scopes that it wants.
///
/// The operation itself reads its query and body by this: a parameter that is not described is refused as unknown.
struct OperationDescription: Sendable {
    /// What it does, in one line.
    var summary: String
    /// More about it, in Markdown.
    var text: String?
    /// Its parameters; those of the path that are not named are plain texts.
    var parameters: [Parameter] = []
    /// What it takes; nil: it takes no body.
    var body: Body?
    /// What it answers when all goes well.
    var answers: [Answer] = [.ok()]
    /// Refusals of its own, beside those that every operation may answer with.
    var refusals: [Refused] = []
    /// Whether a body may be left out.
    var isBodyOptional: Bool { body?.isRequired == false }

    /// A parameter of a path, a query, or a header field.
    struct Parameter: Sendable {
        /// Where it stands.
        enum Place: String, Sendable { case path, query, header }

        let place: Place
        let name: String
        let schema: Schema
        let meaning: String
        let isRequired: Bool

        /// A part of the path.
        static func path(_ name: String, _ schema: Schema, _ meaning: String) -> Parameter {
            Parameter(place: .path, name: name, schema: schema, meaning: meaning, isRequired: true)
        }

        /// A parameter of the query.
        static func query(
            _ name: String,
            _ schema: Schema,
            _ meaning: String,
            required isRequired: Bool = false
        ) -> Parameter {
            Parameter(place: .query, name: name, schema: schema, meaning: meaning, isRequired: isRequired)
        }

        /// A header field.
        static func header(_ name: String, _ schema: Schema, _ meaning: String) -> Parameter {
            Parameter(place: .header, name: name, schema: schema, meaning: meaning, isRequired: false)
        }
    }

    /// What an operation takes.
    struct Body: Sendable {
        /// The forms that it may have, by media type.
        let forms: [(mediaType: String, schema: Schema)]
        let isRequired: Bool
        /// The largest one, in bytes.
        let limit: Int

        /// A JSON document.
        static func json(_ schema: Schema, required isRequired: Bool = true, limit: Int = 256 * 1024) -> Body {
            Body(forms: [("application/json", schema)], isRequired: isRequired, limit: limit)
        }
    }

    /// An answer that is no refusal.
    struct Answer: Sendable {
        let status: Int
        let meaning: String
        /// Its body; nil: it has none.
        let schema: Schema?
        let mediaType: String
        /// Header fields worth knowing of.
        let fields: [(name: String, meaning: String)]

        init(
            _ status: Int,
            _ meaning: String,
            _ schema: Schema?,
            mediaType: String = "application/json",
            fields: [(name: String, meaning: String)] = []
        ) {
            self.status = status
            self.meaning = meaning
            self.schema = schema
            self.mediaType = mediaType
            self.fields = fields
        }

        /// 200 with a JSON document.
        static func ok(
            _ schema: Schema? = .anything,
            _ meaning: String = "Done.",
            fields: [(name: String, meaning: String)] = []
        ) -> Answer {
            Answer(200, meaning, schema, fields: fields)
        }

        /// An answer of a status, with or without a document of any form.
        static func status(_ status: Int, of mediaType: String = "application/json") -> Answer {
            Answer(status, "Done.", status == 204 || status == 304 ? nil : .anything, mediaType: mediaType)
        }
    }

    /// A refusal of an operation's own.
    enum Refused: Int, Sendable {
        /// Something by that name is there.
        case conflict = 409
        /// `If-Match` names another version.
        case stale = 412
        /// The body is of a media type that is not read.
        case mediaType = 415
    }

    /// The names that the query may have.
    var queryNames: [String] { parameters.filter { $0.place == .query }.map(\.name) }
}
