import CRegisterReader
import Vocabulary

/// What `CRegisterReader` says of one piece of text, in values of our own.
struct RegisterPiece: Sendable {
    /// An element that cannot be taken as it is.
    struct Exception: Sendable {
        /// Before which of the records it stands.
        let place: Int
        let position: RegisterPosition
        /// What is wrong; nil of the first element of a file when it is sound.
        let fault: Fault?
        /// Its text; of an oversized one only the beginning.
        let text: [UInt8]
    }

    /// What is wrong with an element, as far as the reader tells.
    enum Fault: Sendable, Equatable {
        /// The file is this one object.
        case wholeObject
        /// The file is one object, which is too large to be read.
        case objectTooLarge
        /// Its text is not strict JSON.
        case notJSON
        /// It is too large to be read.
        case tooLarge
        /// Anything else.
        case reason(MalformedUnit.Reason)
    }

    var records: RegisterRecords
    /// The positions of the records.
    var positions: [RegisterPosition] = []
    /// In the order of the file.
    var exceptions: [Exception] = []
    /// What is wrong with the file after the last element.
    var failure: RegisterFileError?
    /// Whether it comes from CSV, which tells no historic names.
    var isCSV = false

    /// About how many bytes it has in memory.
    var byteCount: Int {
        records.byteCount + exceptions.reduce(0) { $0 + $1.text.count }
            + records.entries.count
            * (MemoryLayout<RegisterRecords.Entry>.stride + MemoryLayout<RegisterPosition>.stride)
    }

    /// Puts the positions right when each element began at such a byte of the file.
    mutating func move(to offsets: [Int64]) {
        guard let first = [positions.first, exceptions.first?.position].compactMap({ $0?.index }).min() else { return }
        func moved(_ position: RegisterPosition) -> RegisterPosition {
            let place = position.index - first
            return RegisterPosition(
                index: position.index,
                offset: offsets.indices.contains(place) ? offsets[place] : position.offset
            )
        }
        positions = positions.map(moved)
        exceptions = exceptions.map {
            Exception(place: $0.place, position: moved($0.position), fault: $0.fault, text: $0.text)
        }
    }
}

/// The text of a register file while it is cut into elements and read.
final class RegisterText {
    private let reader: OpaquePointer

    init(of content: RegisterContent) {
        reader = register_reader_new(
            content == .units ? register_content_units : register_content_roles,
            content.elementLimit,
            content.objectLimit
        )
    }

    deinit { register_reader_free(reader) }

    /// Says of which kind a deleted unit is that does not tell it.
    func assume(_ kind: Organisation.Kind?) {
        let assumed =
            switch kind {
            case .mainUnit: register_kind_main_unit
            case .subUnit: register_kind_sub_unit
            case nil: register_kind_unknown
            }
        register_reader_assume(reader, assumed)
    }

    /// Takes the next piece of the text.
    func feed(_ bytes: [UInt8]) -> RegisterPiece {
        bytes.withUnsafeBufferPointer { RegisterPiece(register_reader_feed(reader, $0.baseAddress, $0.count)) }
    }

    /// Takes a text that is one element.
    func feed(element: [UInt8]) -> RegisterPiece {
        element.withUnsafeBufferPointer {
            RegisterPiece(register_reader_feed_element(reader, $0.baseAddress, $0.count))
        }
    }

    /// Makes sure that the text, of `length` bytes, is whole.
    ///
    /// - Throws: `.truncated` when it ends before its outermost value does, `.empty` when there was only white space.
    func finish(length: Int64) throws(RegisterFileError) {
        switch register_reader_finish(reader) {
        case register_ending_whole: break
        case register_ending_empty: throw .empty
        default: throw .truncated(at: length)
        }
    }
}

extension RegisterContent {
    /// The largest element of an array, in bytes: units have a few thousand, the roles of a cooperative near a million.
    public var elementLimit: Int {
        switch self {
        case .units: 1_048_576
        case .roles: 16 * 1_048_576
        }
    }

    /// The largest object that is a whole file: a page of 10,000 units, or the roles of one.
    public var objectLimit: Int {
        switch self {
        case .units: 64 * 1_048_576
        case .roles: elementLimit
        }
    }
}

extension RegisterPiece {
    fileprivate init(_ output: register_output) {
        let entries = UnsafeBufferPointer(start: output.entries, count: output.entry_count)
        let texts = UnsafeBufferPointer(start: output.texts, count: output.text_length)
        var sound: [RegisterRecords.Entry] = []
        sound.reserveCapacity(entries.count)
        positions.reserveCapacity(entries.count)
        var exceptions: [Exception] = []
        var positions: [RegisterPosition] = []
        for entry in entries {
            let position = RegisterPosition(index: Int(entry.index), offset: entry.offset)
            if entry.text_length > 0 {
                exceptions.append(
                    Exception(
                        place: sound.count,
                        position: position,
                        fault: Fault(entry),
                        text: Array(texts[entry.text_start..<entry.text_start + entry.text_length])
                    )
                )
            }
            guard entry.fault == register_fault_none else { continue }
            // The reader has checked it by modulus 11.
            guard let number = OrganisationNumber(integer: Int64(entry.number)) else { continue }
            positions.append(position)
            sound.append(
                RegisterRecords.Entry(
                    number: number,
                    kind: entry.kind == register_kind_sub_unit ? .subUnit : .mainUnit,
                    start: UInt32(entry.start),
                    end: UInt32(entry.start + entry.length)
                )
            )
        }
        records = RegisterRecords(
            entries: sound,
            bytes: Array(UnsafeBufferPointer(start: output.records, count: output.record_length))
        )
        self.positions = positions
        self.exceptions = exceptions
        failure = RegisterFileError(output.fault, at: output.fault_offset)
    }
}

extension RegisterPiece.Fault {
    fileprivate init?(_ entry: register_entry) {
        func name(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }
        let member = name(entry.member)
        switch entry.fault {
        case register_fault_none: return nil
        case register_fault_whole_object: self = .wholeObject
        case register_fault_object_too_large: self = .objectTooLarge
        case register_fault_not_an_object: self = .reason(.notAnObject)
        case register_fault_too_large: self = .tooLarge
        case register_fault_missing: self = .reason(.missing(member))
        case register_fault_wrong_type: self = .reason(.wrongType(member, expected: name(entry.expected)))
        case register_fault_number_form: self = .reason(.number(member, .form))
        case register_fault_number_check_digit: self = .reason(.number(member, .checkDigit))
        case register_fault_identity_number: self = .reason(.identityNumber(member))
        case register_fault_date: self = .reason(.date(member))
        case register_fault_kind_unknown: self = .reason(.kindUnknown)
        default: self = .notJSON
        }
    }
}

extension RegisterFileError {
    fileprivate init?(_ fault: register_text_fault, at offset: Int64) {
        switch fault {
        case register_text_fault_none: return nil
        case register_text_fault_markup: self = .foreign(.markup)
        case register_text_fault_csv: self = .foreign(.csv)
        case register_text_fault_encoding: self = .encoding
        case register_text_fault_expected_unit: self = .structure(expected: "a unit", at: offset)
        case register_text_fault_expected_root: self = .structure(expected: "`[` or `{`", at: offset)
        case register_text_fault_expected_separator: self = .structure(expected: "`,` or `]`", at: offset)
        default: self = .structure(expected: "the end of the file", at: offset)
        }
    }
}
