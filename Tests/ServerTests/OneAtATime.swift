import Testing

/// Suites whose tests open databases, make RSA keys and measure time: side by side they would starve each other.
@Suite("Servers, one at a time", .serialized)
enum OneAtATime {}
