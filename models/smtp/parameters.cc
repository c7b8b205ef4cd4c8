#include "models/smtp/parameters.h"

#include "formats/text.h"

#include <algorithm>
#include <charconv>

namespace bouncelab::smtp
{

namespace
{

bool
IsKeyword(std::string_view text)
{
    return !text.empty() && IsAlnum(text[0]) &&
           std::all_of(text.begin(), text.end(), [](char c) { return IsAlnum(c) || c == '-'; });
}

bool
IsValue(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(),
                                        text.end(),
                                        [](char c)
                                        {
                                            const auto octet = static_cast<unsigned char>(c);
                                            return octet > 32 && octet < 127 && c != '=';
                                        });
}

} // namespace

const Parameter*
FindParameter(const Parameters& parameters, std::string_view keyword)
{
    const auto it =
        std::find_if(parameters.begin(),
                     parameters.end(),
                     [&](const Parameter& p) { return EqualIgnoringCase(p.keyword, keyword); });
    return it == parameters.end() ? nullptr : &*it;
}

std::optional<Parameters>
ParseParameters(std::string_view text)
{
    Parameters parameters;
    for (text = Trim(text); !text.empty(); text = Trim(text))
    {
        const std::size_t stop = std::min(text.find_first_of(" \t"), text.size());
        const std::string_view word = text.substr(0, stop);
        text.remove_prefix(stop);
        const std::size_t equals = word.find('=');
        const std::string_view keyword = word.substr(0, equals);
        const bool hasValue = equals != std::string_view::npos;
        const std::string_view value = hasValue ? word.substr(equals + 1) : std::string_view();
        if (!IsKeyword(keyword) || (hasValue && !IsValue(value)))
        {
            return std::nullopt;
        }
        parameters.push_back({std::string(keyword), std::string(value), hasValue});
    }
    return parameters;
}

PathArgument
ParsePathArgument(std::string_view keyword, std::string_view argument, const PathRules& rules)
{
    PathArgument result;
    if (!StartsWithIgnoringCase(argument, keyword))
    {
        return result;
    }
    argument = Trim(argument.substr(keyword.size()));
    auto path = TakePath(argument, rules);
    if (!path)
    {
        result.status = PathArgument::Status::BadPath;
        return result;
    }
    result.path = std::move(*path);
    auto parameters = argument.empty() || argument[0] == ' ' || argument[0] == '\t'
                          ? ParseParameters(argument)
                          : std::nullopt;
    if (!parameters)
    {
        result.status = PathArgument::Status::BadParameter;
        return result;
    }
    result.parameters = std::move(*parameters);
    result.status = PathArgument::Status::Ok;
    return result;
}

std::optional<std::uint64_t>
ParseSize(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.size() > 20 || error != std::errc() || end != text.data() + text.size())
    {
        return std::nullopt;
    }
    return value;
}

} // namespace bouncelab::smtp
