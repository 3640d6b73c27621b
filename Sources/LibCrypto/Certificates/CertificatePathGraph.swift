internal import COpenSSL

/// The certificates that a path may be made of, and which of them may have issued which, by their names.
///
/// Certificates are known by their number here: 0 is the leaf, the anchors follow, then the rest.
struct CertificatePathGraph {
    let certificates: [Certificate]
    let anchors: Range<Int>
    /// Whether the leaf is an anchor itself.
    let leafIsAnchor: Bool
    /// All whose subject is the issuer that a certificate names, the likeliest first; empty for what no path can reach.
    let issuers: [[Int]]
    /// A number for each certificate's key: the same for all that have the same one.
    let keys: [Int]

    /// A graph in which each certificate stands once: what is an anchor is no intermediate besides.
    init(leaf: Certificate, anchors: [Certificate], helpers: [Certificate]) {
        var seen: Set<Certificate> = [leaf]
        leafIsAnchor = anchors.contains(leaf)
        let ends = anchors.filter { seen.insert($0).inserted }
        let all = [leaf] + ends + helpers.filter { seen.insert($0).inserted }
        certificates = all
        self.anchors = 1..<1 + ends.count
        var numbers: [[UInt8]: Int] = [:]
        keys = all.map { certificate in
            let number = numbers[certificate.subjectPublicKeyInfo] ?? numbers.count
            numbers[certificate.subjectPublicKeyInfo] = number
            return number
        }
        var issuers = [[Int]](repeating: [], count: all.count)
        var known: Set<Int> = [0]
        var waiting = [0]
        while let child = waiting.popLast() {
            issuers[child] = Self.issuers(of: child, among: all)
            for issuer in issuers[child] where !self.anchors.contains(issuer) && known.insert(issuer).inserted {
                waiting.append(issuer)
            }
        }
        self.issuers = issuers
    }

    func isAnchor(_ number: Int) -> Bool { anchors.contains(number) }

    // Names are compared as RFC 5280 §7.1 has it, in libcrypto's canonical form. The key identifiers (§4.2.1.1, §4.2.1.2)
    // help to find the issuer and exclude nobody.
    private static func issuers(of number: Int, among all: [Certificate]) -> [Int] {
        let child = all[number].handle.pointer
        let found = all.indices.dropFirst().filter { candidate in
            let subject = X509_get_subject_name(all[candidate].handle.pointer)
            return candidate != number && X509_NAME_cmp(X509_get_issuer_name(child), subject) == 0
        }
        let likely = found.filter { X509_check_issued(all[$0].handle.pointer, child) == X509_V_OK }
        return likely + found.filter { !likely.contains($0) }
    }

    /// Whether both are one authority: the same name and the same key.
    ///
    /// A path that meets an authority twice is a loop: what lies between can be left out of it (RFC 4158 §5.2).
    func isSameAuthority(_ one: Int, _ other: Int) -> Bool {
        keys[one] == keys[other]
            && X509_NAME_cmp(
                X509_get_subject_name(certificates[one].handle.pointer),
                X509_get_subject_name(certificates[other].handle.pointer)
            ) == 0
    }

    /// The least cost of a way from each certificate to an anchor, where a step from a certificate to its issuer costs more
    /// than zero and nil forbids it; certificates without a way are left out.
    func distances(cost: (_ child: Int, _ issuer: Int) -> Int?) -> [Int: Int] {
        var steps: [(child: Int, issuer: Int, cost: Int)] = []
        for child in certificates.indices {
            for issuer in issuers[child] {
                if let cost = cost(child, issuer) { steps.append((child, issuer, cost)) }
            }
        }
        var distances = Dictionary(uniqueKeysWithValues: anchors.map { ($0, 0) })
        // Bellman and Ford: as many rounds as the longest of the shortest ways has steps.
        var changed = true
        while changed {
            changed = false
            for step in steps {
                guard let rest = distances[step.issuer] else { continue }
                if distances[step.child].map({ rest + step.cost < $0 }) ?? true {
                    distances[step.child] = rest + step.cost
                    changed = true
                }
            }
        }
        return distances
    }
}
