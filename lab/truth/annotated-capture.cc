#include "lab/truth/annotated-capture.h"

#include "formats/machine-error.h"

#include <fmt/format.h>

#include <stdexcept>

namespace bouncelab::truth
{

namespace
{

constexpr std::uint32_t SECTION_HEADER = 0x0A0D0D0A;
constexpr std::uint32_t INTERFACE_DESCRIPTION = 1;
constexpr std::uint32_t ENHANCED_PACKET = 6;
constexpr std::uint32_t BYTE_ORDER_MAGIC = 0x1A2B3C4D;
constexpr std::uint16_t LINK_ETHERNET = 1;
constexpr std::uint32_t SNAP_LENGTH = 262144;
constexpr std::uint16_t OPTION_END = 0;
constexpr std::uint16_t OPTION_COMMENT = 1;
constexpr std::uint16_t OPTION_TIME_RESOLUTION = 9;
constexpr std::size_t MAX_OPTION = 65535;

} // namespace

AnnotatedCapture::AnnotatedCapture(std::filesystem::path path)
    : m_path(std::move(path))
{
    m_file = std::fopen(m_path.c_str(), "wbe");
    Check(m_file != nullptr);
    BeginBlock(SECTION_HEADER);
    Put32(BYTE_ORDER_MAGIC);
    Put16(1);
    Put16(0);
    Put32(0xFFFFFFFF);
    Put32(0xFFFFFFFF);
    EndBlock();
    BeginBlock(INTERFACE_DESCRIPTION);
    Put16(LINK_ETHERNET);
    Put16(0);
    Put32(SNAP_LENGTH);
    const std::uint8_t nanoseconds = 9;
    Put16(OPTION_TIME_RESOLUTION);
    Put16(1);
    PutPadded(&nanoseconds, 1);
    Put32(OPTION_END);
    EndBlock();
}

AnnotatedCapture::~AnnotatedCapture()
{
    if (m_file)
    {
        std::fclose(m_file);
    }
}

void
AnnotatedCapture::Write(WallTime reading,
                        const std::uint8_t* frame,
                        std::size_t size,
                        std::string_view comment)
{
    const auto stamp = static_cast<std::uint64_t>(reading.time_since_epoch().count());
    BeginBlock(ENHANCED_PACKET);
    Put32(0);
    Put32(static_cast<std::uint32_t>(stamp >> 32));
    Put32(static_cast<std::uint32_t>(stamp));
    Put32(static_cast<std::uint32_t>(size));
    Put32(static_cast<std::uint32_t>(size));
    PutPadded(frame, size);
    if (!comment.empty())
    {
        comment = comment.substr(0, MAX_OPTION);
        Put16(OPTION_COMMENT);
        Put16(static_cast<std::uint16_t>(comment.size()));
        PutPadded(comment.data(), comment.size());
        Put32(OPTION_END);
    }
    EndBlock();
}

void
AnnotatedCapture::Close()
{
    if (!m_file)
    {
        return;
    }
    const bool closed = std::fclose(m_file) == 0;
    m_file = nullptr;
    Check(closed);
}

void
AnnotatedCapture::Put16(std::uint16_t value)
{
    const char bytes[2] = {static_cast<char>(value), static_cast<char>(value >> 8)};
    m_block.append(bytes, 2);
}

void
AnnotatedCapture::Put32(std::uint32_t value)
{
    Put16(static_cast<std::uint16_t>(value));
    Put16(static_cast<std::uint16_t>(value >> 16));
}

void
AnnotatedCapture::PutPadded(const void* bytes, std::size_t size)
{
    m_block.append(static_cast<const char*>(bytes), size);
    m_block.append((4 - size % 4) % 4, '\0');
}

void
AnnotatedCapture::BeginBlock(std::uint32_t type)
{
    m_block.clear();
    Put32(type);
    Put32(0);
}

void
AnnotatedCapture::EndBlock()
{
    const auto total = static_cast<std::uint32_t>(m_block.size() + 4);
    Put32(total);
    for (int i = 0; i < 4; ++i)
    {
        m_block[4 + static_cast<std::size_t>(i)] = static_cast<char>(total >> (8 * i));
    }
    Check(std::fwrite(m_block.data(), 1, m_block.size(), m_file) == m_block.size());
}

void
AnnotatedCapture::Check(bool good) const
{
    if (!good)
    {
        throw MachineError::FromErrno(fmt::format("cannot write {}", m_path.string()));
    }
}

} // namespace bouncelab::truth
