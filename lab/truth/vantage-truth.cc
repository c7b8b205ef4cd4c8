#include "lab/truth/vantage-truth.h"

#include "lab/truth/packet-comment.h"

#include <stdexcept>
#include <utility>

namespace bouncelab::truth
{

VantageTruth::VantageTruth(LabelWriter& labels,
                           std::string vantage,
                           std::filesystem::path annotated)
    : m_labels(labels)
    , m_vantage(std::move(vantage))
    , m_capture(std::move(annotated))
{
    m_labels.OnFrame(m_vantage, [this](const PacketTruth& truth) { Write(truth); });
}

void
VantageTruth::Frame(std::uint64_t number,
                    SimTime time,
                    WallTime reading,
                    const std::uint8_t* bytes,
                    std::size_t size,
                    const provenance::Origin& origin)
{
    HeldFrame& held = m_held.emplace_back();
    held.reading = reading;
    if (!m_spare.empty())
    {
        held.bytes = std::move(m_spare.back());
        m_spare.pop_back();
    }
    held.bytes.assign(bytes, bytes + size);
    m_labels.Packet(m_vantage, number, time, origin);
}

void
VantageTruth::Close()
{
    if (!m_held.empty())
    {
        throw std::logic_error("an annotated capture is closed before its labels");
    }
    m_capture.Close();
}

void
VantageTruth::Write(const PacketTruth& truth)
{
    HeldFrame& held = m_held.front();
    m_comment.clear();
    AppendPacketComment(m_comment, truth);
    m_capture.Write(held.reading, held.bytes.data(), held.bytes.size(), m_comment);
    m_spare.push_back(std::move(held.bytes));
    m_held.pop_front();
}

} // namespace bouncelab::truth
