#include "detectors/analysis/mail-passage.h"

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
Collect(const Talk& talk, std::vector<Passage>& all)
{
    Passage passage;
    const auto finish = [&]
    {
        if (passage.mail && !passage.asked.empty())
        {
            all.push_back(std::move(passage));
        }
        passage = Passage();
    };
    for (const Turn& turn : talk.turns)
    {
        if (turn.Is("MAIL"))
        {
            finish();
            passage.talk = &talk;
            passage.mail = &turn;
        }
        else if (turn.Is("RSET"))
        {
            finish();
        }
        else if (turn.Is("RCPT") && passage.mail)
        {
            passage.asked.push_back(&turn);
        }
        else if (turn.Is(".") && passage.mail)
        {
            passage.end = &turn;
            passage.messageId = turn.content && !turn.content->messageId.empty()
                                    ? turn.content->messageId
                                    : MessageIdIn(turn.reply);
            finish();
        }
    }
    finish();
}

} // namespace

bool
Passage::Asks(std::string_view mailbox) const
{
    return std::any_of(asked.begin(),
                       asked.end(),
                       [&](const Turn* turn)
                       { return turn->code / 100 == 2 && turn->mailbox == mailbox; });
}

WallTime
Passage::End() const
{
    const Turn& last = end ? *end : *asked.back();
    return last.answered.number > 0 ? last.answered.time : last.said.time;
}

bool
Passage::GoesOnIn(const Passage& later) const
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

std::vector<Passage>
PassagesOf(const TalkList& talks)
{
    using Ends = std::tuple<std::uint32_t, std::uint16_t, std::uint32_t>;
    const auto endsOf = [](const Talk& talk) {
        return Ends{talk.client.value, talk.clientPort, talk.server.value};
    };
    std::multimap<Ends, const Talk*> captured;
    for (const Talk& talk : talks)
    {
        if (!talk.log)
        {
            captured.insert({endsOf(talk), &talk});
        }
    }
    std::vector<Passage> all;
    std::set<const Talk*> captures; // looked up only: sessions of logs that a capture shows too
    for (const Talk& talk : talks)
    {
        if (!talk.log || talk.atServer)
        {
            continue;
        }
        const auto range = captured.equal_range(endsOf(talk));
        const auto same = std::find_if(
            range.first,
            range.second,
            [&](const auto& entry)
            { return std::chrono::abs(entry.second->Start() - talk.Start()) < SAME_SESSION; });
        // The capture knows the content, the log nothing more.
        if (same != range.second)
        {
            captures.insert(&talk);
        }
    }
    for (const Talk& talk : talks)
    {
        if (captures.count(&talk) == 0)
        {
            Collect(talk, all);
        }
    }
    return all;
}

SiteView::SiteView(const TalkList& talks)
{
    for (const Talk& talk : talks)
    {
        if (!IsNear(talk.client, talk.server))
        {
            m_callers.insert(talk.client);
        }
        // In its own log a server names itself where it calls others.
        const std::string_view own = talk.log && !talk.atServer ? talk.Hello() : std::string_view();
        if (own.find('.') != own.npos)
        {
            std::vector<std::string>& said = m_names[talk.client];
            if (said.size() < MOST_NAMES && std::find(said.begin(), said.end(), own) == said.end())
            {
                said.emplace_back(own);
            }
        }
        std::vector<std::string>& names = m_names[talk.server];
        for (const Turn& turn : talk.turns)
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
SiteView::IsNear(Ipv4 client, Ipv4 server)
{
    return (IsPrivate(client) && IsPrivate(server)) || client.value >> 8 == server.value >> 8;
}

bool
SiteView::IsOwn(Ipv4 server, std::string_view domain) const
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
SiteView::AsksForeign(const Talk& talk, const RecipientRoute& route) const
{
    const std::string_view domain = DomainOf(route.target);
    if (IsOwn(talk.server, domain))
    {
        return false;
    }
    return route.form != RecipientForm::Plain || SameOrganization(domain, talk.Hello());
}

} // namespace bouncelab::detectors
