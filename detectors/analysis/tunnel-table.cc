#include "detectors/analysis/tunnel-table.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

namespace
{

/// Where a request leads.
struct Request
{
    std::string protocol;
    std::string host;
    std::uint16_t port = 0;
};

std::uint16_t
PortAt(std::string_view octets, std::size_t at)
{
    return static_cast<std::uint16_t>(static_cast<unsigned char>(octets[at]) << 8 |
                                      static_cast<unsigned char>(octets[at + 1]));
}

std::string
AddressAt(std::string_view octets, std::size_t at)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
    {
        value = value << 8 | static_cast<unsigned char>(octets[at + i]);
    }
    return Ipv4{value}.ToString();
}

std::optional<Request>
ReadHttp(std::string_view said)
{
    constexpr std::string_view METHOD = "CONNECT ";
    const std::size_t end = said.find(" HTTP/1.");
    if (said.substr(0, METHOD.size()) != METHOD || end == said.npos || end < METHOD.size())
    {
        return std::nullopt;
    }
    const std::string_view authority = said.substr(METHOD.size(), end - METHOD.size());
    const std::size_t colon = authority.rfind(':');
    Request request{"HTTP CONNECT", std::string(authority.substr(0, colon))};
    if (colon == authority.npos || std::from_chars(authority.data() + colon + 1,
                                                   authority.data() + authority.size(),
                                                   request.port)
                                           .ec != std::errc())
    {
        return std::nullopt;
    }
    return request;
}

std::optional<Request>
ReadSocks(std::string_view said)
{
    if (said.size() >= 9 && said[0] == 4 && said[1] == 1)
    {
        return Request{"SOCKS 4", AddressAt(said, 4), PortAt(said, 2)};
    }
    // The methods that the client knows, then the request (RFC 1928 3 and 4).
    const std::size_t methods =
        said.size() >= 2 && said[0] == 5
            ? 2 + static_cast<std::size_t>(static_cast<unsigned char>(said[1]))
            : 0;
    const std::string_view request =
        methods == 0 || methods > said.size() ? std::string_view() : said.substr(methods);
    if (request.size() >= 10 && request[0] == 5 && request[1] == 1 && request[3] == 1)
    {
        return Request{"SOCKS 5", AddressAt(request, 4), PortAt(request, 8)};
    }
    if (request.size() >= 7 && request[0] == 5 && request[1] == 1 && request[3] == 3)
    {
        const std::size_t length = static_cast<unsigned char>(request[4]);
        if (request.size() >= 7 + length)
        {
            return Request{"SOCKS 5",
                           std::string(request.substr(5, length)),
                           PortAt(request, 5 + length)};
        }
    }
    return std::nullopt;
}

/// Whether the proxy's first words say that the connection stands.
bool
IsGranted(const Request& request, std::string_view answered)
{
    if (request.protocol == "SOCKS 4")
    {
        return answered.size() >= 2 && answered[0] == 0 && answered[1] == 0x5A;
    }
    if (request.protocol == "SOCKS 5")
    {
        return answered.size() >= 4 && answered[0] == 5 && answered[2] == 5 && answered[3] == 0;
    }
    return answered.size() >= 12 && answered.substr(0, 7) == "HTTP/1." && answered[9] == '2';
}

} // namespace

void
TunnelTable::Add(const Flow& flow)
{
    constexpr std::size_t ENOUGH = 512; //!< Octets of each side.
    if (IsMailPort(flow.port[SERVER]) || !flow.window.IsFirst())
    {
        return;
    }
    std::string said[2];
    const Segment* first = nullptr;
    for (const Segment& segment : flow.segments)
    {
        if (segment.payloadLength > 0 && said[segment.side].size() < ENOUGH)
        {
            first = first ? first : &segment;
            said[segment.side] += flow.Text(segment);
        }
    }
    if (!first || first->side != CLIENT)
    {
        return;
    }
    auto request = ReadHttp(said[CLIENT]);
    request = request ? request : ReadSocks(said[CLIENT]);
    if (!request)
    {
        return;
    }
    SeenTunnel tunnel;
    tunnel.file = flow.source->name;
    tunnel.frame = first->frame;
    tunnel.time = first->time;
    tunnel.client = flow.address[CLIENT];
    tunnel.proxy = flow.address[SERVER];
    tunnel.port = flow.port[SERVER];
    tunnel.isOpened = IsGranted(*request, said[SERVER]);
    tunnel.protocol = request->protocol;
    tunnel.target = request->host;
    tunnel.targetPort = request->port;
    m_tunnels.push_back(std::move(tunnel));
}

} // namespace bouncelab::detectors
