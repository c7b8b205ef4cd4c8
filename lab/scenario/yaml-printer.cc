#include "lab/scenario/yaml-printer.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bouncelab::scenario
{

namespace
{

using Json = nlohmann::ordered_json;

/// Text that no YAML reader takes for anything but this text.
bool
IsPlain(const std::string& text)
{
    static constexpr std::array<std::string_view, 9> WORDS{
        {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}};
    const std::string lower = InLowerCase(text);
    const bool isWord = std::find(WORDS.begin(), WORDS.end(), lower) != WORDS.end();
    const bool isNumber = lower.find_first_not_of("0123456789.-+_abcdefox:") == std::string::npos &&
                          lower.find_first_of("0123456789") != std::string::npos;
    return !text.empty() && (IsAlnum(text.front()) || text.front() == '-') &&
           (text.size() > 1 || text.front() != '-') && text.substr(0, 2) != "- " &&
           text.substr(0, 3) != "---" && text.back() != ' ' && text.back() != ':' && !isWord &&
           !(isNumber && text.find(' ') == std::string::npos) &&
           text.find(": ") == std::string::npos && text.find(" #") == std::string::npos &&
           std::all_of(text.begin(),
                       text.end(),
                       [](char c) {
                           return IsAlnum(c) || std::string_view(" -_./<>()@+=;:'#").find(c) !=
                                                    std::string_view::npos;
                       });
}

std::string
FormatText(const std::string& text)
{
    if (IsPlain(text))
    {
        return text;
    }
    std::string quoted = "\"";
    for (const char c : text)
    {
        switch (c)
        {
        case '"':
        case '\\':
            quoted += '\\';
            quoted += c;
            break;
        case '\n':
            quoted += "\\n";
            break;
        case '\r':
            quoted += "\\r";
            break;
        case '\t':
            quoted += "\\t";
            break;
        default:
            quoted += IsControl(c) ? fmt::format("\\x{:02X}", static_cast<unsigned char>(c))
                                   : std::string(1, c);
        }
    }
    return quoted + "\"";
}

std::string
FormatScalar(const Json& value)
{
    if (value.is_null())
    {
        return "~";
    }
    return value.is_string() ? FormatText(value.get_ref<const std::string&>()) : value.dump();
}

bool
IsBlock(const Json& value)
{
    return value.is_structured() && !value.empty();
}

bool
FitsOneLine(const Json& list)
{
    return std::none_of(list.begin(),
                        list.end(),
                        [](const Json& item)
                        {
                            return item.is_structured() ||
                                   (item.is_string() &&
                                    item.get_ref<const std::string&>().size() > 16);
                        });
}

void Append(std::string& out, const Json& value, std::size_t indent);

/// What stands behind `key:` or `-`.
void
AppendInline(std::string& out, const Json& value)
{
    if (value.is_array())
    {
        out += "[";
        for (std::size_t i = 0; i < value.size(); ++i)
        {
            const std::string item = FormatScalar(value[i]);
            out += (i > 0 ? ", " : "") + item;
        }
        out += "]\n";
    }
    else
    {
        out += (value.is_object() ? "{}" : FormatScalar(value)) + "\n";
    }
}

void
AppendMap(std::string& out, const Json& map, std::size_t indent, bool continuesLine)
{
    bool isFirst = true;
    for (const auto& [key, item] : map.items())
    {
        out += std::string(continuesLine && isFirst ? 0 : indent, ' ') + FormatText(key) + ":";
        isFirst = false;
        if (IsBlock(item) && !(item.is_array() && FitsOneLine(item)))
        {
            out += "\n";
            Append(out, item, indent + 2);
        }
        else
        {
            out += " ";
            AppendInline(out, item);
        }
    }
}

void
Append(std::string& out, const Json& value, std::size_t indent)
{
    if (value.is_object())
    {
        AppendMap(out, value, indent, false);
        return;
    }
    for (const Json& item : value)
    {
        out += std::string(indent, ' ') + "- ";
        if (item.is_object() && !item.empty())
        {
            AppendMap(out, item, indent + 2, true);
        }
        else if (IsBlock(item) && !FitsOneLine(item))
        {
            out += "\n";
            Append(out, item, indent + 2);
        }
        else
        {
            AppendInline(out, item);
        }
    }
}

} // namespace

std::string
FormatYaml(const Json& value)
{
    std::string out;
    if (IsBlock(value))
    {
        Append(out, value, 0);
    }
    else
    {
        AppendInline(out, value);
    }
    return out;
}

} // namespace bouncelab::scenario
