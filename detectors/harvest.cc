#include "detectors/analysis/delay-clusters.h"
#include "detectors/analysis/mail-transaction.h"
#include "detectors/analysis/refusal.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace harvest
{

constexpr AlertRule SIGNATURE{"harvest", 1100106, "BOUNCELAB mailboxes guessed"};
constexpr std::string_view DICTIONARY = "harvest.dictionary";
constexpr std::size_t MANY = 10;       //!< Unknown mailboxes that no typist comes to.
constexpr std::size_t SUSPICIOUS = 5;  //!< Enough to wonder.
constexpr std::size_t MANY_BLIND = 30; //!< Recipients that are all accepted, and get nothing.
constexpr double MOST = 0.6;           //!< Share of unknown ones from which it is guessing.
constexpr double NEARLY_ALL = 0.9;
constexpr std::size_t MOST_NAMED = 4;
constexpr double MOSTLY_ROLES = 0.7;
constexpr std::chrono::seconds AT_ONCE(10);

/// Names that every domain may have, and that a list of people has hardly two of.
constexpr std::array<std::string_view, 26> ROLES{
    "support",   "info", "sales", "office",  "webmaster", "postmaster", "contact",
    "admin",     "mail", "reply", "noreply", "contato",   "help",       "service",
    "marketing", "hr",   "jobs",  "billing", "account",   "accounts",   "abuse",
    "root",      "test", "user",  "news",    "kontakt"};

/// Whether a mailbox is a role's, with a number behind it or not.
bool
IsRole(std::string_view mailbox)
{
    std::string_view name = mailbox.substr(0, mailbox.find('@'));
    while (!name.empty() && IsDigit(name.back()))
    {
        name.remove_suffix(1);
    }
    return std::find(ROLES.begin(), ROLES.end(), name) != ROLES.end();
}

using Pair = std::pair<HostAddress, HostAddress>; //!< Client and server.

/// What one client asked one server.
struct HarvestCampaign
{
    std::set<std::string_view> unknown;
    std::set<std::string_view> accepted;
    std::set<std::string_view> served; //!< Accepted, and content followed.
    std::set<std::string_view> senders;
    std::set<const SmtpSession*> sessions; //!< Counted only.
    std::vector<std::string> named;        //!< The first unknown ones.
    const SmtpSession* first = nullptr;    //!< With a guess in it.
    std::vector<EvidenceRef> refs;         //!< In it.
    std::set<std::string_view> unclear;    //!< Refused in words that leave the reason open.
    const Turn* firstUnclear = nullptr;
    std::size_t unclearGuesses = 0;
    bool acceptedSince = false; //!< Behind the first of these.
    bool isByRecipient = false; //!< And another one behind that: it is not the client.
    std::size_t largest = 0;    //!< Recipients of one message.
    std::size_t guesses = 0;
    std::int64_t waitedNs = 0; //!< For the replies to all guesses.
    std::size_t timed = 0;
    WallTime begin{};
    WallTime last{};

    /// Role names, all within seconds: nobody's address book.
    bool IsRoleGuessing() const
    {
        const auto roles = std::count_if(unknown.begin(), unknown.end(), IsRole);
        return accepted.empty() && last - begin <= AT_ONCE &&
               static_cast<double>(roles) >= MOSTLY_ROLES * static_cast<double>(unknown.size());
    }

    void AddUnclear(const Turn& turn)
    {
        firstUnclear = firstUnclear ? firstUnclear : &turn;
        isByRecipient = isByRecipient || acceptedSince;
        unclear.insert(turn.mailbox);
        ++unclearGuesses;
    }

    double UnknownShare() const
    {
        const std::size_t all = unknown.size() + accepted.size();
        return all == 0 ? 0 : static_cast<double>(unknown.size()) / static_cast<double>(all);
    }

    /// Whether it would be guessing if all refusals of an open reason were of unknown mailboxes.
    bool MayBeGuessing() const
    {
        const std::size_t refused = unknown.size() + unclear.size();
        return isByRecipient && refused >= MANY && guesses + unclearGuesses <= 2 * refused &&
               static_cast<double>(refused) >=
                   MOST * static_cast<double>(refused + accepted.size());
    }

    bool IsTold() const { return unknown.size() >= MANY && UnknownShare() >= MOST; }
};

class Judge
{
  public:
    Judge(const SessionList& sessions, AlertSink& sink)
        : m_sessions(sessions)
        , m_sink(sink)
    {
    }

    void Run()
    {
        for (const MailTransaction& transaction : TransactionsOf(m_sessions))
        {
            if (!transaction.session->IsAuthenticated())
            {
                Collect(transaction);
            }
        }
        for (const SmtpSession& session : m_sessions)
        {
            Time(session);
        }
        for (const auto& [pair, campaign] : m_campaigns)
        {
            JudgeCampaign(pair.first, campaign);
        }
    }

  private:
    void Collect(const MailTransaction& transaction)
    {
        HarvestCampaign& campaign =
            m_campaigns[{transaction.session->client, transaction.session->server}];
        campaign.senders.insert(transaction.Sender());
        campaign.largest = std::max(campaign.largest, transaction.asked.size());
        for (const Turn* turn : transaction.asked)
        {
            const bool unknown = IsUnknownRecipient(*turn);
            const bool accepted = turn->code / 100 == 2;
            if (!unknown && !accepted && !IsOpenRefusal(*turn))
            {
                continue;
            }
            campaign.sessions.insert(transaction.session);
            campaign.begin = campaign.first ? campaign.begin : turn->answered.time;
            campaign.last = std::max(campaign.last, turn->answered.time);
            campaign.first = campaign.first ? campaign.first : transaction.session;
            if (campaign.first == transaction.session)
            {
                campaign.refs.push_back(turn->answered);
            }
            if (accepted)
            {
                campaign.accepted.insert(turn->mailbox);
                campaign.acceptedSince = campaign.firstUnclear != nullptr;
                if (transaction.end)
                {
                    campaign.served.insert(turn->mailbox);
                }
            }
            else if (!unknown)
            {
                campaign.AddUnclear(*turn);
            }
            else if (campaign.unknown.insert(turn->mailbox).second &&
                     campaign.named.size() < MOST_NAMED)
            {
                campaign.named.push_back("<" + turn->mailbox + ">");
            }
        }
    }

    void Time(const SmtpSession& session)
    {
        const auto found = m_campaigns.find({session.client, session.server});
        if (found == m_campaigns.end())
        {
            return;
        }
        const std::vector<std::int64_t> delays = OwnDelays(session);
        for (std::size_t i = 0; i < session.turns.size(); ++i)
        {
            if (IsUnknownRecipient(session.turns[i]))
            {
                ++found->second.guesses;
                if (delays[i] >= 0)
                {
                    ++found->second.timed;
                    found->second.waitedNs += delays[i];
                }
            }
        }
    }

    void JudgeCampaign(HostAddress client, const HarvestCampaign& campaign)
    {
        if (!campaign.IsTold() && campaign.MayBeGuessing())
        {
            DoubtUnclear(client, campaign);
            return;
        }
        if (campaign.unknown.empty() && campaign.unclear.empty())
        {
            JudgeBlind(client, campaign);
            return;
        }
        const double share = campaign.UnknownShare();
        // A guesser tries each name about once. Repeated requests for a few names come from a list.
        const bool guesses = campaign.guesses <= 2 * campaign.unknown.size();
        if (campaign.unknown.size() < SUSPICIOUS || share < MOST || !guesses)
        {
            return;
        }
        const bool delivers =
            !campaign.served.empty() && campaign.served.size() * 2 >= campaign.accepted.size();
        const bool verifies = campaign.largest == 1 && campaign.served.empty() &&
                              campaign.senders.size() == 1 && campaign.senders.count("") > 0;
        SessionFinding finding;
        if (verifies)
        {
            Doubt(client,
                  campaign,
                  "each with a null sender and for one recipient: it may be verifying the senders "
                  "of mail that it receives; a capture of that mail would decide");
        }
        else if (delivers && campaign.senders.size() == 1 && share < NEARLY_ALL)
        {
            Doubt(client,
                  campaign,
                  "all from one sender and with messages for those that exist: it may be an "
                  "outdated mailing list; the messages' content would decide");
        }
        else if (campaign.unknown.size() < MANY && !campaign.IsRoleGuessing())
        {
            if (!delivers)
            {
                Doubt(client,
                      campaign,
                      "too few to tell guessing from a list of old addresses; the client's other "
                      "sessions would decide");
            }
        }
        else
        {
            finding.dottedClass = DICTIONARY;
            finding.score = std::min(0.98, 0.6 + 0.4 * share * std::min(1.0, Size(campaign)));
            finding.refs = campaign.refs;
            finding.explanation = Figures(client, campaign) + Given(campaign) + Pace(campaign);
            m_sink.Add(MakeSessionAlert(*campaign.first, finding, SIGNATURE));
        }
    }

    /// A server that accepts every recipient gives nothing away, but is tried all the same.
    void JudgeBlind(HostAddress client, const HarvestCampaign& campaign)
    {
        if (campaign.accepted.size() < MANY_BLIND || !campaign.served.empty())
        {
            return;
        }
        SessionFinding finding;
        finding.dottedClass = DICTIONARY;
        finding.score = 0.6;
        finding.refs = campaign.refs;
        finding.explanation = fmt::format(
            "{} asked for {} recipients in {} sessions and sent a message to none. The server "
            "accepted each of them, so no mailbox was given away.",
            client.ToString(),
            campaign.accepted.size(),
            campaign.sessions.size());
        m_sink.Add(MakeSessionAlert(*campaign.first, finding, SIGNATURE));
    }

    void DoubtUnclear(HostAddress client, const HarvestCampaign& campaign)
    {
        SessionFinding finding;
        finding.dottedClass = DICTIONARY;
        finding.verdict = Verdict::Inconclusive;
        finding.refs = campaign.refs;
        finding.explanation = fmt::format(
            "{} asked for {} recipients in {} sessions that were refused while others were "
            "accepted, {} of them in words that leave the reason open (\"{}\"); whether these "
            "mailboxes exist, by the server's own list, would decide.",
            client.ToString(),
            campaign.unknown.size() + campaign.unclear.size(),
            campaign.sessions.size(),
            campaign.unclear.size(),
            FirstLine(campaign.firstUnclear->reply));
        m_sink.Add(MakeSessionAlert(*campaign.first, finding, SIGNATURE));
    }

    void Doubt(HostAddress client, const HarvestCampaign& campaign, std::string_view why)
    {
        SessionFinding finding;
        finding.dottedClass = DICTIONARY;
        finding.verdict = Verdict::Inconclusive;
        finding.refs = campaign.refs;
        finding.explanation = fmt::format("{}, {}.", Figures(client, campaign), why);
        m_sink.Add(MakeSessionAlert(*campaign.first, finding, SIGNATURE));
    }

    static double Size(const HarvestCampaign& campaign)
    {
        return static_cast<double>(campaign.unknown.size()) / 50;
    }

    static std::string Figures(HostAddress client, const HarvestCampaign& campaign)
    {
        return fmt::format("{} asked for {} unknown recipients in {} session{} (such as {}), {} % "
                           "of all it asked for",
                           client.ToString(),
                           campaign.unknown.size(),
                           campaign.sessions.size(),
                           campaign.sessions.size() == 1 ? "" : "s",
                           Enumerate(campaign.named),
                           static_cast<int>(campaign.UnknownShare() * 100 + 0.5));
    }

    static std::string Given(const HarvestCampaign& campaign)
    {
        const std::size_t given = campaign.accepted.size();
        return fmt::format("; {} existing mailbox{} given away{}.",
                           given == 0 ? "no" : fmt::format("{}", given),
                           given > 1 ? "es were" : " was",
                           given > 0 && campaign.served.empty() ? ", and got no message" : "");
    }

    static std::string Pace(const HarvestCampaign& campaign)
    {
        if (campaign.timed == 0)
        {
            return "";
        }
        const std::int64_t each = campaign.waitedNs / static_cast<std::int64_t>(campaign.timed);
        return each >= LATE_NS
                   ? fmt::format(" A tarpit holds each guess back for {} on average; {} guesses "
                                 "cost {} in all.",
                                 Seconds(each),
                                 campaign.guesses,
                                 Seconds(campaign.waitedNs))
                   : fmt::format(" No tarpit: a guess is answered after {} on average.",
                                 Milliseconds(each));
    }

    const SessionList& m_sessions;
    AlertSink& m_sink;
    std::map<Pair, HarvestCampaign> m_campaigns;
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis.Judged(LogDetail::Codes), sink).Run();
}

} // namespace harvest

/**
 * A client that guesses mailboxes: it asks for many recipients of which most are unknown, and sends
 * nothing to those that it finds (S004-19). Says what it was told, and how long a guess
 * took it. Told apart: a list with stale addresses, whose messages follow (silent, or inconclusive
 * where most are unknown), verification of senders by others (inconclusive), a user's typing errors
 * (silent).
 */
extern const Detector HARVEST{harvest::SIGNATURE,
                              "a client that guesses mailboxes by their RCPT replies",
                              {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG}, {"harvest"}},
                              AddSession,
                              harvest::Conclude};

} // namespace bouncelab::detectors
