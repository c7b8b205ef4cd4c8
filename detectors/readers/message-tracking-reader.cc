#include "detectors/readers/message-tracking-reader.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/server-logs.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_COLUMNS = 200;
constexpr std::size_t MOST_ITEMS = 10000;

constexpr std::array<std::string_view, 15> KNOWN{"client-ip",
                                                 "client-hostname",
                                                 "source-context",
                                                 "source",
                                                 "event-id",
                                                 "internal-message-id",
                                                 "message-id",
                                                 "recipient-address",
                                                 "recipient-status",
                                                 "sender-address",
                                                 "return-path",
                                                 "reference",
                                                 "server-ip",
                                                 "total-bytes",
                                                 "directionality"};

std::vector<std::string>
Items(std::string_view list)
{
    std::vector<std::string> items;
    while (!list.empty() && items.size() < MOST_ITEMS)
    {
        const std::size_t end = list.find(';');
        items.emplace_back(list.substr(0, end));
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    return items;
}

void
Fill(TrackedEvent& event, std::string_view name, std::string&& value)
{
    if (name == "client-ip")
    {
        event.client = HostAddress::Parse(value);
    }
    else if (name == "client-hostname")
    {
        event.clientName = std::move(value);
    }
    else if (name == "source-context")
    {
        event.context = std::move(value);
    }
    else if (name == "source")
    {
        event.source = std::move(value);
    }
    else if (name == "event-id")
    {
        // Exchange 2013 and later have a word of their own for what leaves the organization.
        event.event = value == "SENDEXTERNAL" ? "SEND" : std::move(value);
    }
    else if (name == "internal-message-id")
    {
        event.internalId = std::move(value);
    }
    else if (name == "message-id")
    {
        event.messageId = std::move(value);
    }
    else if (name == "recipient-address")
    {
        event.recipients = Items(value);
    }
    else if (name == "recipient-status")
    {
        event.statuses = Items(value);
    }
    else if (name == "sender-address")
    {
        event.sender = std::move(value);
    }
    else if (name == "return-path")
    {
        event.returnPath = std::move(value);
    }
    else if (name == "reference")
    {
        event.reference = std::move(value);
    }
    else if (name == "server-ip")
    {
        event.server = HostAddress::Parse(value);
    }
    else if (name == "total-bytes")
    {
        std::string_view digits = value;
        event.octets = static_cast<std::uint64_t>(scan::Number(digits).value_or(0));
    }
    else if (name == "directionality" && value == "Originating")
    {
        event.user = std::move(value);
    }
}

} // namespace

bool
MessageTrackingReader::Line(std::uint32_t number, std::string_view text)
{
    if (!text.empty() && text.front() == '#')
    {
        using fields::exchange::FIELDS;
        if (scan::Skip(text, FIELDS))
        {
            ReadColumns(Trim(text, LINE_BLANKS));
        }
        return !m_columns.empty();
    }
    if (m_columns.empty())
    {
        return false;
    }
    std::string_view stamp = text;
    const auto time = TakeUtcStamp(stamp);
    if (!time)
    {
        return false;
    }
    TrackedEvent event;
    event.line = number;
    event.time = *time;
    event.text = Trim(text, LINE_BLANKS);
    bool ended = false;
    for (std::size_t i = 0; i < m_columns.size() && !ended; ++i)
    {
        std::string value = csv::TakeField(text, ended);
        if (m_columns[i] >= 0)
        {
            Fill(event, KNOWN[static_cast<std::size_t>(m_columns[i])], std::move(value));
        }
    }
    if (event.recipients.size() == 1 && event.statuses.size() > 1)
    {
        // A semicolon within the only one's status.
        for (std::size_t i = 1; i < event.statuses.size(); ++i)
        {
            event.statuses[0] += ";" + event.statuses[i];
        }
        event.statuses.resize(1);
    }
    if (!event.event.empty())
    {
        m_handler(event);
    }
    return true;
}

void
MessageTrackingReader::ReadColumns(std::string_view list)
{
    m_columns.clear();
    bool tracks = false;
    bool ended = list.empty();
    while (!ended && m_columns.size() < MOST_COLUMNS)
    {
        const std::string name = csv::TakeField(list, ended);
        const auto* const known = std::find(KNOWN.begin(), KNOWN.end(), name);
        m_columns.push_back(known == KNOWN.end() ? -1 : static_cast<int>(known - KNOWN.begin()));
        tracks = tracks || name == "internal-message-id";
    }
    if (!tracks)
    {
        m_columns.clear();
    }
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::ExchangeTracking::Readers(detectors::ServerLogs& logs,
                                               const std::string& file,
                                               ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::MessageTrackingReader>(detectors::KeepIn(logs.tracked, file)));
}
