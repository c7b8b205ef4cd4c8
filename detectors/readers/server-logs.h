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

#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// A record and the file that holds it, relative to the evidence folder.
template <class Record>
struct Filed
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
    std::vector<Filed<TrackedEvent>> tracked;
    std::vector<Filed<FilterDecision>> filtered;
    std::vector<Filed<ClientError>> clientErrors;
    std::vector<Filed<RelayTrial>> trials;
    std::vector<Filed<StoredMail>> stored;
    std::vector<Filed<ReportDates>> reportDates;

    /// No more files: completes the sessions. \return how many rows were left out as too many.
    std::uint64_t Finish();
};

/// The readers of one file that fill ServerLogs.
class ServerLogReaders
{
  public:
    /// \param logs not owned. \param file name of the file, relative to the evidence folder.
    ServerLogReaders(ServerLogs& logs, const std::string& file);

    void Join(std::vector<TextLineReader*>& readers);

  private:
    ProtocolLogReader m_protocol;
    SmtpServiceReader m_service;
    SendmailLogReader m_sendmail;
    MessageTrackingReader m_tracking;
    FilterLogReader m_filter;
    ClientErrorReader m_client;
    RelayTranscriptReader m_transcript;
    MailboxReader m_mailbox;
    ReportDatesReader m_dates;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SERVER_LOGS_H
