#include "detectors/analysis/mail-transaction.h"
#include "detectors/analysis/paired-sessions.h"
#include "detectors/analysis/session-alert.h"
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

constexpr AlertRule SIGNATURE{"backscatter", 1100107, "BOUNCELAB reports to forged senders"};
constexpr std::string_view NDR = "backscatter.ndr";
constexpr std::size_t FLOOD = 50;
constexpr double MISTYPED = 0.125;       //!< Share of mail that honest users misaddress at most.
constexpr std::size_t FEW = 3;           //!< Reports that need no explanation, less one.
constexpr std::size_t MANY = 5;          //!< Forged senders of one client.
constexpr std::size_t MANY_POOLED = 10;  //!< Of several clients together.
constexpr std::size_t MANY_REPORTS = 20; //!< To a few of them.
constexpr double MOST = 0.5;             //!< Share of a client's messages that are reported on.

using Pair = std::pair<HostAddress, HostAddress>;         //!< Client and server.
using SentKey = std::pair<HostAddress, std::string_view>; //!< Server, and whom it reports to.

/// What came from one client, or several, and what was reported on it.
struct BackscatterCampaign
{
    std::set<HostAddress> clients;
    std::size_t messages = 0;
    std::uint64_t octetsIn = 0;
    std::size_t sizedIn = 0;
    std::size_t reported = 0; //!< Messages.
    std::size_t reports = 0;  //!< At least as many.
    std::uint64_t octetsOut = 0;
    std::size_t sizedOut = 0;
    std::size_t foreign = 0;       //!< Reported messages whose sender is not the client's.
    std::set<std::string> victims; //!< Their senders.
    const MailTransaction* firstReport = nullptr;
    const MailTransaction* firstMessage = nullptr; //!< That the first report answers.

    double Share() const
    {
        return messages == 0 ? 0 : static_cast<double>(reported) / static_cast<double>(messages);
    }

    void Add(const BackscatterCampaign& other)
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
        , m_transactions(analysis.Transactions())
    {
        for (const auto& [file, event] : analysis.GetContext().logs.tracked)
        {
            if (event.event == "RECEIVE")
            {
                m_octets.emplace(event.messageId, event.octets);
            }
        }
    }

