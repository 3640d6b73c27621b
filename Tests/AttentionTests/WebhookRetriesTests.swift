import Attention
import Testing
import Vocabulary

@Suite("When a notice is sent again")
struct WebhookRetriesTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func delivery(attempts: Int = 0) -> WebhookDelivery {
        WebhookDelivery(id: "msg_1", target: "ops", payload: "{}", created: now, attempts: attempts, due: now)
    }

    private func outcome(_ attempts: Int, _ status: Int?, draw: Double = 0) -> WebhookDelivery {
        WebhookRetries.outcome(of: delivery(attempts: attempts), status: status, fault: "f", draw: draw, at: now)
    }

    @Test(arguments: [200, 204, 299]) func `any 2xx ends it`(status: Int) {
        let outcome = outcome(3, status)
        #expect(outcome.state == .delivered)
        #expect(outcome.attempts == 4)
        #expect(outcome.finished == now)
    }

    @Test(arguments: [nil, 199, 300, 302, 400, 410, 500]) func `anything else is repeated`(status: Int?) {
        let outcome = outcome(0, status)
        #expect(outcome.state == .pending)
        #expect(outcome.due == now + 5)
        #expect(outcome.status == status)
    }

    @Test func `waits grow, by chance a fifth longer or shorter, to about a day in all`() {
        var all: Int64 = 0
        for (index, wait) in WebhookRetries.waits.enumerated() {
            #expect(outcome(index, nil).due == now + wait)
            #expect(outcome(index, nil, draw: 1).due == now + Seconds(wait.count * 6 / 5))
            #expect(outcome(index, nil, draw: -1).due == now + Seconds(wait.count * 4 / 5))
            all += wait.count
        }
        #expect((20...26).contains(all / 3_600))
    }

    @Test func `after the last wait it is given up`() {
        #expect(outcome(WebhookRetries.waits.count - 1, 500).state == .pending)
        let last = outcome(WebhookRetries.waits.count, 500)
        #expect(last.state == .givenUp)
        #expect(last.finished == now)
    }
}
