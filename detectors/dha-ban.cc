#include "detectors/analysis/refusal.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

namespace dha_ban
{

constexpr AlertRule SIGNATURE{"dha-ban", 1100102, "BOUNCELAB address banned for its attempts"};
constexpr std::string_view BAN = "ban.address";
constexpr std::size_t MOST_QUOTED = 2; //!< Of the filter's log.

/// Whether the reply speaks of the client's address and its attempts.
bool
AccusesAddress(const std::string& lower)
{
    return HasAny(lower, {"your ip", "your address", "from your host", "ip address"}) &&
           HasAny(lower, {"attempt", "invalid recipient", "harvest", "too many"});
}

/// Refusals that have another reason than the client's conduct.
bool
IsOfAnotherKind(const Turn& turn, const std::string& lower)
{
    const std::string_view kind = EnhancedCodeOf(turn.reply).substr(0, 4);
    return kind == "5.1." || kind == "5.5." || IsUnknownRecipient(turn) || IsMailboxFull(turn) ||
           HasAny(lower,
                  {"relay",
                   "rcpthosts",
                   "user unknown",
                   "blacklist",
                   "blocklist",
                   "block list",
                   "dnsbl",
                   "blocked using",
                   "spamhaus",
                   "listed",
                   "authenticat",
                   "size"});
}

/// Codes that a policy refuses with; 500 to 504 are about the command, 551 about the recipient.
bool
IsRefusalOfMail(std::uint32_t code)
{
    return code == 521 || code == 550 || (code >= 552 && code <= 556);
}

/// The reply without the recipient that it may repeat.
std::string
FormOf(const Turn& turn)
{
    std::string form = InLowerCase(turn.reply);
    const std::size_t at = turn.mailbox.empty() ? form.npos : form.find(turn.mailbox);
    if (at != form.npos)
    {
        form.replace(at, turn.mailbox.size(), "*");
    }
    return form;
}

/// A turn and its session.
struct TurnIndex
{
    std::size_t session = 0;
    std::size_t turn = 0;
};

/// The same refusal, over and over, of one client by one server.
struct Refusals
{
    std::vector<TurnIndex> places;
    std::set<std::string_view> recipients;
    std::set<std::string_view> senders;
    WallTime first{};
    WallTime last{};
    std::int64_t longestNs = 0; //!< Delay of the slowest refusal.
};

using Pair = std::pair<HostAddress, HostAddress>; //!< Server and client.

/// What is known of one client of one server.
struct ClientRecord
{
    std::map<std::string, Refusals> refusals;         //!< By form of the reply.
    std::vector<TurnIndex> accepted;                  //!< RCPT.
    std::vector<TurnIndex> unknown;                   //!< RCPT
    std::map<std::size_t, std::string_view> senderOf; //!< By index of the session: its last MAIL.
};

class Judge
{
  public:
    Judge(const SessionList& sessions, const EvidenceContext& context, AlertSink& sink)
        : m_sessions(sessions)
        , m_context(context)
        , m_sink(sink)
    {
    }

    bool Run()
    {
        for (std::size_t i = 0; i < m_sessions.size(); ++i)
        {
            Collect(i);
        }
        for (const auto& [pair, record] : m_clients)
        {
            for (const auto& [form, refusals] : record.refusals)
            {
                JudgeRefusals(pair, record, form, refusals);
            }
        }
        return m_spoke;
    }

  private:
    const Turn& TurnOf(const TurnIndex& place) const
    {
        return m_sessions[place.session].get().turns[place.turn];
    }

