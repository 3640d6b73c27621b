import Testing

@Suite("The architecture tests see code as the compiler does")
struct SwiftSourceTests {
    @Test func `finds imports whatever stands before them`() {
        let text = """
            import Vocabulary
            public import JOSE
            @preconcurrency private import  Logging
            import struct Foundation.URL
            // import NotThis
            let text = "import NorThis"
            let important = 1
            """
        let source = SwiftSource(module: "M", path: "M.swift", text: text)
        #expect(source.imports == ["Vocabulary", "JOSE", "Logging", "Foundation"])
    }

    @Test func `parts comments, literals and code, and keeps the lines`() {
        let text = #"""
            let a = "say \"try!\" // not code" // try! in a comment
            /* fatalError /* nested */ as! */ let b = 2
            let c = "\(d as! Int) rest"
            """#
        let source = SwiftSource(module: "M", path: "M.swift", text: text)
        #expect(source.code.count == 3)
        #expect(source.code[0] == #"let a = "" "#)
        #expect(source.literals[0] == #"say \"try!\" // not code"#)
        #expect(source.comments[0] == "// try! in a comment")
        #expect(source.code[1] == " let b = 2")
        #expect(source.code[2].contains("d as! Int"))
        #expect(source.literals[2] == " rest")
    }

    @Test func `reads raw and multi-line literals to their own end`() {
        let text = ##"""
            let raw = #"a " quote and \(no interpolation)"# + x
            let long = """
                SELECT "one" FROM two
                """ + y
            """##
        let source = SwiftSource(module: "M", path: "M.swift", text: text)
        #expect(source.code[0].hasSuffix("+ x"))
        #expect(source.literals[0] == #"a " quote and \(no interpolation)"#)
        #expect(source.literals[2].contains("SELECT \"one\" FROM two"))
        #expect(source.code[3].hasSuffix("+ y"))
    }
}
