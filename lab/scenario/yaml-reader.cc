#include "lab/scenario/yaml-reader.h"

#include "lab/scenario/field-range.h"
#include "lab/scenario/scalar-text.h"

#include <fmt/format.h>

#include <vector>

namespace bouncelab::scenario
{

namespace
{

[[noreturn]] void
Fail(const ScalarContext& context, const std::string& found)
{
    throw ScenarioError(context.node.at,
                        context.path,
                        fmt::format("found {}, expected {}", found, context.expected));
}

/// "found ..., expected ..."
[[noreturn]] void
FailFound(const ScalarContext& context)
{
    Fail(context, context.node.Describe());
}

void
CheckRange(const ScalarContext& context, long double value, const FieldRange& range)
{
    if (value < range.minimum || value > range.maximum)
    {
        FailFound(context);
    }
}

/// A scalar without quotes: in quotes it would be text, not a number or a truth value.
std::string_view
PlainText(const ScalarContext& context)
{
    CheckKind(context, TextNode::Kind::Scalar);
    if (context.node.quoted)
    {
        Fail(context, "text " + context.node.Describe() + " in quotes");
    }
    return context.node.text;
}

std::int64_t
TakeQuantity(const ScalarContext& context, const Quantity& quantity)
{
    const std::string found = context.node.Describe();
    switch (quantity.error)
    {
    case QuantityError::None:
        return quantity.value;
    case QuantityError::NoNumber:
        break;
    case QuantityError::NoUnit:
        Fail(context, found + " without a unit");
    case QuantityError::UnknownUnit:
        Fail(context, fmt::format("{} with unknown unit {}", found, Quote(quantity.unit)));
    case QuantityError::TooFine:
        Fail(context, found + ", which is no whole number of ns or bit/s");
    case QuantityError::TooBig:
        Fail(context, found + ", which does not fit into 64 bits");
    }
    Fail(context, found);
}

bool
ReadBoolean(const ScalarContext& context)
{
    const std::string_view text = PlainText(context);
    if (text != "true" && text != "false")
    {
        FailFound(context);
    }
    return text == "true";
}

WholeNumber
ReadWholeNumber(const ScalarContext& context)
{
    const std::string_view text = PlainText(context);
    const std::optional<WholeNumber> number = ParseWhole(text);
    if (!number)
    {
        const bool leadingZero = text.size() > 1 && text[0] == '0' &&
                                 text.find_first_not_of("0123456789") == std::string_view::npos;
        Fail(context,
             context.node.Describe() +
                 (leadingZero ? ", whose leading zero would mean octal" : ""));
    }
    return *number;
}

double
ReadReal(const ScalarContext& context)
{
    const std::optional<double> number = ParseReal(PlainText(context));
    if (!number)
    {
        FailFound(context);
    }
    return *number;
}

std::int64_t
ReadDuration(const ScalarContext& context)
{
    CheckKind(context, TextNode::Kind::Scalar);
    return TakeQuantity(context, ParseDuration(context.node.text));
}

std::int64_t
ReadBitRate(const ScalarContext& context)
{
    CheckKind(context, TextNode::Kind::Scalar);
    return TakeQuantity(context, ParseBitRate(context.node.text));
}

template <class Family>
Family
ReadAddress(const ScalarContext& context)
{
    CheckKind(context, TextNode::Kind::Scalar);
    const std::optional<Family> address = Family::Parse(context.node.text);
    if (!address)
    {
        FailFound(context);
    }
    return *address;
}

MacAddress
ReadEthernet(const ScalarContext& context)
{
    CheckKind(context, TextNode::Kind::Scalar);
    const std::optional<MacAddress> address = MacAddress::Parse(context.node.text);
    if (!address)
    {
        FailFound(context);
    }
    return *address;
}

std::size_t
ReadName(const ScalarContext& context, const std::vector<std::string_view>& names)
{
    const std::string_view text =
        context.node.kind == TextNode::Kind::Scalar ? context.node.text : std::string_view();
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        if (names[i] == text)
        {
            return i;
        }
    }
    const std::string_view nearest = Nearest(text, names);
    const std::string hint = nearest.empty() ? "" : ", did you mean " + Quote(nearest) + "?";
    throw ScenarioError(context.node.at,
                        context.path,
                        fmt::format("found {}, expected one of {}{}",
                                    context.node.Describe(),
                                    fmt::join(names, ", "),
                                    hint));
}

[[noreturn]] void
FailRemoval(const TextNode& map, std::size_t item, const std::string& path)
{
    std::vector<std::string_view> others;
    for (std::size_t i = 0; i < map.keys.size(); ++i)
    {
        if (i != item)
        {
            others.push_back(map.keys[i].text);
        }
    }
    const std::string_view nearest = Nearest(map.keys[item].text, others);
    throw ScenarioError(map.items[item].at,
                        path,
                        "found null, expected the name of an entry of `base` to remove" +
                            (nearest.empty() ? "" : ", did you mean " + Quote(nearest) + "?"));
}

void
ReadWhole(const ScalarContext& context, const FieldValue& value, const FieldNote& note)
{
    const FieldRange range = RangeOf(*value.type, note);
    if (KindOf(*value.type, note) == FieldKind::BitRate)
    {
        const std::int64_t rate = ReadBitRate(context);
        CheckRange(context, static_cast<long double>(rate), range);
        value.type->set(value.data, static_cast<std::uint64_t>(rate));
        return;
    }
    const WholeNumber number = ReadWholeNumber(context);
    CheckRange(context, number.Value(), range);
    value.type->set(value.data, number.negative ? 0 - number.size : number.size);
}

void
ReadScalar(const ScalarContext& context, const FieldValue& value, const FieldNote& note)
{
    switch (value.type->kind)
    {
    case FieldKind::Boolean:
        value.As<bool>() = ReadBoolean(context);
        break;
    case FieldKind::Whole:
        ReadWhole(context, value, note);
        break;
    case FieldKind::Real:
        value.As<double>() = ReadReal(context);
        CheckRange(context, value.As<double>(), RangeOf(*value.type, note));
        break;
    case FieldKind::Text:
        value.As<std::string>() = ReadText(context);
        break;
    case FieldKind::Duration:
        value.As<Nanoseconds>() = Nanoseconds(ReadDuration(context));
        CheckRange(context,
                   static_cast<long double>(value.As<Nanoseconds>().count()),
                   RangeOf(*value.type, note));
        break;
    case FieldKind::Address:
        value.As<IpAddress>() = ReadAddress<IpAddress>(context);
        break;
    case FieldKind::Ipv4Address:
        value.As<Ipv4>() = ReadAddress<Ipv4>(context);
        break;
    case FieldKind::Ethernet:
        value.As<MacAddress>() = ReadEthernet(context);
        break;
    default:
        value.type->set(value.data, ReadName(context, value.type->names()));
    }
}

} // namespace

