#include "models/mail/dsn-request.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::mail
{

namespace
{

bool
Lists(std::string_view notify, std::string_view keyword)
{
    while (!notify.empty())
    {
        const std::size_t comma = std::min(notify.find(','), notify.size());
        if (EqualIgnoringCase(notify.substr(0, comma), keyword))
        {
            return true;
        }
        notify.remove_prefix(std::min(comma + 1, notify.size()));
    }
    return false;
}

/// Nothing below 16 is meant by any other character.
unsigned
HexValue(char c)
{
    return c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
           : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A') + 10
                                  : 16U;
}

} // namespace

bool
WantsReport(std::string_view notify, ReportAction action)
{
    switch (action)
    {
    case ReportAction::Failed:
        return notify.empty() || Lists(notify, "FAILURE");
    case ReportAction::Delayed:
        return notify.empty() || Lists(notify, "DELAY");
    case ReportAction::Delivered:
    case ReportAction::Relayed:
        break;
    }
    return Lists(notify, "SUCCESS");
}

std::string
DecodeXtext(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        const unsigned high = text[i] == '+' && i + 2 < text.size() ? HexValue(text[i + 1]) : 16U;
        const unsigned low = high < 16 ? HexValue(text[i + 2]) : 16U;
        if (low < 16)
        {
            const auto octet = static_cast<char>(high * 16 + low);
            out += IsPrintable(octet) ? octet : '?';
            i += 2;
        }
        else
        {
            out += text[i];
        }
    }
    return out;
}

} // namespace bouncelab::mail
