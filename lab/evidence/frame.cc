#include "lab/evidence/frame.h"

#include <cstring>

namespace bouncelab::evidence
{

std::size_t
SerializeFrame(const Frame& frame, std::vector<std::uint8_t>& buffer)
{
    const std::size_t size = frame.GetSize();
    if (buffer.size() < size)
    {
        buffer.resize(size);
    }
    std::memcpy(buffer.data(), frame.link.destination.bytes.data(), 6);
    std::memcpy(buffer.data() + 6, frame.link.source.bytes.data(), 6);
    buffer[12] = static_cast<std::uint8_t>(frame.type >> 8);
    buffer[13] = static_cast<std::uint8_t>(frame.type);
    std::memcpy(buffer.data() + Frame::ETHERNET_HEADER, frame.ip, frame.ipSize);
    const std::size_t end = Frame::ETHERNET_HEADER + frame.ipSize;
    std::memset(buffer.data() + end, 0, size - end);
    return size;
}

} // namespace bouncelab::evidence
