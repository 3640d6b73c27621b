#include "Elements.hpp"

#include <string>

namespace portvakt {

using simdjson::dom::element;
using simdjson::dom::element_type;

namespace {

/// What kind of holder a role has.
enum Holder : uint8_t { organisation = 0, numbered_person = 1, named_person = 2 };

/// The unit's own number; the answer for a single unit tells it in its links alone.
uint32_t own_number(const Members &unit) {
    if (const auto number = unit.number("organisasjonsnummer")) return *number;
    const auto links = unit.members("_links");
    std::optional<std::string_view> address;
    for (const char *name : {"enhet", "self"}) {
        const auto link = links && !address ? links->members(name) : std::nullopt;
        if (link) address = link->text("href");
    }
    if (!address) throw Fault{register_fault_missing, "organisasjonsnummer"};
    // The part after the first that names the units.
    bool is_next = false;
    for (size_t start = 0; start <= address->size();) {
        const size_t end = std::min(address->find('/', start), address->size());
        const std::string_view part = address->substr(start, end - start);
        start = end + 1;
        if (part.empty()) continue;
        if (is_next) return organisation_number("_links", part);
        is_next = part == "enheter" || part == "underenheter";
    }
    throw Fault{register_fault_missing, "organisasjonsnummer"};
}

void write_person(const Members &person, Bytes &record) {
    // The authorised interface has the number beside name and birth date, which are not read then.
    if (const auto number = person.text("fodselsnummer")) {
        if (!is_identity_number(*number)) throw Fault{register_fault_identity_number, "fodselsnummer"};
        record.byte(numbered_person);
        record.raw(*number);
        return;
    }
    static thread_local std::string full_name;
    full_name.clear();
    if (const auto name = person.members("navn")) {
        for (const char *member : {"fornavn", "mellomnavn", "etternavn"}) {
            const auto part = name->text(member);
            if (part && !full_name.empty()) full_name += ' ';
            if (part) full_name += *part;
        }
    }
    if (full_name.empty()) throw Fault{register_fault_missing, "person.navn"};
    const auto birth_date = person.date("fodselsdato");
    record.byte(named_person);
    record.byte(birth_date ? 1 : 0);
    record.little_endian(static_cast<uint32_t>(birth_date.value_or(0)), 3);
    record.text(full_name);
}

/// Writes a role that counts; false when it has ended.
bool write_role(const Members &role, Bytes &record) {
    if (role.flag("avregistrert").value_or(false)) return false;
    if (role.flag("fratraadt").value_or(false)) return false;
    const auto type = role.members("type");
    const auto code = type ? type->text("kode") : std::nullopt;
    if (!code) throw Fault{register_fault_missing, "type.kode"};
    if (const auto unit = role.members("enhet")) {
        if (unit->flag("erSlettet").value_or(false)) return false;
        const auto number = unit->number("organisasjonsnummer");
        if (!number) throw Fault{register_fault_missing, "enhet.organisasjonsnummer"};
        record.text(*code);
        record.byte(organisation);
        record.big_endian(*number);
        return true;
    }
    const auto person = role.members("person");
    if (!person) throw Fault{register_fault_missing, "person"};
    if (person->flag("erDoed").value_or(false)) return false;
    record.text(*code);
    write_person(*person, record);
    return true;
}

/// Calls `body` for each element of a list of objects.
template <typename Body>
void for_each_object(const Members &members, const char *name, Body body) {
    const auto elements = members.elements(name);
    if (!elements) return;
    for (const element value : *elements) {
        // As the list of all of them is checked before the first is read.
        if (value.type() != element_type::OBJECT) {
            throw Fault{register_fault_wrong_type, name, "a list of objects"};
        }
    }
    for (const element value : *elements) body(Members(value.get_object().value_unsafe()));
}

}  // namespace

Sound read_roles(const Members &unit, Bytes &record) {
    const uint32_t number = own_number(unit);
    if (!unit.has("rollegrupper")) throw Fault{register_fault_missing, "rollegrupper"};
    static thread_local Bytes roles;
    roles.clear();
    size_t ended_count = 0;
    for_each_object(unit, "rollegrupper", [&](const Members &group) {
        for_each_object(group, "roller", [&](const Members &role) {
            if (!write_role(role, roles)) ended_count += 1;
        });
    });
    record.length(ended_count);
    record.raw(std::string_view(reinterpret_cast<const char *>(roles.data()), roles.size()));
    return {number, register_kind_unknown};
}

}  // namespace portvakt