    void Collect(std::size_t index)
    {
        const SmtpSession& session = m_sessions[index];
        ClientRecord& record = m_clients[{session.server, session.client}];
        std::string_view sender;
        for (std::size_t i = 0; i < session.turns.size(); ++i)
        {
            const Turn& turn = session.turns[i];
            if (turn.Is("MAIL"))
            {
                sender = turn.mailbox;
            }
            if (turn.Is("RCPT") && turn.code == 250)
            {
                record.accepted.push_back({index, i});
                m_acceptedBy[{session.server, turn.mailbox}].insert(session.client);
            }
            if (IsUnknownRecipient(turn))
            {
                record.unknown.push_back({index, i});
                record.senderOf[index] = sender;
            }
            const std::string lower = InLowerCase(turn.reply);
            if ((!turn.Is("RCPT") && !turn.Is("MAIL")) || !IsRefusalOfMail(turn.code) ||
                (IsOfAnotherKind(turn, lower) && !AccusesAddress(lower)))
            {
                continue;
            }
            Refusals& refusals = record.refusals[FormOf(turn)];
            const WallTime time = turn.answered.time;
            refusals.first = refusals.places.empty() ? time : std::min(refusals.first, time);
            refusals.last = refusals.places.empty() ? time : std::max(refusals.last, time);
            refusals.places.push_back({index, i});
            refusals.senders.insert(sender);
            if (turn.Is("RCPT"))
            {
                refusals.recipients.insert(turn.mailbox);
            }
            refusals.longestNs = std::max(refusals.longestNs, turn.DelayNs().value_or(0));
        }
    }

    void JudgeRefusals(const Pair& pair,
                       const ClientRecord& record,
                       const std::string& form,
                       const Refusals& refusals)
    {
        const bool accused = AccusesAddress(form);
        const std::size_t between = static_cast<std::size_t>(
            std::count_if(record.accepted.begin(),
                          record.accepted.end(),
                          [&](const TurnIndex& place)
                          {
                              const WallTime time = TurnOf(place).answered.time;
                              return time > refusals.first && time < refusals.last;
                          }));
        if (between > 0 && !accused)
        {
            return; // others get through meanwhile: it is not the address
        }
        std::vector<std::string_view> known;
        for (const std::string_view recipient : refusals.recipients)
        {
            if (m_acceptedBy.count({pair.first, std::string(recipient)}) > 0)
            {
                known.push_back(recipient);
            }
        }
        const bool independent = refusals.recipients.size() >= 2 && !known.empty();
        const bool ofSender = refusals.senders.size() < 2;
        std::vector<std::string> reasons;
        reasons.push_back(fmt::format("{} refused with \"{}\" {}",
                                      pair.second.ToString(),
                                      FirstLine(TurnOf(refusals.places[0]).reply),
                                      Count(refusals.places.size(), "time", "times")));
        reasons.push_back(fmt::format("{} and {}",
                                      Count(refusals.recipients.size(), "recipient", "recipients"),
                                      Count(refusals.senders.size(), "sender", "senders")));
        if (!known.empty())
        {
            reasons.push_back(
                fmt::format("{} of them accepted at other times or from others", known.size()));
        }
        if (accused)
        {
            reasons.emplace_back("the reply itself accuses the client's address");
        }
        SessionFinding finding;
        finding.byServer = true;
        if (accused || (independent && !ofSender))
        {
            finding.dottedClass = BAN;
            finding.score = accused && independent ? 0.98 : accused ? 0.85 : 0.75;
        }
        else if (independent || refusals.recipients.size() >= 3)
        {
            finding.dottedClass = BAN;
            finding.verdict = Verdict::Inconclusive;
        }
        else
        {
            return;
        }
        finding.explanation = Enumerate(reasons) + "; ";
        if (finding.verdict == Verdict::Inconclusive)
        {
            finding.explanation +=
                "the recipient does not matter, but it may be the sender that is "
                "refused; the same client with another sender, or the filter's "
                "log, would decide.";
            AddAt(refusals.places.front(), finding);
            return;
        }
        finding.explanation += HowFast(refusals) + Before(record, refusals) + ".";
        AddPerSession(pair.second, refusals, finding);
    }

    static std::string Count(std::size_t count, std::string_view one, std::string_view many)
    {
        return fmt::format("{} {}", count, count == 1 ? one : many);
    }

    static std::string HowFast(const Refusals& refusals)
    {
        return refusals.longestNs < 1000000000
                   ? fmt::format("each within {} of its command, so a ban and no tarpit",
                                 Seconds(refusals.longestNs))
                   : fmt::format("as late as {} after its command, so the ban is slowed down too",
                                 Seconds(refusals.longestNs));
    }

