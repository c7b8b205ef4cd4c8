#include "detectors/readers/connection-table-reader.h"

#include "detectors/flow/flow.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <vector>

namespace bouncelab::detectors
{

namespace
{

using Reached = PortTest::Outcome;

/// "203.0.113.5:25", "203.0.113.5:smtp", "[2001:db8::5]:25"
bool
TakeSocket(std::string_view word, HostAddress& address, std::uint16_t& port)
{
    const std::size_t colon = word.rfind(':');
    const auto parsed =
        colon == word.npos ? std::nullopt : HostAddress::Parse(Trim(word.substr(0, colon), "[]"));
    if (!parsed)
    {
        return false;
    }
    std::string_view name = word.substr(colon + 1);
    address = *parsed;
    port = name == "smtp"         ? 25
           : name == "submission" ? 587
           : name == "urd" || name == "smtps" || name == "submissions"
               ? 465
               : static_cast<std::uint16_t>(scan::Number(name).value_or(0) & 0xFFFF);
    return true;
}

std::optional<Reached>
OutcomeOfState(std::string_view word)
{
    return word == "SYN_SENT" || word == "SYN-SENT"   ? std::optional(Reached::Silent)
           : word == "ESTABLISHED" || word == "ESTAB" ? std::optional(Reached::Open)
                                                      : std::nullopt;
}

} // namespace

bool
ConnectionTableReader::ReadSocket(std::uint32_t number, std::string_view text)
{
    constexpr std::size_t MOST_WORDS = 8;
    PortTest test;
    std::optional<Reached> outcome;
    std::vector<std::pair<HostAddress, std::uint16_t>> ends;
    std::string_view rest = text;
    const std::string_view first = scan::Word(rest);
    const bool isNetstat = first == "tcp" || first == "tcp6" || first == "TCP";
    if (!isNetstat && !OutcomeOfState(first))
    {
        return false;
    }
    outcome = OutcomeOfState(first);
    std::int64_t queued = 0;
    for (std::size_t i = 0; i < MOST_WORDS; ++i)
    {
        const std::string_view word = scan::Word(rest);
        std::pair<HostAddress, std::uint16_t> end;
        if (TakeSocket(word, end.first, end.second))
        {
            ends.push_back(end);
        }
        outcome = outcome ? outcome : OutcomeOfState(word);
        std::string_view digits = word;
        queued = ends.empty() ? scan::Number(digits).value_or(queued) : queued; // Send-Q is last
    }
    if (ends.size() != 2 || !outcome || !IsMailPort(ends[1].second) || IsMailPort(ends[0].second))
    {
        return ends.size() == 2 && outcome;
    }
    test.line = number;
    test.text = Trim(text);
    test.tool = isNetstat ? "netstat" : "ss";
    test.address = ends[1].first;
    test.port = ends[1].second;
    test.outcome = *outcome;
    test.isSnapshot = true;
    if (test.outcome == Reached::Open && queued > 0)
    {
        m_sending = test;
    }
    m_handlers.connection(test);
    return true;
}

bool
ConnectionTableReader::ReadTracked(std::uint32_t number, std::string_view text)
{
    // "tcp 6 112 SYN_SENT src=10.0.0.5 dst=203.0.113.5 sport=41022 dport=25 [UNREPLIED] src=..."
    constexpr std::int64_t TIMEOUT = 120; // Of a call that nothing answers, in seconds.
    constexpr std::int64_t ENOUGH = 3;    // By then the SYN was sent three times.
    const std::size_t begin =
        text.find("tcp      6 ") != text.npos ? text.find("tcp      6 ") : text.find("tcp 6 ");
    if (begin == text.npos)
    {
        return false;
    }
    std::string_view rest = text.substr(begin);
    scan::Word(rest);
    scan::Word(rest);
    std::string_view left = scan::Word(rest);
    const auto seconds = scan::Number(left);
    const auto outcome = OutcomeOfState(scan::Word(rest));
    const auto value = [&](std::string_view name)
    {
        const auto behind = scan::After(rest, name);
        return behind ? behind->substr(0, behind->find(' ')) : std::string_view();
    };
    const auto source = HostAddress::Parse(value(" src="));
    const auto destination = HostAddress::Parse(value(" dst="));
    std::string_view port = value(" dport=");
    const auto to = scan::Number(port);
    if (!seconds || !source || !destination || !to)
    {
        return false;
    }
    const bool isOutbound = source->IsPrivate() && !destination->IsPrivate();
    const bool isUnanswered = outcome == Reached::Silent && rest.find("[UNREPLIED]") != rest.npos;
    if (!outcome || *to > 0xFFFF || !IsMailPort(static_cast<std::uint16_t>(*to)) || !isOutbound ||
        (*outcome == Reached::Silent && !isUnanswered))
    {
        return true;
    }
    PortTest test;
    test.line = number;
    test.text = text;
    test.tool = "conntrack";
    test.address = *destination;
    test.port = static_cast<std::uint16_t>(*to);
    test.outcome = *outcome;
    test.isSnapshot = isUnanswered && *seconds > TIMEOUT - ENOUGH;
    // The second half of a row is what the answers look like.
    const auto answers = scan::After(rest, " dport=");
    const auto from = answers ? scan::After(*answers, " src=") : std::nullopt;
    const auto by = from ? HostAddress::Parse(from->substr(0, from->find(' '))) : std::nullopt;
    if (by && *by != *destination && test.outcome == Reached::Open)
    {
        const auto answeringPort = scan::NumberBehind(*from, " sport=");
        test.lastHop = *by;
        test.redirectedPort = static_cast<std::uint16_t>(answeringPort.value_or(0));
    }
    m_handlers.connection(test);
    return true;
}

bool
ConnectionTableReader::ReadDetails(std::string_view text)
{
    // "cubic ... rto:52224 backoff:8 ... bytes_acked:433 ... unacked:10 retrans:1/9 lost:10"
    constexpr std::int64_t SEVERAL = 3;
    const auto backoff = scan::NumberBehind(text, " backoff:");
    const auto unacked = scan::NumberBehind(text, " unacked:");
    const bool isDetails = text.find(" rto:") != text.npos && text.find(" mss:") != text.npos;
    if (isDetails && m_sending && backoff && unacked && *backoff >= SEVERAL)
    {
        ReportedReply reply;
        reply.line = m_sending->line;
        reply.text = m_sending->text;
        reply.program = "ss";
        reply.stage = "content";
        reply.address = m_sending->address;
        reply.failure = fmt::format("{} segments are sent again and again and not acknowledged "
                                    "(backoff {})",
                                    *unacked,
                                    *backoff);
        m_handlers.stuck(reply);
    }
    m_sending.reset();
    return isDetails;
}

bool
ConnectionTableReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (ReadDetails(text))
    {
        return true;
    }
    return ReadTracked(number, text) || ReadSocket(number, text);
}

} // namespace bouncelab::detectors
