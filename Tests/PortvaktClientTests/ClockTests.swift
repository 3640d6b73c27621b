import Fetching
import Foundation
import JOSE
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Clock: made up for by the server's Date, once, and only after a refusal for time")
struct ClockTests {
    /// A server that refuses as Maskinporten does: iat at most 10 s ahead, exp at most 10 s past.
    private func server(_ clock: FakeClock) -> ScriptedTransport {
        ScriptedTransport { request, _ in
            let now = clock.trueNow
            let headers = [(name: "date", value: Self.httpDate(now))]
            guard let claims = try? request.claims, let issued = claims["iat"]?.integer,
                let end = claims["exp"]?.integer
            else { return TransportResponse(status: 400, body: []) }
            if issued > now.seconds + 10 { return Sample.refusal("Issue time is after now", headers: headers) }
            if now.seconds >= end + 10 { return Sample.refusal("JWT is expired", code: "MP-130", headers: headers) }
            return TransportResponse(status: 200, headers: headers, body: Sample.token("t").body)
        }
    }

    private static func httpDate(_ time: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(time.seconds)))
    }

    // 10 s ahead is within the server's leeway, 11 s is not; behind, the assertion's own 110 s help up to 120 s.
    @Test(arguments: [(10, 1), (11, 2), (300, 2), (-11, 1), (-119, 1), (-120, 2), (-300, 2)])
    func `a clock that is off gets its token in so many requests`(skew: Int64, requests: Int) async throws {
        let clock = FakeClock()
        clock.setSkew(Seconds(skew))
        let transport = server(clock)
        let client = Sample.client(Sample.configuration(), transport, clock)
        #expect(try await client.token(for: Sample.request).value == "t")
        #expect(transport.requests.count == requests)
    }

    @Test(arguments: [(Int64(301), "ahead of"), (-301, "behind")])
    func `a clock that is off by more than five minutes is not corrected but told`(
        skew: Int64,
        word: String
    ) async throws {
        let clock = FakeClock()
        clock.setSkew(Seconds(skew))
        let transport = server(clock)
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(), transport, clock).token(for: Sample.request)
        }
        #expect(error?.kind == .clockSkew(.seconds(skew)))
        #expect(error?.message == "this machine's clock is 301 s \(word) the server's")
        #expect(error?.hint?.contains("NTP") == true)
        #expect(transport.requests.count == 1)
    }

    @Test func `the correction is kept for the next request, and dropped when the clock is set right`() async throws {
        let clock = FakeClock()
        clock.setSkew(60)
        let transport = server(clock)
        let client = Sample.client(Sample.configuration(), transport, clock)
        _ = try await client.token("a:a")
        #expect(transport.requests.count == 2)
        _ = try await client.token("a:b")
        #expect(transport.requests.count == 3)
        // Set right: the kept offset would now sign 60 s in the past, which the server takes, and it shrinks to none.
        clock.setSkew(0)
        _ = try await client.token("a:c")
        _ = try await client.token("a:d")
        #expect(try transport.requests.last?.claims["iat"]?.integer == clock.trueNow.seconds)
        #expect(transport.requests.count == 5)
    }

    @Test func `a refusal for time is final when the clocks agree`() async throws {
        let clock = FakeClock()
        let transport = ScriptedTransport { _, _ in
            Sample.refusal("JWT is expired", code: "MP-130", headers: [("Date", Self.httpDate(clock.trueNow))])
        }
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(), transport, clock).token(for: Sample.request)
        }
        #expect(error?.kind == .refused)
        #expect(transport.requests.count == 1)
    }

    @Test func `a server that refuses for time again ends it after one correction`() async throws {
        let clock = FakeClock()
        clock.setSkew(30)
        let transport = ScriptedTransport { _, _ in
            Sample.refusal("JWT is expired", code: "MP-130", headers: [("Date", Self.httpDate(clock.trueNow))])
        }
        let error = await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(), transport, clock).token(for: Sample.request)
        }
        #expect(error?.kind == .refused)
        #expect(error?.attempts == 2)
        #expect(transport.requests.count == 2)
    }

    @Test func `another refusal, and a correction switched off, change no clock`() async throws {
        let clock = FakeClock()
        clock.setSkew(60)
        let refusing = ScriptedTransport { _, _ in
            Sample.refusal("Expired key.", code: "MP-121", headers: [("Date", Self.httpDate(clock.trueNow))])
        }
        await #expect(throws: TokenError.self) {
            try await Sample.client(Sample.configuration(), refusing, clock).token(for: Sample.request)
        }
        #expect(refusing.requests.count == 1)
        var configuration = Sample.configuration()
        configuration.clockCorrection = .off
        let transport = server(clock)
        await #expect(throws: TokenError.self) {
            try await Sample.client(configuration, transport, clock).token(for: Sample.request)
        }
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", Int64?.some(784_111_777)), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov  6 08:49:37 1994", nil),
        ("Sun, 6 Nov 1994 08:49:37 GMT", nil),
        ("Sun, 06 Nov 1994 08:49:37 UTC", nil), ("Sun, 31 Feb 1994 08:49:37 GMT", nil), ("", nil),
        ("Sun, 06 nov 1994 08:49:37 GMT", nil),
    ])
    func `a Date field is read in its one form`(text: String, seconds: Int64?) {
        #expect(Timestamp(parsingHTTPDate: text)?.seconds == seconds)
    }
}
