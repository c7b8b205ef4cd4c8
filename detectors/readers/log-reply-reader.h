#ifndef BOUNCELAB_DETECTORS_READERS_LOG_REPLY_READER_H
#define BOUNCELAB_DETECTORS_READERS_LOG_REPLY_READER_H

#include "detectors/readers/mail-log-reader.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/syslog-stamp.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/**
 * Finds what ended deliveries in the rows of mail logs: Sendmail's, qmail's, Courier's,
 * OpenSMTPD's, rows of IIS that lost their columns, and of other programs those rows in which
 * words lead to a reply. Postfix's and Exim's logs have readers of their own, and so have
 * protocol logs.
 */
class LogReplyReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ReportedReply&)>;

    explicit LogReplyReader(Handler handler)
        : m_handler(std::move(handler))
        , m_qmail([this](const LoggedDelivery& delivery) { ReadQmail(delivery); })
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "mail log"; }

  private:
    struct SendmailMessage
    {
        std::string messageId;
        std::string sender;
        std::string host;
        HostAddress address;
    };

    bool ReadPolicy(std::uint32_t number, std::string_view line);
    bool ReadSendmail(std::uint32_t number, std::string_view line, const SyslogRow& row);
    void ReadQmail(const LoggedDelivery& delivery);
    bool ReadCourier(std::uint32_t number, std::string_view line, const SyslogRow& row);
    bool ReadOpenSmtpd(std::uint32_t number, std::string_view line, const SyslogRow& row);
    bool ReadUncolumned(std::uint32_t number, std::string_view line);
    bool ReadAny(std::uint32_t number, std::string_view line);

    Handler m_handler;
    DeliveryReader m_qmail;
    std::map<std::string, SendmailMessage> m_messages; //!< By queue id.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_LOG_REPLY_READER_H
