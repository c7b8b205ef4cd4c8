#ifndef BOUNCELAB_DETECTORS_READERS_OWN_TEST_READERS_H
#define BOUNCELAB_DETECTORS_READERS_OWN_TEST_READERS_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What tools print with which somebody tests the way to a mail server.
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
    HostAddress lastHop;   //!< Of a traceroute: the last one that answered.
    int lastHopNumber = 0; //!< Of a traceroute, from 1; else 0.
};

/// A name that somebody looked up: by dig, host or nslookup.
struct NameLookup
{
    std::uint32_t line = 0; //!< Of the first answer, else of the question.
    std::string text;
    std::string name;                 //!< Without the dot at its end, in lower case.
    std::string type;                 //!< "A", "MX", "TXT"; "A" where none is told.
    std::string status;               //!< "NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "TIMEOUT"
    std::vector<std::string> answers; //!< "10 mail.example", "127.0.0.2", without the dot.
};

/// Packets of one size that somebody sent with the bit set that forbids to break them.
struct SizedPing
{
    std::uint32_t line = 0;
    std::string text;
    HostAddress address;
    std::uint32_t octets = 0; //!< Of the whole packet, with its headers.
    std::uint32_t sent = 0;
    std::uint32_t received = 0;
    bool isTold = false; //!< Somebody on the way said that it is too large.
};

/// A TLS session that somebody began by hand.
struct TlsTest
{
    std::uint32_t line = 0;
    std::string text;
    std::string target; //!< "mx.example:25"; empty where the command is not there.
    bool isAgreed = false;
    int error = 0;     //!< errno of a read or write that failed.
    int verified = -1; //!< The verify return code; -1 = none.
    std::string why;   //!< "certificate has expired", an alert
};

/// What a receiver says of who sent a message: the header field Authentication-Results.
struct SenderChecks
{
    std::uint32_t line = 0;
    std::string text;
    std::string receiver;
    std::string spf;
    std::string dkim;
    std::string dmarc;
    std::string words; //!< The whole field.
    // Of an aggregate report:
    std::uint64_t messages = 0; //!< 0 = it is of one message.
    HostAddress source;
    bool isOwnSignature = false; //!< A signature of the domain in From does not hold.
};

/// Finds what nc, Ncat, Test-NetConnection, tcptraceroute, traceroute and mtr with a port print.
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
    bool ReadTrace(std::uint32_t number, std::string_view text, const std::string& lower);
    void CloseTrace();

    Handler m_handler;
    PortTest m_asked; //!< By the command or the properties in front.
    std::optional<PortTest> m_trace;
    bool m_hasHops = false;
    std::uint32_t m_hopLine = 0;
};

/// Finds what dig, host and nslookup print.
class NameLookupReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const NameLookup&)>;

    explicit NameLookupReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "name lookup"; }

  private:
    bool ReadCommand(std::uint32_t number, std::string_view text);
    bool ReadDig(std::uint32_t number, std::string_view text);
    bool ReadHostOrNslookup(std::uint32_t number, std::string_view text);
    bool ReadShort(std::uint32_t number, std::string_view text);
    void Begin(std::uint32_t number, std::string_view text, std::string name, std::string type);
    void Add(std::uint32_t number, std::string_view text, std::string answer);

    Handler m_handler;
    std::optional<NameLookup> m_open;
    bool m_isShort = false; //!< dig +short: answers alone.
    bool m_inAnswer = false;
};

/// Finds what ping prints that was told to send packets of a size.
class SizedPingReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const SizedPing&)>;

    explicit SizedPingReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "ping"; }

  private:
    Handler m_handler;
    std::optional<SizedPing> m_open;
    bool m_isUnbroken = false; //!< The command forbids to break packets.
};

/// Finds what `openssl s_client` prints.
class TlsTestReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const TlsTest&)>;

    explicit TlsTestReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "openssl s_client"; }

  private:
    Handler m_handler;
    std::optional<TlsTest> m_open;
    std::string m_target;
};

/// Finds header fields Authentication-Results, folded or not, outside and inside prose.
class SenderChecksReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const SenderChecks&)>;

    explicit SenderChecksReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "Authentication-Results"; }

  private:
    Handler m_handler;
    std::optional<SenderChecks> m_open;
};

/// Finds receivers' aggregate reports by DMARC (RFC 7489, appendix C).
class AggregateReportReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const SenderChecks&)>;

    explicit AggregateReportReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "DMARC aggregate report"; }

  private:
    void Finish();

    Handler m_handler;
    std::string m_xml; //!< Empty outside of a report.
    std::uint32_t m_line = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_OWN_TEST_READERS_H
