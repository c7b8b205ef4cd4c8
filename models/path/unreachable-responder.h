#ifndef BOUNCELAB_MODELS_PATH_UNREACHABLE_RESPONDER_H
#define BOUNCELAB_MODELS_PATH_UNREACHABLE_RESPONDER_H

#include "models/path/icmp-responder.h"
#include "models/path/path.h"

namespace bouncelab::path
{

/// What a host without UDP services does at the end of a path: it answers UDP with ICMP port
/// unreachable (RFC 1122 4.1.3.1), after the delay and with the TTL of its HopConfig.
class UnreachableResponder
{
  public:
    /// \param path at whose end the host is; not owned. \param name its actor in the ledger.
    /// \param host its address and icmp-* figures: the path's last hop, for a server.
    UnreachableResponder(NetworkPath& path,
                         PathEnd end,
                         std::uint64_t seed,
                         const std::string& name,
                         const HopConfig& host,
                         provenance::Ledger* ledger);

    /// The same for a host that sends through something else, such as a tunnel.
    UnreachableResponder(WireHandler send,
                         std::uint64_t seed,
                         const std::string& name,
                         const HopConfig& host,
                         provenance::Ledger* ledger);

    /// See IcmpResponder.
    void QuoteOctets(std::size_t count) { m_icmp.QuoteOctets(count); }

    /// Answers a UDP packet for the host. \return whether it was one; others are not touched.
    bool Take(const WirePacket& packet);

  private:
    WireHandler m_send;
    IpAddress m_address;
    IcmpResponder m_icmp;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_UNREACHABLE_RESPONDER_H
