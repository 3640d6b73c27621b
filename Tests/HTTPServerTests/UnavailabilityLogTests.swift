import Testing
import TokenIssuance

@testable import HTTPServer

@Suite("Lines of the log about answers 503")
struct UnavailabilityLogTests {
    @Test("the first is told, then one a second with a count of the others, and each reason by itself")
    func oneASecond() {
        let log = UnavailabilityLog()
        let start = ContinuousClock.now
        #expect(log.tell(.queueFull, at: start) == 0)
        for step in 1...500 { #expect(log.tell(.queueFull, at: start + .milliseconds(step)) == nil) }
        #expect(log.tell(.storeUnavailable, at: start + .milliseconds(500)) == 0)
        #expect(log.tell(.queueFull, at: start + .seconds(1)) == 500)
        #expect(log.tell(.queueFull, at: start + .milliseconds(1_500)) == nil)
        #expect(log.tell(.queueFull, at: start + .milliseconds(2_000)) == 1)
    }
}
