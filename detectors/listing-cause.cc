#include "detectors/listing-cause.h"
#include "detectors/analysis/hello-name.h"
#include "detectors/analysis/send-rhythm.h"
#include "detectors/analysis/session-alert.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace listing_cause
{

constexpr std::size_t MANY_RECIPIENTS = 10;
constexpr std::size_t MANY_DOMAINS = 4; //!< Of senders: a site has one, or two.
constexpr std::size_t MANY_HOURS = 6;
constexpr std::size_t LEAST_REFUSED = 5;
constexpr std::size_t REFUSED_PERCENT = 20;
constexpr std::size_t LEAST_BULK = 50; //!< Messages of a newsletter.
constexpr std::string_view LISTING_WORDS[] = {"listed", "blocked using", "blacklist", "block list"};

/// All that one client sent under one name.
struct SenderRecord
{
    HostAddress client;
    std::string hello;
    std::vector<const SmtpSession*> sessions;
    std::vector<WallTime> times;
    std::set<HostAddress> servers;
    std::set<std::string, std::less<>> domains; //!< Of the senders.
    std::set<std::string, std::less<>> recipients;
    std::size_t messages = 0;
    std::size_t asked = 0;
    std::size_t refused = 0;
    bool isOwn = false; //!< The log's owner sent it.
};

bool
IsLoopback(const HostAddress& address)
{
    const auto v4 = address.AsIpv4();
    return v4 && v4->value >> 24 == 127;
}

bool
SpeaksOfListing(std::string_view reply)
{
    const std::string lower = InLowerCase(reply);
    return std::any_of(std::begin(LISTING_WORDS),
                       std::end(LISTING_WORDS),
                       [&](std::string_view word) { return lower.find(word) != lower.npos; });
}

/// Whether a reply names an address, and says that a list has it.
bool
SpeaksOfListing(std::string_view reply, const HostAddress& client)
{
    return SpeaksOfListing(reply) && client.IsNumeric() &&
           reply.find(client.ToString()) != reply.npos;
}

class Judge
{
  public:
    Judge(const Analysis& analysis, const NatOrigins& origins, AlertSink& sink)
        : m_analysis(analysis)
        , m_origins(origins)
        , m_sink(sink)
    {
    }

    void Run()
    {
        for (const SmtpSession& session : m_analysis.Sessions(LogDetail::Codes))
        {
            Collect(session);
        }
        for (const auto& [key, sender] : m_senders)
        {
            JudgeSender(sender);
        }
    }

    const std::set<HostAddress>& Named() const { return m_named; } //!< Hosts inside, accused.

    const std::set<ClientName>& Accused() const { return m_accused; }

  private:
    using Grounds = std::vector<std::string>;

    // What is collected.

    void Collect(const SmtpSession& session)
    {
        const bool says = std::any_of(session.turns.begin(),
                                      session.turns.end(),
                                      [](const Turn& turn) { return !turn.hello.empty(); });
        if (!says || session.Start() == WallTime())
        {
            return;
        }
        SenderRecord& sender = m_senders[{session.client, std::string(session.Hello())}];
        sender.client = session.client;
        sender.hello = session.Hello();
        sender.isOwn = sender.isOwn || session.IsOwnersCall();
        sender.sessions.push_back(&session);
        sender.times.push_back(session.Start());
        sender.servers.insert(session.server);
        for (const Turn& turn : session.turns)
        {
            if (turn.Is("MAIL"))
            {
                ++sender.messages;
                if (!DomainOf(turn.mailbox).empty())
                {
                    sender.domains.emplace(DomainOf(turn.mailbox));
                }
            }
            else if (turn.Is("RCPT"))
            {
                ++sender.asked;
                sender.refused += turn.code / 100 == 5 ? 1 : 0;
                sender.recipients.insert(turn.mailbox);
            }
        }
    }

    // What sessions show.

    /// Whether it passes the border of the site, as far as addresses tell.
    static bool IsOutside(const SenderRecord& sender)
    {
        const bool toOutside = std::any_of(sender.servers.begin(),
                                           sender.servers.end(),
                                           [](const HostAddress& server)
                                           { return server.IsKnown() && !IsInside(server); });
        return toOutside || (sender.client.IsKnown() && !IsInside(sender.client));
    }

    static bool IsMostlyRefused(const SenderRecord& sender)
    {
        return sender.refused >= LEAST_REFUSED &&
               sender.refused * 100 >= sender.asked * REFUSED_PERCENT;
    }

    Grounds GroundsForBot(const SenderRecord& sender,
                          HelloFault fault,
                          const SendRhythm& rhythm) const
    {
        Grounds grounds;
        if (IsImplausible(fault))
        {
            grounds.push_back(fmt::format("it greets as {}, {}", sender.hello, WhyOf(fault)));
        }
        if (sender.domains.size() >= MANY_DOMAINS)
        {
            grounds.push_back(fmt::format("its senders are of {} domains", sender.domains.size()));
        }
        if (IsMostlyRefused(sender))
        {
            grounds.push_back(
                fmt::format("{} of its {} recipients were refused", sender.refused, sender.asked));
        }
        if (!rhythm.isDaily && rhythm.hours >= MANY_HOURS &&
            sender.recipients.size() >= MANY_RECIPIENTS && IsImplausible(fault))
        {
            grounds.push_back(fmt::format("it sends at {} different hours of the day, to {} "
                                          "recipients",
                                          rhythm.hours,
                                          sender.recipients.size()));
        }
        return grounds;
    }

    void JudgeSender(const SenderRecord& sender)
    {
        const HelloFault fault = CheckHello(sender.hello, sender.client);
        const SendRhythm rhythm = RhythmOf(sender.times);
        // A stranger's mass mail is not what gets this site listed.
        const bool isOurs = sender.isOwn || IsInside(sender.client) || IsImplausible(fault);
        const Grounds bot = isOurs ? GroundsForBot(sender, fault, rhythm) : Grounds();
        if (bot.size() >= 2 && IsOutside(sender))
        {
            AddBot(sender, bot);
        }
        else if (IsImplausible(fault))
        {
            JudgeImplausible(sender, fault, rhythm);
        }
        else if (isOurs && rhythm.isDaily && sender.recipients.size() <= FEW_RECIPIENTS)
        {
            Add(sender,
                REPORT,
                Verdict::Benign,
                0,
                fmt::format("{} sends {}, to {} recipient{}, and greets as {}, {}: a report or a "
                            "backup's notice that no list counts.",
                            sender.client.ToString(),
                            rhythm.ToString(),
                            sender.recipients.size(),
                            sender.recipients.size() == 1 ? "" : "s",
                            sender.hello,
                            WhyOf(fault)),
                "");
        }
        else if (isOurs && sender.messages >= LEAST_BULK && sender.domains.size() == 1 &&
                 sender.recipients.size() >= LEAST_BULK && !IsMostlyRefused(sender))
        {
            Add(sender,
                BULK,
                Verdict::Benign,
                0,
                fmt::format(
                    "{} sends {} messages of one domain to {} recipients, and greets as {}, "
                    "{}; {} were refused: a newsletter, as its rhythm ({}) and its senders "
                    "show.",
                    sender.client.ToString(),
                    sender.messages,
                    sender.recipients.size(),
                    sender.hello,
                    WhyOf(fault),
                    sender.refused,
                    rhythm.ToString()),
                "");
        }
    }

    void JudgeImplausible(const SenderRecord& sender, HelloFault fault, const SendRhythm& rhythm)
    {
        const std::string who = fmt::format("{} greets as {}, {}",
                                            sender.client.ToString(),
                                            sender.hello,
                                            WhyOf(fault));
        if (!IsOutside(sender) || IsLoopback(sender.client))
        {
            Add(sender,
                HELLO,
                Verdict::Benign,
                0,
                fmt::format("{}, and speaks only to {}, {}: no list hears of it. A probe of the "
                            "machine itself, or a program inside.",
                            who,
                            sender.servers.begin()->ToString(),
                            IsLoopback(sender.client) ? "on the same machine"
                                                      : "inside the network"),
                "");
        }
        else if (rhythm.isDaily)
        {
            Add(sender,
                REPORT,
                Verdict::Fault,
                0.9,
                fmt::format("{}, and sends {}, {} message{} in all, to {}: one mail a night of a "
                            "program whose relay is set up by address, not by name, and which goes "
                            "out instead of staying inside. {} {}",
                            who,
                            rhythm.ToString(),
                            sender.messages,
                            sender.messages == 1 ? "" : "s",
                            sender.servers.begin()->ToString(),
                            LocalHour(rhythm, m_origins.FirewallAhead(!sender.sessions[0]->log)),
                            Listing(sender, rhythm)),
                "give the relay of that program by its full name, or keep its mail inside; only "
                "then ask the list to take the address off");
        }
        else
        {
            Add(sender,
                HELLO,
                Verdict::Inconclusive,
                0.4,
                fmt::format("{}, {} time{} in this evidence. Lists that count such greetings will "
                            "have the address before long. A name is one ground: {} nights or "
                            "more of the same log would show a rhythm, its recipients and senders "
                            "a bot.",
                            who,
                            rhythm.times,
                            rhythm.times == 1 ? "" : "s",
                            SendRhythm::LEAST_NIGHTS),
                fmt::format("the log of {} nights or more, and the firewall's log or a capture of "
                            "port 25 outside it at that hour",
                            SendRhythm::LEAST_NIGHTS));
        }
    }

    /// Where a server refuses mail of an address because a list has it.
    std::optional<std::string> RefusedAsListed(const HostAddress& client) const
    {
        for (const InFile<ReportedReply>& told : m_analysis.GetContext().logs.replies)
        {
            if (SpeaksOfListing(told.record.reply, client))
            {
                return fmt::format("It is listed by now: \"{}\" ({}, line {}).",
                                   told.record.reply,
                                   told.file,
                                   told.record.line);
            }
        }
        for (const SmtpSession& session : m_analysis.Sessions(LogDetail::Codes))
        {
            for (const Turn& turn : session.turns)
            {
                if (turn.code / 100 >= 4 && SpeaksOfListing(turn.reply, client))
                {
                    return fmt::format("It is listed by now: \"{}\" ({}, {}).",
                                       FirstLine(turn.reply),
                                       session.file,
                                       NameOfRef(session, turn.answered));
                }
            }
        }
        return std::nullopt;
    }

    /// Whether a list has it already, or will.
    std::string Listing(const SenderRecord& sender, const SendRhythm& rhythm) const
    {
        for (const InFile<ListedAddress>& listed : m_analysis.GetContext().logs.listed)
        {
            if (listed.record.address == sender.client ||
                EqualIgnoringCase(listed.record.hello, sender.hello))
            {
                return fmt::format("{} lists {} ({}, line {}).",
                                   listed.record.list,
                                   listed.record.address.ToString(),
                                   listed.file,
                                   listed.record.line);
            }
        }
        if (const auto refused = RefusedAsListed(sender.client))
        {
            return *refused;
        }
        return fmt::format("No list's page or refusal in this evidence names the address yet; "
                           "lists that count such greetings list it after some nights ({} so far), "
                           "and again after each removal.",
                           rhythm.times);
    }

    void AddBot(const SenderRecord& sender, const Grounds& grounds)
    {
        const bool byServer = sender.isOwn && !IsImplausible(CheckHello(sender.hello, {}));
        Add(sender,
            BOT,
            Verdict::Fault,
            grounds.size() > 2 ? 0.95 : 0.85,
            fmt::format(
                "{} sends {} messages to {} recipients at {} servers, and {}: a program that "
                "sends spam{}.",
                sender.client.ToString(),
                sender.messages,
                sender.recipients.size(),
                sender.servers.size(),
                Enumerate(grounds),
                byServer ? " through this server, which greets in its own name" : ""),
            byServer ? "who hands these messages to the server: its log of incoming sessions, and "
                       "the message tracking log where it is a user's own client"
                     : "cut that machine off and clean it; port 25 outward for the mail server "
                       "alone");
    }

    void Add(const SenderRecord& sender,
             std::string_view dottedClass,
             Verdict verdict,
             double score,
             std::string explanation,
             std::string next)
    {
        const SmtpSession& session = *sender.sessions.front();
        SessionFinding finding;
        finding.dottedClass = dottedClass;
        finding.verdict = verdict;
        finding.score = score;
        finding.explanation = std::move(explanation);
        for (const Turn& turn : session.turns)
        {
            if (!turn.hello.empty() && finding.refs.empty())
            {
                finding.refs.push_back(turn.said);
            }
        }
        const auto origin =
            verdict == Verdict::Fault ? m_origins.Of(sender.sessions) : std::nullopt;
        finding.explanation += origin ? " " + origin->sentence : "";
        Alert alert = MakeSessionAlert(session, finding, SIGNATURE);
        if (verdict == Verdict::Fault)
        {
            m_accused.emplace(sender.client, sender.hello);
        }
        if (origin && origin->host.IsKnown())
        {
            alert.source = origin->host;
            m_named.insert(origin->host);
        }
        alert.evidence.next = std::move(next);
        m_sink.Add(std::move(alert));
    }

    const Analysis& m_analysis;
    const NatOrigins& m_origins;
    AlertSink& m_sink;
    std::map<ClientName, SenderRecord> m_senders;
    std::set<ClientName> m_accused;
    std::set<HostAddress> m_named;
};

void
AddFlow(const Evidence& evidence, Analysis& analysis, AlertSink& /* sink */)
{
    analysis.AddSession(evidence.flow);
    analysis.tunnels.Add(evidence.flow);
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const NatOrigins origins(analysis);
    Judge judge(analysis, origins, sink);
    judge.Run();
    std::set<HostAddress> named = judge.Named();
    named.merge(JudgeMailboxes(analysis, origins, judge.Accused(), sink));
    named.merge(JudgeProxies(analysis, sink));
    JudgeReturningMail(analysis, origins, sink);
    JudgeFirewallLog(analysis, named, sink);
}

} // namespace listing_cause

/**
 * What behind an address gets it onto a block list (S002-06 to S002-09): a program that mails once
 * a night under a name that is none, or a bot. Both need two grounds: the name and the rhythm; of a
 * bot its name, its senders' domains, refused recipients, its hours; by a firewall's log many
 * servers and what the rules deny, for a relay that only sends looks the same without the denials.
 * Benign: reports and newsletters with a right name, and whatever stays on the machine or inside
 * the network. With one ground it says which evidence would decide. Where a firewall's log or a
 * capture inside tells, the host behind the NAT is named. What a site's program sends to the site
 * itself by way of outside is told from the server's log, too, which does not show the greeting. A
 * mailbox that sends as no person does is a bot's or a form's: recipients that do not exist are the
 * first ground, the hours or a volume beyond its colleagues' the second. An open proxy shows by its
 * tunnels, or by connections that follow strangers' at once.
 */
extern const Detector LISTING_CAUSE{
    listing_cause::SIGNATURE,
    "a nightly sender with a name that is none, a bot or an open proxy, among whoever sends mail",
    {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG, kinds::FIREWALL_LOG}, {"blacklist"}},
    listing_cause::AddFlow,
    listing_cause::Conclude};

} // namespace bouncelab::detectors
