import JOSE

/// JSON files named on the command line.
enum JSONFile {
    /// Reads a file that holds one JSON object.
    static func object(_ path: String) throws(CLIError) -> JSONObject {
        let bytes = try InputFile.read(path)
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw .usage("`\(path)` is no JSON: \(error)")
        }
        guard let object = value.object else { throw .usage("`\(path)` does not hold a JSON object") }
        return object
    }
}
