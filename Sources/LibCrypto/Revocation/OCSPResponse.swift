internal import COpenSSL
public import Vocabulary

/// A responder's answer as it was read (RFC 6960 §4.2); nothing in it is proven.
public struct OCSPResponse: Sendable {
    /// The answer in DER.
    public let der: [UInt8]

    let handle: Handle

    /// Reads an answer.
    ///
    /// - Throws: `OCSPFault`, `refused` when the responder answers by a status alone.
    public init(der: [UInt8]) throws(OCSPFault) {
        handle = try Handle(der: der)
        self.der = der
    }

    /// Proves what the answer says of a certificate, whatever its age.
    ///
    /// - Parameters:
    ///   - certificate: the certificate that was asked about.
    ///   - issuer: its issuer, proven.
    ///   - request: the request that was sent: its nonce must be the answer's, if the answer has one, and its certificate
    ///     must be among those that the answer speaks of.
    ///   - now: the time at which a delegated responder's certificate must be valid.
    /// - Returns: what it says; ``OCSPStatement/checkTimes(at:skew:lifeWithoutNextUpdate:)`` says whether it still does.
    /// - Throws: `OCSPFault`.
    public func statement(
        on certificate: Certificate,
        issuedBy issuer: Certificate,
        answering request: OCSPRequest,
        at now: Timestamp
    ) throws(OCSPFault) -> OCSPStatement {
        defer { ERR_clear_error() }
        let basic = handle.pointer
        // RFC 6960 §4.4: an extension that must not be ignored; the nonce is known whether it is marked so or not.
        let critical = OCSP_BASICRESP_get_ext_by_critical(basic, 1, -1)
        guard critical < 0 || critical == OCSP_BASICRESP_get_ext_by_NID(basic, NID_id_pkix_OCSP_Nonce, -1) else {
            throw .criticalExtension
        }
        // RFC 6960 §4.4.1: an answer made beforehand has no nonce; one with another nonce is another's.
        if let nonce = handle.nonce, let sent = request.nonce, nonce != sent { throw .otherNonce }
        let single = try single(on: request.certificates)
        guard OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) < 0 else { throw .criticalExtension }
        let responder = try OCSPAuthorisation(response: self, issuer: issuer, now: now).responder()
        return try statement(of: single, by: responder)
    }

    /// The one of its statements that is on this certificate (RFC 6960 §3.2 item 1).
    private func single(on wanted: [OCSPCertificateID]) throws(OCSPFault) -> OpaquePointer {
        var found: OpaquePointer?
        for index in 0..<min(max(0, OCSP_resp_count(handle.pointer)), Self.maximumStatements) {
            guard let single = OCSP_resp_get0(handle.pointer, index) else { continue }
            guard let identifier = OCSP_SINGLERESP_get0_id(single), wanted.contains(try OCSPCertificateID(identifier))
            else { continue }
            guard found == nil else { throw .malformed("it speaks of the certificate more than once") }
            found = single
        }
        guard let found else { throw .otherCertificate }
        return found
    }

    /// More statements in an answer than this are not looked at.
    private static let maximumStatements: Int32 = 100

    private func statement(
        of single: OpaquePointer,
        by responder: OCSPStatement.Responder
    ) throws(OCSPFault) -> OCSPStatement {
        var reason: Int32 = -1
        var revoked: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var this: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var next: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        let code = OCSP_single_get0_status(single, &reason, &revoked, &this, &next)
        guard let this, let thisUpdate = CertificateReading.time(this),
            let produced = OCSP_resp_get0_produced_at(handle.pointer),
            let producedAt = CertificateReading.time(produced)
        else { throw .malformed("a time in it is malformed") }
        var nextUpdate: Timestamp?
        if let next {
            guard let point = CertificateReading.time(next), thisUpdate <= point else {
                throw .malformed("its times are out of order")
            }
            nextUpdate = point
        }
        let status: OCSPStatement.Status
        switch code {
        case V_OCSP_CERTSTATUS_GOOD: status = .good
        case V_OCSP_CERTSTATUS_REVOKED:
            status = .revoked(at: revoked.flatMap { CertificateReading.time($0) } ?? thisUpdate)
        case V_OCSP_CERTSTATUS_UNKNOWN: status = .unknown
        default: throw .malformed("its status is none of those that there are")
        }
        return OCSPStatement(
            status: status,
            responder: responder,
            producedAt: producedAt,
            thisUpdate: thisUpdate,
            nextUpdate: nextUpdate
        )
    }
}

