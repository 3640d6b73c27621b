#include "CRegisterReader.h"

#include <algorithm>
#include <climits>
#include <isa-l/igzip_lib.h>

/// ISA-L's state; large, and pointing into itself, so it stays where it was made.
struct register_gunzip {
    inflate_state state;
    isal_gzip_header header;
    bool has_header;

    register_gunzip() { begin(); }

    void begin() {
        isal_inflate_init(&state);
        // Trailer and check sums are gzip's, and are compared.
        state.crc_flag = ISAL_GZIP;
        isal_gzip_header_init(&header);
        has_header = false;
    }

    int step() {
        // Left to `isal_inflate`, a header that comes in two pieces would lose its flags (ISA-L's issue 224).
        if (!has_header) {
            const int code = isal_read_gzip_header(&state, &header);
            if (code != ISAL_DECOMP_OK) return code;
            // RFC 1952 §2.3.1.2: what a reserved flag announces is not known.
            if ((header.flags & reserved_flags) != 0) return ISAL_UNSUPPORTED_METHOD;
            has_header = true;
        }
        return isal_inflate(&state);
    }

  private:
    static constexpr uint32_t reserved_flags = 0xE0;
};

register_gunzip *register_gunzip_new(void) { return new register_gunzip; }

void register_gunzip_free(register_gunzip *gunzip) { delete gunzip; }

void register_gunzip_reset(register_gunzip *gunzip) { gunzip->begin(); }

static register_gunzip_status status(int code, const inflate_state &state) {
    switch (code) {
    case ISAL_DECOMP_OK:
    case ISAL_END_INPUT:
    case ISAL_OUT_OVERFLOW:
        return state.block_state == ISAL_BLOCK_FINISH ? register_gunzip_end : register_gunzip_more;
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD: return register_gunzip_header;
    case ISAL_INCORRECT_CHECKSUM: return register_gunzip_check_sum;
    default: return register_gunzip_data;
    }
}

register_gunzip_step_result register_gunzip_step(
    register_gunzip *gunzip, const uint8_t *input, size_t input_length, uint8_t *output, size_t output_length) {
    inflate_state &state = gunzip->state;
    const auto offered = static_cast<uint32_t>(std::min<size_t>(input_length, INT_MAX));
    const auto room = static_cast<uint32_t>(std::min<size_t>(output_length, INT_MAX));
    // ISA-L reads through a pointer that is not const, and writes nothing there.
    state.next_in = const_cast<uint8_t *>(input);
    state.avail_in = offered;
    state.next_out = output;
    state.avail_out = room;
    const int code = gunzip->step();
    return {status(code, state), offered - state.avail_in, room - state.avail_out};
}
