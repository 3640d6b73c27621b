/// An array of values in the type's own bytes, as PostgreSQL takes it for one parameter.
///
/// Number of dimensions, whether NULL is among them, the type of the elements; length and lower bound; then each
/// element after its length, −1 for NULL (PostgreSQL, `array_recv`).
struct BinaryArray {
    private(set) var bytes: [UInt8]
    private(set) var count: Int32 = 0

    /// Types of elements.
    enum Element: UInt32 {
        case bytea = 17
        case bigint = 20
        case text = 25
    }

    init(of element: Element) {
        bytes = []
        append(Int32(1))
        // NULL may be among them: the server looks at each length anyhow.
        append(Int32(1))
        append(Int32(bitPattern: element.rawValue))
        append(Int32(0))
        append(Int32(1))
    }

    /// Adds a number to an array of `bigint`.
    mutating func append(_ number: Int64) {
        grow()
        append(Int32(8))
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Adds bytes, or a text's; nil is NULL.
    mutating func append(_ value: (some Collection<UInt8>)?) {
        grow()
        guard let value else { return append(Int32(-1)) }
        append(Int32(value.count))
        bytes.append(contentsOf: value)
    }

    private mutating func append(_ word: Int32) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func grow() {
        count += 1
        let word = count.bigEndian
        withUnsafeBytes(of: word) { bytes.replaceSubrange(12..<16, with: $0) }
    }
}
