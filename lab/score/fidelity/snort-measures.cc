#include "lab/score/fidelity/measures.h"

namespace bouncelab::score
{

namespace
{

Facts
SnortFileFacts(const Subject& subject)
{
    const std::filesystem::path file = subject.SnortFile();
    return {{"name", file.filename().string()},
            Count("size", static_cast<std::int64_t>(std::filesystem::file_size(file)), "B"),
            Count("packets", static_cast<std::int64_t>(subject.Session().frames.size()))};
}

} // namespace

void
AddSnortMeasures(MeasureTable& table)
{
    table["snort-file"] = {"Name and size of snort's file about the session.",
                           {"name", "size", "packets"},
                           SnortFileFacts};
}

} // namespace bouncelab::score
