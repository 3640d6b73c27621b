#include "Elements.hpp"

#include <algorithm>

namespace portvakt {

using simdjson::dom::element;
using simdjson::dom::element_type;
using Text = std::optional<std::string_view>;

namespace {

/// What a record begins with.
enum Flag : uint8_t {
    sub_unit = 0x01,
    deleted = 0x02,
    bankrupt = 0x08,
    winding_up = 0x10,
    compulsory = 0x20,
};

/// What stands before each value of a record, in rising order; those before the name are what decisions rest on.
enum Tag : uint8_t {
    parent_tag = 0x01,
    deleted_tag = 0x02,
    bankrupt_tag = 0x03,
    winding_up_tag = 0x04,
    compulsory_tag = 0x05,
    name_tag = 0x06,
    form_tag = 0x07,
    form_description_tag = 0x08,
    registered_tag = 0x10,
    business_enterprises_tag = 0x11,
    value_added_tax_tag = 0x12,
    non_profit_tag = 0x13,
    founded_tag = 0x14,
    reconstruction_tag = 0x15,
    foreign_insolvency_tag = 0x16,
    closed_down_tag = 0x17,
    municipality_tag = 0x20,
    industry_tag = 0x21,
    address_tag = 0x22,
    address_line_tag = 0x23,
    postal_code_tag = 0x24,
    place_tag = 0x25,
    country_tag = 0x26,
    historic_name_tag = 0x30,
    historic_from_tag = 0x31,
    historic_until_tag = 0x32,
};

void put(Bytes &record, Tag tag, std::optional<int32_t> day) {
    if (!day) return;
    record.byte(tag);
    record.little_endian(static_cast<uint32_t>(*day), 3);
}

void put(Bytes &record, Tag tag, Text text) {
    if (!text) return;
    record.byte(tag);
    record.text(*text);
}

/// The name in lower case, as far as its letters are ASCII, cut to what any class has.
std::string_view lowercase(std::string_view text, std::array<char, 32> &buffer) {
    if (text.size() > buffer.size()) return "";
    std::transform(text.begin(), text.end(), buffer.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 0x20) : letter;
    });
    return std::string_view(buffer.data(), text.size());
}

/// Main unit or sub-unit, by the surest sign there is.
register_kind told_kind(const Members &unit, std::string_view response_class) {
    if (response_class == "enhet" || response_class == "slettetenhet") return register_kind_main_unit;
    if (response_class == "underenhet" || response_class == "slettetunderenhet") return register_kind_sub_unit;
    const auto form_members = unit.members("organisasjonsform");
    const Text form = form_members ? form_members->text("kode") : std::nullopt;
    // The forms that only sub-units have: businesses (bedrift) and non-businesses.
    if (form == "BEDR" || form == "AAFY") return register_kind_sub_unit;
    if (unit.has("beliggenhetsadresse")) return register_kind_sub_unit;
    if (const auto links = unit.members("_links")) {
        const auto own = links->members("self");
        const Text link = own ? own->text("href") : std::nullopt;
        if (link && link->find("/underenheter/") != link->npos) return register_kind_sub_unit;
        if (link && link->find("/enheter/") != link->npos) return register_kind_main_unit;
    }
    return form || unit.has("forretningsadresse") ? register_kind_main_unit : register_kind_unknown;
}

struct Distress {
    uint8_t flags = 0;
    std::optional<int32_t> bankrupt_since, winding_up_since, compulsory_since, reconstruction, foreign_insolvency;
};

Distress read_distress(const Members &unit) {
    Distress distress;
    // A flag that is left out beside a day that is given counts as raised; a lowered flag beside an old day does not.
    distress.bankrupt_since = unit.date("konkursdato");
    if (unit.flag("konkurs").value_or(distress.bankrupt_since.has_value())) distress.flags |= bankrupt;
    distress.winding_up_since = unit.date("underAvviklingDato");
    if (unit.flag("underAvvikling").value_or(distress.winding_up_since.has_value())) distress.flags |= winding_up;
    // The days that compulsory winding-up or dissolution may have begun, by its reason.
    for (const char *name :
         {"tvangsavvikletPgaManglendeSlettingDato", "tvangsopplostPgaManglendeDagligLederDato",
          "tvangsopplostPgaManglendeRevisorDato", "tvangsopplostPgaManglendeRegnskapDato",
          "tvangsopplostPgaMangelfulltStyreDato"}) {
        const auto day = unit.date(name);
        if (day) distress.compulsory_since = std::min(*day, distress.compulsory_since.value_or(*day));
    }
    const bool is_compulsory = distress.compulsory_since.has_value();
    if (unit.flag("underTvangsavviklingEllerTvangsopplosning").value_or(is_compulsory)) distress.flags |= compulsory;
    distress.reconstruction = unit.date("underRekonstruksjonsforhandlingDato");
    distress.foreign_insolvency = unit.date("underUtenlandskInsolvensbehandlingDato");
    return distress;
}

