public import JOSE

// What came with a call of the API, as the arguments of an operation.
extension Arguments {
    /// The most values of one parameter.
    public static let maximumValues = 1_000

    /// The parameters of a query; several values of one are parted by commas.
    ///
    /// - Throws: A fault that names the parameter.
    public init(
        query: [(name: String, value: String)],
        of parameters: [Parameter]
    ) throws(OperationFault) {
        var values = JSONObject()
        for (name, text) in query {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                throw .usage("there is no parameter `\(name)`", hint: Self.known(parameters))
            }
            guard !parameter.isList else {
                values[name] = .strings(text.split(separator: ",").map(String.init))
                continue
            }
            values[name] = try Self.value(text, of: parameter)
        }
        try self.init(object: values, of: parameters)
    }

    /// The members of a JSON object; one that is null is not given.
    ///
    /// - Throws: A fault that names the member.
    public init(object: JSONObject, of parameters: [Parameter]) throws(OperationFault) {
        var values = JSONObject()
        for member in object.members where member.value != .null {
            guard let parameter = parameters.first(where: { $0.name == member.name }) else {
                throw .usage("there is no parameter `\(member.name)`", hint: Self.known(parameters))
            }
            if let list = member.value.array, list.count > Self.maximumValues {
                throw .usage("`\(member.name)` has more than \(Self.maximumValues) values: ask several times")
            }
            guard parameter.isList == (member.value.array != nil) else {
                throw .usage("`\(member.name)` must be \(parameter.isList ? "a list" : "one value")")
            }
            values[member.name] = member.value
        }
        for parameter in parameters where parameter.isRequired && !values.contains(parameter.name) {
            throw .usage("`\(parameter.name)` is missing")
        }
        self.init(values, naming: .members)
    }

    private static func value(_ text: String, of parameter: Parameter) throws(OperationFault) -> JSONValue {
        switch parameter.kind {
        case .flag:
            guard text == "true" || text == "false" else { throw .usage("`\(parameter.name)` must be true or false") }
            return .bool(text == "true")
        case .number:
            guard let number = Int64(text) else { throw .usage("`\(parameter.name)` must be a number") }
            return .integer(number)
        case .object:
            guard let object = try? JSONValue(parsing: text) else {
                throw .usage("`\(parameter.name)` must be an object")
            }
            return object
        default: return .string(text)
        }
    }

    private static func known(_ parameters: [Parameter]) -> String {
        parameters.isEmpty
            ? "it takes none" : "the parameters are " + parameters.map { "`\($0.name)`" }.joined(separator: ", ")
    }
}
