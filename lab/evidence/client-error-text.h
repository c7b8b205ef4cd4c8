#ifndef BOUNCELAB_LAB_EVIDENCE_CLIENT_ERROR_TEXT_H
#define BOUNCELAB_LAB_EVIDENCE_CLIENT_ERROR_TEXT_H

#include "formats/clock.h"
#include "lab/evidence/output-file.h"

#include <cstdint>
#include <string_view>

namespace bouncelab::evidence
{

/// Something that a mail program could not send. Views have to live during the call only.
struct ClientErrorRecord
{
    std::int64_t timeNs = 0;  //!< Simulated; of the refusal.
    std::string_view account; //!< "jia@abc.com"
    std::string_view subject;
    std::int64_t sentNs = 0; //!< When the user pressed "Send".
    /// Whom the server refused; empty when it refused more than a recipient (MAIL, DATA, the
    /// connection), which Outlook reports for the account's task instead of for the message.
    std::string_view recipient;
    std::string_view reply;               //!< The server's reply with its code; lines joined by LF.
    std::uint32_t errorCode = 0x800CCC78; //!< Of a task's error; Outlook's, by what failed.
};

/**
 * What Outlook shows its user, one error after another, each ended by an empty line: a report per
 * message whose recipients were refused ("Server error: '550 ...'"), or the error of the account's
 * task ("The server responded: ..."). Dates are the client's local time.
 */
class ClientErrorText
{
  public:
    /// \param file where the text goes; not owned. \param clock of the client, with its zone.
    ClientErrorText(OutputFile& file, const HostClock& clock)
        : m_file(file)
        , m_clock(clock)
    {
    }

    void Write(const ClientErrorRecord& record);

  private:
    OutputFile& m_file;
    HostClock m_clock;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_CLIENT_ERROR_TEXT_H
