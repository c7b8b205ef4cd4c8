#include "models/host/message-stream.h"

#include "models/dns/message.h"

namespace bouncelab::host
{

Framing
DnsFraming()
{
    return {[](const std::string& message) { return dns::Framed(message); },
            [](std::string& arrived) { return dns::TakeFrame(arrived); }};
}

void
MessageStream::Send(const std::string& message)
{
    m_output += m_framing.frame(message);
}

void
MessageStream::Receive(std::string_view bytes, Nanoseconds now)
{
    m_timer = now + PATIENCE;
    m_arrived += bytes;
    while (const auto message = m_framing.take(m_arrived))
    {
        m_onMessage(*message);
    }
}

void
MessageStream::Tick(Nanoseconds now)
{
    if (m_timer && now >= *m_timer)
    {
        m_closing = true;
        m_timer.reset();
    }
}

std::string
MessageStream::TakeOutput(std::size_t limit)
{
    std::string taken = m_output.substr(0, limit);
    m_output.erase(0, taken.size());
    return taken;
}

} // namespace bouncelab::host
