/// Reads the bulk files of Enhetsregisteret: unpacks gzip (ISA-L) and takes the JSON text apart (simdjson).
///
/// Nothing here waits, opens files or keeps a thread. Whoever has a reader uses it from one thread at a time. No C++
/// exception leaves; a lack of memory ends the program, as it does in Swift.
#ifndef PORTVAKT_C_REGISTER_READER_H
#define PORTVAKT_C_REGISTER_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: gzip

/// One gzip member (RFC 1952) while it is unpacked.
typedef struct register_gunzip register_gunzip;

/// How far a step came.
typedef enum register_gunzip_status {
    /// There is more: give input, or room for output.
    register_gunzip_more = 0,
    /// The member is whole and its check sums hold; input that is left belongs to what follows.
    register_gunzip_end = 1,
    /// The header is none of gzip's.
    register_gunzip_header = 2,
    /// The packed data make no sense.
    register_gunzip_data = 3,
    /// The check sum or the length at the end is wrong.
    register_gunzip_check_sum = 4,
} register_gunzip_status;

/// What a step took and gave.
typedef struct register_gunzip_step_result {
    register_gunzip_status status;
    size_t taken;
    size_t given;
} register_gunzip_step_result;

register_gunzip *register_gunzip_new(void);
void register_gunzip_free(register_gunzip *gunzip);
/// Begins another member.
void register_gunzip_reset(register_gunzip *gunzip);
/// Unpacks as much as `input` and `output` allow.
register_gunzip_step_result register_gunzip_step(
    register_gunzip *gunzip, const uint8_t *input, size_t input_length, uint8_t *output, size_t output_length);

// MARK: Text

/// What the elements of a text are.
typedef enum register_content {
    /// Units: `enheter/lastned`, `underenheter/lastned`, a unit.
    register_content_units = 0,
    /// Roles of units: `roller/totalbestand`.
    register_content_roles = 1,
} register_content;

/// Main unit or sub-unit.
typedef enum register_kind {
    register_kind_unknown = 0,
    register_kind_main_unit = 1,
    register_kind_sub_unit = 2,
} register_kind;

/// What is wrong with an element.
typedef enum register_fault {
    register_fault_none = 0,
    /// The text is one object, which was not looked into.
    register_fault_whole_object = 1,
    /// It is not strict JSON, or beyond the limits of a strict reader.
    register_fault_not_json = 2,
    register_fault_not_an_object = 3,
    register_fault_too_large = 4,
    /// `member` is missing.
    register_fault_missing = 5,
    /// `member` is not `expected`.
    register_fault_wrong_type = 6,
    /// `member` is not nine digits.
    register_fault_number_form = 7,
    /// `member` fails modulus 11.
    register_fault_number_check_digit = 8,
    /// `member` is no national identity number.
    register_fault_identity_number = 9,
    /// `member` is no date.
    register_fault_date = 10,
    register_fault_kind_unknown = 11,
    /// The text is one object, and too large.
    register_fault_object_too_large = 12,
} register_fault;

/// What is wrong with a text as a whole.
typedef enum register_text_fault {
    register_text_fault_none = 0,
    /// It begins as HTML or XML does.
    register_text_fault_markup = 1,
    /// It begins as the CSV extract does.
    register_text_fault_csv = 2,
    /// It is UTF-16 or UTF-32.
    register_text_fault_encoding = 3,
    register_text_fault_expected_unit = 4,
    register_text_fault_expected_root = 5,
    register_text_fault_expected_separator = 6,
    register_text_fault_expected_end = 7,
} register_text_fault;

/// One element.
typedef struct register_entry {
    /// Its first byte in the text.
    int64_t offset;
    /// Its place among the elements.
    int64_t index;
    /// What a fault is about; constants that live as long as the program.
    const char *member;
    const char *expected;
    /// Its record (`length` bytes from `start` of `records`) when it is sound.
    size_t start;
    size_t length;
    /// Its text (`text_length` bytes from `text_start` of `texts`), of the first element and of those with a fault.
    size_t text_start;
    size_t text_length;
    /// The organisation number of a sound one.
    uint32_t number;
    register_fault fault;
    /// The kind of a sound unit.
    register_kind kind;
} register_entry;

/// What one piece of text gave; valid until the reader is used again.
typedef struct register_output {
    const register_entry *entries;
    size_t entry_count;
    const uint8_t *records;
    size_t record_length;
    const uint8_t *texts;
    size_t text_length;
    /// What is wrong after the last of the entries, and where.
    register_text_fault fault;
    int64_t fault_offset;
} register_output;

/// How a text ended.
typedef enum register_ending {
    register_ending_whole = 0,
    /// There was only white space.
    register_ending_empty = 1,
    register_ending_truncated = 2,
} register_ending;

/// A text while it is read, piece by piece.
typedef struct register_reader register_reader;

/// `element_limit` bounds an element of an array, `object_limit` an object that is the whole text, in bytes.
register_reader *register_reader_new(register_content content, size_t element_limit, size_t object_limit);
void register_reader_free(register_reader *reader);
/// The kind of a deleted unit that does not tell it, until another unit of the array does.
void register_reader_assume(register_reader *reader, register_kind kind);
/// Takes the next piece of the text.
register_output register_reader_feed(register_reader *reader, const uint8_t *bytes, size_t length);
/// Takes a text that is one element.
register_output register_reader_feed_element(register_reader *reader, const uint8_t *bytes, size_t length);
/// Whether the text that was fed is whole.
register_ending register_reader_finish(const register_reader *reader);

#ifdef __cplusplus
}
#endif

#endif
