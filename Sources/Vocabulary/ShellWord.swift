/// Words of commands that people copy into a shell.
///
/// Names in such commands are not ours: RFC 6749 lets a scope be called `acme:a;reboot`, and whoever owns a prefix chooses.
public enum ShellWord {
    /// The text as one word of a POSIX shell (IEEE Std 1003.1 §2.2), in quotation marks only where it needs them.
    public static func quoted(_ text: String) -> String {
        guard text.isEmpty || !text.utf8.allSatisfy(isPlain) else { return text }
        // Nothing has a meaning between single quotation marks but the mark itself.
        return "'" + text.replacing("'", with: #"'\''"#) + "'"
    }

    /// Bytes that no shell takes for anything else, wherever in a word they stand.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: ","):
            true
        default: false
        }
    }
}
