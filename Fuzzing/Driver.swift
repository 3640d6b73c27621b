import FuzzTargets
import Glibc

/// libFuzzer's own loop over inputs, with its command line.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The target that the environment names.
///
/// By the environment and not by the command line, which belongs to libFuzzer: it starts itself again to shrink what it found.
private let chosen: FuzzTarget? = getenv("PORTVAKT_FUZZ_TARGET").flatMap { name in
    FuzzTarget.all.first { $0.name == String(cString: name) }
}

private func complain(_ text: String) {
    let line = Array("fuzz: \(text)\n".utf8)
    write(STDERR_FILENO, line, line.count)
}

/// One input: what the target finds wrong ends the process, so that libFuzzer keeps the input.
///
/// libFuzzer calls it; nothing else in the program does.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let chosen else { return 0 }
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        _ = try chosen.check(input)
    } catch {
        complain("\(chosen.name): \(error)")
        abort()
    }
    return 0
}

/// The program's start; SwiftPM calls it after the target, so that tests can link executables.
@_cdecl("fuzz_main")
public func start(
    _ argumentCount: CInt,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> CInt {
    guard chosen != nil else {
        // A list for the script: a target a line.
        for target in FuzzTarget.all { print(target.name, target.maximumLength) }
        return getenv("PORTVAKT_FUZZ_TARGET") == nil ? 0 : 64
    }
    var count = argumentCount
    var values = arguments
    return runDriver(&count, &values, testOneInput)
}
