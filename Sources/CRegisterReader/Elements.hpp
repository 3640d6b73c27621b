#ifndef PORTVAKT_ELEMENTS_HPP
#define PORTVAKT_ELEMENTS_HPP

#include "Members.hpp"
#include "Record.hpp"

namespace portvakt {

/// What was read of an element whose record is written.
struct Sound {
    uint32_t number;
    register_kind kind;
};

/// Writes the record of a unit: an object of the register's open API, media type v2 (enhet, underenhet, deleted ones).
///
/// `assumed` is the kind of the file; it counts only for a deleted unit that says no more than its number.
/// Throws a `Fault`. A deleted unit is never malformed for want of anything but its number.
Sound read_unit(const Members &unit, register_kind assumed, Bytes &record);

/// Writes the record of one unit's roles: an element of `roller/totalbestand`, or the answer to `enheter/{orgnr}/roller`.
///
/// One role that cannot be read makes the whole object malformed: half of what the register says of a unit is not it.
Sound read_roles(const Members &unit, Bytes &record);

}  // namespace portvakt

#endif
