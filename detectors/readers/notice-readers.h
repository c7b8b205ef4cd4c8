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

/// The first address among the words of a text, whatever stands in its place ("[xxx.xxx.xxx]").
std::optional<HostAddress> AddressIn(std::string_view text);

/// A port above 1023 that somebody writes about.
struct PortRemark
{
    std::uint32_t line = 0;
    std::string text;
    std::uint16_t port = 0;
};

/**
 * Finds sentences that speak of ports by number: "mail leaves by odd ports (e.g. .23111)". They are
 * questions, no evidence: no line counts as read because of one.
 */
class PortRemarkReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const PortRemark&)>;

    explicit PortRemarkReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    void End() override {}

    std::string_view Kind() const override { return "remarks about ports"; }

  private:
    Handler m_handler;
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
