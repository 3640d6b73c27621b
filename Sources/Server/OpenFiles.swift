#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The process's limit on open files, of which each connection takes one.
enum OpenFiles {
    /// Raises the limit as far as the system lets this user; returns what it is then.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// What the database, keys, outbound requests and the runtime itself need beside the connections.
    private static let reserve = 64

    /// How many connections each listener may hold: as many as are wanted, or as the limit on files leaves room for.
    ///
    /// A process without a file left for the next connection could neither open a key nor read its database. Of what there is
    /// the public listener gets three parts, the others one together.
    static func connections(wanted: Int, files: Int) -> (public: Int, others: Int) {
        let room = max(32, files - reserve)
        return (min(wanted, room * 3 / 4), min(wanted, max(4, room / 8)))
    }
}
