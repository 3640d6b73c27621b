#ifndef PORTVAKT_RECORD_HPP
#define PORTVAKT_RECORD_HPP

#include <cstdint>
#include <string_view>
#include <vector>

namespace portvakt {

/// Bytes that a record is put together from; `OrganisationRecord` in Swift has the same, and docs/storage.md describes it.
class Bytes {
  public:
    void clear() { bytes.clear(); }
    void shrink(size_t size) { bytes.resize(size); }
    size_t size() const { return bytes.size(); }
    const uint8_t *data() const { return bytes.data(); }

    void byte(uint8_t value) { bytes.push_back(value); }

    /// Least significant first.
    void little_endian(uint32_t value, int width) {
        for (int place = 0; place < width; place += 1) byte(static_cast<uint8_t>(value >> (8 * place)));
    }

    /// Most significant first.
    void big_endian(uint32_t value) {
        for (int place = 3; place >= 0; place -= 1) byte(static_cast<uint8_t>(value >> (8 * place)));
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    void length(size_t value) {
        while (value >= 0x80) {
            byte(static_cast<uint8_t>(value) | 0x80);
            value >>= 7;
        }
        byte(static_cast<uint8_t>(value));
    }

    void raw(std::string_view text) { bytes.insert(bytes.end(), text.begin(), text.end()); }

    void text(std::string_view text) {
        length(text.size());
        raw(text);
    }

  private:
    std::vector<uint8_t> bytes;
};

}  // namespace portvakt

#endif
