/// Statements are written with `?` and `?1`, as SQLite has them; PostgreSQL numbers parameters by `$1`.
struct ParameterMarks {
    /// The statement with `$1`, `$2` ….
    let sql: String
    /// How many parameters it has.
    let count: Int32

    /// Rewrites a statement; what stands in quotes stays.
    init(_ text: String) {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count + 16)
        var highest = 0
        var quote: UInt8?
        var bytes = text.utf8.makeIterator()
        var next = bytes.next()
        while let byte = next {
            next = bytes.next()
            if let open = quote {
                if byte == open { quote = nil }
                result.append(byte)
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
                result.append(byte)
            } else if byte == UInt8(ascii: "?") {
                var number = 0
                while let digit = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
                    number = number * 10 + Int(digit - UInt8(ascii: "0"))
                    next = bytes.next()
                }
                // As in SQLite a bare mark is one more than the highest so far.
                if number == 0 { number = highest + 1 }
                highest = max(highest, number)
                result += Array("$\(number)".utf8)
            } else {
                result.append(byte)
            }
        }
        sql = String(decoding: result, as: UTF8.self)
        count = Int32(highest)
    }
}
