internal import Vocabulary

/// Looks for a valid path through the certificates at hand (RFC 4158): depth first, with backtracking over the whole path.
///
/// What can be seen of a certificate by itself rules it out before its signature is checked; each signature is checked
/// once; a path that reaches an anchor is judged whole by ``PathRun``. Work is bounded twice: by ``SignatureBudget``, and by
/// the number of steps.
struct CertificatePathSearch {
    /// How many certificates may be tried as the next one of a path.
    ///
    /// The signatures of a mesh are few beside its paths: 12 layers of 3 have 99 of them, and half a million paths.
    static let maximumSteps = 10_000
    /// What the judgement of a whole path counts for.
    private static let stepsOfJudgement = 50
    /// How many self-issued intermediates a path may have; no other limit counts them.
    private static let maximumSelfIssued = 16

    private let run: PathRun
    private let graph: CertificatePathGraph
    /// How many faults each certificate would have as an issuer on any path.
    private let faults: [Int]
    private var ledger = SignatureLedger(budget: SignatureBudget())
    /// The certificates whose keys may be used: all, or those to which signatures lead from an anchor.
    private var usable: Set<Int>
    /// The steps to an anchor over certificates without faults and signatures not known to be wrong.
    private var distances: [Int: Int] = [:]
    private var steps = 0
    private var best: [PathFinding] = []

    init(_ graph: CertificatePathGraph, run: PathRun) {
        self.graph = graph
        self.run = run
        let reached = Set(graph.issuers.joined())
        usable = Set(run.options.provesIssuersFirst ? Array(graph.anchors) : Array(graph.certificates.indices))
        faults = graph.certificates.indices.map { number in
            guard reached.contains(number) else { return 0 }
            return CertificatePathRules.faultsAsIssuer(
                graph.certificates[number],
                isAnchor: graph.isAnchor(number),
                of: graph.certificates[0],
                options: run.options,
                at: run.at
            )
        }
    }

    /// How many signatures were checked.
    var signatureChecks: Int { ledger.budget.checks }

    /// The first valid path, leaf first.
    ///
    /// - Throws: what is wrong with the path that came nearest; and that the search ended early, when it did.
    mutating func find() throws(PathRejection) -> [Certificate] {
        if graph.leafIsAnchor, let path = accept([0]) { return path }
        if run.options.provesIssuersFirst { proveIssuers() }
        measure()
        if let path = extend([0]) { return path }
        if best.isEmpty, limit == nil {
            let (path, findings) = diagnosis()
            guard !findings.isEmpty else { return path }
            best = findings
        }
        throw PathRejection(findings: best + [limit].compactMap { $0 })
    }

    private var limit: PathFinding? {
        let words: String
        if ledger.budget.isExhausted {
            words = SignatureBudget.words
        } else if steps >= Self.maximumSteps {
            words = "no valid path was found among the first \(Self.maximumSteps) steps of the search"
        } else {
            return nil
        }
        let subject = graph.certificates[0].subject.shortName
        return PathFinding(fault: .searchLimit, depth: 0, subject: subject, detail: words)
    }
}

// MARK: Search

extension CertificatePathSearch {
    /// The first valid path that begins like this one.
    private mutating func extend(_ path: [Int]) -> [Certificate]? {
        guard let tip = path.last else { return nil }
        // Nearest to an anchor first; among equals the order of likeliness stays.
        let issuers = graph.issuers[tip].enumerated()
            .compactMap { position, issuer in distances[issuer].map { (issuer: issuer, order: ($0, position)) } }
            .sorted { $0.order < $1.order }
        for (issuer, _) in issuers {
            guard !ledger.budget.isExhausted, steps < Self.maximumSteps else { return nil }
            steps += 1
            // The distance may have ended since: a signature above was wrong.
            guard distances[issuer] != nil, faults[issuer] == 0, fits(path, issuer), verify(tip, issuer) else {
                continue
            }
            let longer = path + [issuer]
            if let whole = graph.isAnchor(issuer) ? accept(longer) : extend(longer) { return whole }
        }
        return nil
    }

