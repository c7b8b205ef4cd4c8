#ifndef BOUNCELAB_DETECTORS_ANALYSIS_MAIL_TRANSACTION_H
#define BOUNCELAB_DETECTORS_ANALYSIS_MAIL_TRANSACTION_H

#include "detectors/analysis/recipient-form.h"
#include "detectors/analysis/smtp-session.h"
#include "formats/clock.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// By how much two records of one site may disagree.
constexpr std::chrono::seconds SITE_CLOCKS(1);

/// One mail transaction of a session: MAIL, its recipients and, if it came so far, the content.
struct MailTransaction
{
    const SmtpSession* session = nullptr;
    const Turn* mail = nullptr;
    std::vector<const Turn*> asked; //!< RCPT turns.
    const Turn* end = nullptr;      //!< The end of content; null = none came.
    std::string messageId;          //!< Of the content, or as the reply to it repeats it.

    bool IsAccepted() const { return end && end->code / 100 == 2; }

    const MailContent* Content() const { return end ? end->content.get() : nullptr; }

    std::string_view Sender() const { return mail->mailbox; }

    bool Asks(std::string_view mailbox) const; //!< RCPT accepted for this very address.

    WallTime End() const; //!< When it was answered, or the last thing that happened.

    /// Whether the other one may be this message going on from where it came in: the same content
    /// where both show theirs, else the same sender, and not before it came.
    bool GoesOnIn(const MailTransaction& later) const;
};

/**
 * The transactions of all sessions, in order of time. Of a session that a sender's log and a
 * capture tell of, the capture's are kept, for it knows the content.
 */
std::vector<MailTransaction> TransactionsOf(const SessionList& sessions);

/// What the evidence shows of a server's site: who is inside, and what names it bears.
class SiteView
{
  public:
    explicit SiteView(const SessionList& sessions);

    /// Whether a client calls from outside the server's site.
    static bool IsOutside(const SmtpSession& session)
    {
        return !IsNear(session.client, session.server);
    }

    /// Whether both addresses are of one site as far as addresses tell: both are private, or of the
    /// same 256.
    static bool IsNear(HostAddress client, HostAddress server);

    /// Whether a domain is the server's by its name: an address literal, or the organization that
    /// its greetings name. Domains that it hosts under another name cannot be known so.
    bool IsOwn(HostAddress server, std::string_view domain) const;

    bool KnowsNameOf(HostAddress server) const
    {
        const auto names = m_names.find(server);
        return names != m_names.end() && !names->second.empty();
    }

    /// Whether the evidence holds any session that the server began with somebody outside.
    bool ShowsEgress(HostAddress server) const { return m_callers.count(server) > 0; }

    /// Whether the client asks for mail to be passed on to others: the form routes to a foreign
    /// domain, or the domain is that of the client's own name.
    bool AsksForeign(const SmtpSession& session, const RecipientRoute& route) const;

  private:
    std::map<HostAddress, std::vector<std::string>> m_names; //!< Of servers.
    std::set<HostAddress> m_callers; //!< Clients of servers outside their site.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_MAIL_TRANSACTION_H
