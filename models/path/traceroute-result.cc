#include "models/path/traceroute-result.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>

namespace bouncelab::path
{

namespace
{

constexpr std::uint8_t Unreachable = 3;

/// Marks of the unreachable codes 0 to 15 (RFC 792, RFC 1122, RFC 1812).
constexpr std::array<std::string_view, 16> Marks = {" !N",
                                                    " !H",
                                                    " !P",
                                                    "",
                                                    " !F",
                                                    " !S",
                                                    " !U",
                                                    " !W",
                                                    " !I",
                                                    " !A",
                                                    " !Z",
                                                    " !Q",
                                                    " !T",
                                                    " !X",
                                                    " !V",
                                                    " !C"};

void
WriteAnswer(std::string& text, const TracerouteProbe& probe, std::optional<IpAddress>& last)
{
    const TracerouteAnswer& answer = *probe.answer;
    auto out = std::back_inserter(text);
    if (!last || *last != answer.from)
    {
        fmt::format_to(out, "{} {}", last ? "\n   " : "", answer.from.ToString());
        last = answer.from;
    }
    // Each of the two is cut by itself.
    const std::int64_t microseconds =
        (std::chrono::floor<std::chrono::microseconds>(answer.received) -
         std::chrono::floor<std::chrono::microseconds>(probe.sent))
            .count();
    fmt::format_to(out, "  {}.{:03} ms", microseconds / 1000, microseconds % 1000);
    if (answer.icmpType != Unreachable)
    {
        return;
    }
    if (answer.icmpCode >= Marks.size())
    {
        fmt::format_to(out, " !<{}>", answer.icmpCode);
    }
    else if (answer.icmpCode == 3)
    {
        text += answer.ttl <= 1 ? " !" : "";
    }
    else
    {
        text += Marks[answer.icmpCode];
    }
}

} // namespace

std::string
TracerouteText(const TracerouteResult& result)
{
    const std::string target = result.config.target.ToString();
    const bool isIpv6 = result.config.target.IsIpv6();
    std::string text =
        fmt::format("traceroute{} to {} ({}){}, {} hops max, {} byte packets\n",
                    isIpv6 ? "6" : "",
                    target,
                    target,
                    isIpv6 ? " from " + result.source.ToString() : "",
                    result.config.maxHops,
                    isIpv6 ? result.DataBytes() : std::size_t{result.config.packetBytes});
    for (const TracerouteHop& hop : result.hops)
    {
        fmt::format_to(std::back_inserter(text), "{:2} ", hop.ttl);
        std::optional<IpAddress> last;
        for (const TracerouteProbe& probe : hop.probes)
        {
            if (probe.answer)
            {
                WriteAnswer(text, probe, last);
            }
            else
            {
                text += " *";
            }
        }
        text += '\n';
    }
    return text;
}

} // namespace bouncelab::path
