#ifndef BOUNCELAB_DETECTORS_ANALYSIS_MAIL_TRACER_H
#define BOUNCELAB_DETECTORS_ANALYSIS_MAIL_TRACER_H

#include "detectors/analysis/mail-transaction.h"
#include "detectors/readers/server-logs.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// What evidence shows of a message's way behind a server.
struct MailOutcome
{
    enum class Kind
    {
        NotSent,   //!< The recipient was accepted and no content followed.
        Refused,   //!< The content was refused.
        Left,      //!< To a server outside.
        Returned,  //!< A report on it went out, or the server's log has it fail.
        Kept,      //!< Delivered here.
        Inside,    //!< Passed on to a server of the same site, or of the same domain.
        Forwarded, //!< The server has an alias for the recipient.
        Unknown,
    };

    Kind kind = Kind::Unknown;
    const MailTransaction* next = nullptr;       //!< Left, Returned, Inside: the session, if seen.
    const InFile<TrackedEvent>* event = nullptr; //!< The tracking log's line that tells.
    const InFile<StoredMail>* stored = nullptr;  //!< The message in a mailbox.
};

/// Follows messages from where they came in to where a server sent them.
class MailTracer
{
  public:
    /// \param transactions in order of time; both have to outlive this.
    MailTracer(const std::vector<MailTransaction>& transactions, const ServerLogs& logs);

    /// What became of the mail for one accepted recipient.
    MailOutcome OutcomeOf(const MailTransaction& came, const Turn& recipient) const;

    /// Sessions that the server of this transaction began with null senders and this recipient,
    /// after the transaction, that may report on it.
    std::vector<const MailTransaction*> ReportsOn(const MailTransaction& came) const;

    const std::vector<const MailTransaction*>& SentBy(HostAddress server) const;

  private:
    MailOutcome StoredOutcome(const MailTransaction& came, const std::string& target) const;
    MailOutcome TrackedOutcome(const MailTransaction& came, const std::string& target) const;

    std::map<HostAddress, std::vector<const MailTransaction*>> m_sent; //!< By the client's address.
    std::multimap<std::string, const InFile<TrackedEvent>*> m_tracked; //!< By Message-ID.
    std::multimap<std::string, const InFile<TrackedEvent>*> m_reports; //!< By that reported on.
    std::multimap<std::string, const InFile<StoredMail>*> m_stored;    //!< By Message-ID.
    std::set<std::string> m_aliases; //!< Recipients that a server rewrote.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_MAIL_TRACER_H
