#ifndef PORTVAKT_MEMBERS_HPP
#define PORTVAKT_MEMBERS_HPP

#include "CRegisterReader.h"

#include <array>
#include <cstdint>
#include <optional>
#include <simdjson.h>
#include <string_view>
#include <vector>

namespace portvakt {

/// Why an element is malformed; thrown inside this module alone.
struct Fault {
    register_fault kind;
    const char *member = nullptr;
    const char *expected = nullptr;
};

/// The members of one object by name, for the many look-ups in a unit; refuses a name that comes twice.
class MemberIndex {
  public:
    /// Takes in the members of an object, and forgets those of the one before.
    void read(simdjson::dom::object object);
    /// The member of that name, if there is one.
    const simdjson::dom::element *find(std::string_view name) const;

  private:
    static constexpr size_t slot_count = 2048;

    struct Member {
        std::string_view name;
        simdjson::dom::element value;
    };

    size_t slot(std::string_view name) const;

    std::vector<Member> members;
    /// Places in `members`; a slot counts only with the round of the present object, so that none need be emptied.
    std::array<uint16_t, slot_count> places{};
    std::array<uint32_t, slot_count> rounds{};
    uint32_t round = 0;
};

/// Refuses what a strict reader refuses though simdjson takes it: a member twice, too many members, too deep a nesting.
///
/// The limits are those of `JSONLimits.default`. A value of `depth` 1 is an element itself.
void require_strict(simdjson::dom::element value, int depth);

/// The organisation number that `text` is; `member` is blamed when it is none.
uint32_t organisation_number(const char *member, std::string_view text);

/// Days since 1970-01-01 of `yyyy-mm-dd`; none for anything else, also for a day that the month does not have.
std::optional<int32_t> day(std::string_view text);

/// Whether eleven digits are a national identity number or D-number, also a synthetic one.
bool is_identity_number(std::string_view text);

/// The members of one register object, read with the register's habits in mind.
///
/// The register leaves out what it does not know; older answers show null or an empty text instead. All three read alike.
class Members {
  public:
    explicit Members(simdjson::dom::object object) : object(object) {}
    explicit Members(const MemberIndex &index) : index(&index) {}

    bool has(std::string_view name) const;
    std::optional<std::string_view> text(const char *name) const;
    std::optional<bool> flag(const char *name) const;
    std::optional<int32_t> date(const char *name) const;
    std::optional<uint32_t> number(const char *name) const;
    std::optional<Members> members(const char *name) const;
    std::optional<simdjson::dom::array> elements(const char *name) const;

  private:
    std::optional<simdjson::dom::element> value(std::string_view name) const;

    simdjson::dom::object object;
    const MemberIndex *index = nullptr;
};

}  // namespace portvakt

#endif
