import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How the kernel shares a processor among the server's threads.
enum Scheduling {
    /// `SCHED_BATCH` of Linux' <linux/sched.h>, a macro that the C library shows to GNU programs only.
    private static let batch: Int32 = 3

    /// Lets a thread that wakes up wait until the one that runs has had its turn (`SCHED_BATCH`, sched(7)), for all threads that
    /// there are; those that they start inherit it.
    ///
    /// Otherwise a request that comes in interrupts the signatures of a whole batch, and each such change costs both threads
    /// what they have in the caches. Needs no privilege; where the kernel refuses, all stays as it was.
    static func letThreadsFinish() {
        var parameters = sched_param()
        for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] {
            guard let thread = pid_t(thread) else { continue }
            _ = sched_setscheduler(thread, batch, &parameters)
        }
    }
}
