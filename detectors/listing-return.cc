#include "detectors/analysis/hello-name.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/listing-cause.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace bouncelab::detectors::listing_cause
{

namespace
{

constexpr std::chrono::minutes LIST_EXACTNESS(
    35);                                //!< Lists tell half an hour, and we five minutes.
constexpr std::size_t MOST_A_NIGHT = 4; //!< Sessions; two logs may tell of one.

/// What comes in from outside under one address of the site's own.
struct ReturningMail
{
    std::vector<const SmtpSession*> sessions;
    std::vector<WallTime> times;
    std::set<std::string, std::less<>> recipients;
    std::set<HostAddress> clients;
};

class ReturnJudge
{
  public:
    ReturnJudge(const Analysis& analysis, const NatOrigins& origins, AlertSink& sink)
        : m_analysis(analysis)
        , m_origins(origins)
        , m_sink(sink)
    {
    }

    void Run()
    {
        for (const SmtpSession& session : m_analysis.Sessions(LogDetail::Codes))
        {
            const bool isBad = IsImplausible(CheckHello(session.Hello(), session.client));
            if (isBad ||
                (session.server.IsNumeric() && !IsInside(session.server) && !session.atServer))
            {
                Note(session, isBad);
            }
            const bool comesIn = session.client.IsNumeric() && !IsInside(session.client) &&
                                 (session.atServer || IsInside(session.server));
            if (comesIn && !isBad && !session.IsAuthenticated() && session.Start() != WallTime())
            {
                Collect(session);
            }
        }
        for (const auto& [sender, mail] : m_mail)
        {
            const SendRhythm rhythm = RhythmOf(mail.times);
            if (m_explained.count(sender) == 0 && rhythm.isDaily &&
                mail.recipients.size() <= FEW_RECIPIENTS &&
                mail.sessions.size() <= MOST_A_NIGHT * rhythm.times)
            {
                Judge(sender, mail, rhythm);
            }
        }
    }

  private:
    /// What is seen with a bad greeting needs no other sign; a good one speaks for the sender.
    void Note(const SmtpSession& session, bool isBad)
    {
        for (const Turn& turn : session.turns)
        {
            if (turn.Is("MAIL") && isBad)
            {
                m_explained.insert(InLowerCase(turn.mailbox));
            }
            else if (turn.Is("MAIL"))
            {
                m_outward[InLowerCase(turn.mailbox)].emplace(session.client, session.Hello());
            }
        }
    }

    /// Mail of a domain to the same domain, brought by a machine of somebody else's.
    void Collect(const SmtpSession& session)
    {
        std::string sender;
        for (const Turn& turn : session.turns)
        {
            if (turn.Is("MAIL"))
            {
                sender = InLowerCase(turn.mailbox);
            }
            else if (turn.Is("RCPT") && turn.code / 100 == 2 && !DomainOf(sender).empty() &&
                     EqualIgnoringCase(DomainOf(sender), DomainOf(turn.mailbox)) &&
                     !SameOrganization(session.Hello(), DomainOf(sender)))
            {
                ReturningMail& mail = m_mail[sender];
                if (mail.sessions.empty() || mail.sessions.back() != &session)
                {
                    mail.sessions.push_back(&session);
                    mail.times.push_back(session.Start());
                    mail.clients.insert(session.client);
                }
                mail.recipients.insert(InLowerCase(turn.mailbox));
            }
        }
    }

    /// The list's page, where it blames a greeting at one of the times.
    const ListedAddress* BlamedAt(const ReturningMail& mail) const
    {
        const ListedAddress* const listed = ListedGreeting(m_analysis.GetContext().logs);
        const auto detected = listed ? listed->DetectedAt() : std::nullopt;
        const bool isThen = detected && std::any_of(mail.times.begin(),
                                                    mail.times.end(),
                                                    [&](WallTime time) {
                                                        return *detected - time <= LIST_EXACTNESS &&
                                                               time - *detected <= LIST_EXACTNESS;
                                                    });
        return isThen && mail.clients.count(listed->address) == 0 ? listed : nullptr;
    }

    /// What the sender greets as on its way out; empty where that does not show. Captured outside,
    /// the way in looks alike, but for who is the client.
    std::string OutwardHello(const std::string& sender, const ReturningMail& mail) const
    {
        const auto found = m_outward.find(sender);
        if (found != m_outward.end())
        {
            for (const auto& [client, hello] : found->second)
            {
                if (mail.clients.count(client) == 0)
                {
                    return hello;
                }
            }
        }
        return {};
    }

    void Judge(const std::string& sender, const ReturningMail& mail, const SendRhythm& rhythm)
    {
        const SmtpSession& first = *mail.sessions.front();
        const ListedAddress* const listed = BlamedAt(mail);
        SessionFinding finding;
        finding.dottedClass = REPORT;
        const std::string hello = OutwardHello(sender, mail);
        const bool isGood = !hello.empty();
        finding.verdict = isGood   ? Verdict::Benign
                          : listed ? Verdict::Fault
                                   : Verdict::Inconclusive;
        finding.score = isGood ? 0 : listed ? 0.8 : 0.4;
        finding.explanation = fmt::format(
            "{} writes to {} {}, and each message comes in from outside, from {} ({}): a program "
            "of the site's own mails out and back in. {} {}",
            sender,
            *mail.recipients.begin(),
            rhythm.ToString(),
            first.client.ToString(),
            first.Hello(),
            LocalHour(rhythm, m_origins.FirewallAhead(!first.log)),
            isGood ? fmt::format("On its way out it greets as {}, which no list counts.", hello)
            : listed
                ? fmt::format("{} saw {} greet as {} at that time ({}), which is no name of a "
                              "machine.",
                              listed->list,
                              listed->address.ToString(),
                              listed->hello,
                              listed->detected)
                : "What it greets as on its way out does not show here, and a service outside that "
                  "writes in the site's name looks the same.");
        for (const Turn& turn : first.turns)
        {
            if (turn.Is("MAIL") && EqualIgnoringCase(turn.mailbox, sender))
            {
                finding.refs.push_back(turn.said);
            }
        }
        Alert alert = MakeSessionAlert(first, finding, SIGNATURE);
        alert.evidence.next =
            isGood ? ""
            : listed
                ? "give the relay of that program by its full name, or keep its mail inside; "
                  "only then ask the list to take the address off"
                : "a capture of port 25 outside the firewall over that minute, which shows what "
                  "the program greets as; the relay in its settings";
        m_sink.Add(std::move(alert));
    }

    const Analysis& m_analysis;
    const NatOrigins& m_origins;
    AlertSink& m_sink;
    std::map<std::string, ReturningMail> m_mail; //!< By sender.
    /// What senders greet as to servers outside, if well, by the client.
    std::map<std::string, std::map<HostAddress, std::string>> m_outward;
    std::set<std::string> m_explained; //!< Senders that greet with a bad name somewhere.
};

} // namespace

void
JudgeReturningMail(const Analysis& analysis, const NatOrigins& origins, AlertSink& sink)
{
    ReturnJudge(analysis, origins, sink).Run();
}

bool
IsInside(const HostAddress& address)
{
    return address.IsNumeric() && address.IsPrivate();
}

const ListedAddress*
ListedGreeting(const ServerLogs& logs)
{
    for (const InFile<ListedAddress>& entry : logs.listed)
    {
        if (IsImplausible(CheckHello(entry.record.hello, {})))
        {
            return &entry.record;
        }
    }
    return nullptr;
}

std::string
LocalHour(const SendRhythm& rhythm, std::optional<std::chrono::minutes> ahead)
{
    constexpr std::int64_t HOUR = 3600;
    if (ahead && ahead->count() != 0)
    {
        return fmt::format("By the firewall's clock that is {}.",
                           ClockText(rhythm.secondOfDay + ahead->count() * 60));
    }
    const std::int64_t second = (rhythm.secondOfDay + SECONDS_PER_DAY) % SECONDS_PER_DAY;
    const std::int64_t hour = (second + HOUR / 2) / HOUR % 24;
    const std::int64_t off = std::abs(second - (second + HOUR / 2) / HOUR * HOUR);
    if (off > std::chrono::seconds(SendRhythm::MOST_JITTER).count())
    {
        return "No full hour, whatever the zone.";
    }
    return hour == 0 ? "By these stamps it is a job of midnight."
                     : fmt::format("A job of midnight, if local time is {} h {} that clock.",
                                   hour <= 12 ? hour : 24 - hour,
                                   hour <= 12 ? "behind" : "ahead of");
}

} // namespace bouncelab::detectors::listing_cause
