#ifndef BOUNCELAB_DETECTORS_READERS_STATUS_NOTIFICATION_H
#define BOUNCELAB_DETECTORS_READERS_STATUS_NOTIFICATION_H

#include "detectors/readers/reported-reply.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/**
 * Reads the fields of delivery status notifications (RFC 3464) line by line, whole or pasted in
 * part. What a recipient's group of fields tells belongs together, in whatever order they stand; a
 * group ends at a blank line, or where another recipient begins. Groups of what was delivered,
 * relayed or expanded report nothing.
 */
class StatusNotification
{
  public:
    using Handler = std::function<void(const ReportedReply&)>;

    explicit StatusNotification(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    /// \return whether the line is of a notification.
    bool Line(std::uint32_t number, std::string_view line);

    /// Hands on the group that is open.
    void End();

  private:
    Handler m_handler;
    std::map<std::string, std::string> m_fields; //!< By name in lower case.
    std::string m_last;                          //!< The field that a folded line goes on.
    std::uint32_t m_line = 0;                    //!< Of the diagnostic, or of what stands for it.
    std::string m_text;
    std::uint32_t m_lines = 1;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_STATUS_NOTIFICATION_H