/// What a responder that may speak for the issuer says of one certificate.
public struct OCSPStatement: Sendable, Hashable {
    /// The state of a certificate (RFC 6960 §2.2).
    public enum Status: Sendable, Hashable {
        /// It is not revoked, as far as the responder knows.
        case good
        /// It has been revoked, at that time.
        case revoked(at: Timestamp)
        /// The responder does not know of it.
        case unknown
    }

    /// Who signed it.
    public enum Responder: Sendable, Hashable {
        /// The issuer itself.
        case issuer
        /// A responder that the issuer has certified; `mayBeRevoked` unless its certificate says that nobody need look.
        case delegated(Certificate, mayBeRevoked: Bool)
    }

    /// The state.
    public let status: Status
    /// Who signed it.
    public let responder: Responder
    /// When the answer was signed.
    public let producedAt: Timestamp
    /// The latest time at which the state was known to be right.
    public let thisUpdate: Timestamp
    /// When newer information is due at the latest; nil when there is newer information at any time.
    public let nextUpdate: Timestamp?

    /// Checks that the statement is of its time (RFC 6960 §3.2 items 5 and 6).
    ///
    /// - Parameters:
    ///   - now: the present time.
    ///   - skew: how far the responder's clock may be from ours.
    ///   - lifeWithoutNextUpdate: how old it may be when it names no next update: then there is newer information at any
    ///     time (§2.4), and an old statement is one that somebody kept.
    /// - Throws: `OCSPFault`, `notYetValid` or `stale`.
    public func checkTimes(
        at now: Timestamp,
        skew: Seconds,
        lifeWithoutNextUpdate: Seconds
    ) throws(OCSPFault) {
        for point in [thisUpdate, producedAt] where point > now + skew { throw .notYetValid(point) }
        let end = nextUpdate ?? thisUpdate + lifeWithoutNextUpdate + skew
        guard now <= end else { throw .stale(end) }
    }
}

extension OCSPResponse {
    /// Owns one `OCSP_BASICRESP`.
    final class Handle: @unchecked Sendable {
        // INVARIANT: nothing changes the response after `init`.
        let pointer: OpaquePointer
        let nonce: [UInt8]?

        init(der: [UInt8]) throws(OCSPFault) {
            ERR_clear_error()
            defer { ERR_clear_error() }
            var consumed = 0
            let parsed: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
                var rest = buffer.baseAddress
                let response = d2i_OCSP_RESPONSE(nil, &rest, buffer.count)
                if let rest, let start = buffer.baseAddress { consumed = rest - start }
                return response
            }
            guard let parsed else { throw .malformed("it is no OCSP response") }
            defer { OCSP_RESPONSE_free(parsed) }
            guard consumed == der.count else { throw .malformed("bytes follow the response") }
            let status = OCSP_response_status(parsed)
            guard status == OCSP_RESPONSE_STATUS_SUCCESSFUL else { throw .refused(Self.refusal(status)) }
            guard let basic = OCSP_response_get1_basic(parsed) else {
                throw .malformed("it is no basic OCSP response")
            }
            pointer = basic
            let index = OCSP_BASICRESP_get_ext_by_NID(basic, NID_id_pkix_OCSP_Nonce, -1)
            if index >= 0, let found = OCSP_BASICRESP_get_ext(basic, index), let data = X509_EXTENSION_get_data(found) {
                nonce = OCSPNonce.content(of: octets(data))
            } else {
                nonce = nil
            }
        }

        deinit { OCSP_BASICRESP_free(pointer) }

        private static func refusal(_ status: Int32) -> OCSPRefusal {
            switch status {
            case OCSP_RESPONSE_STATUS_MALFORMEDREQUEST: .malformedRequest
            case OCSP_RESPONSE_STATUS_INTERNALERROR: .internalError
            case OCSP_RESPONSE_STATUS_TRYLATER: .tryLater
            case OCSP_RESPONSE_STATUS_SIGREQUIRED: .sigRequired
            case OCSP_RESPONSE_STATUS_UNAUTHORIZED: .unauthorized
            default: .other
            }
        }
    }
}