    /// Whether the issuer may stand behind this path.
    private func fits(_ path: [Int], _ issuer: Int) -> Bool {
        let certificate = graph.certificates[issuer]
        // The leaf may be a namesake of its issuer; an authority met twice is a loop.
        if path.dropFirst().contains(where: { graph.isSameAuthority($0, issuer) }) { return false }
        let intermediates = path.dropFirst().map { graph.certificates[$0] }
        let counted = intermediates.filter { !$0.isSelfIssued }
        // RFC 5280 §6.1.4 l, m: self-issued intermediates are not counted.
        if let most = certificate.basicConstraints?.pathLength, counted.count > most { return false }
        if !graph.isAnchor(issuer) {
            let (more, selfIssued) = certificate.isSelfIssued ? (0, 1) : (1, 0)
            guard counted.count + more <= run.options.maximumIntermediates,
                intermediates.count - counted.count + selfIssued <= Self.maximumSelfIssued
            else { return false }
        }
        // RFC 5280 §6.1.3 b, c: nor do name constraints bind them.
        return counted.allSatisfy { NameConstraintRules.findings(for: $0, under: certificate).isEmpty }
    }

    /// Whether the signature holds; where it does not, all ways over it are given up.
    private mutating func verify(_ child: Int, _ issuer: Int) -> Bool {
        let known = ledger.verdict(on: child, by: graph.keys[issuer])
        let holds = known ?? check(child, issuer)
        if holds == false, known == nil { measure() }
        return holds == true
    }

    /// Checks signatures downwards from the anchors, of all but the leaf.
    private mutating func proveIssuers() {
        var waiting = Array(graph.anchors)
        while let issuer = waiting.popLast() {
            for child in graph.certificates.indices.dropFirst() where !usable.contains(child) {
                guard graph.issuers[child].contains(issuer), check(child, issuer) == true else { continue }
                usable.insert(child)
                waiting.append(child)
            }
        }
    }

    /// Nil where the issuer's key may not be used, or the budget does not allow the check.
    private mutating func check(_ child: Int, _ issuer: Int) -> Bool? {
        guard usable.contains(issuer) else { return nil }
        return ledger.verify(graph.certificates[child], child, by: graph.certificates[issuer], graph.keys[issuer])
    }

    /// The path when it is valid as a whole; else its findings are kept if they are the fewest.
    private mutating func accept(_ path: [Int]) -> [Certificate]? {
        steps += Self.stepsOfJudgement
        let whole = path.map { graph.certificates[$0] }
        let findings = run.judge(whole, budget: ledger.budget)
        if findings.isEmpty { return whole }
        // What lacks least is what the caller can mend first.
        if best.isEmpty || findings.count < best.count { best = findings }
        return nil
    }

    private mutating func measure() {
        distances = graph.distances { child, issuer in
            guard faults[issuer] == 0, usable.contains(issuer) else { return nil }
            return ledger.verdict(on: child, by: graph.keys[issuer]) == false ? nil : 1
        }
    }
}

// MARK: Diagnosis

extension CertificatePathSearch {
    /// What is wrong with the best path there is: with the fewest wrong signatures, then the fewest faults.
    ///
    /// - Returns: the path, and its findings.
    private mutating func diagnosis() -> ([Certificate], [PathFinding]) {
        while true {
            let (path, isWhole) = nearest()
            let certificates = path.map { graph.certificates[$0] }
            // Of a path without an anchor nothing is proven, whatever its signatures.
            guard isWhole else { return (certificates, run.judge(certificates, budget: ledger.budget)) }
            var wrong: Int?
            var isNew = false
            for (depth, step) in zip(path, path.dropFirst()).enumerated() where wrong == nil {
                // Where an issuer is unproven, a signature above it is wrong.
                guard usable.contains(step.1) else { continue }
                let known = ledger.verdict(on: step.0, by: graph.keys[step.1])
                let holds = known ?? check(step.0, step.1)
                guard holds != true else { continue }
                wrong = depth
                isNew = known == nil && holds == false
            }
            // Now that it is known another path may be better; each round learns of one more, within the budget.
            if isNew { continue }
            return (certificates, run.judge(certificates, wrongSignature: wrong, budget: ledger.budget))
        }
    }

    /// The path to an anchor that costs least, or as far as the certificates lead without one.
    private func nearest() -> (path: [Int], isWhole: Bool) {
        func cost(_ child: Int, _ issuer: Int) -> Int {
            let isWrong = ledger.verdict(on: child, by: graph.keys[issuer]) == false
            return 1 + 1_000 * faults[issuer] + (isWrong ? 1_000_000 : 0)
        }
        let distances = graph.distances(cost: cost)
        var path = [0]
        while let tip = path.last, !graph.isAnchor(tip) {
            let next = graph.issuers[tip].filter { !path.contains($0) && (distances[0] == nil || distances[$0] != nil) }
                .min { cost(tip, $0) + (distances[$0] ?? 0) < cost(tip, $1) + (distances[$1] ?? 0) }
            guard let next, path.count <= run.options.maximumIntermediates + Self.maximumSelfIssued else {
                return (path, false)
            }
            path.append(next)
        }
        return (path, true)
    }
}
