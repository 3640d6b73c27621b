// The compiler takes `timespec` for this module's where NIO is imported too.
import CDispatch
import FoundationEssentials
import MetricsExposition
import Vocabulary

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the kernel knows of this process, under the names that every program has in Prometheus.
struct ProcessGauges: Sendable {
    let version: String
    let started: Timestamp
    let maximumFiles: Int

    var samples: [MetricSample] {
        [
            MetricSample("portvakt_build_info", ["version": version], 1),
            MetricSample("process_start_time_seconds", Double(started.seconds)),
            MetricSample("process_max_fds", Double(maximumFiles)),
        ]
            + [
                Self.processorSeconds.map { MetricSample("process_cpu_seconds_total", $0) },
                Self.residentBytes.map { MetricSample("process_resident_memory_bytes", $0) },
                Self.openFiles.map { MetricSample("process_open_fds", $0) },
            ].compactMap { $0 }
    }

    private static var processorSeconds: Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    /// proc(5): the second number of `statm` is the resident set in pages.
    private static var residentBytes: Double? {
        guard let text = FileManager.default.contents(atPath: "/proc/self/statm") else { return nil }
        let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static var openFiles: Double? {
        // The look itself opens one.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count - 1) }
    }
}

extension MetricSample {
    /// A sample without labels.
    init(_ name: String, _ value: Double) { self.init(name, [:], value) }
}
