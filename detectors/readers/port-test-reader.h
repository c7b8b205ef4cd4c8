#ifndef BOUNCELAB_DETECTORS_READERS_PORT_TEST_READER_H
#define BOUNCELAB_DETECTORS_READERS_PORT_TEST_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// A connection to a port that somebody tried: by nc, Test-NetConnection, telnet, tcptraceroute,
/// mtr or openssl.
struct PortTest
{
    enum class Outcome : std::uint8_t
    {
        Open,
        Silent,
        Refused,
        Failed, //!< The tool does not tell how.
        Reset,  //!< It stood, and was reset.
    };

    std::uint32_t line = 0;
    std::string text;
    std::string tool; //!< "nc"
    std::string host;
    HostAddress address;
    std::uint16_t port = 0;
    Outcome outcome = Outcome::Failed;
    bool isSnapshot = false;   //!< A list showed it at one moment, and nobody waited for its end.
    bool isProhibited = false; //!< Of a traceroute: the last hop says by ICMP that it is (!X).
    std::uint16_t redirectedPort = 0; //!< Of a router's table: where the last hop answers instead.
    HostAddress lastHop;              //!< Of a traceroute: the last one that answered.
    int lastHopNumber = 0;            //!< Of a traceroute, from 1; else 0.
    std::vector<int> heard;           //!< Of a traceroute: the hops that answered, ascending.
};

/// Finds what nc, Ncat, Test-NetConnection, nmap, tcptraceroute, traceroute and mtr with a port
/// print.
class PortTestReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const PortTest&)>;

    explicit PortTestReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "port test"; }

  private:
    bool ReadNc(std::uint32_t number, std::string_view text, const std::string& lower);
    bool ReadNetConnection(std::uint32_t number, std::string_view text);
    bool ReadNmap(std::uint32_t number, std::string_view text);
    bool ReadTrace(std::uint32_t number, std::string_view text, const std::string& lower);
    void CloseTrace();

    Handler m_handler;
    PortTest m_asked;   //!< By the command or the properties in front.
    PortTest m_scanned; //!< The host that nmap reports of; no tool = none.
    std::optional<PortTest> m_trace;
    bool m_hasHops = false;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PORT_TEST_READER_H