void
CheckKind(const ScalarContext& context, TextNode::Kind kind)
{
    if (context.node.kind != kind)
    {
        FailFound(context);
    }
}

std::string
ReadText(const ScalarContext& context)
{
    CheckKind(context, TextNode::Kind::Scalar);
    return context.node.text;
}

namespace
{

/// What is said of a key that there is not: what came for one that was there once, or what may have
/// been meant.
std::string
HintFor(const std::string& path, const std::string& key, const std::vector<std::string_view>& known)
{
    return path == "site.mail-host"
               ? ", expected `site.from`, the host that `inside` begins at, and "
                 "`mail.via`, whose queue mail enters that names no host"
               : Suggest(key, known);
}

} // namespace

void
CheckKeys(const TextNode& node,
          const std::string& path,
          const std::vector<std::string_view>& known,
          std::vector<ScenarioError>* faults)
{
    for (const TextNode::MapKey& key : node.keys)
    {
        bool found = false;
        for (const std::string_view name : known)
        {
            found = found || name == key.text;
        }
        if (!found)
        {
            const std::string quoted = Quote(key.text);
            const std::string full =
                JoinPath(path, std::string_view(quoted).substr(1, quoted.size() - 2));
            const ScenarioError fault(key.at, full, "unknown key" + HintFor(full, key.text, known));
            if (faults == nullptr)
            {
                throw fault;
            }
            faults->push_back(fault);
        }
    }
}

template <class Read>
void
YamlReader::Part(Read&& read)
{
    if (m_faults == nullptr)
    {
        read();
        return;
    }
    try
    {
        read();
    }
    catch (const ScenarioError& fault)
    {
        m_faults->push_back(fault);
    }
}

void
YamlReader::ReadStruct(const TextNode& node, const std::string& path, const FieldValue& value)
{
    CheckKind({node, path, "a map of keys"}, TextNode::Kind::Map);
    m_marks.Set(path, node.at);
    CheckKeys(node, path, KeysOf(*value.type), m_faults);
    for (const FieldEntry& field : value.type->table().fields)
    {
        const std::string inside = JoinPath(path, field.key);
        const TextNode* const item = node.Find(field.key);
        if (item != nullptr)
        {
            Part([&] { ReadValue(*item, inside, value[field], field.note); });
        }
        else if (field.note.required)
        {
            Part(
                [&]
                {
                    throw ScenarioError(node.at,
                                        inside,
                                        "found no such key, expected " +
                                            Expected(*field.type, field.note));
                });
        }
    }
}

