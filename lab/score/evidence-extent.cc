#include "lab/score/evidence-extent.h"

#include "detectors/readers/capture-reader.h"
#include "detectors/readers/unpacked-file.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace bouncelab::score
{

namespace fs = std::filesystem;

EvidenceExtent::EvidenceExtent(fs::path evidence)
    : m_root(std::move(evidence))
{
    if (fs::is_directory(m_root))
    {
        m_files = FilesBelow(m_root);
    }
    else
    {
        m_files = {m_root.filename().string()};
        m_root = m_root.parent_path();
    }
}

EvidenceExtent::Extent
EvidenceExtent::Read(const fs::path& file)
{
    Extent extent;
    std::FILE* const stream = std::fopen(file.c_str(), "rbe");
    if (!stream)
    {
        return extent;
    }
    const detectors::UnpackedFile unpacked = detectors::OpenUnpacked(stream);
    unsigned char buffer[1 << 16];
    std::size_t got = std::fread(buffer, 1, 4, unpacked.file);
    extent.isCapture = got == 4 && detectors::LooksLikeCapture(buffer, got);
    std::rewind(unpacked.file);
    if (extent.isCapture)
    {
        const auto summary = detectors::ReadFrames(unpacked.file, [](const auto&) {});
        extent.frames = summary.frames;
        extent.first = summary.first;
        extent.last = summary.last;
        return extent;
    }
    unsigned char last = '\n';
    while ((got = std::fread(buffer, 1, sizeof(buffer), unpacked.file)) > 0)
    {
        extent.lines += static_cast<std::uint64_t>(std::count(buffer, buffer + got, '\n'));
        last = buffer[got - 1];
    }
    extent.lines += last == '\n' ? 0 : 1;
    std::fclose(unpacked.file);
    return extent;
}

const std::string*
EvidenceExtent::Find(const std::string& name) const
{
    const auto equals = [](const std::string& wanted)
    { return [&wanted](const std::string& file) { return file == wanted; }; };
    const std::string whole = fs::path(name).relative_path().lexically_normal().string();
    auto found = std::find_if(m_files.begin(), m_files.end(), equals(whole));
    if (found == m_files.end())
    {
        found = std::find_if(m_files.begin(),
                             m_files.end(),
                             equals(fs::path(name).filename().string()));
    }
    return found == m_files.end() ? nullptr : &*found;
}

const EvidenceExtent::Extent&
EvidenceExtent::Of(const std::string& file)
{
    const auto known = m_extents.find(file);
    return known != m_extents.end() ? known->second
                                    : m_extents.emplace(file, Read(m_root / file)).first->second;
}

EvidenceExtent::Extent
EvidenceExtent::OfCaptures()
{
    Extent all;
    for (const std::string& file : m_files)
    {
        const Extent& one = Of(file);
        if (!one.isCapture || !one.first)
        {
            continue;
        }
        all.isCapture = true;
        all.frames = std::max(all.frames, one.frames);
        all.first = std::min(all.first.value_or(*one.first), *one.first);
        all.last = std::max(all.last.value_or(*one.last), *one.last);
    }
    return all;
}

std::string
EvidenceExtent::FramesBeyond(const Alert& alert, const Extent& extent, const std::string& name)
{
    std::uint64_t highest = alert.frame;
    for (const std::uint64_t frame : alert.evidence.frames)
    {
        highest = std::max(highest, frame);
    }
    if (!extent.isCapture || highest == 0)
    {
        return {};
    }
    if (highest > extent.frames)
    {
        return fmt::format("frame {}: expected at most {}, the last of {}",
                           highest,
                           extent.frames,
                           name);
    }
    constexpr std::chrono::seconds ROUNDED(1);
    const bool isOutside =
        extent.first && alert.time != WallTime() &&
        (alert.time < *extent.first - ROUNDED || alert.time > *extent.last + ROUNDED);
    return isOutside ? fmt::format("timestamp {}: expected one from {} to {}, the times of {}",
                                   FormatEveTime(alert.time),
                                   FormatEveTime(*extent.first),
                                   FormatEveTime(*extent.last),
                                   name)
                     : std::string();
}

std::string
EvidenceExtent::LineBeyond(const std::string& name, std::uint64_t line)
{
    const std::string* const file = Find(name);
    if (!file)
    {
        return fmt::format("an alert rests on {}, expected a file of the evidence", name);
    }
    const Extent& extent = Of(*file);
    return extent.isCapture || line <= extent.lines
               ? std::string()
               : fmt::format("line {} of {}: expected at most {}", line, name, extent.lines);
}

std::string
EvidenceExtent::Contradiction(const Alert& alert)
{
    const AlertEvidence& evidence = alert.evidence;
    std::string found;
    if (evidence.file.empty())
    {
        found = FramesBeyond(alert, OfCaptures(), "the capture");
    }
    else
    {
        std::uint64_t line = 0;
        for (const std::uint64_t one : evidence.lines)
        {
            line = std::max(line, one);
        }
        found = LineBeyond(evidence.file, line);
        found =
            found.empty() ? FramesBeyond(alert, Of(*Find(evidence.file)), evidence.file) : found;
    }
    for (const QuotedLine& quoted : evidence.log)
    {
        const std::string& file = quoted.file.empty() ? evidence.file : quoted.file;
        found = found.empty() && !file.empty() ? LineBeyond(file, quoted.line) : found;
    }
    return found;
}

} // namespace bouncelab::score
