#ifndef BOUNCELAB_LAB_EVIDENCE_LOG_WRITER_H
#define BOUNCELAB_LAB_EVIDENCE_LOG_WRITER_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/dialects.h"
#include "formats/prefix.h"
#include "lab/evidence/vantage-folder.h"
#include "models/host/event-stream.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::evidence
{

/// What the log of a gateway's filter tells of the gateway.
struct GatewayFacts
{
    std::string name;
    IpAddress outside;
    MacAddress card;                //!< Of its first interface that is on a network.
    std::vector<IpPrefix> inside;   //!< The networks that it is on, by their interfaces' names.
    std::vector<std::string> rules; //!< Names, in order.
};

/// What a writer has to know of the place that it writes about.
struct LogPlace
{
    VantageFolder& folder; //!< Where its files go; outlives the writer.
    HostClock clock;       //!< Of the host, or of the gateway.
    std::uint64_t seed = 1;
    std::string name = {};     //!< Of the host in the scenario; names its draws.
    std::string hostname = {}; //!< "mail.example.org"
    IpAddress address = {};
    std::string program = {};                 //!< The persona's word for the log: "iis-6".
    bool hasFilter = false;                   //!< A filter agent stands at one of its connectors.
    std::optional<Nanoseconds> uptime = {};   //!< Of the host at the start, where it is given.
    std::optional<GatewayFacts> gateway = {}; //!< Where the place is one.
    std::function<std::string(IpAddress)> reverseName = [](IpAddress) { return std::string(); };

    /// Told once for each session that the writer begins to tell of.
    std::function<void(const smtp::ConnectionInfo&)> onSession = [](const smtp::ConnectionInfo&) {};

    /// Syslog's name of the host.
    std::string FirstLabel() const { return hostname.substr(0, hostname.find('.')); }
};

/// The path in a MAIL or RCPT command, without its brackets.
inline std::string
PathIn(std::string_view command)
{
    const std::size_t open = command.find('<');
    const std::size_t close = command.rfind('>');
    return open == command.npos || close == command.npos || close < open
               ? std::string()
               : std::string(command.substr(open + 1, close - open - 1));
}

/// Turns what happens at one place into one file, or one family of files, as its program does.
class LogWriter
{
  public:
    virtual ~LogWriter() = default;

    /// Something has happened at the place, which may be nothing that belongs into this log.
    virtual void OnEvent(const host::Event& event) = 0;

    /// Ends what the folder does not end itself; throws std::runtime_error as OutputFile does.
    virtual void Close() {}
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_LOG_WRITER_H
