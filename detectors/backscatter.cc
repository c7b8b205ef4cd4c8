#include "detectors/analysis/mail-passage.h"
#include "detectors/analysis/talk-alert.h"
#include "detectors/analysis/two-sides.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace backscatter
{

constexpr Signature SIGNATURE{"backscatter", 1100107, "BOUNCELAB reports to forged senders"};
constexpr std::string_view NDR = "backscatter.ndr";
constexpr std::size_t FLOOD = 50;
constexpr double MISTYPED = 0.125;       //!< Share of mail that honest users misaddress at most.
constexpr std::size_t FEW = 3;           //!< Reports that need no explanation, less one.
constexpr std::size_t MANY = 5;          //!< Forged senders of one client.
constexpr std::size_t MANY_POOLED = 10;  //!< Of several clients together.
constexpr std::size_t MANY_REPORTS = 20; //!< To a few of them.
constexpr double MOST = 0.5;             //!< Share of a client's messages that are reported on.

using Pair = std::pair<Ipv4, Ipv4>;                //!< Client and server.
using SentKey = std::pair<Ipv4, std::string_view>; //!< Server, and whom it reports to.

/// What came from one client, or several, and what was reported on it.
struct Campaign
{
    std::set<Ipv4> clients;
    std::size_t messages = 0;
    std::uint64_t octetsIn = 0;
    std::size_t sizedIn = 0;
    std::size_t reported = 0; //!< Messages.
    std::size_t reports = 0;  //!< At least as many.
    std::uint64_t octetsOut = 0;
    std::size_t sizedOut = 0;
    std::size_t foreign = 0;       //!< Reported messages whose sender is not the client's.
    std::set<std::string> victims; //!< Their senders.
    const Passage* firstReport = nullptr;
    const Passage* firstMessage = nullptr; //!< That the first report answers.

    double Share() const
    {
        return messages == 0 ? 0 : static_cast<double>(reported) / static_cast<double>(messages);
    }

    void Add(const Campaign& other)
    {
        clients.insert(other.clients.begin(), other.clients.end());
        messages += other.messages;
        octetsIn += other.octetsIn;
        sizedIn += other.sizedIn;
        reported += other.reported;
        reports += other.reports;
        octetsOut += other.octetsOut;
        sizedOut += other.sizedOut;
        foreign += other.foreign;
        victims.insert(other.victims.begin(), other.victims.end());
        const bool earlier =
            !firstReport || (other.firstReport && other.firstReport->End() < firstReport->End());
        if (earlier)
        {
            firstReport = other.firstReport;
            firstMessage = other.firstMessage;
        }
    }
};

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_sink(sink)
        , m_passages(analysis.Passages())
    {
        for (const auto& [file, event] : analysis.GetSurroundings().logs.tracked)
        {
            if (event.event == "RECEIVE")
            {
                m_octets.emplace(event.messageId, event.octets);
            }
        }
    }

    void Run()
    {
        for (const Passage& passage : m_passages)
        {
            const Talk& talk = *passage.talk;
            if (passage.Sender().empty() && passage.IsAccepted() &&
                !SiteView::IsNear(talk.client, talk.server))
            {
                for (const Turn* turn : passage.asked)
                {
                    m_sent.emplace(SentKey{talk.client, turn->mailbox}, &passage);
                }
            }
        }
        for (const Passage& passage : m_passages)
        {
            if (passage.IsAccepted() && !passage.Sender().empty() &&
                !passage.talk->IsAuthenticated() && !passage.talk->IsOwnersCall() &&
                SiteView::IsOutside(*passage.talk))
            {
                Count(passage);
            }
        }
        std::map<Ipv4, Campaign> pooled;
        for (const auto& [pair, campaign] : m_campaigns)
        {
            if (!JudgeCampaign(campaign))
            {
                pooled[pair.second].Add(campaign);
            }
        }
        for (const auto& [server, campaign] : pooled)
        {
            if (campaign.victims.size() >= MANY_POOLED)
            {
                Accuse(campaign);
            }
        }
        JudgeUnexplained();
    }

  private:
    std::uint64_t OctetsOf(const Passage& passage) const
    {
        if (passage.Content())
        {
            return passage.Content()->octets;
        }
        const auto found = m_octets.find(passage.messageId);
        return passage.messageId.empty() || found == m_octets.end() ? 0 : found->second;
    }

    /// Reports that answer a message: by the Message-ID that they quote, where both show one.
    std::vector<const Passage*> ReportsOn(const Passage& came) const
    {
        std::vector<const Passage*> reports;
        const auto range = m_sent.equal_range({came.talk->server, came.Sender()});
        for (auto it = range.first; it != range.second; ++it)
        {
            const Passage& report = *it->second;
            const MailContent* content = report.Content();
            const bool other = content && !content->reportedId.empty() && !came.messageId.empty() &&
                               content->reportedId != came.messageId;
            if (!other && report.mail->said.time + SITE_CLOCKS >= came.End() &&
                m_answered.count(&report) == 0)
            {
                reports.push_back(&report);
                if (!content || content->reportedId.empty())
                {
                    break; // one for each message is all that can be told
                }
            }
        }
        return reports;
    }

    void Count(const Passage& came)
    {
        Campaign& campaign = m_campaigns[{came.talk->client, came.talk->server}];
        campaign.clients.insert(came.talk->client);
        ++campaign.messages;
        const std::uint64_t octets = OctetsOf(came);
        campaign.octetsIn += octets;
        campaign.sizedIn += octets > 0 ? 1 : 0;
        const std::vector<const Passage*> reports = ReportsOn(came);
        if (reports.empty())
        {
            return;
        }
        ++campaign.reported;
        bool returns = SameOrganization(DomainOf(came.Sender()), came.talk->Hello());
        for (const Passage* report : reports)
        {
            m_answered.insert(report);
            ++campaign.reports;
            const std::uint64_t size = OctetsOf(*report);
            campaign.octetsOut += size;
            campaign.sizedOut += size > 0 ? 1 : 0;
            returns = returns || SiteView::IsNear(report->talk->server, came.talk->client);
            if (!campaign.firstReport || report->End() < campaign.firstReport->End())
            {
                campaign.firstReport = report;
                campaign.firstMessage = &came;
            }
        }
        if (!returns)
        {
            ++campaign.foreign;
            campaign.victims.emplace(came.Sender());
        }
    }

    /// \return false where one client alone shows too little, and others may add to it.
    bool JudgeCampaign(const Campaign& campaign)
    {
        if (campaign.reported == 0)
        {
            return true;
        }
        const bool mostly =
            campaign.Share() >= MOST || (campaign.foreign >= FLOOD && campaign.Share() >= MISTYPED);
        const bool foreign = campaign.foreign * 2 > campaign.reported;
        if (mostly && (campaign.victims.size() >= MANY ||
                       (campaign.victims.size() >= 2 && campaign.foreign >= MANY_REPORTS)))
        {
            Accuse(campaign);
            return true;
        }
        if (campaign.reported < FEW)
        {
            return !mostly || campaign.victims.empty();
        }
        TalkFinding finding;
        if (mostly && foreign)
        {
            finding.dottedClass = classes::INSUFFICIENT;
            finding.verdict = Verdict::Inconclusive;
            finding.explanation = Figures(campaign) +
                                  ": too few to tell forged senders from a host that sends for "
                                  "others; the MX and SPF records of the senders' domains, or "
                                  "what those senders say, would decide.";
        }
        else
        {
            finding.dottedClass = NDR;
            finding.verdict = Verdict::Benign;
            finding.score = 0.6;
            finding.explanation =
                Figures(campaign) +
                (foreign ? ": few of all its mail, as of a host that many send through."
                         : ": they go back to where the mail came from.");
        }
        Add(campaign, std::move(finding));
        return true;
    }

    void Accuse(const Campaign& campaign)
    {
        TalkFinding finding;
        finding.dottedClass = NDR;
        finding.score = 0.5 + 0.5 * std::min(1.0, Ratio(campaign));
        finding.explanation = Figures(campaign) + ": senders who did not send get the reports.";
        Add(campaign, std::move(finding));
    }

    /// Octets out per octet in, where both are known; else messages.
    static double Ratio(const Campaign& campaign)
    {
        return HasOctets(campaign)
                   ? static_cast<double>(campaign.octetsOut) /
                         static_cast<double>(campaign.octetsIn)
                   : static_cast<double>(campaign.reports) / static_cast<double>(campaign.messages);
    }

    static bool HasOctets(const Campaign& campaign)
    {
        return campaign.sizedIn == campaign.messages && campaign.sizedOut == campaign.reports;
    }

    static std::string Figures(const Campaign& campaign)
    {
        const std::string who = campaign.clients.size() == 1
                                    ? campaign.clients.begin()->ToString()
                                    : fmt::format("{} addresses together", campaign.clients.size());
        const std::string octets = HasOctets(campaign)
                                       ? fmt::format(", {} octets out for {} in ({:.2f} each)",
                                                     campaign.octetsOut,
                                                     campaign.octetsIn,
                                                     Ratio(campaign))
                                       : std::string(", octets unknown");
        return fmt::format("{} reports went out on {} of {} messages from {} ({:.2f} per "
                           "message){}, {} of them in the names of {} senders whose domain is not "
                           "the client's",
                           campaign.reports,
                           campaign.reported,
                           campaign.messages,
                           who,
                           static_cast<double>(campaign.reports) /
                               static_cast<double>(campaign.messages),
                           octets,
                           campaign.foreign,
                           campaign.victims.size());
    }

    void Add(const Campaign& campaign, TalkFinding finding)
    {
        finding.spots = {campaign.firstReport->mail->said, campaign.firstReport->asked[0]->said};
        Alert alert = MakeTalkAlert(*campaign.firstReport->talk, finding, SIGNATURE);
        const std::string where =
            AttachSpots(*campaign.firstMessage->talk, {campaign.firstMessage->mail->said}, alert);
        alert.evidence.explanation += fmt::format(" The first one answers {}.", where);
        m_sink.Add(std::move(alert));
    }

    /// Reports whose messages this evidence does not show.
    void JudgeUnexplained()
    {
        std::map<Ipv4, Campaign> servers;
        for (const Passage& passage : m_passages)
        {
            const Talk& talk = *passage.talk;
            const MailContent* content = passage.Content();
            if (!passage.Sender().empty() || !passage.IsAccepted() ||
                SiteView::IsNear(talk.client, talk.server) || m_answered.count(&passage) > 0 ||
                (content && !content->isReport))
            {
                continue;
            }
            Campaign& server = servers[talk.client];
            server.firstReport = server.firstReport ? server.firstReport : &passage;
            ++server.reports;
            for (const Turn* turn : passage.asked)
            {
                server.victims.emplace(DomainOf(turn->mailbox));
            }
        }
        for (const auto& [server, campaign] : servers)
        {
            if (campaign.reports < MANY_POOLED || campaign.victims.size() < FEW)
            {
                continue;
            }
            TalkFinding finding;
            finding.dottedClass = classes::INSUFFICIENT;
            finding.verdict = Verdict::Inconclusive;
            finding.spots = {campaign.firstReport->mail->said};
            finding.explanation = fmt::format(
                "{} sent {} reports to senders of {} domains, and this evidence does not show the "
                "mail that they answer; a capture or the log of what comes in would decide.",
                server.ToString(),
                campaign.reports,
                campaign.victims.size());
            m_sink.Add(MakeTalkAlert(*campaign.firstReport->talk, finding, SIGNATURE));
        }
    }

    AlertSink& m_sink;
    const std::vector<Passage>& m_passages;
    std::map<std::string, std::uint64_t> m_octets; //!< Of tracked messages, by Message-ID.
    std::multimap<SentKey, const Passage*> m_sent; //!< With null senders.
    std::map<Pair, Campaign> m_campaigns;
    std::set<const Passage*> m_answered; //!< Reports that are accounted for; looked up only.
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis, sink).Run();
}

} // namespace backscatter

/**
 * Reports (NDRs) that a server sends to people who never sent the mail (S004-19, S004-26):
 * a client delivers mail in many senders' names that are not its own, the server accepts it and
 * reports to those senders. Each report is led back to the message that it answers. Benign: reports
 * that go where the mail came from, and the few of a smarthost's many senders.
 */
extern const Detector BACKSCATTER{
    backscatter::SIGNATURE,
    "reports to senders who did not send, by how much goes out for what comes in",
    {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG, kinds::TRACKING_LOG}, {"backscatter"}},
    AddSession,
    backscatter::Conclude};

} // namespace bouncelab::detectors