    void Run()
    {
        for (const MailTransaction& transaction : m_transactions)
        {
            const SmtpSession& session = *transaction.session;
            if (transaction.Sender().empty() && transaction.IsAccepted() &&
                !SiteView::IsNear(session.client, session.server))
            {
                for (const Turn* turn : transaction.asked)
                {
                    m_sent.emplace(SentKey{session.client, turn->mailbox}, &transaction);
                }
            }
        }
        for (const MailTransaction& transaction : m_transactions)
        {
            if (transaction.IsAccepted() && !transaction.Sender().empty() &&
                !transaction.session->IsAuthenticated() && !transaction.session->IsOwnersCall() &&
                SiteView::IsOutside(*transaction.session))
            {
                Count(transaction);
            }
        }
        std::map<HostAddress, BackscatterCampaign> pooled;
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
    std::uint64_t OctetsOf(const MailTransaction& transaction) const
    {
        if (transaction.Content())
        {
            return transaction.Content()->octets;
        }
        const auto found = m_octets.find(transaction.messageId);
        return transaction.messageId.empty() || found == m_octets.end() ? 0 : found->second;
    }

    /// Reports that answer a message: by the Message-ID that they quote, where both show one.
    std::vector<const MailTransaction*> ReportsOn(const MailTransaction& came) const
    {
        std::vector<const MailTransaction*> reports;
        const auto range = m_sent.equal_range({came.session->server, came.Sender()});
        for (auto it = range.first; it != range.second; ++it)
        {
            const MailTransaction& report = *it->second;
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

    void Count(const MailTransaction& came)
    {
        BackscatterCampaign& campaign = m_campaigns[{came.session->client, came.session->server}];
        campaign.clients.insert(came.session->client);
        ++campaign.messages;
        const std::uint64_t octets = OctetsOf(came);
        campaign.octetsIn += octets;
        campaign.sizedIn += octets > 0 ? 1 : 0;
        const std::vector<const MailTransaction*> reports = ReportsOn(came);
        if (reports.empty())
        {
            return;
        }
        ++campaign.reported;
        bool returns = SameOrganization(DomainOf(came.Sender()), came.session->Hello());
        for (const MailTransaction* report : reports)
        {
            m_answered.insert(report);
            ++campaign.reports;
            const std::uint64_t size = OctetsOf(*report);
            campaign.octetsOut += size;
            campaign.sizedOut += size > 0 ? 1 : 0;
            returns = returns || SiteView::IsNear(report->session->server, came.session->client);
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
    bool JudgeCampaign(const BackscatterCampaign& campaign)
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
        SessionFinding finding;
        if (mostly && foreign)
        {
            finding.dottedClass = NDR;
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
                (foreign
                     ? ": a small share of its mail, as of a host that many people send through."
                     : ": they go back to where the mail came from.");
        }
        Add(campaign, std::move(finding));
        return true;
    }

    void Accuse(const BackscatterCampaign& campaign)
    {
        SessionFinding finding;
        finding.dottedClass = NDR;
        finding.score = 0.5 + 0.5 * std::min(1.0, Ratio(campaign));
        finding.explanation = Figures(campaign) + ": the reports go to people who sent nothing.";
        Add(campaign, std::move(finding));
    }

    /// Octets out per octet in, where both are known; else messages.
    static double Ratio(const BackscatterCampaign& campaign)
    {
        return HasOctets(campaign)
                   ? static_cast<double>(campaign.octetsOut) /
                         static_cast<double>(campaign.octetsIn)
                   : static_cast<double>(campaign.reports) / static_cast<double>(campaign.messages);
    }

    static bool HasOctets(const BackscatterCampaign& campaign)
    {
        return campaign.sizedIn == campaign.messages && campaign.sizedOut == campaign.reports;
    }

    static std::string Figures(const BackscatterCampaign& campaign)
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

    void Add(const BackscatterCampaign& campaign, SessionFinding finding)
    {
        finding.refs = {campaign.firstReport->mail->said, campaign.firstReport->asked[0]->said};
        Alert alert = MakeSessionAlert(*campaign.firstReport->session, finding, SIGNATURE);
        const std::string where =
            AttachRefs(*campaign.firstMessage->session, {campaign.firstMessage->mail->said}, alert);
        alert.evidence.explanation += fmt::format(" The first one answers {}.", where);
        m_sink.Add(std::move(alert));
    }

    /// Reports whose messages this evidence does not show.
    void JudgeUnexplained()
    {
        std::map<HostAddress, BackscatterCampaign> servers;
        for (const MailTransaction& transaction : m_transactions)
        {
            const SmtpSession& session = *transaction.session;
            const MailContent* content = transaction.Content();
            if (!transaction.Sender().empty() || !transaction.IsAccepted() ||
                SiteView::IsNear(session.client, session.server) ||
                m_answered.count(&transaction) > 0 || (content && !content->isReport))
            {
                continue;
            }
            BackscatterCampaign& server = servers[session.client];
            server.firstReport = server.firstReport ? server.firstReport : &transaction;
            ++server.reports;
            for (const Turn* turn : transaction.asked)
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
            SessionFinding finding;
            finding.dottedClass = NDR;
            finding.verdict = Verdict::Inconclusive;
            finding.refs = {campaign.firstReport->mail->said};
            finding.explanation = fmt::format(
                "{} sent {} reports to senders of {} domains, and this evidence does not show the "
                "mail that they answer; a capture or a log of incoming mail would decide.",
                server.ToString(),
                campaign.reports,
                campaign.victims.size());
            m_sink.Add(MakeSessionAlert(*campaign.firstReport->session, finding, SIGNATURE));
        }
    }

    AlertSink& m_sink;
    const std::vector<MailTransaction>& m_transactions;
    std::map<std::string, std::uint64_t> m_octets;         //!< Of tracked messages, by Message-ID.
    std::multimap<SentKey, const MailTransaction*> m_sent; //!< With null senders.
    std::map<Pair, BackscatterCampaign> m_campaigns;
    std::set<const MailTransaction*>
        m_answered; //!< Reports that are accounted for; looked up only.
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
