#include "lab/evidence/message-tracking-log.h"

#include "formats/clock.h"
#include "lab/evidence/csv.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/print.h"

#include <cstdio>
#include <cstdlib>

namespace bouncelab::evidence
{

namespace
{

void
Join(std::string& out, const std::vector<std::string_view>& items)
{
    for (std::size_t i = 0; i < items.size(); ++i)
    {
        out += i > 0 ? ";" : "";
        out += items[i];
    }
}

/// Writes one row field by field.
class Row
{
  public:
    explicit Row(std::string& line)
        : m_line(line)
    {
    }

    Row& Add(std::string_view field)
    {
        m_line += ',';
        AppendCsv(m_line, field);
        return *this;
    }

    Row& Add(const std::optional<Ipv4>& address)
    {
        m_line += ',';
        if (address)
        {
            m_line += address->ToString();
        }
        return *this;
    }

    Row& Add(std::uint64_t number)
    {
        Print(m_line, ",{}", number);
        return *this;
    }

  private:
    std::string& m_line;
};

} // namespace

MessageTrackingLog::MessageTrackingLog(VantageFolder& vantage,
                                       const HostClock& clock,
                                       const RollingLogOptions& options)
    : m_files(vantage,
              fields::tracking::PREFIX,
              fields::tracking::LOG_TYPE,
              fields::tracking::FIELD_LIST,
              options)
    , m_clock(clock)
{
}

void
MessageTrackingLog::Write(const MessageTrackingRecord& record)
{
    if (record.internalMessageId == 0)
    {
        std::fputs("message tracking record without a message\n", stderr);
        std::abort();
    }
    const std::int64_t reading = m_clock.Read(record.timeNs);
    m_line.clear();
    m_line += UtcStamp(reading);
    Row row(m_line);
    row.Add(record.clientIp)
        .Add(record.clientHostname)
        .Add(record.serverIp)
        .Add(record.serverHostname)
        .Add(record.sourceContext)
        .Add(record.connectorId)
        .Add(NameOf(record.source))
        .Add(NameOf(record.event))
        .Add(record.internalMessageId)
        .Add(record.messageId);
    m_field.clear();
    Join(m_field, record.recipients);
    row.Add(m_field);
    m_field.clear();
    Join(m_field, record.recipientStatus);
    row.Add(m_field)
        .Add(record.totalBytes)
        .Add(std::uint64_t{record.recipients.size()})
        .Add(record.relatedRecipient)
        .Add(record.reference)
        .Add(record.subject)
        .Add(record.sender)
        .Add(record.returnPath)
        .Add(record.messageInfo)
        .Add(record.directionality)
        .Add(std::string_view()) // tenant-id: hosted organizations only
        .Add(record.originalClientIp)
        .Add(record.originalServerIp)
        .Add(record.customData);
    m_line += "\r\n";
    m_files.Write(reading, m_line);
}

std::string
MessageTrackingLog::StampOf(std::int64_t timeNs) const
{
    std::string stamp;
    stamp += UtcStamp(m_clock.Read(timeNs));
    return stamp;
}

} // namespace bouncelab::evidence
