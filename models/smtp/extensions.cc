#include "models/smtp/extensions.h"

#include "formats/text.h"

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

bool
IsBinaryBody(const Parameter& parameter)
{
    return IsBodyValue(parameter) || EqualIgnoringCase(parameter.value, "BINARYMIME");
}

bool
IsHexDigit(char c)
{
    return IsDigit(c) || (c >= 'A' && c <= 'F');
}

/// RFC 3461 4: printable octets, with "+" and two digits for what may not stand there.
bool
IsXtext(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] == '+' &&
            (i + 2 >= text.size() || !IsHexDigit(text[i + 1]) || !IsHexDigit(text[i + 2])))
        {
            return false;
        }
    }
    return !text.empty();
}

bool
IsReturnValue(const Parameter& parameter)
{
    return EqualIgnoringCase(parameter.value, "FULL") || EqualIgnoringCase(parameter.value, "HDRS");
}

bool
IsEnvelopeId(const Parameter& parameter)
{
    return parameter.value.size() <= 100 && IsXtext(parameter.value);
}

bool
IsNotifyValue(const Parameter& parameter)
{
    std::string_view rest = parameter.value;
    if (EqualIgnoringCase(rest, "NEVER"))
    {
        return true;
    }
    for (;;)
    {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const std::string_view word = rest.substr(0, comma);
        if (!EqualIgnoringCase(word, "SUCCESS") && !EqualIgnoringCase(word, "FAILURE") &&
            !EqualIgnoringCase(word, "DELAY"))
        {
            return false;
        }
        if (comma == rest.size())
        {
            return true;
        }
        rest.remove_prefix(comma + 1);
    }
}

bool
IsOriginalRecipient(const Parameter& parameter)
{
    const std::string_view value = parameter.value;
    const std::size_t semicolon = value.find(';');
    return semicolon != std::string_view::npos && semicolon > 0 && value.size() <= 500 &&
           IsXtext(value.substr(semicolon + 1));
}

bool
IsAuthValue(const Parameter& parameter)
{
    return parameter.value == "<>" || IsXtext(parameter.value);
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

/// An initial response may fill 12288 octets.
constexpr std::size_t MAX_AUTH_LINE = 12288 - 512;

constexpr std::array EXTENSIONS{
    ExtensionRow{"SIZE", Verb::Mail, "SIZE", 26, &IsSizeValue},       // RFC 1870
    ExtensionRow{"8BITMIME", Verb::Mail, "BODY", 17, &IsBodyValue},   // RFC 6152
    ExtensionRow{"BINARYMIME", Verb::Mail, "BODY", 0, &IsBinaryBody}, // RFC 3030
    ExtensionRow{"AUTH", Verb::Mail, "AUTH", 500, &IsAuthValue},      // RFC 4954 5
    ExtensionRow{"AUTH", Verb::Auth, "", MAX_AUTH_LINE, nullptr},     // RFC 4954 4
    ExtensionRow{"X-EXPS", Verb::XExps, "", MAX_AUTH_LINE, nullptr},
    ExtensionRow{"DSN", Verb::Mail, "RET", 9, &IsReturnValue}, // RFC 3461
    ExtensionRow{"DSN", Verb::Mail, "ENVID", 107, &IsEnvelopeId},
    ExtensionRow{"DSN", Verb::Rcpt, "NOTIFY", 0, &IsNotifyValue},
    ExtensionRow{"DSN", Verb::Rcpt, "ORCPT", 500, &IsOriginalRecipient},
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
        // Two extensions may know one parameter: each has its own values.
        ParameterCheck check = ParameterCheck::Unknown;
        for (const ExtensionRow& row : EXTENSIONS)
        {
            if (row.verb == verb && EqualIgnoringCase(row.parameter, parameter.keyword) &&
                check != ParameterCheck::Ok && Offers(keywords, row.keyword))
            {
                check = row.accepts(parameter) ? ParameterCheck::Ok : ParameterCheck::BadValue;
            }
        }
        if (check != ParameterCheck::Ok)
        {
            return check;
        }
    }
    return ParameterCheck::Ok;
}

} // namespace bouncelab::smtp
