public import Organisations

extension MalformedUnit: OutputRepresentable {
    /// Where it stands in the file, whose it seems to be, and what is wrong with it.
    public var output: OutputValue {
        .object([
            .init("index", position.index), .init("offset", position.offset), .init("organisation_number", number),
            .init("reason", "\(reason)"),
        ])
    }
}
