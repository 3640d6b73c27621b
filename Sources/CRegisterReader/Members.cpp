#include "Members.hpp"

namespace portvakt {

using simdjson::dom::element;
using simdjson::dom::element_type;

namespace {

constexpr size_t maximum_members = 1000;
constexpr int maximum_depth = 16;
/// Up to so many members are compared with each other; of more an index is made.
constexpr size_t few_members = 12;

[[noreturn]] void wrong_type(const char *name, const char *expected) {
    throw Fault{register_fault_wrong_type, name, expected};
}

void require_once_each(simdjson::dom::object object) {
    std::array<std::string_view, few_members> seen;
    size_t count = 0;
    for (const auto member : object) {
        if (count == few_members) {
            static thread_local MemberIndex index;
            index.read(object);
            return;
        }
        for (size_t place = 0; place < count; place += 1) {
            if (seen[place] == member.key) throw Fault{register_fault_not_json};
        }
        seen[count] = member.key;
        count += 1;
    }
}

}  // namespace

// MARK: Index

size_t MemberIndex::slot(std::string_view name) const {
    // Enough to tell the register's names apart; hostile ones cost a longer walk, bounded by the number of members.
    size_t hash = name.size() * 0x9E3779B1u;
    for (const size_t place : {size_t(0), name.size() / 3, name.size() / 2, name.size() - 1}) {
        if (place < name.size()) hash = (hash ^ static_cast<uint8_t>(name[place])) * 0x01000193u;
    }
    size_t slot = (hash ^ hash >> 15) % slot_count;
    while (rounds[slot] == round && members[places[slot]].name != name) slot = (slot + 1) % slot_count;
    return slot;
}

void MemberIndex::read(simdjson::dom::object object) {
    members.clear();
    round += 1;
    if (round == 0) {
        rounds.fill(0);
        round = 1;
    }
    for (const auto member : object) {
        if (members.size() == maximum_members) throw Fault{register_fault_not_json};
        const size_t slot = this->slot(member.key);
        if (rounds[slot] == round) throw Fault{register_fault_not_json};
        rounds[slot] = round;
        places[slot] = static_cast<uint16_t>(members.size());
        members.push_back({member.key, member.value});
    }
}

const element *MemberIndex::find(std::string_view name) const {
    const size_t slot = this->slot(name);
    return rounds[slot] == round ? &members[places[slot]].value : nullptr;
}

void require_strict(element value, int depth) {
    switch (value.type()) {
    case element_type::OBJECT: {
        if (depth > maximum_depth) throw Fault{register_fault_not_json};
        const simdjson::dom::object object = value.get_object().value_unsafe();
        require_once_each(object);
        for (const auto member : object) require_strict(member.value, depth + 1);
        break;
    }
    case element_type::ARRAY:
        if (depth > maximum_depth) throw Fault{register_fault_not_json};
        for (const element inner : value.get_array().value_unsafe()) require_strict(inner, depth + 1);
        break;
    default: break;
    }
}

// MARK: Texts that mean something

uint32_t organisation_number(const char *member, std::string_view text) {
    static constexpr std::array<uint32_t, 9> weights = {3, 2, 7, 6, 5, 4, 3, 2, 1};
    if (text.size() != weights.size()) throw Fault{register_fault_number_form, member};
    uint32_t value = 0;
    uint32_t sum = 0;
    for (size_t place = 0; place < weights.size(); place += 1) {
        const char digit = text[place];
        if (digit < '0' || digit > '9') throw Fault{register_fault_number_form, member};
        value = value * 10 + static_cast<uint32_t>(digit - '0');
        sum += static_cast<uint32_t>(digit - '0') * weights[place];
    }
    if (sum % 11 != 0) throw Fault{register_fault_number_check_digit, member};
    return value;
}

/// So many decimal digits; -1 when one is none.
static int decimal(std::string_view text) {
    int value = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '9') return -1;
        value = value * 10 + (digit - '0');
    }
    return value;
}

