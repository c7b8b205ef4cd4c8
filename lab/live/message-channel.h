#ifndef BOUNCELAB_LAB_LIVE_MESSAGE_CHANNEL_H
#define BOUNCELAB_LAB_LIVE_MESSAGE_CHANNEL_H

#include "lab/live/descriptor.h"

#include <optional>
#include <string>
#include <utility>

namespace bouncelab::live
{

/// One end of a connection between two processes that carries whole texts, and descriptors with
/// them. What one end writes before the other is gone is lost with it.
class MessageChannel
{
  public:
    /// A text, and the descriptor that came with it.
    struct ChannelMessage
    {
        std::string text;
        Descriptor descriptor;
    };

    /// An end of nothing.
    MessageChannel() = default;

    /// Two connected ends. \throws LiveError
    static std::pair<MessageChannel, MessageChannel> MakePair();

    /// At most 64 KiB. \param descriptor sent along unless it is -1 \return whether there was
    /// somebody to send to
    bool Send(const std::string& text, int descriptor = -1) const;

    /// Waits for a message. \return nothing when the other end is gone
    std::optional<ChannelMessage> Receive() const;

    int Get() const { return m_end.Get(); }

    void Close() { m_end.Close(); }

  private:
    explicit MessageChannel(int fd)
        : m_end(fd)
    {
    }

    Descriptor m_end;
};

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_MESSAGE_CHANNEL_H
