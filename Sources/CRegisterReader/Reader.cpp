#include "CRegisterReader.h"
#include "ElementScanner.hpp"
#include "Elements.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

using namespace portvakt;

namespace {

/// What is kept of an element that is too large: enough to find its number.
constexpr size_t kept_of_oversized = 4096;

enum class Phase {
    /// Before the first byte that is no white space.
    start,
    /// After `[`: an element, or `]`.
    first_element,
    /// After `,`: an element.
    next_element,
    /// After an element: `,` or `]`.
    separator,
    /// Inside an object, an array, or a string at the top.
    nested,
    /// Inside a number, `true`, `false` or `null` at the top of the array.
    scalar,
    /// After the outermost value.
    end,
};

bool is_white_space(uint8_t byte) { return byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09; }

/// Whether a JSON value can begin so; whatever else it is, the parser tells.
bool can_begin_value(uint8_t byte) { return byte != ',' && byte != ']' && byte != '}' && byte != ':'; }

}  // namespace

struct register_reader {
    register_reader(register_content content, size_t element_limit, size_t object_limit)
        : content(content), element_limit(element_limit), object_limit(object_limit) {}

    register_output feed(const uint8_t *bytes, size_t length);
    register_output feed_element(const uint8_t *bytes, size_t length);
    register_ending finish() const;

    register_kind assumed = register_kind_unknown;

  private:
    void scan(const uint8_t *bytes, size_t length);
    bool take(uint8_t byte, int64_t offset);
    void begin_element(uint8_t byte, int64_t offset);
    void finish_element(const uint8_t *bytes, size_t length, size_t readable);
    void carry(const uint8_t *bytes, size_t length);
    void refuse_foreign(const uint8_t *bytes, size_t length);
    void fail(register_text_fault what, int64_t offset);
    void read(const uint8_t *bytes, size_t length, size_t readable, register_entry &entry);
    void parse(const uint8_t *bytes, size_t length, size_t readable, register_entry &entry);
    register_output output();
    size_t limit() const { return is_array ? element_limit : object_limit; }

    const register_content content;
    const size_t element_limit;
    const size_t object_limit;

    Phase phase = Phase::start;
    bool is_array = true;
    bool is_oversized = false;
    ElementScanner scanner;
    int64_t index = 0;
    int64_t element_offset = 0;
    /// How many bytes of the text came in earlier pieces.
    int64_t consumed = 0;
    /// The beginning of an element that an earlier piece ended in, with room behind it.
    std::vector<uint8_t> carried;

    simdjson::dom::parser parser;
    MemberIndex members;
    /// An element with the room behind it that the parser wants.
    std::vector<uint8_t> padded;

    std::vector<register_entry> entries;
    Bytes records;
    Bytes texts;
    register_text_fault fault = register_text_fault_none;
    int64_t fault_offset = 0;
};

// MARK: Cutting the text into elements

void register_reader::fail(register_text_fault what, int64_t offset) {
    fault = what;
    fault_offset = offset;
}

/// Names what is plainly no JSON, so that its owner need not puzzle over a position.
void register_reader::refuse_foreign(const uint8_t *bytes, size_t length) {
    // U+FEFF in UTF-8, which some editors and scripts write first.
    static constexpr std::string_view mark = "\xEF\xBB\xBF";
    const std::string_view all(reinterpret_cast<const char *>(bytes), length);
    const auto begin = std::find_if(all.begin(), all.end(), [](char letter) {
        return mark.find(letter) == mark.npos && !is_white_space(static_cast<uint8_t>(letter));
    });
    const std::string_view text = all.substr(static_cast<size_t>(begin - all.begin()));
    if (text.substr(0, 1) == "<") return fail(register_text_fault_markup, 0);
    const std::string_view header = text.substr(0, 1) == "\"" ? text.substr(1) : text;
    constexpr std::string_view first_column = "organisasjonsnummer";
    if (header.substr(0, first_column.size()) == first_column) fail(register_text_fault_csv, 0);
}

void register_reader::begin_element(uint8_t byte, int64_t offset) {
    const bool is_nested = byte == '{' || byte == '[' || byte == '"';
    phase = is_nested ? Phase::nested : Phase::scalar;
    is_oversized = false;
    element_offset = offset;
    scanner.begin();
}

/// Takes a byte between elements; true when an element begins with it.
bool register_reader::take(uint8_t byte, int64_t offset) {
    static constexpr std::string_view mark = "\xEF\xBB\xBF";
    switch (phase) {
    case Phase::start:
        if (byte == '[') {
            is_array = true;
            phase = Phase::first_element;
        } else if (byte == '{') {
            is_array = false;
            begin_element(byte, offset);
            return true;
        } else if (offset >= 3 || byte != static_cast<uint8_t>(mark[static_cast<size_t>(offset)])) {
            const bool is_wide = byte == 0x00 || byte >= 0xBB;
            fail(is_wide ? register_text_fault_encoding : register_text_fault_expected_root, offset);
        }
        return false;
    case Phase::separator:
        if (byte == ']') {
            phase = Phase::end;
        } else if (byte == ',') {
            phase = Phase::next_element;
        } else {
            fail(register_text_fault_expected_separator, offset);
        }
        return false;
    case Phase::first_element:
    case Phase::next_element:
        if (phase == Phase::first_element && byte == ']') {
            phase = Phase::end;
            return false;
        }
        if (!can_begin_value(byte)) {
            fail(register_text_fault_expected_unit, offset);
            return false;
        }
        begin_element(byte, offset);
        return true;
    case Phase::end: fail(register_text_fault_expected_end, offset); return false;
    case Phase::nested:
    case Phase::scalar: return false;
    }
    return false;
}

