#include "formats/field-type.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <set>
#include <stdexcept>

namespace bouncelab
{

std::string
StructName(const FieldType& type)
{
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> full(
        abi::__cxa_demangle(type.cppType->name(), nullptr, nullptr, &status),
        &std::free);
    const std::string name = full.get();
    return name.substr(name.rfind(':') + 1);
}

std::string_view
FieldTable::KeyAt(std::size_t offset) const
{
    return std::find_if(fields.begin(),
                        fields.end(),
                        [&](const FieldEntry& field) { return field.offset == offset; })
        ->key;
}

namespace field
{

namespace
{

[[noreturn]] void
Fail(const Whole& whole, const std::string& text)
{
    throw std::logic_error(StructName(whole.type) + text);
}

std::size_t
OffsetOf(const Draft& draft, const Whole& whole)
{
    return reinterpret_cast<std::uintptr_t>(draft.member) -
           reinterpret_cast<std::uintptr_t>(whole.object);
}

std::size_t
RoundUp(std::size_t offset, std::size_t alignment)
{
    return (offset + alignment - 1) / alignment * alignment;
}

/// Fields that are the members, all of them and in their order, lie one behind the other from the
/// struct's begin to its end. Their number alone is not enough: the fields of a member that is a
/// struct and no field itself are handed in, too.
void
CheckLayout(const std::vector<Draft>& drafts, const Whole& whole)
{
    if (drafts.size() != whole.memberCount)
    {
        Fail(whole,
             fmt::format(" has {} members, of which {} are fields",
                         whole.memberCount,
                         drafts.size()));
    }
    std::size_t end = 0;
    for (const Draft& draft : drafts)
    {
        const std::size_t offset = OffsetOf(draft, whole);
        if (offset != RoundUp(end, draft.alignment))
        {
            Fail(whole,
                 fmt::format(": {} is declared with another member's address, or behind a member "
                             "that is no field",
                             draft.key));
        }
        end = offset + draft.size;
    }
    if (RoundUp(end, whole.alignment) != whole.size)
    {
        Fail(whole, ": its last member is no field");
    }
}

void
CheckKeys(const FieldTable& table, const Whole& whole)
{
    std::set<std::string_view> keys;
    for (const FieldEntry& field : table.fields)
    {
        if (!keys.insert(field.key).second)
        {
            Fail(whole, fmt::format(": key {} stands twice", field.key));
        }
    }
}

} // namespace

void
Enter(const Draft& draft)
{
    t_drafts->push_back(draft);
}

std::vector<Draft>
DraftScope::OwnDrafts(const Whole& whole) const
{
    std::vector<Draft> own;
    for (const Draft& draft : m_drafts)
    {
        if (OffsetOf(draft, whole) < whole.size)
        {
            own.push_back(draft);
        }
    }
    return own;
}

FieldTable
DraftScope::MakeTable(const Whole& whole) const
{
    const std::vector<Draft> drafts = OwnDrafts(whole);
    CheckLayout(drafts, whole);
    FieldTable table{{}, whole.object, nullptr};
    for (const Draft& draft : drafts)
    {
        const std::size_t offset = OffsetOf(draft, whole);
        if (!draft.key.empty())
        {
            table.fields.push_back({draft.key, draft.note, offset, draft.type});
        }
        else if (draft.type != nullptr)
        {
            for (FieldEntry entry : draft.type->table().fields)
            {
                entry.offset += offset;
                table.fields.push_back(entry);
            }
        }
    }
    CheckKeys(table, whole);
    return table;
}

} // namespace field

} // namespace bouncelab
