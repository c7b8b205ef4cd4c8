#include "detectors/readers/protocol-log-reader.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/server-logs.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <limits>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t SESSION_DIGITS = 16;

std::optional<std::uint64_t>
ParseSession(std::string_view text)
{
    if (text.size() != SESSION_DIGITS)
    {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (const char c : text)
    {
        const int digit = HexDigit(c);
        if (digit < 0)
        {
            return std::nullopt;
        }
        value = value << 4 | static_cast<std::uint64_t>(digit);
    }
    return value;
}

/// Data and context of a row whose data may hold bare commas: context never does.
void
TakeDataAndContext(std::string_view rest, ProtocolRow& row)
{
    if (!rest.empty() && rest.front() == '"')
    {
        row.data = csv::TakeField(rest, row.cut);
    }
    else
    {
        // A context in quotes is the only one that may hold commas.
        std::size_t comma =
            !rest.empty() && rest.back() == '"' ? rest.find(",\"") : std::string_view::npos;
        comma = comma == std::string_view::npos ? rest.rfind(',') : comma;
        row.cut = comma == std::string_view::npos;
        row.data = rest.substr(0, comma);
        rest.remove_prefix(row.cut ? rest.size() : comma + 1);
    }
    bool ended = false;
    row.context = csv::TakeField(rest, ended);
}

} // namespace

LoggedEndpoint
ParseLoggedEndpoint(std::string_view text)
{
    LoggedEndpoint end;
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
    {
        return end;
    }
    const auto address = HostAddress::ParseAny(text.substr(0, colon));
    std::string_view digits = text.substr(colon + 1);
    const auto port = scan::Number(digits);
    if (address && port && digits.empty() && *port <= 65535)
    {
        end.address = *address;
        end.port = static_cast<std::uint16_t>(*port);
    }
    return end;
}

std::optional<ProtocolRow>
ParseProtocolRow(std::string_view text)
{
    scan::Skip(text, "\xEF\xBB\xBF");
    text = Trim(text, LINE_BLANKS);
    ProtocolRow row;
    const auto time = TakeUtcStamp(text);
    if (!time || !scan::Skip(text, ","))
    {
        return std::nullopt;
    }
    row.time = *time;
    bool ended = false;
    row.connector = csv::TakeField(text, ended);
    const auto session = ParseSession(ended ? std::string() : csv::TakeField(text, ended));
    const std::string number = ended ? std::string() : csv::TakeField(text, ended);
    std::string_view digits = number;
    const auto sequence = scan::Number(digits);
    if (!session || !sequence || !digits.empty() ||
        *sequence > std::numeric_limits<std::uint32_t>::max())
    {
        return std::nullopt;
    }
    row.session = *session;
    row.sequence = static_cast<std::uint32_t>(*sequence);
    if (!ended)
    {
        row.local = ParseLoggedEndpoint(csv::TakeField(text, ended));
    }
    if (!ended)
    {
        row.remote = ParseLoggedEndpoint(csv::TakeField(text, ended));
    }
    if (ended)
    {
        row.cut = true;
        return row;
    }
    const std::string event = csv::TakeField(text, ended);
    row.event = event.size() == 1 && std::string_view("+-><*").find(event[0]) != event.npos
                    ? event[0]
                    : '\0';
    row.cut = ended;
    if (!ended)
    {
        TakeDataAndContext(text, row);
    }
    return row;
}

std::optional<LoggedDelay>
ParseTarpit(std::string_view data)
{
    if (!scan::Skip(data, fields::protocol::TARPIT_FOR))
    {
        return std::nullopt;
    }
    // A day count and a point may stand before hh:mm:ss.
    std::int64_t days = 0;
    auto hours = scan::Number(data);
    if (hours && scan::Skip(data, "."))
    {
        days = *hours;
        hours = scan::Number(data);
    }
    const bool first = scan::Skip(data, ":");
    const auto minutes = scan::Number(data);
    const bool second = scan::Skip(data, ":");
    const auto seconds = scan::Number(data);
    constexpr std::int64_t LONGEST = 10000;
    if (!hours || !first || !minutes || !second || !seconds || days > LONGEST || *hours > LONGEST ||
        *minutes > LONGEST || *seconds > LONGEST)
    {
        return std::nullopt;
    }
    LoggedDelay delay;
    delay.delayNs = (((days * 24 + *hours) * 60 + *minutes) * 60 + *seconds) * 1000000000;
    if (scan::Skip(data, "."))
    {
        delay.delayNs += scan::Decimals(data, 9);
    }
    // "due to" is missing in some copies, and so may be the last quote.
    for (const std::string_view between :
         {fields::protocol::DUE_TO, std::string_view("' "), std::string_view("'")})
    {
        if (scan::Skip(data, between))
        {
            break;
        }
    }
    if (!data.empty() && data.back() == '\'')
    {
        data.remove_suffix(1);
    }
    delay.reason = data;
    return delay;
}

bool
ProtocolLogReader::Line(std::uint32_t number, std::string_view text)
{
    if (!text.empty() && text.front() == '#')
    {
        using fields::exchange::LOG_TYPE;
        if (StartsWithIgnoringCase(text, LOG_TYPE))
        {
            const std::string_view type = Trim(text.substr(LOG_TYPE.size()), LINE_BLANKS);
            m_type = type == fields::protocol::RECEIVE_TYPE ? ProtocolLogType::Receive
                     : type == fields::protocol::SEND_TYPE  ? ProtocolLogType::Send
                                                            : ProtocolLogType::Unknown;
        }
        m_inHeader = StartsWithIgnoringCase(text, "#Software: Microsoft Exchange") ||
                     StartsWithIgnoringCase(text, LOG_TYPE) ||
                     (m_inHeader && !StartsWithIgnoringCase(text, "#Software:"));
        return m_inHeader;
    }
    if (auto row = ParseProtocolRow(text))
    {
        row->line = number;
        row->type = m_type;
        m_handler(*row);
        return true;
    }
    return false;
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::ExchangeProtocol::Readers(detectors::ServerLogs& logs,
                                               const std::string& /* file */,
                                               ReaderList& readers)
{
    readers.push_back(std::make_unique<detectors::ProtocolLogReader>(
        [&logs](const detectors::ProtocolRow& row) { logs.protocol.Add(row); }));
}
