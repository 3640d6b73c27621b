import Testing

@testable import EnterpriseCertificates

@Suite("Whom revocation is asked of next")
struct RevocationQueueTests {
    private func drain(_ queue: inout RevocationQueue) -> [UInt8] {
        var ids: [UInt8] = []
        while let id = queue.next() { ids += id }
        return ids
    }

    @Test func `a host that hangs keeps its share and no more`() {
        var queue = RevocationQueue(width: 8, share: 2)
        for number in 0..<100 { queue.add([UInt8(number)], at: "hangs.example.no", first: true) }
        #expect(drain(&queue) == [0, 1])
        queue.add([200], at: "answers.example.no", first: true)
        queue.add([201], at: "answers.example.no", first: false)
        #expect(drain(&queue) == [200, 201])
        queue.finish([0])
        #expect(drain(&queue) == [2])
    }

    @Test func `what requests wait for comes before renewals, each once at a time`() {
        var queue = RevocationQueue(width: 2, share: 2)
        queue.add([1], at: "a", first: false)
        queue.add([2], at: "b", first: false)
        queue.add([3], at: "c", first: true)
        queue.add([2], at: "b", first: true)
        queue.add([3], at: "c", first: true)
        #expect(drain(&queue) == [3, 2])
        // Under way: it is not asked about beside itself.
        queue.add([3], at: "c", first: true)
        queue.finish([3])
        queue.finish([2])
        #expect(drain(&queue) == [1])
        queue.finish([1])
        queue.add([3], at: "c", first: false)
        #expect(drain(&queue) == [3])
    }

    @Test func `no more than the width are under way`() {
        var queue = RevocationQueue(width: 3, share: 2)
        for number in 0..<10 { queue.add([UInt8(number)], at: "host \(number)", first: number % 2 == 0) }
        #expect(drain(&queue) == [0, 2, 4])
        for id in [[0], [2], [4]] as [[UInt8]] { queue.finish(id) }
        #expect(drain(&queue) == [6, 8, 1])
    }
}
