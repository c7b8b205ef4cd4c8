#include "lab/truth/label-writer.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace bouncelab::truth
{

namespace
{

constexpr std::size_t FLUSH_BYTES = 1 << 16;

std::optional<std::uint32_t> AsHop(std::string_view text)
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

void LabelWriter::Record(const provenance::Action& action)
{
    m_action.kind = action.kind;
    m_action.timeNs = action.timeNs;
    m_action.classLabel = action.classLabel;
    m_action.causeId = action.cause;
    m_action.actor = m_ledger->ActorName(action.actor);
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
        Cause& cause = m_causes[action.cause];
        if (cause.classIndex == 0)
        {
            cause.classIndex = ClassIndex(action.classLabel);
            cause.actor = action.actor;
            cause.hop = m_action.hop ? static_cast<std::uint16_t>(*m_action.hop) : NO_HOP;
        }
    }
    AppendLabel(m_line, m_action);
    Put();
}

PacketTruth LabelWriter::Explain(const provenance::Origin& origin)
{
    PacketTruth truth;
    const Cause cause = origin.cause < m_causes.size() ? m_causes[origin.cause] : Cause{};
    truth.classLabel = m_classes[cause.classIndex];
    truth.trueOrigin = m_ledger->ActorName(origin.actor);
    truth.actor = cause.classIndex != 0 ? m_ledger->ActorName(cause.actor) : truth.trueOrigin;
    if (cause.hop != NO_HOP)
    {
        truth.hop = cause.hop;
    }
    truth.forged = origin.forged;
    truth.affected = origin.cause != 0 && !origin.forged;
    return truth;
}

void LabelWriter::Packet(std::string_view vantage,
                         std::uint64_t frame,
                         std::int64_t timeNs,
                         const provenance::Origin& origin)
{
    const PacketTruth truth = Explain(origin);
    m_packet.timeNs = timeNs;
    m_packet.classLabel = truth.classLabel;
    m_packet.causeId = origin.cause;
    m_packet.actor = truth.actor;
    m_packet.hop = truth.hop;
    m_packet.vantage = vantage;
    m_packet.frame = frame;
    m_packet.trueOrigin = truth.trueOrigin;
    m_packet.forged = truth.forged;
    m_packet.affected = truth.affected;
    AppendLabel(m_line, m_packet);
    Put();
}

void LabelWriter::Close()
{
    if (!m_file)
    {
        return;
    }
    const bool written = std::fwrite(m_line.data(), 1, m_line.size(), m_file) == m_line.size();
    m_line.clear();
    const bool closed = std::fclose(m_file) == 0;
    m_file = nullptr;
    Check(written && closed);
}

std::uint16_t LabelWriter::ClassIndex(std::string_view name)
{
    for (std::size_t i = 1; i < m_classes.size(); ++i)
    {
        if (m_classes[i] == name)
        {
            return static_cast<std::uint16_t>(i);
        }
    }
    m_classes.emplace_back(name);
    return static_cast<std::uint16_t>(m_classes.size() - 1);
}

void LabelWriter::Put()
{
    if (m_line.size() >= FLUSH_BYTES)
    {
        Check(std::fwrite(m_line.data(), 1, m_line.size(), m_file) == m_line.size());
        m_line.clear();
    }
}

void LabelWriter::Check(bool good) const
{
    if (!good)
    {
        throw std::runtime_error(
            fmt::format("cannot write {}: {}", m_path.string(), std::strerror(errno)));
    }
}

std::vector<Label> ReadLabels(const std::filesystem::path& path)
{
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
