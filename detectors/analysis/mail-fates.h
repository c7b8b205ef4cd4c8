#ifndef BOUNCELAB_DETECTORS_ANALYSIS_MAIL_FATES_H
#define BOUNCELAB_DETECTORS_ANALYSIS_MAIL_FATES_H

#include "detectors/analysis/mail-passage.h"
#include "detectors/readers/server-logs.h"

#include <map>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// What evidence shows of a message's way behind a server.
struct MailFate
{
    enum class Kind
    {
        NotSent,  //!< The recipient was accepted and no content followed.
        Refused,  //!< The content was refused.
        Left,     //!< To a server outside.
        Returned, //!< A report on it went out, or the server's log has it fail.
        Kept,     //!< Delivered here.
        Inside,   //!< Passed on to a server of the same site, or of the same domain.
        Unknown,
    };

    Kind kind = Kind::Unknown;
    const Passage* next = nullptr;              //!< Left, Returned, Inside: the session, if seen.
    const Filed<TrackedEvent>* event = nullptr; //!< The tracking log's line that tells.
    const Filed<StoredMail>* stored = nullptr;  //!< The message in a mailbox.
};

/// Follows messages from where they came in to where a server sent them.
class MailFates
{
  public:
    /// \param passages in order of time; both have to outlive this.
    MailFates(const std::vector<Passage>& passages, const ServerLogs& logs);

    /// What became of the mail for one accepted recipient.
    MailFate FateOf(const Passage& came, const Turn& recipient) const;

    /// Sessions that the server of this passage began with null senders and this recipient, after
    /// the passage, that may report on it.
    std::vector<const Passage*> ReportsOn(const Passage& came) const;

    const std::vector<const Passage*>& SentBy(Ipv4 server) const;

  private:
    MailFate StoredFate(const Passage& came, const std::string& target) const;
    MailFate TrackedFate(const Passage& came, const std::string& target) const;

    std::map<Ipv4, std::vector<const Passage*>> m_sent;               //!< By the client's address.
    std::multimap<std::string, const Filed<TrackedEvent>*> m_tracked; //!< By Message-ID.
    std::multimap<std::string, const Filed<TrackedEvent>*> m_reports; //!< By that reported on.
    std::multimap<std::string, const Filed<StoredMail>*> m_stored;    //!< By Message-ID.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_MAIL_FATES_H
