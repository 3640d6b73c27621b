import HTTPTypes

extension HTTPFields {
    /// The value of a field; of a field that stands several times, all values joined as RFC 9110 §5.3 allows.
    ///
    /// Reads where the library's own subscript makes and joins a list, which each request would pay for.
    func value(of name: HTTPField.Name) -> String? {
        var found: String?
        for field in self where field.name == name {
            found = found.map { "\($0), \(field.value)" } ?? field.value
        }
        return found
    }
}
