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
constexpr int HEADING_LINES = 2; //!< From where a destination is named to the first hop.

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
    if (text.empty())
    {
        return false;
    }
    if (!m_open && WindowsHop(text))
    {
        Open(Form::Windows, m_since <= HEADING_LINES ? m_named : std::nullopt);
    }
    if (m_open && ReadHop(text))
    {
        return true;
    }
    End();
    ++m_since;
    std::string_view rest = text;
    for (std::string_view word = scan::Word(rest); !word.empty(); word = scan::Word(rest))
    {
        if (const auto address = HostAddress::Parse(WithoutBrackets(word)))
        {
            m_named = address;
            m_since = 0;
        }
    }
    return false;
}

void
TracerouteReader::End()
{
    if (m_open && !m_route.hops.empty())
    {
        for (auto hop = m_route.hops.rbegin();
             hop != m_route.hops.rend() && !m_route.destination.IsKnown();
             ++hop)
        {
            m_route.destination = hop->address.value_or(HostAddress());
        }
        if (m_route.destination.IsKnown())
        {
            m_handler(m_route);
        }
    }
    m_open = false;
}

void
TracerouteReader::Open(Form form, std::optional<HostAddress> destination)
{
    m_route = TracedRoute();
    m_route.destination = destination.value_or(HostAddress());
    m_form = form;
    m_open = true;
}

bool
TracerouteReader::ReadHeader(std::string_view text)
{
    namespace words = fields::traceroute;
    if (StartsWith(text, words::REPORT_HEADER) && text.find(words::REPORT_COLUMNS) != text.npos)
    {
        End();
        Open(Form::Report, std::nullopt);
        return true;
    }
    auto rest = scan::After(text, words::HEADER);
    rest = rest ? rest : scan::After(text, words::IPV6_HEADER);
    rest = rest ? rest : scan::After(text, words::TCP_HEADER);
    if (!rest || rest->find(words::HOPS_MAX) == std::string_view::npos)
    {
        return false;
    }
    End();
    const std::string_view name = scan::Word(*rest);
    std::optional<HostAddress> destination = HostAddress::Parse(WithoutBrackets(scan::Word(*rest)));
    destination = destination ? destination : HostAddress::Parse(WithoutBrackets(name));
    if (destination)
    {
        Open(Form::Unix, destination);
    }
    return true;
}

bool
TracerouteReader::ReadHop(std::string_view text)
{
    auto hop = HopOf(text);
    const int expected = m_route.hops.empty() ? 1 : m_route.hops.back().number + 1;
    if (!hop || hop->number != expected || expected > MOST_HOPS)
    {
        return false;
    }
    m_route.hops.push_back(std::move(*hop));
    return true;
}

std::optional<TracedHop>
TracerouteReader::HopOf(std::string_view text) const
{
    switch (m_form)
    {
    case Form::Unix:
        return UnixHop(text);
    case Form::Windows:
        return WindowsHop(text);
    case Form::Report:
        return ReportedHop(text);
    }
    return std::nullopt;
}

std::optional<TracedHop>
TracerouteReader::UnixHop(std::string_view text) const
{
    const auto number = scan::Number(text);
    if (!number || *number > MOST_HOPS || text.empty() || !scan::IsSpace(text.front()))
    {
        return std::nullopt;
    }
    TracedHop hop;
    hop.number = static_cast<int>(*number);
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
    return any ? std::optional<TracedHop>(hop) : std::nullopt;
}

std::optional<TracedHop>
TracerouteReader::WindowsHop(std::string_view text) const
{
    constexpr std::int64_t STEP = 1000000;
    constexpr int TRIES = 3;
    const auto number = scan::Number(text);
    if (!number || *number > MOST_HOPS || text.empty() || !scan::IsSpace(text.front()))
    {
        return std::nullopt;
    }
    TracedHop hop;
    hop.number = static_cast<int>(*number);
    for (int i = 0; i < TRIES; ++i)
    {
        std::string_view word = scan::Word(text);
        if (word == fields::traceroute::NO_ANSWER)
        {
            continue;
        }
        const bool isLess = scan::Skip(word, "<");
        const auto whole = Milliseconds(word);
        const std::string_view unit = scan::Word(text);
        if (!whole || *whole % STEP != 0 ||
            (unit != fields::traceroute::MILLISECONDS &&
             unit != fields::traceroute::CHINESE_MILLISECONDS))
        {
            return std::nullopt;
        }
        const std::int64_t most = isLess ? *whole : *whole + STEP;
        hop.minimumNs = std::min(hop.minimumNs.value_or(most), most);
    }
    for (std::string_view word = scan::Word(text); !word.empty(); word = scan::Word(text))
    {
        const auto address = HostAddress::Parse(WithoutBrackets(word));
        hop.address = address ? address : hop.address;
    }
    // "Request timed out.", in whatever language.
    return hop.address.has_value() == hop.minimumNs.has_value() ? std::optional<TracedHop>(hop)
                                                                : std::nullopt;
}

std::optional<TracedHop>
TracerouteReader::ReportedHop(std::string_view text) const
{
    const auto number = scan::Number(text);
    if (!number || *number > MOST_HOPS || !scan::Skip(text, fields::traceroute::REPORT_HOP))
    {
        return std::nullopt;
    }
    TracedHop hop;
    hop.number = static_cast<int>(*number);
    bool hasName = false;
    for (std::string_view word = scan::Word(text); !word.empty(); word = scan::Word(text))
    {
        // Old versions print "100.0" without its sign.
        if (EndsWith(word, "%") || (hasName && Milliseconds(word)))
        {
            break;
        }
        hasName = true;
        const auto address = HostAddress::Parse(WithoutBrackets(word));
        hop.address = address ? address : hop.address;
    }
    constexpr int BEFORE_BEST = 3; // sent, last, average
    for (int i = 0; i < BEFORE_BEST; ++i)
    {
        scan::Word(text);
    }
    const auto best = Milliseconds(scan::Word(text));
    if (!best)
    {
        return std::nullopt;
    }
    hop.minimumNs = hop.address ? best : std::nullopt;
    return hop;
}

} // namespace bouncelab::detectors
