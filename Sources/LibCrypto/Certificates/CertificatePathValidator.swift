internal import COpenSSL
public import Vocabulary

/// Builds and validates certificate paths (RFC 5280 §6): found by ``CertificatePathSearch``, judged by libcrypto with its
/// strict flags and by rules of our own where it has none.
///
/// Made once for a set of anchors and revocation lists, then used from any thread.
public struct CertificatePathValidator: Sendable {
    /// The inputs of RFC 5280 §6.1.1 besides path, time and anchors, and limits of ours.
    public struct Options: Sendable, Hashable {
        /// Which certificates must be covered by a revocation list.
        public enum Revocation: Sendable, Hashable {
            /// Lists are not looked at.
            case none
            /// Every certificate below the anchor; a missing list is a fault.
            case allBelowAnchor
        }

        /// How many intermediates may stand between leaf and anchor; self-issued ones are not counted (RFC 5280 §6.1.4 l).
        public var maximumIntermediates = 16
        /// The user-initial-policy-set; empty for any policy.
        public var policies: Set<OID> = []
        /// Whether a valid policy must be left at the end of the path.
        public var requiresExplicitPolicy = false
        /// Whether `anyPolicy` in a certificate counts for nothing.
        public var inhibitsAnyPolicy = false
        /// Whether policies may not be mapped to others.
        public var inhibitsPolicyMapping = false
        /// Each certificate below the anchor that has an extended key usage must allow one of these; empty for no demand.
        public var purposes: [OID] = []
        /// Which certificates must be covered by a revocation list.
        public var revocation = Revocation.none
        /// Whether no certificate's key is used before a signature chain from an anchor reaches it.
        ///
        /// For certificates that strangers send: what they made themselves costs a check by each anchor's key, whatever paths
        /// they lay out. Without it the search goes from the leaf, which looks further into what is wrong.
        public var provesIssuersFirst = false

        /// The weakest options: no policy, no purpose, no revocation.
        public init() {}
    }

    /// Where every path must end.
    public let anchors: [Certificate]
    /// Certificates to build paths with that nobody needs to send; not trusted by themselves.
    public let intermediates: [Certificate]
    /// The demands on a path.
    public let options: Options

    private let store: Store

    /// A validator for these anchors.
    ///
    /// An anchor is trusted for being in the list, self-signed or not (RFC 5280 §6.1.1 d).
    public init(
        anchors: [Certificate],
        intermediates: [Certificate] = [],
        revocationLists: [CertificateRevocationList] = [],
        options: Options = Options()
    ) {
        self.anchors = anchors
        self.intermediates = intermediates
        self.options = options
        store = Store(anchors: anchors, lists: revocationLists)
    }

    /// Proves a path from `leaf` to an anchor at this time.
    ///
    /// - Parameters:
    ///   - leaf: the certificate to prove.
    ///   - untrusted: certificates sent with it, in any order; the caller limits their number.
    ///   - point: the time at which everything must be valid.
    ///   - policies: overrides the user-initial-policy-set of the options.
    /// - Returns: the path, leaf first, anchor last.
    /// - Throws: a rejection with every finding about the path that came nearest to being valid; of one that leads to no
    ///   anchor or has a wrong signature, what was found up to there.
    public func validate(
        _ leaf: Certificate,
        with untrusted: [Certificate] = [],
        at point: Timestamp,
        policies: Set<OID>? = nil
    ) throws(PathRejection) -> [Certificate] {
        var search = search(leaf, with: untrusted, at: point, policies: policies)
        return try search.find()
    }

    /// The search for a path, which counts what it costs.
    func search(
        _ leaf: Certificate,
        with untrusted: [Certificate] = [],
        at point: Timestamp,
        policies: Set<OID>? = nil
    ) -> CertificatePathSearch {
        let helpers = untrusted + intermediates
        var demands = options
        if let policies { demands.policies = policies }
        return CertificatePathSearch(
            CertificatePathGraph(leaf: leaf, anchors: anchors, helpers: helpers),
            run: PathRun(store: store, helpers: helpers, options: demands, at: point)
        )
    }
}

extension CertificatePathValidator {
    /// Owns one `X509_STORE` with the anchors, and keeps the revocation lists beside it.
    final class Store: @unchecked Sendable {
        // INVARIANT: filled in `init` and not changed after; verification reads it under libcrypto's own lock.
        let pointer: OpaquePointer
        /// A store finds lists by the name of a certificate's issuer, and so no indirect ones: each run is given them all.
        let lists: [CertificateRevocationList]

        init(anchors: [Certificate], lists: [CertificateRevocationList]) {
            guard let store = X509_STORE_new() else { preconditionFailure("libcrypto has no memory") }
            // Takes a reference of its own, and ignores what is there already.
            for anchor in anchors { X509_STORE_add_cert(store, anchor.handle.pointer) }
            Self.setCallbacks(store)
            ERR_clear_error()
            pointer = store
            self.lists = lists
        }

        deinit { X509_STORE_free(pointer) }
    }
}
