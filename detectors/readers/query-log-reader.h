#ifndef BOUNCELAB_DETECTORS_READERS_QUERY_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_QUERY_LOG_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace bouncelab::detectors
{

/// A question that a name server got.
struct NameQuestion
{
    std::uint32_t line = 0;
    std::string text;
    std::optional<WallTime> time; //!< As written, whatever the zone; nothing without a stamp.
    HostAddress client;
    std::uint16_t port = 0;
    std::string name; //!< In lower case, without the final dot; "." is the root.
    std::string type; //!< "MX"
    bool recursion = false;
    bool overTcp = false;
};

/// Reads the category "queries" of BIND 9, of any release: with or without stamp, category,
/// severity, client object, question in brackets, and view.
class QueryLogReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const NameQuestion&)>;

    explicit QueryLogReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "name server's query log"; }

    void End() override {}

  private:
    Handler m_handler;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_QUERY_LOG_READER_H
