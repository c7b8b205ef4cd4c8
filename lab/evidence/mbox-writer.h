#ifndef BOUNCELAB_LAB_EVIDENCE_MBOX_WRITER_H
#define BOUNCELAB_LAB_EVIDENCE_MBOX_WRITER_H

#include "formats/clock.h"
#include "lab/evidence/output-file.h"

#include <cstdint>
#include <string_view>

namespace bouncelab::evidence
{

/// Where a mailbox's messages go: one after another in mbox format, as qmail-local writes it
/// (mboxrd: "From sender date", "Return-Path:", "Delivered-To:", '>' before lines like /^>*From /).
class MboxWriter
{
  public:
    /// \param file where the mailbox goes; not owned.
    MboxWriter(OutputFile& file, const HostClock& clock)
        : m_file(file)
        , m_clock(clock)
    {
    }

    /**
     * \param timeNs simulated time of the delivery; the From line has it in UTC by the host's
     * clock. \param sender envelope sender, empty for bounces ("MAILER-DAEMON" in the From line).
     * \param recipient mailbox that it is delivered to.
     * \param content lines end in LF.
     */
    void Write(std::int64_t timeNs,
               std::string_view sender,
               std::string_view recipient,
               std::string_view content);

  private:
    OutputFile& m_file;
    HostClock m_clock;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_MBOX_WRITER_H
