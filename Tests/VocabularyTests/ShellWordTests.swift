import Foundation
import Testing
import Vocabulary

@Suite("Words of commands that people copy")
struct ShellWordTests {
    @Test(arguments: ["acme:catch/reports.read", "8e1f0a3a-28d8-4ac2-8a10-000000000001", "991825827", "/srv/vakt"])
    func `a plain name stands as it is`(name: String) {
        #expect(ShellWord.quoted(name) == name)
    }

    static let hostile = [
        "", " ", "acme:a;touch${IFS}x", "acme:a|sh", "acme:`id`", "acme:$(id)", "acme:a&b", "acme:a>b", "acme:*",
        "acme:~",
        "acme:'", "''", "acme:a'b'c", "#x", "acme:{a,b}", "acme:!x", "/srv/my data", "a=b", "æ", "acme:?[a]", "a\nb",
    ]

    @Test(arguments: hostile)
    func `a shell reads every text back as one word`(text: String) throws {
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", "printf '%s|' \(ShellWord.quoted(text)) end"]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let read = output.fileHandleForReading.readDataToEndOfFile()
        shell.waitUntilExit()
        #expect(String(decoding: read, as: UTF8.self) == "\(text)|end|")
    }
}
