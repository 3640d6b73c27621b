import Testing

@testable import Server

@Suite("Connections fit into the files that the process may open")
struct OpenFilesTests {
    @Test(arguments: [
        (16_000, 1_048_576, 16_000, 16_000),
        (16_000, 65_536, 16_000, 8_184),
        (16_000, 1_024, 720, 120),
        (100, 1_024, 100, 100),
        (16_000, 96, 24, 4),
        (16_000, 0, 24, 4),
    ])
    func `as many as are wanted, or as there is room for`(wanted: Int, files: Int, public: Int, others: Int) {
        let connections = OpenFiles.connections(wanted: wanted, files: files)
        #expect(connections.public == `public`)
        #expect(connections.others == others)
    }

    @Test(arguments: [128, 1_024, 4_096, 65_536])
    func `all listeners together leave some files for the rest`(files: Int) {
        let connections = OpenFiles.connections(wanted: 1_000_000, files: files)
        // One public listener, the admin listener and that of metrics.
        #expect(connections.public + 2 * connections.others + 64 <= files)
    }
}