std::optional<int32_t> day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const int year = decimal(text.substr(0, 4));
    const int month = decimal(text.substr(5, 2));
    const int day = decimal(text.substr(8, 2));
    if (year < 0 || month < 1 || month > 12 || day < 1) return std::nullopt;
    static constexpr std::array<int, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int length = lengths[static_cast<size_t>(month - 1)] + (is_leap && month == 2 ? 1 : 0);
    if (day > length) return std::nullopt;
    // Days from civil date, counting years from March (H. Hinnant's public-domain algorithm).
    const int shifted = month <= 2 ? year - 1 : year;
    const int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    const int year_of_era = shifted - era * 400;
    const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool is_identity_number(std::string_view text) {
    static constexpr std::array<int, 11> first = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0};
    static constexpr std::array<int, 11> second = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
    if (text.size() != first.size()) return false;
    int sums[2] = {0, 0};
    for (size_t place = 0; place < first.size(); place += 1) {
        const int digit = decimal(text.substr(place, 1));
        if (digit < 0) return false;
        sums[0] += digit * first[place];
        sums[1] += digit * second[place];
    }
    const int day = decimal(text.substr(0, 2)) % 40;
    const int raised_day = decimal(text.substr(0, 2));
    if (raised_day > 71 || day < 1 || day > 31) return false;
    const int month = decimal(text.substr(2, 2));
    bool is_month = false;
    for (const int raised : {0, 40, 65, 80}) is_month = is_month || (month - raised >= 1 && month - raised <= 12);
    return is_month && sums[0] % 11 == 0 && sums[1] % 11 == 0;
}

// MARK: Members

std::optional<element> Members::value(std::string_view name) const {
    if (index != nullptr) {
        const element *found = index->find(name);
        return found != nullptr ? std::optional(*found) : std::nullopt;
    }
    element found;
    if (object.at_key(name).get(found) != simdjson::SUCCESS) return std::nullopt;
    return found;
}

bool Members::has(std::string_view name) const { return value(name).has_value(); }

static bool is_empty_text(element value) {
    return value.type() == element_type::STRING && value.get_string_length().value_unsafe() == 0;
}

std::optional<std::string_view> Members::text(const char *name) const {
    const auto found = value(name);
    if (!found || found->is_null()) return std::nullopt;
    if (found->type() != element_type::STRING) wrong_type(name, "text");
    const std::string_view text = found->get_string().value_unsafe();
    // A NUL ends a text for much of what keeps or shows it: no name holds one.
    if (text.find('\0') != text.npos) wrong_type(name, "text");
    return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<bool> Members::flag(const char *name) const {
    const auto found = value(name);
    if (!found || found->is_null() || is_empty_text(*found)) return std::nullopt;
    if (found->type() != element_type::BOOL) wrong_type(name, "true or false");
    return found->get_bool().value_unsafe();
}

std::optional<int32_t> Members::date(const char *name) const {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto date = day(*found);
    if (!date) throw Fault{register_fault_date, name};
    return date;
}

std::optional<uint32_t> Members::number(const char *name) const {
    const auto found = text(name);
    return found ? std::optional(organisation_number(name, *found)) : std::nullopt;
}

std::optional<Members> Members::members(const char *name) const {
    const auto found = value(name);
    if (!found || found->is_null() || is_empty_text(*found)) return std::nullopt;
    if (found->type() != element_type::OBJECT) wrong_type(name, "an object");
    return Members(found->get_object().value_unsafe());
}

std::optional<simdjson::dom::array> Members::elements(const char *name) const {
    const auto found = value(name);
    if (!found || found->is_null() || is_empty_text(*found)) return std::nullopt;
    if (found->type() != element_type::ARRAY) wrong_type(name, "a list");
    return found->get_array().value_unsafe();
}

}  // namespace portvakt
