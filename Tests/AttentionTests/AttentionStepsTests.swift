import Attention
import Testing
import Vocabulary

@Suite("Steps by which an end comes closer")
struct AttentionStepsTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private static let day: Int64 = 86_400

    @Test(
        arguments: [
            (61 * day, nil), (60 * day + 1, nil), (60 * day, "notice"), (30 * day + 1, "notice"), (30 * day, "warning"),
            (7 * day + 1, "warning"), (7 * day, "urgent"), (1, "urgent"), (0, "critical"), (-1, "critical"),
            (1 - 30 * day, "critical"), (-30 * day, nil),
        ] as [(Int64, String?)]
    )
    func `an end is pressing from its step on, to the second`(left: Int64, word: String?) {
        #expect(AttentionSteps.step(of: now + Seconds(left), at: now)?.0.word == word)
    }

    @Test func `since when it is so follows from the end alone`() {
        let end = now + .days(20)
        #expect(AttentionSteps.step(of: end, at: now)?.since == end - .days(30))
        #expect(AttentionSteps.step(of: now, at: now)?.since == now)
    }
}
