#include "lab/truth/vantage-truth.h"

#include "lab/truth/packet-comment.h"

#include <limits>
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
    held.time = time;
    held.reading = reading;
    held.origin = origin;
    if (!m_spare.empty())
    {
        held.bytes = std::move(m_spare.back());
        m_spare.pop_back();
    }
    held.bytes.assign(bytes, bytes + size);
    m_labels.Packet(m_vantage, number, time, origin);
    Release(time);
}

void
VantageTruth::Close()
{
    Release(SimTime::max());
    m_capture.Close();
}

void
VantageTruth::Release(SimTime now)
{
    while (!m_held.empty() && m_held.front().time <= now - LabelWriter::HOLD)
    {
        HeldFrame& held = m_held.front();
        m_comment.clear();
        AppendPacketComment(m_comment, m_labels.Explain(held.origin));
        m_capture.Write(held.reading, held.bytes.data(), held.bytes.size(), m_comment);
        m_spare.push_back(std::move(held.bytes));
        m_held.pop_front();
    }
}

} // namespace bouncelab::truth
