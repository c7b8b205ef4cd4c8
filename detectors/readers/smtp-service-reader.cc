#include "detectors/readers/smtp-service-reader.h"

#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/service-row-healer.h"
#include "formats/smtp-service-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_SERVICE_COLUMNS = 64;

enum Column
{
    DATE_COLUMN,
    TIME_COLUMN,
    CLIENT_ADDRESS,
    USER,
    SERVER_ADDRESS,
    PORT,
    METHOD,
    QUERY,
    STATUS,
    WIN32,
    RECEIVED,
    TAKEN,
    PROTOCOL_VERSION,
    SITE_NAME,
};

constexpr std::array<std::string_view, 14> NAMES{"date",
                                                 "time",
                                                 "c-ip",
                                                 "cs-username",
                                                 "s-ip",
                                                 "s-port",
                                                 "cs-method",
                                                 "cs-uri-query",
                                                 "sc-status",
                                                 "sc-win32-status",
                                                 "cs-bytes",
                                                 "time-taken",
                                                 "cs-version",
                                                 "s-sitename"};

constexpr std::string_view ALL_COLUMNS =
    "date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem "
    "cs-uri-query sc-status sc-win32-status sc-bytes cs-bytes time-taken cs-version";

std::string_view
Known(std::string_view field)
{
    return field == fields::smtpsvc::NO_VALUE ? std::string_view() : field;
}

std::int64_t
NumberOf(std::string_view field)
{
    return scan::Number(field).value_or(0);
}

/// "+" stands for a space, and for itself within the brackets of an address.
std::string
WithSpaces(std::string_view field)
{
    std::string text;
    int depth = 0;
    for (const char c : Known(field))
    {
        depth += c == '<' ? 1 : c == '>' && depth > 0 ? -1 : 0;
        text += c == '+' && depth == 0 ? ' ' : c;
    }
    return text;
}

bool
IsSmtp(const std::array<std::string_view, NAMES.size()>& fields)
{
    static constexpr std::array<std::string_view, 7>
        VERBS{"HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "QUIT"};
    const std::string_view method = fields[METHOD];
    return fields[PROTOCOL_VERSION] == fields::smtpsvc::PROTOCOL ||
           fields[SITE_NAME].substr(0, 7) == "SMTPSVC" ||
           fields[USER] == fields::smtpsvc::OUTBOUND_COMMAND ||
           fields[USER] == fields::smtpsvc::OUTBOUND_RESPONSE ||
           std::find(VERBS.begin(), VERBS.end(), method) != VERBS.end();
}

} // namespace

bool
SmtpServiceReader::Line(std::uint32_t number, std::string_view text)
{
    if (!text.empty() && text.front() == '#')
    {
        if (StartsWith(text, "#Software:"))
        {
            m_isService = text.find("Internet Information Services") != text.npos;
        }
        else if (scan::Skip(text, fields::smtpsvc::FIELDS))
        {
            ReadColumns(text);
        }
        else if (scan::Skip(text, fields::smtpsvc::DATE))
        {
            m_date = scan::Word(text);
        }
        return !m_columns.empty() || m_isService;
    }
    if (auto healed = HealServiceRow(text))
    {
        std::vector<int> columns = std::move(m_columns);
        ReadColumns(ALL_COLUMNS);
        const bool isRow = ReadRow(number, healed->text, text);
        m_columns = std::move(columns);
        if (isRow)
        {
            m_healings.Add(number, healed->heals);
            return true;
        }
    }
    const bool isHeadless = m_columns.empty() && (text.find(" SMTPSVC") != text.npos ||
                                                  text.find("\tSMTPSVC") != text.npos);
    if (m_columns.empty() && !isHeadless)
    {
        return false;
    }
    if (isHeadless)
    {
        ReadColumns(ALL_COLUMNS);
    }
    return ReadRow(number, text, text);
}

bool
SmtpServiceReader::ReadRow(std::uint32_t number, std::string_view text, std::string_view original)
{
    std::array<std::string_view, NAMES.size()> fields;
    std::string_view rest = text;
    for (const int column : m_columns)
    {
        const std::string_view word = scan::Word(rest);
        if (column >= 0)
        {
            fields[static_cast<std::size_t>(column)] = word;
        }
    }
    const std::string date =
        fields[DATE_COLUMN].empty() ? m_date : std::string(fields[DATE_COLUMN]);
    const std::string stampText = date + "T" + std::string(fields[TIME_COLUMN]) + "Z";
    std::string_view stamp = stampText;
    const auto time = TakeUtcStamp(stamp);
    const auto remote = HostAddress::ParseAny(Known(fields[CLIENT_ADDRESS]));
    if (!time || !remote || !IsSmtp(fields))
    {
        return false;
    }
    ServiceRow row;
    row.line = number;
    row.time = *time;
    row.remote = *remote;
    row.kind = fields[USER] == fields::smtpsvc::OUTBOUND_COMMAND    ? ServiceRow::Kind::Command
               : fields[USER] == fields::smtpsvc::OUTBOUND_RESPONSE ? ServiceRow::Kind::Response
                                                                    : ServiceRow::Kind::Inbound;
    row.user = row.kind == ServiceRow::Kind::Inbound ? Known(fields[USER]) : std::string_view();
    row.local = HostAddress::ParseAny(Known(fields[SERVER_ADDRESS]));
    row.port =
        static_cast<std::uint16_t>(std::clamp<std::int64_t>(NumberOf(fields[PORT]), 0, 65535));
    row.verb = Known(fields[METHOD]);
    const std::string argument = WithSpaces(fields[QUERY]);
    row.argument = Trim(argument, LINE_BLANKS);
    row.status =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(NumberOf(fields[STATUS]), 0, 999));
    row.win32Status = NumberOf(fields[WIN32]);
    row.receivedBytes = static_cast<std::uint64_t>(NumberOf(fields[RECEIVED]));
    if (!fields[TAKEN].empty())
    {
        row.takenMs = NumberOf(fields[TAKEN]);
    }
    row.text = Trim(original, LINE_BLANKS);
    if (!row.verb.empty() || row.kind == ServiceRow::Kind::Response)
    {
        m_handler(row);
    }
    return true;
}

void
SmtpServiceReader::ReadColumns(std::string_view list)
{
    m_columns.clear();
    bool hasClient = false;
    for (std::string_view name = scan::Word(list);
         !name.empty() && m_columns.size() < MOST_SERVICE_COLUMNS;
         name = scan::Word(list))
    {
        const auto* const known = std::find(NAMES.begin(), NAMES.end(), name);
        m_columns.push_back(known == NAMES.end() ? -1 : static_cast<int>(known - NAMES.begin()));
        hasClient = hasClient || name == NAMES[CLIENT_ADDRESS];
    }
    if (!hasClient)
    {
        m_columns.clear();
    }
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::SmtpService::Readers(detectors::ServerLogs& logs,
                                          const std::string& /* file */,
                                          ReaderList& readers)
{
    readers.push_back(std::make_unique<detectors::SmtpServiceReader>(
        [&logs](const detectors::ServiceRow& row) { logs.service.Add(row); }));
}