    /// What may have led to the ban.
    std::string Before(const ClientRecord& record, const Refusals& refusals) const
    {
        std::size_t count = 0;
        std::set<std::string_view> senders;
        for (const TurnIndex& place : record.unknown)
        {
            if (TurnOf(place).answered.time <= refusals.first)
            {
                ++count;
                senders.insert(record.senderOf.at(place.session));
            }
        }
        if (count == 0)
        {
            return "; this evidence does not show what led to it";
        }
        const bool others = std::none_of(senders.begin(),
                                         senders.end(),
                                         [&](std::string_view sender)
                                         { return refusals.senders.count(sender) > 0; });
        return fmt::format("; {} of this address were refused as unknown before{}",
                           Count(count, "recipient", "recipients"),
                           others ? ", none of them from the senders that are refused now: others "
                                    "behind the same address caused it"
                                  : "");
    }

    void AddPerSession(HostAddress client, const Refusals& refusals, const SessionFinding& finding)
    {
        std::map<std::size_t, std::vector<TurnIndex>> bySession;
        for (const TurnIndex& place : refusals.places)
        {
            bySession[place.session].push_back(place);
        }
        for (const auto& [session, places] : bySession)
        {
            SessionFinding each = finding;
            for (const TurnIndex& place : places)
            {
                each.refs.push_back(TurnOf(place).answered);
            }
            Alert alert = MakeSessionAlert(m_sessions[session], each, SIGNATURE);
            QuoteFilter(client, alert);
            m_sink.Add(std::move(alert));
            m_spoke = true;
        }
    }

    void QuoteFilter(HostAddress client, Alert& alert) const
    {
        std::size_t quoted = 0;
        for (const auto& filed : m_context.logs.filtered)
        {
            if (filed.record.remote == client && filed.record.action == "ban" &&
                quoted < MOST_QUOTED)
            {
                alert.evidence.log.push_back({filed.file, filed.record.line, filed.record.text});
                ++quoted;
            }
        }
        alert.evidence.explanation += quoted > 0 ? " The filter's log has the ban." : "";
    }

    void AddAt(const TurnIndex& place, SessionFinding finding)
    {
        finding.refs = {TurnOf(place).answered, TurnOf(place).said};
        m_sink.Add(MakeSessionAlert(m_sessions[place.session], finding, SIGNATURE));
        m_spoke = true;
    }

    const SessionList& m_sessions;
    const EvidenceContext& m_context;
    AlertSink& m_sink;
    bool m_spoke = false;
    std::map<Pair, ClientRecord> m_clients;
    std::map<std::pair<HostAddress, std::string>, std::set<HostAddress>>
        m_acceptedBy; //!< Server, recipient.
};

/// Where no session can be read, a mail program may still tell its user of a ban.
void
JudgeClientErrors(const EvidenceContext& context, AlertSink& sink)
{
    Alert alert;
    for (const auto& filed : context.logs.clientErrors)
    {
        if (AccusesAddress(InLowerCase(filed.record.reply)) && alert.evidence.log.size() < 4)
        {
            alert.evidence.log.push_back({filed.file, filed.record.line, filed.record.text});
        }
    }
    if (alert.evidence.log.empty())
    {
        return;
    }
    alert.signatureId = SIGNATURE.id;
    alert.signature = SIGNATURE.text;
    alert.detector = SIGNATURE.detector;
    alert.category = "Evidence does not decide";
    alert.severity = 3;
    alert.dottedClass = BAN;
    alert.verdict = Verdict::Inconclusive;
    alert.score = 0;
    alert.evidence.explanation =
        "The server told the mail program that an address is banned; the server's protocol log or "
        "the filter's log would show which address, and for what.";
    sink.Add(std::move(alert));
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    if (!Judge(analysis.Judged(LogDetail::Dialog), analysis.GetContext(), sink).Run())
    {
        JudgeClientErrors(analysis.GetContext(), sink);
    }
}

} // namespace dha_ban

/**
 * A server that refuses an address whatever it asks for: the same permanent reply at once to every
 * recipient, known ones included (S000-01, fact F37), as after too many invalid
 * recipients. Refusals of the recipient, of relaying or by a blocklist are something else and
 * nothing is said of them.
 */
extern const Detector DHA_BAN{
    dha_ban::SIGNATURE,
    "a client's address refused whatever recipient it names",
    {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG, kinds::CLIENT_ERRORS}, {"ban"}},
    AddSession,
    dha_ban::Conclude};

} // namespace bouncelab::detectors
