/// Reads the timetable of the signing keys in a snapshot.
public protocol SigningKeyReader {
    /// All keys, in the order they were published.
    func signingKeys() throws -> [SigningKeyRecord]
}
