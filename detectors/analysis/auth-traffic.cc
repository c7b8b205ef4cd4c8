#include "detectors/analysis/auth-traffic.h"

#include "detectors/readers/mail-date.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace bouncelab::detectors
{

namespace
{

/// What a side said from its first octet on, up to a gap.
std::string
Said(const Flow& flow, Side side)
{
    std::string text;
    std::int64_t at = flow.stream[side].sawSyn ? 1 : 0;
    for (const Piece& piece : flow.stream[side].pieces)
    {
        const Segment& segment = flow.At(piece.segment);
        const std::string_view bytes = flow.Text(segment);
        const auto from = static_cast<std::size_t>(piece.start - segment.DataStart());
        if (piece.start != at || from > bytes.size())
        {
            break;
        }
        text += bytes.substr(from, static_cast<std::size_t>(piece.end - piece.start));
        at = piece.end;
    }
    return text;
}

const Segment*
FirstData(const Flow& flow, Side side)
{
    const auto first = std::find_if(flow.segments.begin(),
                                    flow.segments.end(),
                                    [side](const Segment& segment)
                                    { return segment.side == side && segment.payloadLength > 0; });
    return first == flow.segments.end() ? nullptr : &*first;
}

/// The segment that brought the last of so many octets of a side's, of which Said() has them.
const Segment&
Completing(const Flow& flow, Side side, std::size_t octets)
{
    const auto end = static_cast<std::int64_t>(octets) + (flow.stream[side].sawSyn ? 1 : 0);
    const auto& pieces = flow.stream[side].pieces;
    const auto found = std::find_if(pieces.begin(),
                                    pieces.end(),
                                    [end](const Piece& piece) { return piece.end >= end; });
    return flow.At(found->segment);
}

bool
IsReset(const Flow& flow)
{
    return std::any_of(flow.segments.begin(),
                       flow.segments.end(),
                       [](const Segment& segment)
                       { return segment.side == SERVER && segment.Has(tcp::RST); });
}

/// \param second that the host told, which ends a second later
ClockInterval
AheadOf(WallTime second, WallTime before, WallTime seen)
{
    return {second - seen, second + std::chrono::seconds(1) - before};
}

} // namespace

void
AuthTraffic::Add(const Flow& flow)
{
    if (flow.segments.empty() || !flow.window.IsFirst())
    {
        return;
    }
    if (flow.port[SERVER] == KERBEROS_PORT)
    {
        AddKerberos(flow);
    }
    else if (IsMailPort(flow.port[SERVER]))
    {
        AddGreeting(flow);
        AddSealed(flow);
    }
}

void
AuthTraffic::AddKerberos(const Flow& flow)
{
    KerberosExchange first;
    first.file = flow.source->name;
    first.frame = flow.At(0).frame;
    first.time = flow.At(0).time;
    first.client = flow.address[CLIENT];
    first.clientPort = flow.port[CLIENT];
    first.server = flow.address[SERVER];
    const auto requests = ParseKerberosStream(Said(flow, CLIENT));
    const auto answers = ParseKerberosStream(Said(flow, SERVER));
    if (requests.empty() && answers.empty())
    {
        const bool isSilent = flow.stream[SERVER].segments == 0;
        if (!flow.stream[CLIENT].sawSyn || (!isSilent && !IsReset(flow)))
        {
            return; // Its beginning is missing, or nothing was asked.
        }
        first.outcome =
            isSilent ? KerberosExchange::Outcome::Silent : KerberosExchange::Outcome::Refused;
        m_exchanges.push_back(first);
        return;
    }
    for (std::size_t i = 0; i < std::max(requests.size(), answers.size()); ++i)
    {
        KerberosExchange exchange = first;
        if (i < requests.size())
        {
            const Segment& asked = Completing(flow, CLIENT, requests[i].end);
            exchange.request = requests[i].message;
            exchange.frame = i > 0 ? asked.frame : first.frame;
            exchange.time = i > 0 ? asked.time : first.time;
        }
        if (i < answers.size())
        {
            const Segment& answered = Completing(flow, SERVER, answers[i].end);
            exchange.answer = answers[i].message;
            exchange.outcome = KerberosExchange::Outcome::Answered;
            exchange.answerFrame = answered.frame;
            exchange.answerTime = answered.time;
            if (exchange.answer->serverTime)
            {
                m_clocks.push_back(
                    {first.file,
                     answered.frame,
                     answered.time,
                     first.server,
                     "",
                     AheadOf(*exchange.answer->serverTime, exchange.time, answered.time)});
            }
        }
        m_exchanges.push_back(exchange);
    }
}

void
AuthTraffic::AddGreeting(const Flow& flow)
{
    const Segment* const greeting = FirstData(flow, SERVER);
    if (!greeting || !flow.stream[CLIENT].sawSyn)
    {
        return;
    }
    std::string_view text = FirstLine(flow.Text(*greeting));
    const auto date = MailDateIn(text);
    if (!date || !scan::Skip(text, "220 "))
    {
        return;
    }
    m_clocks.push_back({flow.source->name,
                        greeting->frame,
                        greeting->time,
                        flow.address[SERVER],
                        std::string(scan::Word(text)),
                        AheadOf(*date, flow.At(0).time, greeting->time)});
}

void
AuthTraffic::AddSealed(const Flow& flow)
{
    constexpr std::chrono::milliseconds HELD(4500); // Servers hold refusals back for five seconds.
    bool isSecured = false;
    const Segment* asked = nullptr;
    const Segment* held = nullptr;
    std::size_t after = 0;
    for (const Segment& segment : flow.segments)
    {
        if (segment.payloadLength == 0)
        {
            continue;
        }
        if (segment.side == CLIENT)
        {
            isSecured =
                isSecured || StartsWithIgnoringCase(flow.Text(segment), "X-ANONYMOUSTLS\r\n");
            after += held ? 1 : 0;
            asked = &segment;
        }
        else if (isSecured && asked && segment.time - asked->time >= HELD)
        {
            held = &segment;
            after = 0;
        }
    }
    // Behind it the client says QUIT, and closes TLS.
    if (held && after <= 2 && !StartsWith(flow.Text(*held), "4"))
    {
        m_sealed.push_back({flow.source->name,
                            held->frame,
                            held->time,
                            flow.address[CLIENT],
                            flow.address[SERVER]});
    }
}

std::vector<KerberosExchange>
AuthTraffic::Exchanges(const Records<KerberosDatagram>& datagrams) const
{
    std::vector<KerberosExchange> all = m_exchanges;
    using Ends = std::tuple<std::string, HostAddress, HostAddress, std::uint16_t>;
    std::map<Ends, std::size_t> open;
    for (const auto& [file, seen] : datagrams)
    {
        const Ends ends{file, seen.client, seen.server, seen.clientPort};
        const auto known = open.find(ends);
        if (seen.message && seen.message->IsRequest() && known == open.end())
        {
            KerberosExchange exchange;
            exchange.file = file;
            exchange.frame = seen.frame;
            exchange.time = seen.time;
            exchange.client = seen.client;
            exchange.clientPort = seen.clientPort;
            exchange.server = seen.server;
            exchange.request = seen.message;
            open.emplace(ends, all.size());
            all.push_back(exchange);
        }
        else if (known != open.end() && (seen.isProhibited || seen.message))
        {
            KerberosExchange& exchange = all[known->second];
            if (seen.isProhibited)
            {
                exchange.outcome = KerberosExchange::Outcome::Prohibited;
            }
            else if (!seen.message->IsRequest())
            {
                exchange.outcome = KerberosExchange::Outcome::Answered;
                exchange.answer = seen.message;
                exchange.answerFrame = seen.frame;
                exchange.answerTime = seen.time;
                open.erase(known);
            }
        }
    }
    std::stable_sort(all.begin(),
                     all.end(),
                     [](const KerberosExchange& a, const KerberosExchange& b)
                     { return std::tie(a.file, a.frame) < std::tie(b.file, b.frame); });
    return all;
}

} // namespace bouncelab::detectors
