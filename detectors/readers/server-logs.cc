#include "detectors/readers/server-logs.h"

#include "detectors/readers/tracked-sessions.h"

#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_RECORDS = 500000;

/// Keeps records of one kind, as long as there is room.
template <class Record>
auto
KeepIn(std::vector<Filed<Record>>& records, const std::string& file)
{
    return [&records, &file](const Record& record)
    {
        if (records.size() < MOST_RECORDS)
        {
            records.push_back({file, record});
        }
    };
}

} // namespace

std::uint64_t
ServerLogs::Finish()
{
    protocol.Adopt(service.Take());
    protocol.Finish();
    std::vector<LogSession> tracedBack;
    std::string_view file;
    for (const Filed<TrackedEvent>& event : tracked)
    {
        if (event.file != file)
        {
            file = event.file;
            transactions.BeginFile(file);
        }
        if (auto session = SessionOf(event.record, transactions.FileIndex()))
        {
            tracedBack.push_back(std::move(*session));
        }
    }
    transactions.Adopt(std::move(tracedBack));
    transactions.Finish();
    return protocol.Dropped();
}

ServerLogReaders::ServerLogReaders(ServerLogs& logs, const std::string& file)
    : m_protocol([&logs](const ProtocolRow& row) { logs.protocol.Add(row); })
    , m_service([&logs](const ServiceRow& row) { logs.service.Add(row); })
    , m_sendmail(KeepIn(logs.tracked, file))
    , m_tracking(KeepIn(logs.tracked, file))
    , m_filter(KeepIn(logs.filtered, file))
    , m_client(KeepIn(logs.clientErrors, file))
    , m_transcript(KeepIn(logs.trials, file))
    , m_mailbox(KeepIn(logs.stored, file))
    , m_dates(KeepIn(logs.reportDates, file))
{
    logs.protocol.BeginFile(file);
    logs.service.BeginFile(file, logs.protocol.FileIndex());
}

void
ServerLogReaders::Join(std::vector<TextLineReader*>& readers)
{
    readers.insert(readers.end(),
                   {&m_protocol,
                    &m_service,
                    &m_sendmail,
                    &m_tracking,
                    &m_filter,
                    &m_client,
                    &m_transcript,
                    &m_mailbox,
                    &m_dates});
}

} // namespace bouncelab::detectors
