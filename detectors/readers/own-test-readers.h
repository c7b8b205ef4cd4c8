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
    bool hasNoCipher = false; //!< It says that no cipher was agreed on.
    int error = 0;            //!< errno of a read or write that failed.
    int verified = -1;        //!< The verify return code; -1 = none.
    std::string why;          //!< "certificate has expired", an alert
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

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_OWN_TEST_READERS_H
