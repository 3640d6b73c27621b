#include "ElementScanner.hpp"

#include <algorithm>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace portvakt {

namespace {

/// So many bytes further on memory is asked for what will be looked at.
constexpr size_t ahead = 1024;

/// Which of 64 bytes are what, the first byte in the lowest bit.
struct Marks {
    uint64_t quotes = 0;
    uint64_t backslashes = 0;
    uint64_t opening = 0;
    uint64_t closing = 0;
};

#if defined(__SSE2__)

uint64_t equal(__m128i bytes, char wanted) {
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted))));
}

Marks marks(const uint8_t *bytes) {
    Marks marks;
    for (int part = 0; part < 4; part += 1) {
        const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i *>(bytes + part * 16));
        // `[` and `{`, and `]` and `}`, differ in this bit alone.
        const __m128i folded = _mm_or_si128(text, _mm_set1_epi8(0x20));
        const int shift = part * 16;
        marks.quotes |= equal(text, '"') << shift;
        marks.backslashes |= equal(text, '\\') << shift;
        marks.opening |= equal(folded, '{') << shift;
        marks.closing |= equal(folded, '}') << shift;
    }
    return marks;
}

#else

Marks marks(const uint8_t *bytes) {
    Marks marks;
    for (int place = 0; place < 64; place += 1) {
        const uint64_t bit = uint64_t(1) << place;
        switch (bytes[place]) {
        case '"': marks.quotes |= bit; break;
        case '\\': marks.backslashes |= bit; break;
        case '[':
        case '{': marks.opening |= bit; break;
        case ']':
        case '}': marks.closing |= bit; break;
        default: break;
        }
    }
    return marks;
}

#endif

/// Each bit the sum modulo 2 of itself and all lower ones: set from each opening quote up to its closing one.
uint64_t running_parity(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

}  // namespace

size_t ElementScanner::find_end(const uint8_t *bytes, size_t from, size_t length, bool &has_ended) {
    size_t place = from;
    while (place + 64 <= length) {
        // The text was unpacked by another core, so half of the time goes by waiting for it.
        __builtin_prefetch(bytes + std::min(place + ahead, length - 1));
        const Marks found = marks(bytes + place);
        // Outside all brackets a string is an element by itself, which ends with its quote: rare.
        if (found.backslashes != 0 || is_escaped || depth == 0) {
            place = find_end_slowly(bytes, place, place + 64, has_ended);
            if (has_ended) return place;
            continue;
        }
        const uint64_t inside = running_parity(found.quotes) ^ (is_in_string ? ~uint64_t(0) : 0);
        const uint64_t opening = found.opening & ~inside;
        const uint64_t closing = found.closing & ~inside;
        const auto closed = static_cast<size_t>(__builtin_popcountll(closing));
        uint64_t brackets = opening | closing;
        if (depth > closed) {
            // It cannot end here, whatever the order of the brackets: most blocks are this far inside an element.
            depth += static_cast<size_t>(__builtin_popcountll(opening)) - closed;
            brackets = 0;
        }
        while (brackets != 0) {
            const int bit = __builtin_ctzll(brackets);
            if ((opening >> bit & 1) != 0) {
                depth += 1;
            } else {
                depth -= 1;
                if (depth == 0) {
                    has_ended = true;
                    return place + static_cast<size_t>(bit) + 1;
                }
            }
            brackets &= brackets - 1;
        }
        is_in_string = inside >> 63 != 0;
        place += 64;
    }
    return find_end_slowly(bytes, place, length, has_ended);
}

size_t ElementScanner::find_end_slowly(const uint8_t *bytes, size_t from, size_t length, bool &has_ended) {
    for (size_t place = from; place < length; place += 1) {
        const uint8_t byte = bytes[place];
        if (is_in_string) {
            if (is_escaped) {
                is_escaped = false;
            } else if (byte == '\\') {
                is_escaped = true;
            } else if (byte == '"') {
                is_in_string = false;
                has_ended = depth == 0;
            }
        } else if (byte == '"') {
            is_in_string = true;
        } else if (byte == '{' || byte == '[') {
            depth += 1;
        } else if (byte == '}' || byte == ']') {
            depth -= 1;
            has_ended = depth == 0;
        }
        if (has_ended) return place + 1;
    }
    return length;
}

}  // namespace portvakt
