#include "models/probe/transcript.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::probe
{

std::string
TitleLine(std::string_view server, IpAddress address)
{
    return fmt::format("Relay test of {} [{}]", WithoutControls(server), address.ToString());
}

std::string
SaidLine(std::string_view octets)
{
    return ">>> " + WithoutControls(octets.substr(0, octets.find("\r\n")));
}

std::string
ContentLine(std::string_view messageId, std::size_t octets)
{
    return fmt::format(">>> (message {}, {} octets)", messageId, octets);
}

std::vector<std::string>
HeardLines(std::string_view reply)
{
    std::vector<std::string> lines;
    do
    {
        const std::size_t stop = std::min(reply.find('\n'), reply.size());
        lines.push_back("<<< " + WithoutControls(reply.substr(0, stop)));
        reply.remove_prefix(std::min(stop + 1, reply.size()));
    } while (!reply.empty());
    return lines;
}

std::string
ConnectionLine(smtp::EndReason reason, Nanoseconds timeout)
{
    switch (reason)
    {
    case smtp::EndReason::PeerReset:
        return "*** Connection reset by the server";
    case smtp::EndReason::TimedOut:
        return fmt::format("*** No reply within {} ms", timeout.count() / 1000000);
    case smtp::EndReason::Overflow:
        return "*** Too much output from the server";
    case smtp::EndReason::Quit:
        return "*** Connection closed";
    default:
        return "*** Connection closed by the server";
    }
}

std::string
ResultLine(unsigned number, std::string_view recipient)
{
    return fmt::format("Test {} accepted: {}", number, recipient);
}

std::string
SummaryLine(std::uint32_t tests, std::uint32_t accepted)
{
    return accepted == 0
               ? fmt::format("{} tests performed, no relays accepted.", tests)
               : fmt::format("{} tests performed, {} accepted. This host may be an open relay.",
                             tests,
                             accepted == 1 ? "1 recipient"
                                           : fmt::format("{} recipients", accepted));
}

} // namespace bouncelab::probe
