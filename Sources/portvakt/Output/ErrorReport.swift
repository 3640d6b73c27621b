import ArgumentParser
import Operations

/// How a failed command line is reported: as text, or as JSON when JSON was asked for.
///
/// Told from the raw arguments, because a line that cannot be parsed must be reported in the form it asked for too.
struct ErrorReport: Sendable {
    private let asJSON: Bool
    private let colour: ColourChoice
    private let arguments: [String]

    /// The report that a command line asks for.
    init(for arguments: [String]) {
        self.arguments = arguments
        let options = arguments.prefix { $0 != "--" }
        let format = Self.value(of: "--output", in: options)
        asJSON =
            options.contains("--json") || format == OutputFormat.json.rawValue
            || format == OutputFormat.jsonl.rawValue
        colour = Self.value(of: "--color", in: options).flatMap(ColourChoice.init(rawValue:)) ?? .auto
    }

    /// Prints an error and says what to exit with.
    func report(_ error: any Error) -> ExitStatus {
        if let error = error as? CLIError { return print(error) }
        if error is CancellationError { return .interrupted }
        switch Portvakt.exitCode(for: error) {
        case .success:
            // Help, `--version` and the like: ArgumentParser throws what it wants printed.
            do {
                let text = Portvakt.fullMessage(for: error)
                // A version, or what a shell completes, is what it is.
                let isHelp = text.hasPrefix("OVERVIEW: ") || text.hasPrefix("USAGE: ")
                try Console.current.write(isHelp ? HelpText(text, for: arguments).shown : text + "\n")
                return .done
            } catch {
                return report(error)
            }
        case .validationFailure:
            let message = Portvakt.message(for: error)
            guard asJSON else {
                Console.current.writeError(Portvakt.fullMessage(for: error) + "\n")
                return .usage
            }
            return print(.usage(message))
        case let code:
            // A command that has said all itself leaves by `ExitCode`.
            if error is ExitCode { return ExitStatus(rawValue: code.rawValue) ?? .failed }
            return print(CLIError(describing: error))
        }
    }

    private func print(_ error: CLIError) -> ExitStatus {
        let console = Console.current
        guard !asJSON else {
            console.writeError(error.json + "\n")
            return error.status
        }
        let surroundings = console.surroundings
        let coloured = colour.colours(
            terminal: surroundings.errorsAreTerminal,
            environment: surroundings.environment
        )
        var text = TextStyle.bad.apply("error:", coloured: coloured) + " "
        // One line for each fault, below the first; a line's end that somebody put into a name forges no line of ours.
        text += error.message.split(separator: "\n").map { visible(String($0)) }.joined(separator: "\n       ")
        if error.status != .usage { text += TextStyle.faint.apply(" [\(visible(error.code))]", coloured: coloured) }
        if let hint = error.hint {
            text += "\n  " + TextStyle.bold.apply("hint:", coloured: coloured) + " " + visible(hint)
        }
        for detail in error.showsDetails ? error.details : [] where detail.value != .none {
            let name = detail.name.replacing("_", with: " ")
            text += "\n  \(name): " + visible(detail.value.cell)
        }
        if let traceID = error.traceID { text += "\n  trace id: " + visible(traceID) }
        console.writeError(text + "\n")
        return error.status
    }

    private static func value(of name: String, in options: ArraySlice<String>) -> String? {
        for (index, option) in zip(options.indices, options) {
            if option == name, index + 1 < options.endIndex { return options[index + 1] }
            if option.hasPrefix(name + "=") { return String(option.dropFirst(name.count + 1)) }
        }
        return nil
    }
}

extension CLIError {
    /// `{"error": {"code", "message", "hint", "trace_id", "details"}}`; the same members always, `null` when unknown.
    var json: String {
        OutputValue.object([
            .init(
                "error",
                OutputValue.object([
                    .init("code", code), .init("message", message), .init("hint", hint),
                    .init("trace_id", traceID), .init("details", OutputValue.object(details)),
                ])
            )
        ]).json()
    }
}
