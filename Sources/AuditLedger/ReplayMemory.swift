internal import Vocabulary

/// The claims that are held in memory: a set, and for each second of boot time those that may end in it.
///
/// A claim goes when two things have come: so much time has really gone by as was left to it when it was made, and the mark
/// has passed its ``ReplayWindow/release(of:)``. A clock that is stepped, either way, frees none.
struct ReplayMemory {
    private let window: ReplayWindow
    private var held: Set<ClaimDigest> = []
    private var buckets: [Int64: [HeldClaim]] = [:]
    /// Every bucket before this second has been looked at.
    private var sweptTo: Int64
    /// What the open batch has claimed, in order, and in which bucket each lies.
    private var batch: [(claim: HeldClaim, bucket: Int64)] = []

    /// Claims that are past their time by the boot clock, but not by the mark, are looked at again so much later.
    private static let secondLook: Int64 = 60

    init(window: ReplayWindow, boot: Int64) {
        self.window = window
        sweptTo = boot
    }

    var count: Int { held.count }

    /// How many claims the open batch has made.
    var batchCount: Int { batch.count }

    /// What the open batch has claimed so far.
    var batchClaims: [HeldClaim] { batch.map(\.claim) }

    func holds(_ claim: HeldClaim) -> Bool { held.contains(claim.digest) }

    /// Holds the claim until its end, counted from `now` on the wall and `boot` since the machine's start.
    mutating func hold(_ claim: HeldClaim, now: Timestamp, boot: Int64) {
        guard held.insert(claim.digest).inserted else { return }
        let bucket = boot + max(0, (window.release(of: claim.expires) - now).count) + 1
        buckets[bucket, default: []].append(claim)
        batch.append((claim, bucket))
    }

    mutating func commit() { batch.removeAll(keepingCapacity: true) }

    /// Takes back what the open batch has claimed, the last first: each then lies at the end of its bucket.
    mutating func rollBack() { rollBack(toCount: 0) }

    /// Takes back what the open batch has claimed since it had `count` claims.
    mutating func rollBack(toCount count: Int) {
        for (claim, bucket) in batch[count...].reversed() {
            held.remove(claim.digest)
            buckets[bucket]?.removeLast()
        }
        batch.removeLast(batch.count - count)
    }

    /// Lets go what is past its time; never inside an open batch.
    mutating func sweep(mark: Timestamp, boot: Int64) {
        guard sweptTo < boot else { return }
        let due = boot - sweptTo <= Int64(buckets.count) ? Array(sweptTo..<boot) : buckets.keys.filter { $0 < boot }
        for second in due {
            guard let claims = buckets.removeValue(forKey: second) else { continue }
            for claim in claims {
                if mark >= window.release(of: claim.expires) {
                    held.remove(claim.digest)
                } else {
                    buckets[boot + Self.secondLook, default: []].append(claim)
                }
            }
        }
        sweptTo = boot
    }
}
