#include "models/host/dns-stream.h"

#include "models/dns/message.h"

namespace bouncelab::host
{

void
DnsStream::Send(const std::string& message)
{
    m_output += dns::Framed(message);
}

void
DnsStream::Receive(std::string_view bytes, Nanoseconds now)
{
    m_timer = now + PATIENCE;
    m_arrived += bytes;
    while (const auto message = dns::TakeFrame(m_arrived))
    {
        m_onMessage(*message);
    }
}

void
DnsStream::Tick(Nanoseconds now)
{
    if (m_timer && now >= *m_timer)
    {
        m_closing = true;
        m_timer.reset();
    }
}

std::string
DnsStream::TakeOutput(std::size_t limit)
{
    std::string taken = m_output.substr(0, limit);
    m_output.erase(0, taken.size());
    return taken;
}

} // namespace bouncelab::host