/// Earlier names, written into a buffer of their own: they are read before what stands before them in the record.
void read_historic_names(const Members &unit, Bytes &names) {
    const auto elements = unit.elements("historiskeNavn");
    if (!elements) return;
    for (const element value : *elements) {
        if (value.type() != element_type::OBJECT) {
            throw Fault{register_fault_wrong_type, "historiskeNavn", "a list of objects"};
        }
        const Members entry(value.get_object().value_unsafe());
        const Text name = entry.text("navn");
        if (!name) continue;
        put(names, historic_name_tag, name);
        put(names, historic_from_tag, entry.date("fraDato"));
        put(names, historic_until_tag, entry.date("tilDato"));
    }
}

void write_address(const Members &place, Bytes &record) {
    record.byte(address_tag);
    if (const auto lines = place.elements("adresse")) {
        for (const element line : *lines) {
            // Null and empty lines are left out.
            if (line.is_null()) continue;
            const bool is_text = line.type() == element_type::STRING;
            const std::string_view text = is_text ? line.get_string().value_unsafe() : std::string_view();
            if (!is_text || text.find('\0') != text.npos) {
                throw Fault{register_fault_wrong_type, "adresse", "a list of texts"};
            }
            if (!text.empty()) put(record, address_line_tag, Text(text));
        }
    }
    put(record, postal_code_tag, place.text("postnummer"));
    put(record, place_tag, place.text("poststed"));
    put(record, country_tag, place.text("landkode"));
}

void write_description(const Members &unit, register_kind kind, const Distress &distress, Bytes &record) {
    const bool is_main = kind == register_kind_main_unit;
    static thread_local Bytes names;
    names.clear();
    read_historic_names(unit, names);
    put(record, registered_tag, unit.date("registreringsdatoEnhetsregisteret"));
    put(record, business_enterprises_tag, unit.date("registreringsdatoForetaksregisteret"));
    put(record, value_added_tax_tag, unit.date("registreringsdatoMerverdiavgiftsregisteret"));
    put(record, non_profit_tag, unit.date("registreringsdatoFrivillighetsregisteret"));
    put(record, founded_tag, unit.date(is_main ? "stiftelsesdato" : "oppstartsdato"));
    put(record, reconstruction_tag, distress.reconstruction);
    put(record, foreign_insolvency_tag, distress.foreign_insolvency);
    put(record, closed_down_tag, unit.date("nedleggelsesdato"));
    const auto trade = unit.members("naeringskode1");
    const Text industry = trade ? trade->text("kode") : std::nullopt;
    auto place = unit.members(is_main ? "forretningsadresse" : "beliggenhetsadresse");
    if (place) put(record, municipality_tag, place->text("kommunenummer"));
    put(record, industry_tag, industry);
    // A unit without a place of its own (some foreign and older ones) is shown by its postal address.
    if (!place) place = unit.members("postadresse");
    if (place) write_address(*place, record);
    record.raw(std::string_view(reinterpret_cast<const char *>(names.data()), names.size()));
}

}  // namespace

Sound read_unit(const Members &unit, register_kind assumed, Bytes &record) {
    const auto number = unit.number("organisasjonsnummer");
    if (!number) throw Fault{register_fault_missing, "organisasjonsnummer"};
    std::array<char, 32> buffer;
    const std::string_view response_class = lowercase(unit.text("respons_klasse").value_or(""), buffer);
    const Text deleted_day = unit.text("slettedato");
    const bool is_deleted = deleted_day || response_class.substr(0, 7) == "slettet";
    register_kind kind = told_kind(unit, response_class);
    if (kind == register_kind_unknown && is_deleted) kind = assumed;
    if (kind == register_kind_unknown) throw Fault{register_fault_kind_unknown};
    const uint8_t kind_flag = kind == register_kind_sub_unit ? sub_unit : 0;
    const auto form = unit.members("organisasjonsform");
    const Text name = unit.text("navn");
    const Text code = form ? form->text("kode") : std::nullopt;
    const Text description = form ? form->text("beskrivelse") : std::nullopt;
    const auto write_names = [&] {
        put(record, name_tag, name);
        put(record, form_tag, code);
        put(record, form_description_tag, description);
    };
    if (is_deleted) {
        record.byte(kind_flag | deleted);
        // A deletion counts even when its day cannot be read: a deleted unit must not live on for a typing error.
        if (deleted_day) put(record, deleted_tag, day(*deleted_day));
        write_names();
        return {*number, kind};
    }
    const auto parent = unit.number("overordnetEnhet");
    // A sub-unit stands or falls with its main unit, so one that names none cannot be judged.
    if (kind == register_kind_sub_unit && !parent) throw Fault{register_fault_missing, "overordnetEnhet"};
    const Distress distress = read_distress(unit);
    record.byte(kind_flag | distress.flags);
    if (parent) {
        record.byte(parent_tag);
        record.big_endian(*parent);
    }
    put(record, bankrupt_tag, distress.bankrupt_since);
    put(record, winding_up_tag, distress.winding_up_since);
    put(record, compulsory_tag, distress.compulsory_since);
    write_names();
    write_description(unit, kind, distress, record);
    return {*number, kind};
}

}  // namespace portvakt
