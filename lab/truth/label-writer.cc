#include "lab/truth/label-writer.h"

#include "formats/machine-error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace bouncelab::truth
{

namespace
{

constexpr std::size_t FLUSH_BYTES = 1 << 16;

std::optional<std::uint32_t>
AsHop(std::string_view text)
{
    std::uint32_t hop = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hop);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(hop)
                                                                    : std::nullopt;
}

} // namespace

LabelWriter::LabelWriter(std::filesystem::path path, std::string_view runId)
    : m_path(std::move(path))
{
    m_file = std::fopen(m_path.c_str(), "wbe");
    Check(m_file != nullptr);
    std::setvbuf(m_file, nullptr, _IONBF, 0);
    m_action.runId = runId;
    m_packet.runId = runId;
    m_packet.kind = "packet";
}

LabelWriter::~LabelWriter()
{
    if (m_file)
    {
        std::fclose(m_file);
    }
}

void
LabelWriter::Record(const provenance::Action& action)
{
    m_action.kind = action.kind;
    m_action.time = action.time;
    m_action.classLabel = action.classLabel;
    m_action.causeId = action.cause;
    m_action.actor = m_ledger->ActorName(action.actor);
    m_action.did = action.did;
    m_action.hop.reset();
    m_action.params.clear();
    for (const auto& param : action.params)
    {
        const auto hop = param.first == "hop" ? AsHop(param.second) : std::nullopt;
        if (hop)
        {
            m_action.hop = hop;
        }
        else
        {
            m_action.params.push_back(param);
        }
    }
    if (action.cause != 0)
    {
        if (m_causes.size() <= action.cause)
        {
            m_causes.resize(action.cause + 1);
        }
        CauseRecord& cause = m_causes[action.cause];
        if (cause.classIndex == 0)
        {
            cause.classIndex = IndexOf(m_classes, action.classLabel);
            cause.actor = action.actor;
            cause.hop = m_action.hop ? static_cast<std::uint16_t>(*m_action.hop) : NO_HOP;
        }
    }
    if (action.displaced)
    {
        m_displaced.emplace(action.packet, action.cause);
        m_displacedOrder.emplace_back(action.time, action.packet);
    }
    PendingLine& pending = m_pending.emplace_back();
    pending.time = action.time;
    AppendLabel(pending.line, m_action);
    Release(action.time);
}

PacketTruth
LabelWriter::Explain(const provenance::Origin& origin)
{
    PacketTruth truth;
    truth.cause = origin.cause;
    if (truth.cause == 0)
    {
        const auto displaced = m_displaced.find(origin.serial);
        truth.cause = displaced != m_displaced.end() ? displaced->second : 0;
    }
    const CauseRecord cause = truth.cause < m_causes.size() ? m_causes[truth.cause] : CauseRecord{};
    truth.classLabel = m_classes[cause.classIndex];
    truth.trueOrigin = m_ledger->ActorName(origin.actor);
    truth.actor = cause.classIndex != 0 ? m_ledger->ActorName(cause.actor) : truth.trueOrigin;
    if (cause.classIndex != 0 && cause.hop != NO_HOP)
    {
        truth.hop = cause.hop;
    }
    truth.forged = origin.forged;
    truth.affected = truth.cause != 0 && !origin.forged;
    return truth;
}

void
LabelWriter::OnFrame(std::string_view vantage, std::function<void(const PacketTruth&)> callback)
{
    const std::size_t index = IndexOf(m_vantages, vantage);
    m_onFrame.resize(std::max(m_onFrame.size(), index + 1));
    m_onFrame[index] = std::move(callback);
}

void
LabelWriter::Packet(std::string_view vantage,
                    std::uint64_t frame,
                    SimTime time,
                    const provenance::Origin& origin)
{
    PendingLine& pending = m_pending.emplace_back();
    pending.time = time;
    pending.origin = origin;
    pending.frame = frame;
    pending.vantage = IndexOf(m_vantages, vantage);
    Release(time);
}

void
LabelWriter::PutPacket(const PendingLine& pending)
{
    const PacketTruth truth = Explain(pending.origin);
    m_packet.time = pending.time;
    m_packet.classLabel = truth.classLabel;
    m_packet.causeId = truth.cause;
    m_packet.actor = truth.actor;
    m_packet.hop = truth.hop;
    m_packet.vantage = m_vantages[pending.vantage];
    m_packet.frame = pending.frame;
    m_packet.trueOrigin = truth.trueOrigin;
    m_packet.forged = truth.forged;
    m_packet.affected = truth.affected;
    AppendLabel(m_line, m_packet);
    if (pending.vantage < m_onFrame.size() && m_onFrame[pending.vantage])
    {
        m_onFrame[pending.vantage](truth);
    }
}

void
LabelWriter::Release(SimTime now)
{
    while (!m_pending.empty() && m_pending.front().time <= now - HOLD)
    {
        const PendingLine& pending = m_pending.front();
        if (pending.frame == 0)
        {
            m_line += pending.line;
        }
        else
        {
            PutPacket(pending);
        }
        m_pending.pop_front();
        Put();
    }
    while (!m_displacedOrder.empty() && m_displacedOrder.front().first < now - 2 * HOLD)
    {
        m_displaced.erase(m_displacedOrder.front().second);
        m_displacedOrder.pop_front();
    }
}

void
LabelWriter::Close()
{
    if (!m_file)
    {
        return;
    }
    Release(SimTime::max());
    const bool written = std::fwrite(m_line.data(), 1, m_line.size(), m_file) == m_line.size();
    m_line.clear();
    const bool closed = std::fclose(m_file) == 0;
    m_file = nullptr;
    Check(written && closed);
}

std::uint16_t
LabelWriter::IndexOf(std::vector<std::string>& names, std::string_view name)
{
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
    {
        names.emplace_back(name);
        return static_cast<std::uint16_t>(names.size() - 1);
    }
    return static_cast<std::uint16_t>(found - names.begin());
}

void
LabelWriter::Put()
{
    if (m_line.size() >= FLUSH_BYTES)
    {
        Check(std::fwrite(m_line.data(), 1, m_line.size(), m_file) == m_line.size());
        m_line.clear();
    }
}

void
LabelWriter::Check(bool good) const
{
    if (!good)
    {
        throw MachineError::FromErrno(fmt::format("cannot write {}", m_path.string()));
    }
}

std::vector<Label>
ReadLabels(const std::filesystem::path& path)
{
    std::error_code unknown;
    if (std::filesystem::exists(path, unknown) && !std::filesystem::is_regular_file(path, unknown))
    {
        throw std::runtime_error(fmt::format("cannot read {}: it is no file", path.string()));
    }
    std::ifstream file(path, std::ios::binary);
    if (!file)
    {
        throw std::runtime_error(
            fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    }
    std::vector<Label> labels;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number)
    {
        try
        {
            labels.push_back(ParseLabel(line));
        }
        catch (const std::invalid_argument& error)
        {
            throw std::runtime_error(fmt::format("{}:{}: {}", path.string(), number, error.what()));
        }
    }
    return labels;
}

} // namespace bouncelab::truth
