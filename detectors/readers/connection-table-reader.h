#ifndef BOUNCELAB_DETECTORS_READERS_CONNECTION_TABLE_READER_H
#define BOUNCELAB_DETECTORS_READERS_CONNECTION_TABLE_READER_H

#include "detectors/readers/port-test-reader.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/**
 * Finds connections to mail servers in what netstat, ss and conntrack print: those that nothing has
 * answered yet, those that stand, and those of which nothing is acknowledged any more (ss -i).
 * Connections that others open to the own port are passed over.
 */
class ConnectionTableReader : public TextLineReader
{
  public:
    struct Handlers
    {
        std::function<void(const PortTest&)> connection;
        std::function<void(const ReportedReply&)> stuck;
    };

    explicit ConnectionTableReader(Handlers handlers)
        : m_handlers(std::move(handlers))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    void End() override { m_sending.reset(); }

    std::string_view Kind() const override { return "list of connections"; }

  private:
    bool ReadSocket(std::uint32_t number, std::string_view text);
    bool ReadTracked(std::uint32_t number, std::string_view text);
    bool ReadDetails(std::string_view text);

    Handlers m_handlers;
    std::optional<PortTest> m_sending; //!< One of ss of which the details may follow.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_CONNECTION_TABLE_READER_H
