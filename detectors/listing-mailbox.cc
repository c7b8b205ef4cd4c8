#include "detectors/analysis/refusal.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/listing-cause.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace bouncelab::detectors::listing_cause
{

namespace
{

constexpr std::chrono::hours LEAST_SPAN(48); //!< Of its mail, for its hours to say something.
constexpr std::size_t LEAST_MESSAGES = 50;
constexpr std::size_t LEAST_RECIPIENTS = 10;
constexpr std::size_t LEAST_UNKNOWN = 10;
constexpr std::size_t UNKNOWN_PERCENT = 10; //!< A person mistypes fewer.
constexpr std::size_t ROUND_THE_CLOCK = 20; //!< Hours of the day.
constexpr std::size_t EVEN_PERCENT = 20;    //!< Of its mail in any hour, at most.
constexpr std::size_t MANY_TIMES = 3;       //!< What its colleagues send.

/// What leaves the site by one client in the name of one mailbox.
struct MailboxRecord
{
    std::vector<const SmtpSession*> sessions;
    std::array<std::size_t, 24> hours{};
    std::set<std::string, std::less<>> recipients;
    std::size_t asked = 0;   //!< Recipients, but for servers that refuse the client.
    std::size_t unknown = 0; //!< Of these, refused.

    std::size_t Messages() const { return sessions.size(); }

    std::size_t Hours() const
    {
        return static_cast<std::size_t>(
            std::count_if(hours.begin(), hours.end(), [](std::size_t n) { return n > 0; }));
    }

    bool IsMostlyUnknown() const
    {
        return unknown >= LEAST_UNKNOWN && unknown * 100 >= asked * UNKNOWN_PERCENT;
    }
};

class MailboxJudge
{
  public:
    MailboxJudge(const Analysis& analysis,
                 const NatOrigins& origins,
                 const std::set<ClientName>& accused,
                 AlertSink& sink)
        : m_analysis(analysis)
        , m_origins(origins)
        , m_accused(accused)
        , m_sink(sink)
    {
    }

    std::set<HostAddress> Run()
    {
        for (const SmtpSession& session : m_analysis.Sessions(LogDetail::Codes))
        {
            if (Leaves(session) && session.Start() != WallTime() &&
                m_accused.count({session.client, std::string(session.Hello())}) == 0)
            {
                Collect(session);
            }
        }
        for (const auto& [mailbox, records] : m_mailboxes)
        {
            for (const auto& [client, record] : records)
            {
                m_sent[{client, DomainOf(mailbox)}].push_back(record.Messages());
            }
        }
        for (auto& [colleagues, sent] : m_sent)
        {
            std::sort(sent.begin(), sent.end());
        }
        for (const auto& [mailbox, records] : m_mailboxes)
        {
            Judge(mailbox, records);
        }
        return m_named;
    }

  private:
    /// By client: captures inside and outside show the same mail under two addresses.
    using Records = std::map<HostAddress, MailboxRecord>;

    /// Whether the site sends it to somebody else.
    static bool Leaves(const SmtpSession& session)
    {
        const bool toOutside = session.server.IsNumeric() && !IsInside(session.server);
        return session.IsOwnersCall() || (toOutside && !session.atServer);
    }

    void Collect(const SmtpSession& session)
    {
        const bool isListed =
            std::any_of(session.turns.begin(),
                        session.turns.end(),
                        [](const Turn& turn) { return SpeaksOfListing(turn.reply); });
        MailboxRecord* record = nullptr;
        for (const Turn& turn : session.turns)
        {
            if (turn.Is("MAIL"))
            {
                // In the sender's own name: strangers' mail is not the site's.
                const bool isOurs = session.IsOwnersCall() ||
                                    SameOrganization(session.Hello(), DomainOf(turn.mailbox));
                record = turn.mailbox.empty() || !isOurs
                             ? nullptr
                             : &m_mailboxes[turn.mailbox][session.client];
            }
            if (record && turn.Is("MAIL"))
            {
                record->sessions.push_back(&session);
                ++record->hours[HourOf(session.Start())];
            }
            else if (record && turn.Is("RCPT"))
            {
                record->asked += isListed ? 0 : 1;
                record->unknown += IsUnknownRecipient(turn) && !isListed ? 1 : 0;
                record->recipients.insert(turn.mailbox);
            }
        }
    }

    static std::size_t HourOf(WallTime time)
    {
        const auto seconds =
            std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
        return static_cast<std::size_t>(((seconds % 86400) + 86400) % 86400 / 3600);
    }

    /// What a mailbox of the same domain sends by the same client, by the middle one of the others;
    /// 0 = none does.
    std::size_t UsualBeside(const std::string& mailbox,
                            const HostAddress& client,
                            const MailboxRecord& record) const
    {
        const std::vector<std::size_t>& sent = m_sent.at({client, DomainOf(mailbox)});
        const std::size_t others = sent.size() - 1;
        const auto own = std::lower_bound(sent.begin(), sent.end(), record.Messages());
        const std::size_t middle = others / 2;
        const bool isBehindOwn = middle >= static_cast<std::size_t>(own - sent.begin());
        return others == 0 ? 0 : sent[middle + (isBehindOwn ? 1 : 0)];
    }

    /// The first ground is that recipients do not exist; none where that is not so.
    static std::vector<std::string> GroundsAgainst(const MailboxRecord& record, std::size_t usual)
    {
        const auto span = record.sessions.back()->Start() - record.sessions.front()->Start();
        std::vector<std::string> grounds;
        if (span < LEAST_SPAN || record.Messages() < LEAST_MESSAGES ||
            record.recipients.size() < LEAST_RECIPIENTS || !record.IsMostlyUnknown())
        {
            return grounds;
        }
        grounds.push_back(fmt::format("of {} recipients at servers that refuse no mail because of "
                                      "a list, {} were refused",
                                      record.asked,
                                      record.unknown));
        const std::size_t busiest = *std::max_element(record.hours.begin(), record.hours.end());
        if (record.Hours() >= ROUND_THE_CLOCK && busiest * 100 <= record.Messages() * EVEN_PERCENT)
        {
            grounds.push_back(
                fmt::format("it sends at {} hours of the day, by night as by day", record.Hours()));
        }
        if (usual > 0 && record.Messages() >= MANY_TIMES * usual)
        {
            grounds.push_back(fmt::format("others of its domain send {}", usual));
        }
        return grounds;
    }

    void Judge(const std::string& mailbox, const Records& records)
    {
        const MailboxRecord* worst = nullptr;
        std::vector<std::string> grounds;
        for (const auto& [client, record] : records)
        {
            std::vector<std::string> found =
                GroundsAgainst(record, UsualBeside(mailbox, client, record));
            if (found.size() >= 2 && (!worst || IsInside(client)))
            {
                worst = &record;
                grounds = std::move(found);
            }
        }
        if (worst)
        {
            Add(mailbox, *worst, grounds);
        }
    }

    /// Whether a client is a mail server of the site's, too.
    bool TakesMail(const HostAddress& client) const
    {
        const SessionList& sessions = m_analysis.Sessions(LogDetail::Codes);
        return std::any_of(sessions.begin(),
                           sessions.end(),
                           [&](const SmtpSession& session) { return session.server == client; });
    }

    void Add(const std::string& mailbox,
             const MailboxRecord& record,
             const std::vector<std::string>& grounds)
    {
        const SmtpSession& session = *record.sessions.front();
        const auto origin = m_origins.Of(record.sessions);
        SessionFinding finding;
        finding.dottedClass = BOT;
        finding.score = grounds.size() > 2 ? 0.85 : 0.7;
        finding.explanation = fmt::format(
            "{} messages of {} leave by {}, which greets as {}, for {} recipients: {}. A program "
            "sends in that mailbox's name, not a person: a bot in the user's mail program, whose "
            "mail reaches the server without SMTP, or a form of a web site.{}",
            record.Messages(),
            mailbox,
            session.client.ToString(),
            session.Hello(),
            record.recipients.size(),
            Enumerate(grounds),
            origin ? " " + origin->sentence : "");
        for (const Turn& turn : session.turns)
        {
            if (turn.Is("MAIL") && finding.refs.empty())
            {
                finding.refs.push_back(turn.said);
            }
        }
        Alert alert = MakeSessionAlert(session, finding, SIGNATURE);
        if (origin && origin->host.IsKnown())
        {
            alert.source = origin->host;
            m_named.insert(origin->host);
        }
        alert.evidence.next =
            TakesMail(session.client)
                ? "from which machine that user is logged on: the server's list of logons, or "
                  "a capture of its MAPI connections while it sends"
                : "what runs on the machine that opens these connections: its web server's "
                  "log, where it has one, and the firewall's log of these moments";
        m_sink.Add(std::move(alert));
    }

    const Analysis& m_analysis;
    const NatOrigins& m_origins;
    const std::set<ClientName>& m_accused;
    AlertSink& m_sink;
    std::map<std::string, Records> m_mailboxes;
    /// How many messages each mailbox of a domain sent by a client, sorted.
    std::map<std::pair<HostAddress, std::string_view>, std::vector<std::size_t>> m_sent;
    std::set<HostAddress> m_named;
};

} // namespace

std::set<HostAddress>
JudgeMailboxes(const Analysis& analysis,
               const NatOrigins& origins,
               const std::set<ClientName>& accused,
               AlertSink& sink)
{
    return MailboxJudge(analysis, origins, accused, sink).Run();
}

} // namespace bouncelab::detectors::listing_cause
