#include "models/probe/path-prober.h"

#include <algorithm>

namespace bouncelab::probe
{

namespace
{

// As CenTrace's packets have it.
constexpr std::uint8_t WHOLE_TTL = 64;
constexpr std::uint16_t WINDOW = 8192;
constexpr std::int64_t FIRST_PORT = 49152;

constexpr std::uint32_t PORTS_OF_RUN = 256; // A port's distance from the run's first is the TTL.
constexpr std::string_view KEYWORD = "KEYWORD";
constexpr std::size_t LONGEST_PAYLOAD = 1200;

std::string
PayloadOf(const PathProberConfig& config, const std::string& keyword)
{
    std::string payload;
    for (std::string line : config.lines)
    {
        for (std::size_t at = line.find(KEYWORD); at != line.npos;
             at = line.find(KEYWORD, at + keyword.size()))
        {
            line.replace(at, KEYWORD.size(), keyword);
        }
        payload += line + "\r\n";
    }
    return payload;
}

bool
IsBefore(std::uint32_t a, std::uint32_t b)
{
    return static_cast<std::int32_t>(a - b) < 0;
}

} // namespace

std::vector<std::string>
CheckPathProber(const PathProberConfig& config)
{
    std::vector<std::string> faults;
    if (std::none_of(config.lines.begin(),
                     config.lines.end(),
                     [](const std::string& line) { return line.find(KEYWORD) != line.npos; }))
    {
        faults.push_back("lines: found none with KEYWORD, expected one");
    }
    if (config.keyword == config.control)
    {
        faults.push_back("control: found the keyword itself, expected another");
    }
    for (const std::string& keyword : {config.keyword, config.control})
    {
        if (keyword.empty() || keyword.find_first_of("|\r\n") != keyword.npos)
        {
            faults.push_back("keyword: found \"" + keyword +
                             "\", expected text without bars and line ends");
        }
    }
    if (PayloadOf(config, config.keyword).size() > LONGEST_PAYLOAD ||
        PayloadOf(config, config.control).size() > LONGEST_PAYLOAD)
    {
        faults.push_back("lines: found more than " + std::to_string(LONGEST_PAYLOAD) +
                         " octets, expected what fits into one segment");
    }
    if (config.lastTtl < config.firstTtl)
    {
        faults.push_back("last-ttl: found " + std::to_string(config.lastTtl) +
                         ", expected at least first-ttl, " + std::to_string(config.firstTtl));
    }
    return faults;
}

PathProber::PathProber(PathProberConfig config,
                       IpAddress server,
                       std::uint16_t port,
                       DrawKey draws,
                       PathProberObserver& observer)
    : m_config(std::move(config))
    , m_server(server)
    , m_port(port)
    , m_draws(draws)
    , m_observer(observer)
    , m_basePort(static_cast<std::uint16_t>(
          m_draws("port").Between(FIRST_PORT, 65535 - 2 * m_config.repetitions * PORTS_OF_RUN)))
{
}

void
PathProber::Start(Nanoseconds now)
{
    m_due = now;
    Open(now);
}

std::optional<Nanoseconds>
PathProber::Due() const
{
    return m_state == State::Over ? std::nullopt : std::optional<Nanoseconds>(m_due);
}

bool
PathProber::Owns(std::uint16_t localPort) const
{
    return localPort >= m_basePort &&
           localPort < m_basePort + 2 * m_config.repetitions * PORTS_OF_RUN;
}

std::uint16_t
PathProber::LocalPort() const
{
    return static_cast<std::uint16_t>(m_basePort + m_run * PORTS_OF_RUN + m_trace.back().ttl);
}

void
PathProber::Advance(Nanoseconds now)
{
    if (m_state == State::Over || now < m_due)
    {
        return;
    }
    switch (m_state)
    {
    case State::Pausing:
        Open(now);
        break;
    case State::Asked:
        Close(now);
        break;
    default:
        EndProbe(now);
        break;
    }
}

void
PathProber::Open(Nanoseconds now)
{
    const bool isFirst = m_trace.empty();
    const int ttl = isFirst ? m_config.firstTtl : m_trace.back().ttl + 1;
    m_trace.push_back({static_cast<std::uint8_t>(ttl), false, {}});
    ++m_opened;
    m_sequence = static_cast<std::uint32_t>(m_draws("isn", m_opened).Value());
    m_ipId = static_cast<std::uint16_t>(m_draws("ip-id", m_opened).Value());
    m_next = 0;
    m_state = State::Opening;
    m_due = now + m_config.wait;
    Send(tcp::SYN, WHOLE_TTL);
}

void
PathProber::Established(Nanoseconds now)
{
    Send(tcp::ACK, WHOLE_TTL);
    m_due = now + m_config.wait;
    m_state = State::Greeted;
    if (!m_config.awaitsGreeting)
    {
        Ask(now);
    }
}

void
PathProber::Ask(Nanoseconds now)
{
    m_trace.back().isConnected = true;
    m_asked = m_sequence;
    m_state = State::Asked;
    m_due = now + m_config.wait;
    const std::string payload =
        PayloadOf(m_config, IsControl() ? m_config.control : m_config.keyword);
    Send(tcp::PSH | tcp::ACK, m_trace.back().ttl, payload);
}

void
PathProber::Close(Nanoseconds now)
{
    m_state = State::Closing;
    m_due = now + m_config.wait;
    Send(tcp::FIN | tcp::ACK, WHOLE_TTL);
}

void
PathProber::EndProbe(Nanoseconds now)
{
    const bool endsRun = EndsRun();
    m_state = State::Pausing;
    m_due = now + (endsRun ? m_config.separation : m_config.interval);
    if (endsRun)
    {
        EndRun();
    }
}

bool
PathProber::EndsRun() const
{
    const PathProbeResult& last = m_trace.back();
    const bool hearsRouter = std::any_of(last.replies.begin(),
                                         last.replies.end(),
                                         [](const PathReply& reply)
                                         { return reply.kind == PathReplyKind::TimeExceeded; });
    return last.ttl >= m_config.lastTtl || (!last.replies.empty() && !hearsRouter);
}

void
PathProber::EndRun()
{
    if (IsControl())
    {
        m_controls.push_back(std::move(m_trace));
    }
    else
    {
        m_observer.OnMeasured({m_server,
                               m_config.keyword,
                               std::move(m_trace),
                               m_controls[m_run - m_config.repetitions]});
    }
    m_trace.clear();
    ++m_run;
    m_state = m_run == 2U * m_config.repetitions ? State::Over : State::Pausing;
}

void
PathProber::Receive(Nanoseconds now, const TcpSegment& segment)
{
    const bool isOpen = m_state != State::Pausing && m_state != State::Over &&
                        segment.destinationPort == LocalPort() && segment.sourcePort == m_port;
    if (!isOpen)
    {
        return;
    }
    if (m_state == State::Opening)
    {
        const bool accepts = segment.Has(tcp::SYN) && segment.Has(tcp::ACK) &&
                             segment.acknowledgment == m_sequence + 1;
        if (accepts)
        {
            m_sequence = segment.acknowledgment;
            m_next = segment.sequence + 1;
            Established(now);
        }
        else if (segment.Has(tcp::RST))
        {
            EndProbe(now);
        }
        return;
    }
    if (m_state == State::Asked)
    {
        Note(segment);
    }
    Take(segment);
    if (m_state == State::Greeted && segment.payload.size > 0)
    {
        Ask(now);
    }
    else if (m_state != State::Asked && (segment.Has(tcp::RST) || segment.Has(tcp::FIN)))
    {
        EndProbe(now);
    }
}

/// Keeps what answers the probe: a reset, or what acknowledges some of what it said.
void
PathProber::Note(const TcpSegment& segment)
{
    const bool answers = segment.Has(tcp::ACK) && !segment.Has(tcp::SYN) &&
                         IsBefore(m_asked, segment.acknowledgment);
    if (segment.Has(tcp::RST) || answers)
    {
        m_trace.back().replies.push_back({m_server,
                                          segment.Has(tcp::RST)   ? PathReplyKind::Reset
                                          : segment.Has(tcp::FIN) ? PathReplyKind::Finish
                                                                  : PathReplyKind::Acknowledgment,
                                          std::string(segment.payload.Text())});
    }
}

/// Acknowledges what is in order, as what is not.
void
PathProber::Take(const TcpSegment& segment)
{
    if (segment.Has(tcp::RST))
    {
        return;
    }
    if (segment.Has(tcp::ACK) && IsBefore(m_sequence, segment.acknowledgment))
    {
        m_sequence = segment.acknowledgment;
    }
    if (segment.SequenceLength() > 0)
    {
        m_next += segment.sequence == m_next ? segment.SequenceLength() : 0;
        Send(tcp::ACK, WHOLE_TTL);
    }
}

void
PathProber::Expired(IpAddress router, std::uint16_t localPort)
{
    if (m_state == State::Asked && localPort == LocalPort())
    {
        m_trace.back().replies.push_back({router, PathReplyKind::TimeExceeded, {}});
    }
}

void
PathProber::Send(std::uint8_t flags, std::uint8_t ttl, std::string_view payload)
{
    ProbePacket packet;
    packet.segment.sourcePort = LocalPort();
    packet.segment.destinationPort = m_port;
    packet.segment.sequence = m_sequence;
    packet.segment.acknowledgment = m_next;
    packet.segment.flags = flags;
    packet.segment.window = WINDOW;
    packet.segment.payload = ViewOf(payload);
    packet.ttl = ttl;
    packet.ipId = m_ipId;
    ++m_ipId;
    m_observer.OnSend(packet);
}

} // namespace bouncelab::probe
