/// Why a well-formed public key must not be trusted.
public enum KeyWeakness: Error, Sendable, Hashable {
    /// An RSA modulus of less than 2,048 bits.
    case modulusTooShort(bits: Int)
    /// An RSA modulus of more than 8,192 bits: each check would cost the verifier too much.
    case modulusTooLong(bits: Int)
    /// An RSA exponent that is even, 1 or 3, or longer than 64 bits.
    case exponent
    /// An RSA modulus with a prime factor below 752 (2 included), found without effort.
    case smallFactor(Int)
    /// An RSA modulus with the fingerprint of the Infineon generator (ROCA, CVE-2017-15361).
    case roca
    /// An RSA modulus that is a perfect square: its one prime factor is a square root away.
    case squareModulus
    /// An Ed25519 point of small order, for which anybody can make signatures.
    case smallOrder
}

extension KeyWeakness: CustomStringConvertible {
    /// One line for whoever registers the key.
    public var description: String {
        switch self {
        case .modulusTooShort(let bits): "an RSA modulus of \(bits) bits, less than 2048"
        case .modulusTooLong(let bits): "an RSA modulus of \(bits) bits, more than 8192"
        case .exponent: "an RSA exponent that is even, 1, 3 or longer than 64 bits"
        case .smallFactor(let prime): "an RSA modulus divisible by \(prime)"
        case .roca: "an RSA key of a broken generator (ROCA, CVE-2017-15361)"
        case .squareModulus: "an RSA modulus that is a perfect square"
        case .smallOrder: "an Ed25519 point of small order"
        }
    }
}

extension PublicKey {
    /// The first weakness found, nil for a sound key; worked out anew at each call (some microseconds for RSA).
    public var weakness: KeyWeakness? {
        switch components {
        case .rsa(let modulus, let exponent): KeyWeakness(modulus: modulus, exponent: exponent, kind)
        case .ec: nil  // A point off the curve cannot be imported, and these curves have no subgroups.
        case .ed25519(let key): Edwards25519.hasSmallOrder(key) ? .smallOrder : nil
        }
    }
}

extension KeyWeakness {
    /// From RFC 7518 §3.3 (2,048 or more) up to what a verifier can afford.
    static let acceptedModulusBits = 2_048...8_192

    init?(modulus: [UInt8], exponent: [UInt8], _ kind: KeyKind) {
        guard case .rsa(let bits) = kind else { return nil }
        guard bits >= Self.acceptedModulusBits.lowerBound else {
            self = .modulusTooShort(bits: bits)
            return
        }
        guard bits <= Self.acceptedModulusBits.upperBound else {
            self = .modulusTooLong(bits: bits)
            return
        }
        // With 3 a forged padding is a cube root away (CVE-2006-4339); 1 signs nothing; even ones have no inverse.
        guard exponent.count <= 8, let last = exponent.last, last & 1 == 1, exponent != [1], exponent != [3] else {
            self = .exponent
            return
        }
        let limbs = Self.limbs(of: modulus)
        if let prime = Self.smallFactor(of: limbs) {
            self = .smallFactor(prime)
        } else if Self.hasROCAFingerprint(limbs) {
            self = .roca
        } else if Self.isSquare(limbs) {
            self = .squareModulus
        } else {
            return nil
        }
    }

    /// The modulus in 64-bit limbs, the highest first.
    private static func limbs(of magnitude: [UInt8]) -> [UInt64] {
        let padding = (8 - magnitude.count % 8) % 8
        let padded = [UInt8](repeating: 0, count: padding) + magnitude
        return stride(from: 0, to: padded.count, by: 8).map { start in
            padded[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private static func remainder(of limbs: [UInt64], by divisor: UInt64) -> UInt64 {
        limbs.reduce(0) { divisor.dividingFullWidth(($0, $1)).remainder }
    }

    /// CA/Browser Forum Baseline Requirements §6.1.6: no factor below 752.
    private static func smallFactor(of limbs: [UInt64]) -> Int? {
        for group in primeGroups {
            let rest = remainder(of: limbs, by: group.product)
            if let prime = group.primes.first(where: { rest % $0 == 0 }) { return Int(prime) }
        }
        return nil
    }

    /// Nemec and others, "The Return of Coppersmith's Attack" (2017), §3: modulo each small prime, a modulus of the
    /// broken generator is a power of 65,537; a sound one is so for all of them once in about 2^27 keys.
    private static func hasROCAFingerprint(_ limbs: [UInt64]) -> Bool {
        rocaPowers.allSatisfy { powers in powers.residues.contains(remainder(of: limbs, by: powers.prime)) }
    }

    /// A square is one modulo each prime; any other number is so modulo all 131 of them once in 2^131 times.
    private static func isSquare(_ limbs: [UInt64]) -> Bool {
        squares.allSatisfy { squares in squares.residues.contains(remainder(of: limbs, by: squares.prime)) }
    }

    private static let squares: [(prime: UInt64, residues: Set<UInt64>)] = smallPrimes.dropFirst().map { prime in
        (prime, Set((0..<prime).map { $0 * $0 % prime }))
    }

    private static let smallPrimes: [UInt64] = (2..<752).filter { candidate in
        !(2..<candidate).contains { candidate.isMultiple(of: $0) }
    }

    /// Primes bundled into products of 64 bits, so that one division serves several.
    private static let primeGroups: [(product: UInt64, primes: [UInt64])] = {
        var groups: [(product: UInt64, primes: [UInt64])] = []
        for prime in smallPrimes {
            if let last = groups.last, !last.product.multipliedReportingOverflow(by: prime).overflow {
                groups[groups.count - 1] = (last.product * prime, last.primes + [prime])
            } else {
                groups.append((prime, [prime]))
            }
        }
        return groups
    }()

    private static let rocaPowers: [(prime: UInt64, residues: Set<UInt64>)] = smallPrimes.filter {
        (3...167).contains($0)
    }
    .map { prime in
        var residues: Set<UInt64> = []
        var power: UInt64 = 1
        while residues.insert(power).inserted { power = power * 65_537 % prime }
        return (prime, residues)
    }
}
