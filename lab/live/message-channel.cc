#include "lab/live/message-channel.h"

#include <array>
#include <vector>

#include <sys/socket.h>

namespace bouncelab::live
{

namespace
{

constexpr std::size_t LARGEST = 65536;

/// Room for one descriptor beside a message.
union Control
{
    cmsghdr header;
    std::array<char, CMSG_SPACE(sizeof(int))> room;
};

} // namespace

std::pair<MessageChannel, MessageChannel>
MessageChannel::MakePair()
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    {
        ThrowErrno("cannot connect to a sandbox");
    }
    return {MessageChannel(ends[0]), MessageChannel(ends[1])};
}

bool
MessageChannel::Send(const std::string& text, int descriptor) const
{
    if (text.size() > LARGEST)
    {
        throw LiveError("a message to a sandbox is too long");
    }
    iovec part{const_cast<char*>(text.data()), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    Control control{};
    if (descriptor >= 0)
    {
        message.msg_control = control.room.data();
        message.msg_controllen = control.room.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    }
    ssize_t sent = 0;
    do
    {
        sent = sendmsg(m_end.Get(), &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

std::optional<MessageChannel::ChannelMessage>
MessageChannel::Receive() const
{
    std::vector<char> text(LARGEST);
    iovec part{text.data(), text.size()};
    Control control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.room.data();
    message.msg_controllen = control.room.size();
    ssize_t size = 0;
    do
    {
        size = recvmsg(m_end.Get(), &message, MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size <= 0)
    {
        return std::nullopt;
    }
    ChannelMessage received;
    received.text.assign(text.data(), static_cast<std::size_t>(size));
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_type == SCM_RIGHTS)
    {
        int descriptor = -1;
        std::memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
        received.descriptor = Descriptor(descriptor);
    }
    return received;
}

} // namespace bouncelab::live