void
YamlReader::ReadList(const TextNode& node,
                     const std::string& path,
                     const FieldValue& value,
                     const FieldNote& note)
{
    const FieldType& type = *value.type;
    CheckKind({node, path, Expected(type, note)}, TextNode::Kind::List);
    type.clear(value.data);
    std::size_t count = 0;
    for (const TextNode& item : node.items)
    {
        const std::string inside = JoinPath(path, std::to_string(++count));
        Part([&] { ReadValue(item, inside, {type.element, type.add(value.data, "")}, note); });
    }
}

void
YamlReader::ReadMap(const TextNode& node,
                    const std::string& path,
                    const FieldValue& value,
                    const FieldNote& note)
{
    const FieldType& type = *value.type;
    CheckKind({node, path, Expected(type, note)}, TextNode::Kind::Map);
    // A persona's table is complete only together with its file.
    type.clear(value.data);
    for (std::size_t i = 0; i < node.keys.size(); ++i)
    {
        const TextNode& item = node.items[i];
        const std::string& key = node.keys[i].text;
        const std::string inside = JoinPath(path, key);
        if (item.kind == TextNode::Kind::Null)
        {
            if (!item.replaces || m_inPersona)
            {
                FailRemoval(node, i, inside);
            }
            continue;
        }
        Part([&] { ReadValue(item, inside, {type.element, type.add(value.data, key)}, note); });
        if (type.element->kind == FieldKind::Struct || type.element->kind == FieldKind::Map)
        {
            // What is wrong with an entry as a whole is shown at its name.
            m_marks.Set(inside, node.keys[i].at);
        }
    }
}

void
YamlReader::ReadPersona(const TextNode& node, const std::string& path, const FieldValue& value)
{
    const TextNode tree = ResolvePersona(node, path, value);
    const FieldValue persona = value[value.type->parts(value.data).front()];
    persona.type->table().reset(persona.data);
    m_inPersona = true;
    Part([&] { ReadStruct(tree, path, persona); });
    m_inPersona = false;
    m_marks.Set(path, node.at);
}

void
YamlReader::ReadValue(const TextNode& node,
                      const std::string& path,
                      const FieldValue& value,
                      const FieldNote& note)
{
    const FieldType& type = *value.type;
    m_marks.Set(path, node.at);
    switch (type.kind)
    {
    case FieldKind::Struct:
        ReadStruct(node, path, value);
        break;
    case FieldKind::Persona:
        ReadPersona(node, path, value);
        break;
    case FieldKind::Optional:
        type.clear(value.data);
        if (node.kind != TextNode::Kind::Null)
        {
            ReadValue(node, path, {type.element, type.add(value.data, "")}, note);
        }
        break;
    case FieldKind::List:
        ReadList(node, path, value, note);
        break;
    case FieldKind::Map:
        ReadMap(node, path, value, note);
        break;
    default:
        ReadScalar({node, path, Expected(type, note)}, value, note);
    }
}

TextNode
YamlReader::ResolvePersona(const TextNode& node,
                           const std::string& path,
                           const FieldValue& value) const
{
    const std::string expected = Expected(*value.type, {});
    const TextNode* reference = &node;
    if (node.kind == TextNode::Kind::Map)
    {
        reference = node.Find("persona");
        if (reference == nullptr && value.type->personaOptional)
        {
            return node;
        }
        if (reference == nullptr)
        {
            throw ScenarioError(node.at, path, "found no key `persona`, expected " + expected);
        }
    }
    CheckKind({*reference, path, expected}, TextNode::Kind::Scalar);
    if (m_personas == nullptr)
    {
        throw ScenarioError(reference->at, path, "found a persona where none can be read");
    }
    value.type->personaName(value.data) = reference->text;
    TextNode tree = m_personas->Tree(value.type->folder, reference->text, reference->at, path);
    if (node.kind == TextNode::Kind::Map)
    {
        TextNode overlay = node;
        for (std::size_t i = 0; i < overlay.keys.size(); ++i)
        {
            if (overlay.keys[i].text == "persona")
            {
                overlay.keys.erase(overlay.keys.begin() + static_cast<std::ptrdiff_t>(i));
                overlay.items.erase(overlay.items.begin() + static_cast<std::ptrdiff_t>(i));
                break;
            }
        }
        Merge(tree, overlay);
    }
    return tree;
}

} // namespace bouncelab::scenario
