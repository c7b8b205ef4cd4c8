#include "detectors/each-file.h"

#include "detectors/readers/evidence-folder.h"
#include "detectors/registry.h"
#include "formats/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json
JudgeFile(const std::vector<const Detector*>& chosen, const fs::path& path)
{
    EvidenceContext context;
    Detection detection(chosen, context);
    std::uint64_t flows = 0;
    std::uint64_t twoWay = 0;
    EvidenceHandler handler;
    handler.flow = [&](const Evidence& evidence)
    {
        ++flows;
        const Stream(&streams)[2] = evidence.flow.stream;
        twoWay += streams[CLIENT].segments > 0 && streams[SERVER].segments > 0 ? 1 : 0;
        detection.Judge(evidence);
    };
    handler.note = [](const std::string&) {};
    std::vector<std::string> leftOut;
    std::string unread;
    handler.file = [&](const FileReading& file)
    {
        leftOut.insert(leftOut.end(), file.leftOut.begin(), file.leftOut.end());
        unread = unread.empty() ? file.problem : unread;
    };
    Json said = Json::object();
    if (const auto problem = ReadEvidence(path, context, handler))
    {
        said["problem"] = *problem;
    }
    else if (!unread.empty())
    {
        said["problem"] = unread;
    }
    if (!leftOut.empty())
    {
        said["left_out"] = leftOut;
    }
    detection.Conclude();
    said["flows"] = flows;
    said["twoWay"] = twoWay;
    said["alerts"] = Json::array();
    for (const Alert& alert : detection.AllAlerts())
    {
        said["alerts"].push_back(ToJson(alert));
    }
    return said;
}

} // namespace

std::optional<std::string>
JudgeEach(const std::vector<const Detector*>& chosen,
          const fs::path& folder,
          const std::function<void(const std::string& line)>& write)
{
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
    {
        if (entry->is_regular_file(error))
        {
            files.push_back(entry->path());
        }
    }
    if (error)
    {
        return fmt::format("{}: cannot be read: {}", folder.string(), error.message());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files)
    {
        Json line = {{"file", file.lexically_relative(folder).string()}};
        line.update(JudgeFile(chosen, file));
        write(JsonForTerminal(line.dump(-1, ' ', false, Json::error_handler_t::replace)) + "\n");
    }
    return std::nullopt;
}

} // namespace bouncelab::detectors
