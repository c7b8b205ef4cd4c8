#include "detectors/analysis/mail-transaction.h"

#include "detectors/readers/scan.h"
#include "formats/clock.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_NAMES = 8;

/// "<1@x>" of "250 2.6.0 <1@x> [InternalId=7] Queued mail for delivery".
std::string
MessageIdIn(std::string_view reply)
{
    const std::size_t open = reply.find('<');
    const std::size_t close = open == reply.npos ? open : reply.find('>', open);
    return close == reply.npos ? std::string() : std::string(reply.substr(open, close + 1 - open));
}

void
Collect(const SmtpSession& session, std::vector<MailTransaction>& all)
{
    MailTransaction transaction;
    const auto finish = [&]
    {
        if (transaction.mail && !transaction.asked.empty())
        {
            all.push_back(std::move(transaction));
        }
        transaction = MailTransaction();
    };
    for (const Turn& turn : session.turns)
    {
        if (turn.Is("MAIL"))
        {
            finish();
            transaction.session = &session;
            transaction.mail = &turn;
        }
        else if (turn.Is("RSET"))
        {
            finish();
        }
        else if (turn.Is("RCPT") && transaction.mail)
        {
            transaction.asked.push_back(&turn);
        }
        else if (turn.Is(".") && transaction.mail)
        {
            transaction.end = &turn;
            transaction.messageId = turn.content && !turn.content->messageId.empty()
                                        ? turn.content->messageId
                                        : MessageIdIn(turn.reply);
            finish();
        }
    }
    finish();
}

} // namespace

bool
MailTransaction::Asks(std::string_view mailbox) const
{
    return std::any_of(asked.begin(),
                       asked.end(),
                       [&](const Turn* turn)
                       { return turn->code / 100 == 2 && turn->mailbox == mailbox; });
}

WallTime
MailTransaction::End() const
{
    const Turn& last = end ? *end : *asked.back();
    return last.answered.number > 0 ? last.answered.time : last.said.time;
}

bool
MailTransaction::GoesOnIn(const MailTransaction& later) const
{
    if (later.mail->said.time + SITE_CLOCKS < mail->said.time)
    {
        return false;
    }
    const MailContent* here = Content();
    const MailContent* there = later.Content();
    if (here && there)
    {
        return here->IsSame(*there);
    }
    if (!messageId.empty() && !later.messageId.empty())
    {
        return messageId == later.messageId;
    }
    return Sender() == later.Sender();
}

std::vector<MailTransaction>
TransactionsOf(const SessionList& sessions)
{
    using Ends = std::tuple<HostAddress, std::uint16_t, HostAddress>;
    const auto endsOf = [](const SmtpSession& session) {
        return Ends{session.client, session.clientPort, session.server};
    };
    std::multimap<Ends, const SmtpSession*> captured;
    for (const SmtpSession& session : sessions)
    {
        if (!session.log)
        {
            captured.insert({endsOf(session), &session});
        }
    }
    std::vector<MailTransaction> all;
    std::set<const SmtpSession*>
        captures; // looked up only: sessions of logs that a capture shows too
    for (const SmtpSession& session : sessions)
    {
        if (!session.log || session.atServer)
        {
            continue;
        }
        const auto range = captured.equal_range(endsOf(session));
        const auto same = std::find_if(
            range.first,
            range.second,
            [&](const auto& entry)
            { return std::chrono::abs(entry.second->Start() - session.Start()) < SAME_SESSION; });
        // The capture knows the content, the log nothing more.
        if (same != range.second)
        {
            captures.insert(&session);
        }
    }
    for (const SmtpSession& session : sessions)
    {
        if (captures.count(&session) == 0)
        {
            Collect(session, all);
        }
    }
    return all;
}

SiteView::SiteView(const SessionList& sessions)
{
    for (const SmtpSession& session : sessions)
    {
        if (!IsNear(session.client, session.server))
        {
            m_callers.insert(session.client);
        }
        // In its own log a server names itself where it calls others.
        const std::string_view own =
            session.log && !session.atServer ? session.Hello() : std::string_view();
        if (own.find('.') != own.npos)
        {
            std::vector<std::string>& said = m_names[session.client];
            if (said.size() < MOST_NAMES && std::find(said.begin(), said.end(), own) == said.end())
            {
                said.emplace_back(own);
            }
        }
        std::vector<std::string>& names = m_names[session.server];
        for (const Turn& turn : session.turns)
        {
            const bool introduces = turn.verb.empty() || turn.Is("EHLO") || turn.Is("HELO");
            if (!introduces || turn.code / 100 != 2 || turn.reply.size() < 5 ||
                names.size() >= MOST_NAMES)
            {
                continue;
            }
            std::string_view rest = std::string_view(turn.reply).substr(4);
            rest = rest.substr(0, rest.find('\n'));
            const std::string name(scan::Word(rest));
            if (name.find('.') != name.npos &&
                std::find(names.begin(), names.end(), name) == names.end())
            {
                names.push_back(name);
            }
        }
    }
}

bool
SiteView::IsNear(HostAddress client, HostAddress server)
{
    return (client.IsPrivate() && server.IsPrivate()) || client.IsNeighborOf(server);
}

bool
SiteView::IsOwn(HostAddress server, std::string_view domain) const
{
    if (domain.empty() || domain.front() == '[' || domain.find('.') == domain.npos)
    {
        return true;
    }
    const auto names = m_names.find(server);
    return names != m_names.end() &&
           std::any_of(names->second.begin(),
                       names->second.end(),
                       [&](const std::string& name) { return SameOrganization(name, domain); });
}

bool
SiteView::AsksForeign(const SmtpSession& session, const RecipientRoute& route) const
{
    const std::string_view domain = DomainOf(route.target);
    if (IsOwn(session.server, domain))
    {
        return false;
    }
    return route.form != RecipientForm::Plain || SameOrganization(domain, session.Hello());
}

} // namespace bouncelab::detectors
