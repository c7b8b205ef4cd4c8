#ifndef BOUNCELAB_DETECTORS_READERS_SERVER_LOGS_H
#define BOUNCELAB_DETECTORS_READERS_SERVER_LOGS_H

#include "detectors/readers/client-error-reader.h"
#include "detectors/readers/filter-log-reader.h"
#include "detectors/readers/mailbox-reader.h"
#include "detectors/readers/message-tracking-reader.h"
#include "detectors/readers/protocol-sessions.h"
#include "detectors/readers/relay-transcript-reader.h"
#include "detectors/readers/report-dates-reader.h"
#include "detectors/readers/sendmail-log-reader.h"
#include "detectors/readers/service-sessions.h"
#include "formats/dialects.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// A record and the file that holds it, relative to the evidence folder.
template <class Record>
struct InFile
{
    std::string file;
    Record record;
};

/// What mail servers, filters, mail programs and relay testers wrote, of all files together.
struct ServerLogs
{
    ProtocolSessions protocol; //!< Of SMTP service logs as well.
    ServiceSessions service;   //!< While files are read.
    /// What tracking logs and maillogs tell of sessions; the same sessions may be in `protocol`.
    ProtocolSessions transactions;
    std::vector<InFile<TrackedEvent>> tracked;
    std::vector<InFile<FilterLogEntry>> filtered;
    std::vector<InFile<ClientError>> clientErrors;
    std::vector<InFile<RelayTrial>> trials;
    std::vector<InFile<StoredMail>> stored;
    std::vector<InFile<ReportDates>> reportDates;

    /// No more files: completes the sessions. \return how many rows were left out as too many.
    std::uint64_t Finish();
};

constexpr std::size_t MOST_RECORDS = 500000;

/// Keeps a file's records of one kind, as long as there is room. \param file has to outlive the
/// reader
template <class Record>
auto
KeepIn(std::vector<InFile<Record>>& records, const std::string& file)
{
    return [&records, &file](const Record& record)
    {
        if (records.size() < MOST_RECORDS)
        {
            records.push_back({file, record});
        }
    };
}

/// The readers of one file that fill ServerLogs: those of all dialects.
class ServerLogReaders
{
  public:
    /// \param logs,file not owned. \param file name of the file, relative to the evidence folder.
    ServerLogReaders(ServerLogs& logs, const std::string& file);

    void Join(std::vector<TextLineReader*>& readers) const;

  private:
    dialects::ReaderList m_readers;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SERVER_LOGS_H
