import Testing
import Vocabulary

@testable import HTTPServer

@Suite("W3C Trace Context §3.2: traceparent")
struct TraceParentTests {
    private static let id = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test(
        arguments: [
            "00-\(id)-00f067aa0ba902b7-01",
            "00-\(id)-00f067aa0ba902b7-00",
            "cc-\(id)-00f067aa0ba902b7-01-what-the-future-will-be-like",
        ]
    )
    func `reads the trace id`(field: String) { #expect(TraceID(traceParent: field)?.rawValue == Self.id) }

    @Test(
        arguments: [
            "", "00", "00-\(id)", "00-\(id)-00f067aa0ba902b7", "ff-\(id)-00f067aa0ba902b7-01",
            "00-\(id.uppercased())-00f067aa0ba902b7-01", "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01",
            "00-\(id)-00f067aa0ba902b7-01-more", "00-\(id)é-00f067aa0ba902b-01",
            "00-\(id.dropLast())-00f067aa0ba902b7-01a",
        ]
    )
    func `reads nothing else`(field: String) { #expect(TraceID(traceParent: field) == nil) }

    @Test func `draws other ids each time`() {
        let source = RandomTraceIDs()
        #expect(Set((0..<1_000).map { _ in source.next() }).count == 1_000)
    }
}

@Suite("RFC 9110 §5.6.7: Date")
struct DateFieldTests {
    @Test(
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] as [(Int64, String)]
    )
    func `writes IMF-fixdate`(seconds: Int64, text: String) {
        #expect(DateField.format(Timestamp(seconds: seconds)) == text)
    }
}
