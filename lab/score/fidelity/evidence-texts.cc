#include "lab/score/fidelity/evidence-texts.h"

#include "detectors/readers/text-file.h"
#include "formats/text.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace bouncelab::score
{

std::vector<std::string>
PlainVantages(const RunFolder& run)
{
    std::vector<std::string> plain;
    for (const std::string& vantage : run.Vantages())
    {
        if (run.MembersOf(vantage).size() == 1)
        {
            plain.push_back(vantage);
        }
    }
    return plain;
}

std::vector<EvidenceText>
TextsOf(const RunFolder& run)
{
    std::vector<EvidenceText> texts;
    for (const std::string& vantage : PlainVantages(run))
    {
        const std::filesystem::path folder = run.EvidenceOf(vantage);
        for (const std::string& file : FilesBelow(folder))
        {
            if (!StartsWith(file, "snort/") && !EndsWith(file, ".pcap"))
            {
                texts.push_back({vantage, file, folder / file});
            }
        }
    }
    return texts;
}

void
ReadText(const EvidenceText& text, const std::vector<detectors::TextLineReader*>& readers)
{
    std::FILE* file = std::fopen(text.path.c_str(), "rbe");
    if (!file)
    {
        throw std::runtime_error(
            fmt::format("cannot read {}: {}", text.path.string(), std::strerror(errno)));
    }
    detectors::ReadText(file, readers);
}

void
ReadTexts(const RunFolder& run, const std::vector<detectors::TextLineReader*>& readers)
{
    for (const EvidenceText& text : TextsOf(run))
    {
        ReadText(text, readers);
    }
}

} // namespace bouncelab::score
