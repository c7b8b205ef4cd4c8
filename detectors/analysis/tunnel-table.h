#ifndef BOUNCELAB_DETECTORS_ANALYSIS_TUNNEL_TABLE_H
#define BOUNCELAB_DETECTORS_ANALYSIS_TUNNEL_TABLE_H

#include "detectors/flow/flow.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// A connection on which a client has had a proxy connect it to another server.
struct SeenTunnel
{
    std::string file;
    std::uint32_t frame = 0; //!< Of the request.
    WallTime time{};         //!< Of the request.
    HostAddress client;
    HostAddress proxy;
    std::uint16_t port = 0; //!< The proxy's.
    std::string protocol;   //!< "HTTP CONNECT", "SOCKS 4", "SOCKS 5"
    std::string target;     //!< A name or an address.
    std::uint16_t targetPort = 0;
    bool isOpened = false; //!< The proxy says that it is done.
};

/// The tunnels among flows: HTTP's CONNECT (RFC 9110 9.3.6), SOCKS 4 and 5 (RFC 1928).
class TunnelTable
{
  public:
    void Add(const Flow& flow); //!< Takes the flow's tunnel, if it is one.

    const std::vector<SeenTunnel>& All() const { return m_tunnels; }

  private:
    std::vector<SeenTunnel> m_tunnels;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_TUNNEL_TABLE_H
