/// Values on their way to the server, in the form that libpq takes them: one stretch of memory, and where each value is.
struct ParameterValues {
    private struct Place {
        let start: Int
        let length: Int
        /// 0: text; 1: the type's own bytes.
        let format: Int32
    }

    private var memory: [UInt8] = []
    private var places: [Place?]

    /// NULL for every parameter.
    init(count: Int) { places = Array(repeating: nil, count: count) }

    /// How many parameters there are.
    var count: Int { places.count }

    /// A number goes as text: the server knows what type it wants of it.
    mutating func set(_ number: Int64, at index: Int) { append(String(number).utf8, at: index, format: 0) }

    mutating func set(_ text: String, at index: Int) { append(text.utf8, at: index, format: 0) }

    mutating func set(_ bytes: some Collection<UInt8>, at index: Int) { append(bytes, at: index, format: 1) }

    mutating func setNull(at index: Int) { places[index] = nil }

    /// Makes room for the next values.
    mutating func removeAll() {
        memory.removeAll(keepingCapacity: true)
        for index in places.indices { places[index] = nil }
    }

    private mutating func append(_ bytes: some Collection<UInt8>, at index: Int, format: Int32) {
        places[index] = Place(start: memory.count, length: bytes.count, format: format)
        memory.append(contentsOf: bytes)
        // Text ends with a zero; and so does no value stand at the end of memory, without an address.
        memory.append(0)
    }

    /// Gives the values as three parallel lists.
    func withPointers<Result>(
        _ body: (
            _ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]
        ) -> Result
    ) -> Result {
        memory.withUnsafeBytes { all in
            let start = all.assumingMemoryBound(to: CChar.self).baseAddress
            return body(
                places.map { place in place.flatMap { place in start.map { $0 + place.start } } },
                places.map { Int32($0?.length ?? 0) },
                places.map { $0?.format ?? 0 }
            )
        }
    }
}
