#ifndef BOUNCELAB_DETECTORS_READERS_PRODUCT_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_PRODUCT_LOG_READER_H

#include "detectors/readers/reported-reply.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds what ended deliveries in the logs of mail products with forms of their own: IronPort (Cisco
 * ESA), MDaemon, MailEnable, Domino's router, GroupWise's gateway, PowerMTA's accounting (rows
 * without a diagnosis: those with one are read as replies), and what `exim -bt` prints.
 */
class ProductLogReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ReportedReply&)>;

    explicit ProductLogReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "mail product's log"; }

  private:
    /// What earlier rows told of the same session or message.
    struct Session
    {
        std::string sender;
        std::string recipient;
        std::string host;
        HostAddress address;
        std::string command; //!< The last one that the client sent.
        bool isOutbound = false;
    };

    bool ReadIronPort(std::uint32_t number, std::string_view text);
    bool ReadMdaemon(std::uint32_t number, std::string_view text);
    bool ReadMailEnable(std::uint32_t number, std::string_view text);
    bool ReadDomino(std::uint32_t number, std::string_view text);
    bool ReadGroupWise(std::uint32_t number, std::string_view text);
    bool ReadPowerMta(std::uint32_t number, std::string_view text);
    bool ReadAddressTest(std::uint32_t number, std::string_view text);
    Session& SessionOf(std::string_view key);
    void Tell(ReportedReply reply, const Session& session);

    Handler m_handler;
    std::map<std::string, Session, std::less<>> m_sessions;
    std::vector<std::string> m_columns; //!< Of PowerMTA's rows.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PRODUCT_LOG_READER_H
