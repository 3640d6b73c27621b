/// Whether two identifiers are the same bytes.
///
/// Swift compares strings by canonical equivalence: U+212A (KELVIN SIGN) equals `K`, and an issuer written with it would
/// pass for ours (security.md §2, Unicode).
func isSameBytes(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
    left.utf8.elementsEqual(right.utf8)
}
