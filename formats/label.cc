#include "formats/label.h"

#include "formats/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iterator>
#include <stdexcept>

namespace bouncelab
{

namespace
{

/// Stands in a JSON string as it is.
bool
IsPlain(char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

void
AppendNumber(std::string& out, std::string_view key, const fmt::format_int& number)
{
    out += key;
    out.append(number.data(), number.size());
}

template <class T>
T
Take(const nlohmann::ordered_json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end())
    {
        throw std::invalid_argument(fmt::format("the key \"{}\" is missing", key));
    }
    try
    {
        return found->get<T>();
    }
    catch (const nlohmann::json::exception&)
    {
        throw std::invalid_argument(
            fmt::format("\"{}\" has the wrong type: {}", key, found->type_name()));
    }
}

TruthEvent
TruthEventCalled(std::string_view name)
{
    for (const auto& [written, event] : EnumNames(TruthEvent{}))
    {
        if (written == name)
        {
            return event;
        }
    }
    throw std::invalid_argument(
        fmt::format("\"did\": found \"{}\", which is no event (formats/truth-event.h)", name));
}

} // namespace

void
AppendJsonString(std::string& out, std::string_view text)
{
    out += '"';
    for (std::size_t i = 0; i < text.size();)
    {
        std::size_t plain = i;
        while (plain < text.size() && IsPlain(text[plain]))
        {
            ++plain;
        }
        out.append(text, i, plain - i);
        i = plain;
        if (i == text.size())
        {
            break;
        }
        const char c = text[i];
        if (c == '"' || c == '\\')
        {
            out += '\\';
            out += c;
            ++i;
        }
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
        {
            switch (c)
            {
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
                break;
            }
            ++i;
        }
        else
        {
            const std::size_t length = Utf8Length(text.substr(i));
            if (length == 0)
            {
                out += "\xEF\xBF\xBD";
                ++i;
            }
            else
            {
                out.append(text, i, length);
                i += length;
            }
        }
    }
    out += '"';
}

void
AppendLabel(std::string& out, const Label& label)
{
    const auto text = [&out](std::string_view key, std::string_view value)
    {
        out += key;
        AppendJsonString(out, value);
    };
    text("{\"kind\":", label.kind);
    text(",\"run_id\":", label.runId);
    AppendNumber(out, ",\"t_ns\":", fmt::format_int(label.time.time_since_epoch().count()));
    text(",\"class\":", label.classLabel);
    AppendNumber(out, ",\"cause_id\":", fmt::format_int(label.causeId));
    text(",\"actor\":", label.actor);
    out += ",\"hop\":";
    if (label.hop)
    {
        AppendNumber(out, "", fmt::format_int(*label.hop));
    }
    else
    {
        out += "null";
    }
    out += ",\"params\":{";
    const char* comma = "";
    if (label.did)
    {
        text("\"did\":", NameOf(*label.did));
        comma = ",";
    }
    for (const auto& [key, value] : label.params)
    {
        out += comma;
        comma = ",";
        AppendJsonString(out, key);
        text(":", value);
    }
    out += '}';
    if (!label.vantage.empty())
    {
        text(",\"vantage\":", label.vantage);
        AppendNumber(out, ",\"frame\":", fmt::format_int(label.frame));
        text(",\"true_origin\":", label.trueOrigin);
        out += label.forged ? ",\"forged\":true" : ",\"forged\":false";
        out += label.affected ? ",\"affected\":true" : ",\"affected\":false";
    }
    out += "}\n";
}

Label
ParseLabel(std::string_view line)
{
    const auto object = nlohmann::ordered_json::parse(line, nullptr, false);
    if (!object.is_object())
    {
        throw std::invalid_argument("this is not a JSON object");
    }
    Label label;
    label.kind = Take<std::string>(object, "kind");
    label.runId = Take<std::string>(object, "run_id");
    label.time = SimTime(Nanoseconds(Take<std::int64_t>(object, "t_ns")));
    label.classLabel = Take<std::string>(object, "class");
    label.causeId = Take<std::uint32_t>(object, "cause_id");
    label.actor = Take<std::string>(object, "actor");
    if (const auto hop = object.find("hop"); hop != object.end() && !hop->is_null())
    {
        label.hop = Take<std::uint32_t>(object, "hop");
    }
    const auto params = object.find("params");
    if (params == object.end() || !params->is_object())
    {
        throw std::invalid_argument("\"params\" has to be an object of strings");
    }
    for (const auto& [key, value] : params->items())
    {
        auto text = Take<std::string>(*params, key.c_str());
        if (key == "did")
        {
            label.did = TruthEventCalled(text);
        }
        else
        {
            label.params.emplace_back(key, std::move(text));
        }
    }
    if (object.contains("vantage"))
    {
        label.vantage = Take<std::string>(object, "vantage");
        label.frame = Take<std::uint64_t>(object, "frame");
        label.trueOrigin = Take<std::string>(object, "true_origin");
        label.forged = Take<bool>(object, "forged");
        label.affected = Take<bool>(object, "affected");
    }
    return label;
}

} // namespace bouncelab
