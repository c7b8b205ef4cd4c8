#include "models/path/unreachable-responder.h"

#include <ns3/simulator.h>

namespace bouncelab::path
{

UnreachableResponder::UnreachableResponder(NetworkPath& path,
                                           PathEnd end,
                                           std::uint64_t seed,
                                           const std::string& name,
                                           const HopConfig& host,
                                           provenance::Ledger* ledger)
    : UnreachableResponder([&path, end](const WirePacket& packet) { path.Enter(end, packet); },
                           seed,
                           name,
                           host,
                           ledger)
{
}

UnreachableResponder::UnreachableResponder(WireHandler send,
                                           std::uint64_t seed,
                                           const std::string& name,
                                           const HopConfig& host,
                                           provenance::Ledger* ledger)
    : m_send(std::move(send))
    , m_address(host.address)
    , m_icmp(seed, name, host, ledger)
{
}

bool
UnreachableResponder::Take(const WirePacket& packet)
{
    if (packet.header.GetProtocol() != protocol::UDP || packet.header.GetDestination() != m_address)
    {
        return false;
    }
    if (IcmpResponder::Answers(packet.header))
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_icmp.ReplyDelay(packet).count()),
                                 [this, packet] { m_send(m_icmp.PortUnreachable(packet)); });
    }
    return true;
}

} // namespace bouncelab::path
