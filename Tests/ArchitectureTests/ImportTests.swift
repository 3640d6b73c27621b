import Testing

@Suite("Imports go one way, downwards")
struct ImportTests {
    @Test func `every folder of Sources is in the picture, and the picture names no other`() throws {
        #expect(try Set(Sources.modules()) == Set(Picture.mayImport.keys))
    }

    @Test func `every Swift target has files, and they were seen`() throws {
        let withoutSwift: Set<String> = ["CLibPQ", "CLibXML2", "COpenSSL", "CPKCS11", "CRegisterReader", "CZlib"]
        let seen = try Set(Sources.files().map(\.module))
        #expect(seen == Set(Picture.mayImport.keys).subtracting(withoutSwift))
    }

    @Test(arguments: Picture.mayImport.keys.sorted())
    func `a target imports only what stands below it`(module: String) throws {
        let ours = Set(Picture.mayImport.keys)
        let allowed = try #require(Picture.mayImport[module])
        for file in try Sources.files() where file.module == module {
            let wrong = Set(file.imports).intersection(ours).subtracting(allowed).subtracting([module])
            #expect(wrong.isEmpty, "\(file.path) imports \(wrong.sorted())")
        }
    }

    @Test(arguments: Picture.reserved.keys.sorted())
    func `a package is imported only where it belongs`(package: String) throws {
        let allowed = try #require(Picture.reserved[package])
        for file in try Sources.files() where file.imports.contains(package) {
            #expect(allowed.contains(file.module), "\(file.path) imports \(package)")
        }
    }

    @Test func `the picture has no circle`() {
        var left = Picture.mayImport
        while !left.isEmpty {
            let lowest = left.filter { $0.value.allSatisfy { left[$0] == nil } }.map(\.key)
            guard !lowest.isEmpty else {
                Issue.record("these import each other: \(left.keys.sorted())")
                return
            }
            for module in lowest { left[module] = nil }
        }
    }

    @Test func `no domain module may import another, and nothing above them`() {
        for module in Picture.domain {
            let allowed = Picture.mayImport[module] ?? []
            #expect(allowed.isSubset(of: Picture.bottom.union(["CRegisterReader", "CZlib", "XACML"])), "\(module)")
        }
    }

    @Test(arguments: ["PortvaktClient", "PortvaktProvider", "PortvaktHummingbird"])
    func `no server code reaches users of the SDKs`(module: String) {
        // Whatever comes along with the library, at any depth.
        var reached: Set<String> = []
        var ahead = Picture.mayImport[module] ?? []
        while let next = ahead.popFirst() {
            if reached.insert(next).inserted { ahead.formUnion(Picture.mayImport[next] ?? []) }
        }
        #expect(
            reached.isSubset(
                of: Picture.bottom.union([
                    "COpenSSL", "CPKCS11", "CZlib", "Fetching", "PortvaktProvider", "StatusLists",
                ])
            )
        )
    }
}
