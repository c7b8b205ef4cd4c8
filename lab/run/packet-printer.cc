#include "lab/run/packet-printer.h"

#include <utility>

namespace bouncelab::run
{

PacketPrinter::PacketPrinter(const scenario::VantageConfig& config,
                             DrawKey draws,
                             const HostClock& clock,
                             path::Direction receives,
                             evidence::OutputFile* out,
                             NameFinder findName)
    : m_clock(clock)
    , m_tap(config,
            draws,
            receives,
            [this](const evidence::Frame& frame, ByteView octets, const path::WirePacket&)
            {
                m_waiting.push_back(
                    {{octets.data, octets.data + octets.size}, m_clock.Read(frame.time)});
                Drain();
            })
    , m_out(out)
    , m_findName(std::move(findName))
    , m_text(
          [this](IpAddress address) -> std::optional<std::string>
          {
              const auto known = m_names.find(address);
              if (known != m_names.end())
              {
                  return known->second;
              }
              m_missing = m_missing.value_or(address);
              return std::nullopt;
          })
{
}

void
PacketPrinter::Drain()
{
    while (!m_asks && !m_waiting.empty())
    {
        const Waiting& next = m_waiting.front();
        m_missing.reset();
        m_line.clear();
        if (!m_text.Append(m_line,
                           {next.octets.data(), next.octets.size()},
                           next.reading,
                           m_clock.zoneSeconds))
        {
            Ask(); // Where the answer comes at once, the rest is printed from there.
            return;
        }
        if (m_out)
        {
            m_out->Write(m_line);
        }
        m_waiting.pop_front();
    }
}

void
PacketPrinter::Ask()
{
    m_asks = true;
    m_findName(*m_missing,
               [this, address = *m_missing](const std::string& name)
               {
                   m_names[address] = name;
                   m_asks = false;
                   Drain();
               });
}

void
PacketPrinter::Close()
{
    m_asks = false;
    m_findName = [](IpAddress, const NameHandler& onName) { onName({}); };
    Drain();
}

} // namespace bouncelab::run
