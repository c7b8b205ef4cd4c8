#include "models/smtp/extensions.h"

#include "models/smtp/ascii.h"

#include <algorithm>
#include <array>

namespace bouncelab::smtp
{

namespace
{

bool
IsSizeValue(const Parameter& parameter)
{
    return ParseSize(parameter.value).has_value();
}

bool
IsBodyValue(const Parameter& parameter)
{
    return EqualIgnoringCase(parameter.value, "7BIT") ||
           EqualIgnoringCase(parameter.value, "8BITMIME");
}

/// One parameter that an extension adds to MAIL or RCPT. A new extension is a row or more here.
struct ExtensionRow
{
    std::string_view keyword;
    Verb verb;
    std::string_view parameter;
    std::size_t extraLength; //!< By which the extension lengthens the command line.
    bool (*accepts)(const Parameter&);
};

constexpr std::array EXTENSIONS{
    ExtensionRow{"SIZE", Verb::Mail, "SIZE", 26, &IsSizeValue},     // RFC 1870
    ExtensionRow{"8BITMIME", Verb::Mail, "BODY", 17, &IsBodyValue}, // RFC 6152
};

} // namespace

bool
Offers(const std::vector<std::string>& keywords,
       std::string_view keyword,
       std::string_view* argument)
{
    for (const std::string_view line : keywords)
    {
        const std::size_t space = line.find(' ');
        if (EqualIgnoringCase(line.substr(0, space), keyword))
        {
            if (argument)
            {
                *argument =
                    space == std::string_view::npos ? std::string_view() : Trim(line.substr(space));
            }
            return true;
        }
    }
    return false;
}

std::size_t
ExtraLineLength(const std::vector<std::string>& keywords, Verb verb)
{
    std::size_t extra = 0;
    for (const ExtensionRow& row : EXTENSIONS)
    {
        if (row.verb == verb && Offers(keywords, row.keyword))
        {
            extra += row.extraLength;
        }
    }
    return extra;
}

std::size_t
ExtraLineLength(const std::vector<std::string>& keywords)
{
    std::size_t most = 0;
    for (const ExtensionRow& row : EXTENSIONS)
    {
        most = std::max(most, ExtraLineLength(keywords, row.verb));
    }
    return most;
}

ParameterCheck
CheckParameters(const std::vector<std::string>& keywords, Verb verb, const Parameters& parameters)
{
    for (const Parameter& parameter : parameters)
    {
        const auto row = std::find_if(EXTENSIONS.begin(),
                                      EXTENSIONS.end(),
                                      [&](const auto& r) {
                                          return r.verb == verb &&
                                                 EqualIgnoringCase(r.parameter, parameter.keyword);
                                      });
        if (row == EXTENSIONS.end() || !Offers(keywords, row->keyword))
        {
            return ParameterCheck::Unknown;
        }
        if (!row->accepts(parameter))
        {
            return ParameterCheck::BadValue;
        }
    }
    return ParameterCheck::Ok;
}

} // namespace bouncelab::smtp
