internal import CPKCS11
internal import Vocabulary

/// One session with a token, logged in, and the key that it signs with.
final class PKCS11Session: @unchecked Sendable {
    // INVARIANT: used by one thread at a time: whoever took it out of the key's pool.
    let slot: CK_SLOT_ID
    let key: CK_OBJECT_HANDLE

    private let module: PKCS11Module
    private let handle: CK_SESSION_HANDLE
    private let pin: Secret
    private let asksEachTime: Bool

    /// More keys or certificates than any token for signing holds.
    fileprivate static let mostObjects = 256
    /// RSA with 8,192 bits.
    private static let longestSignature = 1024
    fileprivate static let longestAttribute: CK_ULONG = 65_536

    /// Opens a session, logs in and finds the private key of a label.
    init(_ module: PKCS11Module, _ location: PKCS11KeyLocation, pin: Secret) throws(PKCS11Error) {
        self.module = module
        self.pin = pin
        slot = try module.slot(ofToken: location.token)
        var handle: CK_SESSION_HANDLE = 0
        try PKCS11Module.check(
            "C_OpenSession",
            module.functions.pointee.C_OpenSession?(slot, CKF_SERIAL_SESSION, nil, nil, &handle)
        )
        self.handle = handle
        do throws(PKCS11Error) {
            let access = ObjectAccess(module: module, session: handle)
            try Self.logIn(as: CKU_USER, pin, module, handle, slot)
            key = try access.privateKey(labelled: location.key)
            asksEachTime = try access.attribute(CKA_ALWAYS_AUTHENTICATE, of: key)?.contains(1) == true
        } catch {
            _ = module.functions.pointee.C_CloseSession?(handle)
            throw error
        }
    }

    deinit { _ = module.functions.pointee.C_CloseSession?(handle) }

    /// The objects of the token.
    var objects: ObjectAccess { ObjectAccess(module: module, session: handle) }

    /// Signs by a mechanism that the token has.
    func sign(_ message: [UInt8], by mechanism: PKCS11Mechanism) throws(PKCS11Error) -> [UInt8] {
        var input = mechanism.digestsItself ? message : mechanism.hash.digest(message)
        var output = [UInt8](repeating: 0, count: Self.longestSignature)
        var length = CK_ULONG(output.count)
        try PKCS11Module.check(
            "C_SignInit",
            mechanism.withMechanism { module.functions.pointee.C_SignInit?(handle, $0, key) }
        )
        // A key that wants its PIN for each signature gets it (CKA_ALWAYS_AUTHENTICATE).
        if asksEachTime { try Self.logIn(as: CKU_CONTEXT_SPECIFIC, pin, module, handle, slot) }
        try PKCS11Module.check(
            "C_Sign",
            module.functions.pointee.C_Sign?(handle, &input, CK_ULONG(input.count), &output, &length)
        )
        guard length <= CK_ULONG(output.count) else {
            throw .failed(function: "C_Sign", code: CKR_GENERAL_ERROR)
        }
        return Array(output.prefix(Int(length)))
    }

    /// Logs in; the login is the process's, so it may have been done by another session.
    static func logIn(
        as user: CK_ULONG,
        _ pin: Secret,
        _ module: PKCS11Module,
        _ handle: CK_SESSION_HANDLE,
        _ slot: CK_SLOT_ID
    ) throws(PKCS11Error) {
        try module.requireUntried(pin, in: slot)
        var octets = Array(pin.exposed.utf8)
        let code = module.functions.pointee.C_Login?(handle, user, &octets, CK_ULONG(octets.count))
        guard code != CKR_USER_ALREADY_LOGGED_IN else { return }
        do throws(PKCS11Error) { try PKCS11Module.check("C_Login", code) } catch {
            if error == .pinIncorrect { module.noteRefusal(of: pin, in: slot) }
            throw error
        }
    }

    /// Reads the objects of a token.
    struct ObjectAccess {
        let module: PKCS11Module
        let session: CK_SESSION_HANDLE

        /// The one private key of a label.
        func privateKey(labelled label: String) throws(PKCS11Error) -> CK_OBJECT_HANDLE {
            let keys = try find(CKO_PRIVATE_KEY, [(CKA_LABEL, Array(label.utf8))])
            if let key = keys.first, keys.count == 1 { return key }
            guard keys.isEmpty else { throw .keyAmbiguous(label: label) }
            var labels: [String] = []
            for key in try find(CKO_PRIVATE_KEY, []) {
                if let label = try attribute(CKA_LABEL, of: key) {
                    labels.append(String(decoding: label, as: UTF8.self))
                }
            }
            throw .keyMissing(label: label, found: labels)
        }

        /// The objects of a class that have these attributes.
        func find(
            _ objectClass: CK_ULONG,
            _ attributes: [(CK_ULONG, [UInt8])]
        ) throws(PKCS11Error) -> [CK_OBJECT_HANDLE] {
            // The class comes first: modules read it as an aligned number, and the array's storage is aligned.
            let classOctets = withUnsafeBytes(of: objectClass) { Array($0) }
            let code = Self.withTemplate([(CKA_CLASS, classOctets)] + attributes) { template, count in
                module.functions.pointee.C_FindObjectsInit?(session, template, count)
            }
            try PKCS11Module.check("C_FindObjectsInit", code)
            defer { _ = module.functions.pointee.C_FindObjectsFinal?(session) }
            var found = [CK_OBJECT_HANDLE](repeating: 0, count: PKCS11Session.mostObjects)
            var count: CK_ULONG = 0
            try PKCS11Module.check(
                "C_FindObjects",
                module.functions.pointee.C_FindObjects?(session, &found, CK_ULONG(PKCS11Session.mostObjects), &count)
            )
            return Array(found.prefix(Int(clamping: count)))
        }

        /// An attribute of an object; nil when it has none, or does not show it.
        func attribute(_ type: CK_ULONG, of object: CK_OBJECT_HANDLE) throws(PKCS11Error) -> [UInt8]? {
            var attribute = CK_ATTRIBUTE(type: type, pValue: nil, ulValueLen: 0)
            let code = module.functions.pointee.C_GetAttributeValue?(session, object, &attribute, 1)
            if code == CKR_ATTRIBUTE_TYPE_INVALID || code == CKR_ATTRIBUTE_SENSITIVE { return nil }
            try PKCS11Module.check("C_GetAttributeValue", code)
            guard attribute.ulValueLen <= PKCS11Session.longestAttribute else { return nil }
            var value = [UInt8](repeating: 0, count: Int(attribute.ulValueLen))
            let read = value.withUnsafeMutableBytes { bytes in
                attribute.pValue = bytes.baseAddress
                return module.functions.pointee.C_GetAttributeValue?(session, object, &attribute, 1)
            }
            try PKCS11Module.check("C_GetAttributeValue", read)
            return Array(value.prefix(Int(clamping: attribute.ulValueLen)))
        }

        /// Lends attributes as C wants them: an array of pointers into one block, for the length of the call.
        static func withTemplate<Result>(
            _ attributes: [(CK_ULONG, [UInt8])],
            _ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) -> Result
        ) -> Result {
            var block = attributes.flatMap(\.1)
            return block.withUnsafeMutableBytes { bytes in
                var offset = 0
                var template = attributes.map { type, value in
                    defer { offset += value.count }
                    let place = bytes.baseAddress.map { $0 + offset }
                    return CK_ATTRIBUTE(type: type, pValue: place, ulValueLen: CK_ULONG(value.count))
                }
                return template.withUnsafeMutableBufferPointer { body($0.baseAddress, CK_ULONG($0.count)) }
            }
        }
    }
}
