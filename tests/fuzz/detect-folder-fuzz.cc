// A case of several files, with a line `--- 8< ---` between them: all readers, all detectors, and
// an account of every file.

#include "detectors/readers/evidence-folder.h"
#include "detectors/registry.h"
#include "tests/fuzz/scratch-folder.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const fuzz::ScratchFolder folder;
    constexpr std::string_view BETWEEN = "--- 8< ---\n";
    constexpr std::size_t MOST_FILES = 8;
    const std::filesystem::path root = folder.Root() / "case";
    std::filesystem::remove_all(root);
    std::filesystem::create_directories(root);
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    std::size_t files = 0;
    for (bool isLast = false; !isLast && files < MOST_FILES; ++files)
    {
        const std::size_t end = rest.find(BETWEEN);
        isLast = end == std::string_view::npos;
        folder.Put("case/" + std::to_string(files), rest.substr(0, end));
        rest.remove_prefix(isLast ? rest.size() : end + BETWEEN.size());
    }
    EvidenceContext context;
    Detection detection(AllDetectors(), context);
    std::size_t told = 0;
    const auto refused = ReadEvidence(root,
                                      context,
                                      {[&](const Evidence& evidence) { detection.Judge(evidence); },
                                       [](const std::string&) {},
                                       [&](const FileReading&) { ++told; }});
    detection.Conclude();
    for (const Alert& alert : detection.AllAlerts())
    {
        ToJsonLine(alert);
    }
    if (!refused && told < files)
    {
        std::abort();
    }
    return 0;
}
