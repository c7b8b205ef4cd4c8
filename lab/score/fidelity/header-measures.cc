#include "lab/score/fidelity/measures.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::score
{

namespace
{

constexpr int USUAL_INITIAL_TTL = 64;   // S003-26: the article's assumption for the peers
constexpr int CLIENT_INITIAL_TTL = 128; // S003-10: raised by hand

Facts
InitialTtl(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const int genuine = USUAL_INITIAL_TTL - s.Packet(8).ip->ttl;
    return {Count("genuine", genuine),
            Count("forged", USUAL_INITIAL_TTL - s.Packet(7).ip->ttl),
            Count("route", subject.Route().Length().value_or(0)),
            Count("client", CLIENT_INITIAL_TTL - s.Packet(1).ip->ttl)};
}

Facts
ServerFingerprint(const Subject& subject)
{
    const CaptureFrame& p = subject.Session().Packet(2);
    return {Count("IP ID", p.ip->id),
            YesNo("DF", p.ip->dontFragment),
            Count("window", p.tcp->window),
            {"options", OptionLayout(p)}};
}

Facts
ClientWindows(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const CaptureFrame& syn = s.Packet(1);
    const int scale = syn.tcp->options.windowScale.value_or(0);
    const std::int64_t scaled = std::int64_t{s.Packet(3).tcp->window} << scale;
    const std::int64_t segment =
        syn.tcp->options.mss.value_or(536) - (s.Packet(3).tcp->options.timestamp ? 12 : 0);
    return {Count("SYN", syn.tcp->window),
            Count("scaled", scaled),
            {"segments",
             scaled % segment == 0 ? fmt::format("{} x {}", scaled / segment, segment)
                                   : "no whole number"}};
}

/// The client's IP ID as a counter that other traffic moves on.
Facts
ClientIpId(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    std::vector<const CaptureFrame*> sent;
    for (const int number : {1, 3, 5, 6, 9})
    {
        sent.push_back(&s.Packet(number));
    }
    bool rising = true;
    for (std::size_t i = 1; i < sent.size(); ++i)
    {
        const auto step = static_cast<std::uint16_t>(sent[i]->ip->id - sent[i - 1]->ip->id);
        rising = rising && step > 0 && step < 0x8000;
    }
    const double seconds = static_cast<double>(sent.back()->timeNs - sent.front()->timeNs) / 1e9;
    const auto steps = static_cast<std::uint16_t>(sent.back()->ip->id - sent.front()->ip->id);
    return {Count("first", sent.front()->ip->id),
            YesNo("rising", rising),
            Count("rate", static_cast<std::int64_t>(steps / seconds + 0.5), "/s")};
}

Facts
ServerIpId(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const std::uint16_t first = s.Packet(4).ip->id;
    const std::uint16_t last = s.Packet(8).ip->id;
    const std::uint16_t forged = s.Packet(7).ip->id;
    return {Count("SYN-ACK", s.Packet(2).ip->id),
            Count("greeting", first),
            Count("steps", static_cast<std::uint16_t>(last - first)),
            YesNo("forged outside",
                  static_cast<std::uint16_t>(forged - first) >
                      static_cast<std::uint16_t>(last - first))};
}

Facts
ReplyGrammar(const Subject& subject)
{
    std::string_view reply = subject.Session().Packet(7).Payload();
    reply = reply.substr(0, reply.find('\r'));
    const std::string_view text = reply.size() > 4 ? reply.substr(4) : std::string_view();
    const auto digits = std::count(text.begin(), text.end(), '.');
    const bool enhanced = text.size() >= 5 && IsDigit(text[0]) && text[1] == '.';
    return {{"code", std::string(reply.substr(0, 3))},
            {"text", std::string(text)},
            YesNo("enhanced code", enhanced),
            YesNo("host name", !enhanced && digits >= 2)};
}

/// In what the forged reply differs from the server's packets around it (S003-43).
Facts
ForgedTells(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const CaptureFrame& forged = s.Packet(7);
    const CaptureFrame& before = s.Packet(4);
    const CaptureFrame& after = s.Packet(8);
    const auto least = std::min(before.ip->id, after.ip->id);
    const auto most = std::max(before.ip->id, after.ip->id);
    const std::int64_t roundTrip = s.Packet(2).timeNs - s.Packet(1).timeNs;
    const bool conflicts = forged.tcp->sequence == after.tcp->sequence &&
                           forged.Payload().substr(0, 3) != after.Payload().substr(0, 3);
    return {Count("TTL jump", forged.ip->ttl - before.ip->ttl),
            YesNo("IP ID apart", forged.ip->id < least || forged.ip->id > most),
            YesNo("DF cleared", before.ip->dontFragment && !forged.ip->dontFragment),
            Count("window", forged.tcp->window),
            YesNo("TS missing", before.tcp->options.timestamp && !forged.tcp->options.timestamp),
            YesNo("overlap", conflicts),
            YesNo("too early", forged.timeNs - s.Packet(6).timeNs < roundTrip),
            YesNo("other text", forged.Payload() != after.Payload())};
}

} // namespace

void
AddHeaderMeasures(MeasureTable& table)
{
    table["initial-ttl"] = {"Decrements of both replies from 64, of the client's from 128, and the "
                            "length of the route.",
                            {"genuine", "forged", "route", "client"},
                            InitialTtl};
    table["server-fingerprint"] = {"The look of the server's SYN-ACK.",
                                   {"IP ID", "DF", "window", "options"},
                                   ServerFingerprint};
    table["client-windows"] = {"The client's windows, and how many full segments they hold.",
                               {"SYN", "scaled", "segments"},
                               ClientWindows};
    table["client-ip-id"] = {"The client's IP ID as a busy host's counter.",
                             {"first", "rising", "rate"},
                             ClientIpId};
    table["server-ip-id"] = {"The server's IP ID, from its greeting to its reply to RCPT.",
                             {"SYN-ACK", "greeting", "steps", "forged outside"},
                             ServerIpId};
    table["reply-grammar"] = {"What the forged reply says, and what it lacks.",
                              {"code", "text", "enhanced code", "host name"},
                              ReplyGrammar};
    table["forged-tells"] = {"In what the forged reply differs from the server's packets.",
                             {"TTL jump",
                              "IP ID apart",
                              "DF cleared",
                              "window",
                              "TS missing",
                              "overlap",
                              "too early",
                              "other text"},
                             ForgedTells};
}

} // namespace bouncelab::score