void register_reader::scan(const uint8_t *bytes, size_t length) {
    size_t place = 0;
    size_t start = 0;  // of the open element within this piece
    while (place < length && fault == register_text_fault_none) {
        bool has_ended = false;
        switch (phase) {
        case Phase::nested: place = scanner.find_end(bytes, place, length, has_ended); break;
        case Phase::scalar:
            while (place < length && !has_ended) {
                has_ended = bytes[place] == ',' || bytes[place] == ']' || is_white_space(bytes[place]);
                place += has_ended ? 0 : 1;
            }
            break;
        default:
            if (!is_white_space(bytes[place]) && take(bytes[place], consumed + static_cast<int64_t>(place))) {
                // An element begins here; its first byte is read again inside it.
                start = place;
            } else {
                place += 1;
            }
            continue;
        }
        if (has_ended) finish_element(bytes + start, place - start, length - start);
    }
    if (phase == Phase::nested || phase == Phase::scalar) carry(bytes + start, length - start);
    consumed += static_cast<int64_t>(length);
}

void register_reader::finish_element(const uint8_t *bytes, size_t length, size_t readable) {
    phase = is_array ? Phase::separator : Phase::end;
    register_entry entry{};
    entry.offset = element_offset;
    entry.index = index;
    index += 1;
    if (!carried.empty()) {
        carry(bytes, length);
        read(carried.data(), carried.size(), carried.size(), entry);
        carried.clear();
    } else if (length > limit()) {
        is_oversized = true;
        read(bytes, kept_of_oversized, kept_of_oversized, entry);
    } else {
        read(bytes, length, readable, entry);
    }
    entries.push_back(entry);
}

void register_reader::carry(const uint8_t *bytes, size_t length) {
    if (is_oversized) return;
    if (carried.size() + length <= limit()) {
        carried.insert(carried.end(), bytes, bytes + length);
        return;
    }
    is_oversized = true;
    carried.resize(std::min(carried.size(), kept_of_oversized));
    carried.insert(carried.end(), bytes, bytes + std::min(length, kept_of_oversized));
}

// MARK: Reading an element

/// Fills in the entry of an element, of which `readable` bytes may be looked at.
void register_reader::read(const uint8_t *bytes, size_t length, size_t readable, register_entry &entry) {
    entry.start = records.size();
    if (is_oversized) {
        entry.fault = is_array ? register_fault_too_large : register_fault_object_too_large;
    } else if (!is_array) {
        entry.fault = register_fault_whole_object;
    } else {
        parse(bytes, length, readable, entry);
    }
    entry.length = records.size() - entry.start;
    if (entry.fault != register_fault_none || entry.index == 0) {
        entry.text_start = texts.size();
        entry.text_length = length;
        texts.raw(std::string_view(reinterpret_cast<const char *>(bytes), length));
    }
}

void register_reader::parse(const uint8_t *bytes, size_t length, size_t readable, register_entry &entry) {
    if (readable < length + simdjson::SIMDJSON_PADDING) {
        padded.assign(bytes, bytes + length);
        padded.resize(length + simdjson::SIMDJSON_PADDING);
        bytes = padded.data();
    }
    simdjson::dom::element root;
    if (parser.parse(bytes, length, false).get(root) != simdjson::SUCCESS) {
        entry.fault = register_fault_not_json;
        return;
    }
    const size_t start = records.size();
    try {
        simdjson::dom::object object;
        if (root.get(object) != simdjson::SUCCESS) {
            require_strict(root, 1);
            throw Fault{register_fault_not_an_object};
        }
        members.read(object);
        for (const auto member : object) require_strict(member.value, 2);
        const Members unit(members);
        const Sound sound =
            content == register_content_units ? read_unit(unit, assumed, records) : read_roles(unit, records);
        entry.number = sound.number;
        entry.kind = sound.kind;
        if (is_array && assumed == register_kind_unknown) assumed = sound.kind;
    } catch (const Fault &fault) {
        records.shrink(start);
        entry.fault = fault.kind;
        entry.member = fault.member;
        entry.expected = fault.expected;
    }
}

// MARK: Pieces

register_output register_reader::output() {
    return {entries.data(), entries.size(), records.data(), records.size(), texts.data(), texts.size(), fault,
            fault_offset};
}

register_output register_reader::feed(const uint8_t *bytes, size_t length) {
    entries.clear();
    records.clear();
    texts.clear();
    if (phase == Phase::start) refuse_foreign(bytes, length);
    if (fault == register_text_fault_none) scan(bytes, length);
    return output();
}

register_output register_reader::feed_element(const uint8_t *bytes, size_t length) {
    entries.clear();
    records.clear();
    texts.clear();
    register_entry entry{};
    entry.start = 0;
    parse(bytes, length, length, entry);
    entry.length = records.size();
    entry.text_length = length;
    texts.raw(std::string_view(reinterpret_cast<const char *>(bytes), length));
    entries.push_back(entry);
    return output();
}

register_ending register_reader::finish() const {
    if (phase == Phase::start) return register_ending_empty;
    return phase == Phase::end ? register_ending_whole : register_ending_truncated;
}

register_reader *register_reader_new(register_content content, size_t element_limit, size_t object_limit) {
    return new register_reader(content, element_limit, object_limit);
}

void register_reader_free(register_reader *reader) { delete reader; }

void register_reader_assume(register_reader *reader, register_kind kind) { reader->assumed = kind; }

register_output register_reader_feed(register_reader *reader, const uint8_t *bytes, size_t length) {
    return reader->feed(bytes, length);
}

register_output register_reader_feed_element(register_reader *reader, const uint8_t *bytes, size_t length) {
    return reader->feed_element(bytes, length);
}

register_ending register_reader_finish(const register_reader *reader) { return reader->finish(); }
