#ifndef BOUNCELAB_DETECTORS_READERS_CLOUD_EVENT_READER_H
#define BOUNCELAB_DETECTORS_READERS_CLOUD_EVENT_READER_H

#include "detectors/readers/message-tracking-reader.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace bouncelab::detectors
{

/**
 * Finds what ended deliveries in the events of services for sending that have code and words apart,
 * as JSON, one a line: Mailgun's and MailerQ's; and Amazon SES's deliveries. Those that quote a
 * refusal whole are read as replies.
 */
class CloudEventReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ReportedReply&)>;
    using Delivered = std::function<void(const TrackedEvent&)>;

    CloudEventReader(Handler handler, Delivered delivered)
        : m_handler(std::move(handler))
        , m_delivered(std::move(delivered))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    void End() override {}

    std::string_view Kind() const override { return "mailing service's events"; }

  private:
    Handler m_handler;
    Delivered m_delivered;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_CLOUD_EVENT_READER_H
