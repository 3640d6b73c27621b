/// Global options may stand before the noun too: `portvakt --json scope list` means `portvakt scope list --json`.
///
/// ArgumentParser takes an option only where its command declares it, so that leading ones are moved behind the rest.
func movingLeadingGlobalOptions(_ arguments: [String]) -> [String] {
    let flags: Set = ["--json", "--yes", "--no-input", "--quiet", "--verbose"]
    let withValue: Set = [
        "--output", "--fields", "--data", "--server", "--context", "--timeout", "--color", "--reason", "--as",
    ]
    var rest = arguments[...]
    var leading: [String] = []
    while let first = rest.first {
        if flags.contains(first) || withValue.contains(where: { first.hasPrefix($0 + "=") }) {
            leading.append(rest.removeFirst())
        } else if withValue.contains(first), rest.count > 1 {
            leading.append(rest.removeFirst())
            leading.append(rest.removeFirst())
        } else {
            break
        }
    }
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    // Nothing but options: leave them where the root will name the first as unknown.
    guard end > rest.startIndex else { return arguments }
    return rest[..<end] + leading + rest[end...]
}
