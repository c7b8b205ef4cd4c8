#ifndef BOUNCELAB_DETECTORS_READERS_SERVER_LOGS_H
#define BOUNCELAB_DETECTORS_READERS_SERVER_LOGS_H

#include "detectors/readers/caps.h"
#include "detectors/readers/centrace-reader.h"
#include "detectors/readers/client-error-reader.h"
#include "detectors/readers/daemon-start-reader.h"
#include "detectors/readers/filter-log-reader.h"
#include "detectors/readers/firewall-log-reader.h"
#include "detectors/readers/inspection-readers.h"
#include "detectors/readers/kerberos-message.h"
#include "detectors/readers/mailbox-reader.h"
#include "detectors/readers/message-tracking-reader.h"
#include "detectors/readers/name-lookup-reader.h"
#include "detectors/readers/notice-readers.h"
#include "detectors/readers/own-test-readers.h"
#include "detectors/readers/port-test-reader.h"
#include "detectors/readers/printed-packet.h"
#include "detectors/readers/protocol-sessions.h"
#include "detectors/readers/query-log-reader.h"
#include "detectors/readers/relay-transcript-reader.h"
#include "detectors/readers/report-dates-reader.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/sender-checks-reader.h"
#include "detectors/readers/sendmail-log-reader.h"
#include "detectors/readers/service-lines.h"
#include "detectors/readers/service-sessions.h"
#include "detectors/readers/time-exceeded.h"
#include "detectors/readers/windows-event-reader.h"
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

/// Records of one kind, as many as there is room for.
template <class Record>
struct Records : std::vector<InFile<Record>>
{
    std::uint64_t dropped = 0;
};

/// What mail servers, filters, mail programs and relay testers wrote, of all files together.
struct ServerLogs
{
    ProtocolSessions protocol; //!< Of SMTP service logs as well.
    ServiceSessions service;   //!< While files are read.
    /// What tracking logs and maillogs tell of sessions; the same sessions may be in `protocol`.
    ProtocolSessions transactions;
    Records<TrackedEvent> tracked;
    Records<DaemonStart> daemonStarts;
    Records<FilterLogEntry> filtered;
    Records<ClientError> clientErrors;
    Records<RelayTrial> trials;
    Records<StoredMail> stored;
    Records<ReportDates> reportDates;
    Records<ReportedReply> replies;
    Records<AuthFailure> authFailures;
    Records<ListedAddress> listed;
    Records<PortRemark> portRemarks; //!< No evidence: those beyond the room are not missed.
    Records<NameQuestion> questions;
    Records<SeenDatagram> datagrams;
    Records<FirewallEvent> firewall;
    Records<WindowsEvent> events;
    Records<QueueStatus> queues;
    Records<ClockReading> clocks;
    Records<RegisteredName> serviceNames;
    Records<ReplicaLink> replicas;
    Records<KerberosDatagram> kerberos;
    Records<ServiceLine> serviceLines;
    Records<PortTest> portTests;
    Records<NameLookup> lookups;
    Records<SizedPing> pings;
    Records<TlsTest> tlsTests;
    Records<SenderChecks> senderChecks;
    Records<TracedMeasurement> measurements;
    Records<TimeExceeded> expired;

    /// No more files: completes the sessions. \return how many rows were left out as too many.
    std::uint64_t Finish();

    /// Records that were left out as too many.
    std::uint64_t Dropped() const
    {
        return tracked.dropped + daemonStarts.dropped + filtered.dropped + clientErrors.dropped +
               trials.dropped + stored.dropped + reportDates.dropped + replies.dropped +
               authFailures.dropped + listed.dropped + questions.dropped + datagrams.dropped +
               firewall.dropped + events.dropped + queues.dropped + clocks.dropped +
               serviceNames.dropped + replicas.dropped + kerberos.dropped + serviceLines.dropped +
               portTests.dropped + lookups.dropped + pings.dropped + tlsTests.dropped +
               senderChecks.dropped + measurements.dropped + expired.dropped;
    }
};

/// Keeps a file's records of one kind, as long as there is room. \param file has to outlive the
/// reader
template <class Record>
auto
KeepIn(Records<Record>& records, const std::string& file)
{
    return [&records, &file](const Record& record)
    {
        if (records.size() < GetCaps().records)
        {
            records.push_back({file, record});
        }
        else
        {
            ++records.dropped;
        }
    };
}

/// Readers of what the lab does not write: logs, bounces, errors and transcripts of other programs.
void AddForeignReaders(ServerLogs& logs, const std::string& file, dialects::ReaderList& readers);

/// The readers of one file that fill ServerLogs: those of all dialects, and the others.
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
