#ifndef PORTVAKT_ELEMENT_SCANNER_HPP
#define PORTVAKT_ELEMENT_SCANNER_HPP

#include <cstddef>
#include <cstdint>

namespace portvakt {

/// Finds where an object, an array or a string ends that begins a piece of text and may go on in the next.
///
/// It knows strings, escapes and nesting, and nothing else. It sees every byte of several gigabytes, so it looks at 64 of
/// them at a time where no backslash is among them.
class ElementScanner {
  public:
    /// Begins with the first byte of an element.
    void begin() {
        depth = 0;
        is_in_string = false;
        is_escaped = false;
    }

    /// The index after the element's last byte; `length` when it does not end here and `has_ended` stays false.
    size_t find_end(const uint8_t *bytes, size_t from, size_t length, bool &has_ended);

  private:
    /// As `find_end`, byte by byte.
    size_t find_end_slowly(const uint8_t *bytes, size_t from, size_t length, bool &has_ended);

    size_t depth = 0;
    bool is_in_string = false;
    bool is_escaped = false;
};

}  // namespace portvakt

#endif
