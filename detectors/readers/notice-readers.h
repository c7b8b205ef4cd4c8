#ifndef BOUNCELAB_DETECTORS_READERS_NOTICE_READERS_H
#define BOUNCELAB_DETECTORS_READERS_NOTICE_READERS_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/// A log-on that a receiving server refused, as its event log tells it.
struct AuthFailure
{
    std::uint32_t line = 0;
    std::string text;
    std::string error;     //!< "UnexpectedExchangeAuthBlob"
    std::string connector; //!< Name of the Receive connector.
    std::string mechanism; //!< "ExchangeAuth"
    HostAddress source;
};

/// Finds Exchange's event 1035 (inbound authentication failed), as text or as XML.
class AuthEventReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const AuthFailure&)>;

    explicit AuthEventReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    void End() override;

    std::string_view Kind() const override { return "Windows event of Exchange"; }

  private:
    void ReadData(std::uint32_t number, std::string_view text);

    Handler m_handler;
    bool m_inXml = false;
    bool m_is1035 = false;
    bool m_told = false; //!< As text, before its XML.
    int m_data = 0;
    AuthFailure m_open;
};

/// An address that a block list's page says is listed.
struct ListedAddress
{
    std::uint32_t line = 0; //!< That says so.
    std::string text;
    std::string list; //!< "CBL"
    HostAddress address;
    std::string reason; //!< The sentence that says why; empty = none does.
    std::uint32_t reasonLine = 0;
    std::string detected; //!< "2015-10-20 00:00 GMT (+/- 30 minutes)"
    std::string hello;    //!< The name that it greeted with, where that is the reason.

    std::optional<WallTime> DetectedAt() const;
};

/// Finds what the lookup page of a block list says of an address.
class ListPageReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ListedAddress&)>;

    explicit ListPageReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    void End() override;

    std::string_view Kind() const override { return "block list's lookup page"; }

  private:
    Handler m_handler;
    ListedAddress m_open;
    bool m_isOpen = false;
    int m_lines = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_NOTICE_READERS_H
