#include "lab/spec/yaml-reader.h"

#include <fmt/format.h>

namespace bouncelab::spec
{

namespace
{

[[noreturn]] void
Fail(const ScalarContext& context, const std::string& found)
{
    throw SpecError(context.node.at,
                    context.path,
                    fmt::format("found {}, expected {}", found, context.expected));
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

} // namespace

void
FailFound(const ScalarContext& context)
{
    Fail(context, context.node.Describe());
}

void
CheckKind(const ScalarContext& context, TextNode::Kind kind)
{
    if (context.node.kind != kind)
    {
        FailFound(context);
    }
}

void
CheckRange(const ScalarContext& context, long double value, const FieldRange& range)
{
    if (value < range.minimum || value > range.maximum)
    {
        FailFound(context);
    }
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
ReadWhole(const ScalarContext& context)
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

std::string
ReadText(const ScalarContext& context)
{
    CheckKind(context, TextNode::Kind::Scalar);
    return context.node.text;
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

Ipv4
ReadAddress(const ScalarContext& context)
{
    CheckKind(context, TextNode::Kind::Scalar);
    const std::optional<Ipv4> address = Ipv4::Parse(context.node.text);
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
    throw SpecError(context.node.at,
                    context.path,
                    fmt::format("found {}, expected one of {}{}",
                                context.node.Describe(),
                                fmt::join(names, ", "),
                                hint));
}

void
CheckKeys(const TextNode& node, const std::string& path, const std::vector<std::string_view>& known)
{
    for (const TextNode::Key& key : node.keys)
    {
        bool found = false;
        for (const std::string_view name : known)
        {
            found = found || name == key.text;
        }
        if (!found)
        {
            const std::string quoted = Quote(key.text);
            throw SpecError(key.at,
                            JoinPath(path, std::string_view(quoted).substr(1, quoted.size() - 2)),
                            "unknown key" + Suggest(key.text, known));
        }
    }
}

void
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
    throw SpecError(map.items[item].at,
                    path,
                    "found null, expected the name of an entry of `base` to remove" +
                        (nearest.empty() ? "" : ", did you mean " + Quote(nearest) + "?"));
}

TextNode
ResolvePersona(const PersonaLibrary* personas,
               std::string_view kind,
               const TextNode& node,
               const std::string& path,
               std::string& name)
{
    const std::string expected = ExpectedText(FieldType::Persona, {});
    const TextNode* reference = &node;
    if (node.kind == TextNode::Kind::Map)
    {
        reference = node.Find("persona");
        if (reference == nullptr)
        {
            throw SpecError(node.at, path, "found no key `persona`, expected " + expected);
        }
    }
    CheckKind({*reference, path, expected}, TextNode::Kind::Scalar);
    if (personas == nullptr)
    {
        throw SpecError(reference->at, path, "found a persona where none can be read");
    }
    name = reference->text;
    TextNode tree = personas->Tree(kind, name, reference->at, path);
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

} // namespace bouncelab::spec
