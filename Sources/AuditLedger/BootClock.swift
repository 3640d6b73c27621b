#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Time since the machine started, which nobody can set: what the wall clock is watched with.
public protocol BootClock: Sendable {
    /// Whole seconds since boot, time asleep included.
    var seconds: Int64 { get }
    /// The identifier of this run of the machine.
    var bootID: String { get }
}

/// The kernel's `CLOCK_BOOTTIME`.
public struct SystemBootClock: BootClock {
    /// The identifier of this run of the machine, random and made by the kernel at boot.
    public let bootID: String

    /// The kernel's clock.
    public init() {
        bootID = Self.readBootID()
    }

    /// Whole seconds since boot, time asleep included.
    public var seconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec)
    }

    private static func readBootID() -> String {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        // Without /proc no two starts count as the same run: the clock is then trusted at start, as after a reboot.
        guard descriptor >= 0 else { return "unknown-\(getpid())" }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &buffer, buffer.count)
        let text = buffer.prefix(max(count, 0)).prefix { $0 > 0x20 && $0 < 0x7F }
        return text.isEmpty ? "unknown-\(getpid())" : String(decoding: text, as: UTF8.self)
    }
}
