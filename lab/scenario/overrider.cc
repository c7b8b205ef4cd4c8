#include "lab/scenario/overrider.h"

#include "lab/scenario/field-range.h"
#include "lab/scenario/scalar-text.h"

#include <algorithm>

namespace bouncelab::scenario
{

Override
Override::Parse(const std::string& text)
{
    const SourceLocation at{std::make_shared<const std::string>("--set " + Quote(text)), 0, 0};
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
    {
        throw ScenarioError(at, "", "found no key and value, expected KEY=VALUE");
    }
    Override change;
    change.path = text.substr(0, equals);
    const std::string value = text.substr(equals + 1);
    if (value.empty())
    {
        change.value.kind = TextNode::Kind::Nothing;
    }
    else if (value == "~" || value == "null")
    {
        change.value.kind = TextNode::Kind::Null;
    }
    else if (std::string_view("[{\"'").find(value[0]) != std::string_view::npos)
    {
        change.value = ParseTree(value, *at.file);
    }
    else
    {
        change.value.kind = TextNode::Kind::Scalar;
        change.value.text = value;
    }
    change.value.at = at;
    return change;
}

void
Overrider::Apply(const Override& change, const FieldValue& value)
{
    m_change = &change;
    ApplyToStruct(change.path, "", value);
}

void
Overrider::ApplyToStruct(const std::string& rest, const std::string& path, const FieldValue& value)
{
    const std::size_t dot = rest.find('.');
    const std::string key = rest.substr(0, dot);
    const std::vector<FieldEntry>& fields = value.type->table().fields;
    const auto field = std::find_if(fields.begin(),
                                    fields.end(),
                                    [&](const FieldEntry& entry) { return entry.key == key; });
    if (field == fields.end())
    {
        FailUnknown(path, key, KeysOf(*value.type));
    }
    ApplyToValue(dot == std::string::npos ? "" : rest.substr(dot + 1),
                 JoinPath(path, key),
                 value[*field],
                 field->note);
}

void
Overrider::ApplyToItem(const std::string& rest,
                       const std::string& path,
                       const FieldValue& value,
                       const FieldNote& note)
{
    const std::size_t dot = rest.find('.');
    const std::optional<WholeNumber> index = ParseWhole(rest.substr(0, dot));
    const std::vector<FieldPart> items = value.type->parts(value.data);
    if (!index || index->negative || index->size < 1 || index->size > items.size())
    {
        throw ScenarioError(m_change->value.at,
                            JoinPath(path, rest.substr(0, dot)),
                            "no such item, expected a number from 1 to " +
                                std::to_string(items.size()));
    }
    ApplyToValue(dot == std::string::npos ? "" : rest.substr(dot + 1),
                 JoinPath(path, std::to_string(index->size)),
                 value[items[index->size - 1]],
                 note);
}

void
Overrider::ApplyToMap(const std::string& rest,
                      const std::string& path,
                      const FieldValue& value,
                      const FieldNote& note)
{
    // Names of entries may hold dots themselves (mail domains): the longest that fits counts.
    const std::vector<FieldPart> entries = value.type->parts(value.data);
    const FieldPart* entry = nullptr;
    std::vector<std::string_view> names;
    for (const FieldPart& candidate : entries)
    {
        const std::string& name = candidate.name;
        names.push_back(name);
        const bool fits = rest.compare(0, name.size(), name) == 0 &&
                          (rest.size() == name.size() || rest[name.size()] == '.');
        if (fits && (entry == nullptr || name.size() > entry->name.size()))
        {
            entry = &candidate;
        }
    }
    if (entry == nullptr && IsName(rest) && rest.find('.') == std::string::npos &&
        m_change->value.kind == TextNode::Kind::Map)
    {
        ApplyToValue("",
                     JoinPath(path, rest),
                     {value.type->element, value.type->add(value.data, rest)},
                     note);
        return;
    }
    if (names.empty())
    {
        const std::string name = JoinPath(path, rest.substr(0, rest.find('.')));
        throw ScenarioError(m_change->value.at,
                            name,
                            "no such entry, expected a whole one: " + name + "={...}");
    }
    if (entry == nullptr)
    {
        FailUnknown(path, rest.substr(0, rest.find('.')), names);
    }
    const std::string inside = JoinPath(path, entry->name);
    if (rest.size() > entry->name.size())
    {
        ApplyToValue(rest.substr(entry->name.size() + 1), inside, value[*entry], note);
    }
    else if (m_change->value.kind == TextNode::Kind::Null)
    {
        m_marks.Forget(inside);
        value.type->remove(value.data, entry->name);
    }
    else
    {
        ApplyToValue("", inside, value[*entry], note);
    }
}

void
Overrider::ApplyToValue(const std::string& rest,
                        const std::string& path,
                        const FieldValue& value,
                        const FieldNote& note)
{
    const FieldType& type = *value.type;
    if (rest.empty())
    {
        m_marks.Forget(path);
        if (type.kind == FieldKind::Struct)
        {
            type.table().reset(value.data);
        }
        m_reader.ReadValue(m_change->value, path, value, note);
        return;
    }
    switch (type.kind)
    {
    case FieldKind::Struct:
        ApplyToStruct(rest, path, value);
        break;
    case FieldKind::Persona:
        ApplyToStruct(rest, path, value[type.parts(value.data).front()]);
        break;
    case FieldKind::List:
        ApplyToItem(rest, path, value, note);
        break;
    case FieldKind::Map:
        ApplyToMap(rest, path, value, note);
        break;
    case FieldKind::Optional:
        if (const std::vector<FieldPart> parts = type.parts(value.data); !parts.empty())
        {
            ApplyToValue(rest, path, value[parts.front()], note);
            break;
        }
        if ((type.element->kind == FieldKind::Struct || type.element->kind == FieldKind::Persona) &&
            std::count(rest.begin(), rest.end(), '.') < DEEPEST_NESTING)
        {
            m_reader.ReadValue(Around(rest, m_change->value), path, value, note);
            break;
        }
        [[fallthrough]];
    default:
        FailUnknown(path, rest, {});
    }
}

void
Overrider::FailUnknown(const std::string& path,
                       std::string_view word,
                       const std::vector<std::string_view>& known) const
{
    throw ScenarioError(m_change->value.at,
                        JoinPath(path, word),
                        known.empty() ? "no such key, expected nothing inside " + Quote(path)
                                      : "no such key" + Suggest(word, known));
}

TextNode
Overrider::Around(const std::string& path, const TextNode& value)
{
    TextNode tree = value;
    for (std::size_t end = path.size(); end != std::string::npos;)
    {
        const std::size_t dot = end == 0 ? std::string::npos : path.rfind('.', end - 1);
        const std::size_t begin = dot == std::string::npos ? 0 : dot + 1;
        TextNode map;
        map.kind = TextNode::Kind::Map;
        map.at = value.at;
        map.keys = {{path.substr(begin, end - begin), value.at}};
        map.items = {std::move(tree)};
        tree = std::move(map);
        end = dot;
    }
    return tree;
}

} // namespace bouncelab::scenario
