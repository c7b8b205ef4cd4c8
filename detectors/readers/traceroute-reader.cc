#include "detectors/readers/traceroute-reader.h"

#include "detectors/readers/scan.h"
#include "formats/log-fields.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr int MOST_HOPS = 255;

std::string_view
WithoutBrackets(std::string_view word)
{
    while (!word.empty() && (word.front() == '(' || word.front() == '['))
    {
        word.remove_prefix(1);
    }
    while (!word.empty() && (word.back() == ')' || word.back() == ']' || word.back() == ','))
    {
        word.remove_suffix(1);
    }
    return word;
}

/// "50.083" as nanoseconds of a figure in milliseconds.
std::optional<std::int64_t>
Milliseconds(std::string_view word)
{
    const auto whole = scan::Number(word);
    if (!whole || *whole > 1000000)
    {
        return std::nullopt;
    }
    std::int64_t nanoseconds = *whole * 1000000;
    if (scan::Skip(word, "."))
    {
        nanoseconds += scan::Decimals(word, 6);
    }
    return word.empty() ? std::optional<std::int64_t>(nanoseconds) : std::nullopt;
}

} // namespace

std::optional<int>
TracedRoute::Length() const
{
    for (const TracedHop& hop : hops)
    {
        if (hop.address && *hop.address == destination)
        {
            return hop.number;
        }
    }
    return std::nullopt;
}

std::optional<std::int64_t>
TracedRoute::RoundTripNs() const
{
    const auto length = Length();
    return length ? PathNs(*length) : std::nullopt;
}

std::optional<std::int64_t>
TracedRoute::PathNs(int hop) const
{
    std::optional<std::int64_t> smallest;
    for (const TracedHop& other : hops)
    {
        if (other.number >= hop && other.minimumNs && (!smallest || *other.minimumNs < *smallest))
        {
            smallest = other.minimumNs;
        }
    }
    return smallest;
}

void
TracedRoute::Merge(const TracedRoute& other)
{
    for (const TracedHop& hop : other.hops)
    {
        const auto same =
            std::find_if(hops.begin(),
                         hops.end(),
                         [&](const TracedHop& own) { return own.number == hop.number; });
        if (same == hops.end())
        {
            hops.push_back(hop);
        }
        else if (hop.minimumNs && (!same->minimumNs || *hop.minimumNs < *same->minimumNs))
        {
            same->minimumNs = hop.minimumNs;
            same->address = same->address ? same->address : hop.address;
        }
    }
    std::sort(hops.begin(),
              hops.end(),
              [](const TracedHop& a, const TracedHop& b) { return a.number < b.number; });
}

bool
TracerouteReader::Line(std::uint32_t /* number */, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (ReadHeader(text))
    {
        return true;
    }
    const bool isHop = m_open && ReadHop(text);
    if (m_open && !isHop && !text.empty())
    {
        End();
    }
    return isHop;
}

void
TracerouteReader::End()
{
    if (m_open && !m_route.hops.empty())
    {
        m_handler(m_route);
    }
    m_open = false;
}

bool
TracerouteReader::ReadHeader(std::string_view text)
{
    auto rest = scan::After(text, fields::traceroute::HEADER);
    if (!rest || rest->find(fields::traceroute::HOPS_MAX) == std::string_view::npos)
    {
        return false;
    }
    End();
    const std::string_view name = scan::Word(*rest);
    std::optional<HostAddress> destination = HostAddress::Parse(WithoutBrackets(scan::Word(*rest)));
    destination = destination ? destination : HostAddress::Parse(WithoutBrackets(name));
    if (destination)
    {
        m_route = TracedRoute();
        m_route.destination = *destination;
        m_open = true;
    }
    return true;
}

bool
TracerouteReader::ReadHop(std::string_view text)
{
    const auto number = scan::Number(text);
    const int expected = m_route.hops.empty() ? 1 : m_route.hops.back().number + 1;
    if (!number || *number != expected || expected > MOST_HOPS || text.empty() ||
        !scan::IsSpace(text.front()))
    {
        return false;
    }
    TracedHop hop;
    hop.number = expected;
    bool any = false;
    std::string_view before;
    for (std::string_view word = scan::Word(text); !word.empty(); word = scan::Word(text))
    {
        if (word == fields::traceroute::NO_ANSWER)
        {
            any = true;
        }
        else if (word == fields::traceroute::MILLISECONDS)
        {
            if (const auto roundTrip = Milliseconds(before))
            {
                hop.minimumNs = std::min(hop.minimumNs.value_or(*roundTrip), *roundTrip);
                any = true;
            }
        }
        else if (!hop.address)
        {
            hop.address = HostAddress::Parse(WithoutBrackets(word));
        }
        before = word;
    }
    if (any)
    {
        m_route.hops.push_back(hop);
    }
    return any;
}

} // namespace bouncelab::detectors
