#ifndef BOUNCELAB_LAB_EVIDENCE_QMAIL_LOG_H
#define BOUNCELAB_LAB_EVIDENCE_QMAIL_LOG_H

#include "formats/clock.h"
#include "formats/random.h"
#include "lab/evidence/output-file.h"
#include "models/mail/queue-event.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// Appends qmail-send's line for an event, without its line feed (qmail-send.c; logsafe() of
/// qsutil.c writes a line feed as '/', and spaces, '%' and unprintable bytes as '_').
void AppendQmailLine(std::string& out, const mail::QueueEvent& event);

/**
 * The log of a qmail host that logs through splogger and syslog (S003-04):
 * `Sep 26 14:46:23 livedoor qmail: 1159253183.972578 delivery 118310: failure: ...`
 *
 * splogger reads one line after another and stamps it with the host's clock, so lines that are
 * written at one moment get stamps some tens of microseconds apart, as drawn. Lines longer than 799
 * bytes are folded as splogger does: the rest follows with the same stamp and a '+'.
 */
class QmailLog
{
  public:
    /**
     * \param file where the log goes; not owned.
     * \param hostname syslog's name of the host: its first label.
     * \param seed,name of the stream of draws ("mail-host/qmail-log").
     */
    QmailLog(OutputFile& file,
             const HostClock& clock,
             std::string_view hostname,
             std::uint64_t seed,
             std::string_view name);

    void Write(const mail::QueueEvent& event);

  private:
    void PutLine(std::string_view text, std::int64_t readingNs, bool folded);

    OutputFile& m_file;
    HostClock m_clock;
    std::string m_host;
    RandomStream m_random;
    std::int64_t m_busyUntilNs;
    std::string m_text;
    std::string m_line;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_QMAIL_LOG_H
