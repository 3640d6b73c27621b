import Administration
import HTTPTypes
import Hummingbird
import JOSE
import NIOCore

/// What an operation answers.
struct APIAnswer: Sendable {
    let status: HTTPResponse.Status
    private(set) var fields: HTTPFields
    let body: [UInt8]

    private init(_ status: HTTPResponse.Status, fields: HTTPFields, body: [UInt8]) {
        self.status = status
        var fields = fields
        // What somebody may do is nobody else's, and changes.
        fields[.cacheControl] = "no-store"
        self.fields = fields
        self.body = body
    }

    /// A JSON document; an empty list is an answer like any other.
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> APIAnswer {
        APIAnswer(status, fields: [.contentType: "application/json"], body: value.encoded())
    }

    /// Something was made, which is to be found at a path of this listener.
    static func created(_ value: JSONValue, at location: String? = nil) -> APIAnswer {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let location { fields[.location] = location }
        return APIAnswer(.created, fields: fields, body: value.encoded())
    }

    /// A document of another type.
    static func document(_ bytes: [UInt8], type: String) -> APIAnswer {
        APIAnswer(.ok, fields: [.contentType: type], body: bytes)
    }

    /// A document of another type that the caller may keep, if it asks each time whether it is the same.
    static func document(_ bytes: [UInt8], type: String, tag: String) -> APIAnswer {
        var answer = APIAnswer(.ok, fields: [.contentType: type, .eTag: tag], body: bytes)
        answer.fields[.cacheControl] = "private, no-cache"
        return answer
    }

    /// The document that the caller knows is still the same.
    static func notModified(tag: String) -> APIAnswer {
        var answer = APIAnswer(.notModified, fields: [.eTag: tag], body: [])
        answer.fields[.cacheControl] = "private, no-cache"
        return answer
    }

    /// Done; there is nothing to say.
    static let noContent = APIAnswer(.noContent, fields: [:], body: [])

    /// Done; there is nothing to say, and the status is 200, as the interface has always answered.
    static let done = APIAnswer(.ok, fields: [:], body: [])

    /// The same answer, with the entity tag of what it shows (RFC 9110 §8.8.3).
    func of(_ version: EntityVersion) -> APIAnswer { with(.eTag, "\"\(version.text)\"") }

    /// The same answer, with a header field.
    func with(_ name: HTTPField.Name, _ value: String) -> APIAnswer {
        var answer = self
        answer.fields[name] = value
        return answer
    }

    var response: Response {
        Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
