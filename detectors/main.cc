#include "detectors/each-file.h"
#include "detectors/readers/evidence-folder.h"
#include "detectors/registry.h"
#include "formats/standard-descriptors.h"
#include "formats/text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>
#include <string>
#include <vector>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::detectors;

constexpr int BAD_INPUT = 2;

bool
Write(const fs::path& path, const std::string& text)
{
    std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
    if (!file)
    {
        return false;
    }
    const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    return (path == "-" ? std::fflush(file) : std::fclose(file)) == 0 && written;
}

std::string
Lines(std::vector<Alert> alerts)
{
    std::stable_sort(alerts.begin(),
                     alerts.end(),
                     [](const Alert& a, const Alert& b) { return a.time < b.time; });
    std::string text;
    for (const Alert& alert : alerts)
    {
        text += ToJsonLine(alert);
    }
    return text;
}

void
Say(const std::string& sentence)
{
    fmt::print(stderr, "bouncelab-detect: {}\n", ForTerminal(sentence));
}

int
Fail(const std::string& sentence)
{
    Say(sentence);
    return BAD_INPUT;
}

int
ListDetectors(bool asJson)
{
    if (asJson)
    {
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        for (const Detector* detector : AllDetectors())
        {
            all.push_back({{"name", detector->Name()},
                           {"description", detector->description},
                           {"reads", detector->scope.reads},
                           {"finds", detector->scope.finds}});
        }
        fmt::print("{}\n", all.dump(2));
        return 0;
    }
    for (const Detector* detector : AllDetectors())
    {
        fmt::print("{:<18} {}\n", detector->Name(), detector->description);
    }
    return 0;
}

/// The detectors asked for, or all; nothing and a sentence when one is unknown.
std::vector<const Detector*>
Choose(const std::vector<std::string>& names, std::string& problem)
{
    std::vector<const Detector*> chosen;
    std::vector<std::string> known;
    for (const Detector* detector : AllDetectors())
    {
        known.emplace_back(detector->Name());
        if (names.empty() || std::find(names.begin(), names.end(), known.back()) != names.end())
        {
            chosen.push_back(detector);
        }
    }
    for (const std::string& name : names)
    {
        if (std::find(known.begin(), known.end(), name) == known.end())
        {
            problem =
                fmt::format("detector \"{}\" is unknown; there are {}", name, Enumerate(known));
        }
    }
    return chosen;
}

int
Detect(const std::vector<const Detector*>& chosen,
       const fs::path& evidencePath,
       const fs::path& out,
       bool split)
{
    EvidenceContext context;
    Detection detection(chosen, context);
    EvidenceHandler handler;
    handler.flow = [&](const Evidence& evidence) { detection.Judge(evidence); };
    handler.note = Say;
    if (const auto problem = ReadEvidence(evidencePath, context, handler))
    {
        return Fail(*problem);
    }
    detection.Conclude();
    if (!split)
    {
        return Write(out, Lines(detection.AllAlerts()))
                   ? 0
                   : Fail(fmt::format("{}: cannot be written: {}",
                                      out.string(),
                                      std::strerror(errno)));
    }
    std::error_code error;
    fs::create_directories(out, error);
    for (std::size_t i = 0; i < chosen.size(); ++i)
    {
        const fs::path file = out / (std::string(chosen[i]->Name()) + ".jsonl");
        if (!Write(file, Lines(detection.AlertsOf(i))))
        {
            return Fail(
                fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
        }
    }
    return 0;
}

int
DetectEach(const std::vector<const Detector*>& chosen, const fs::path& folder, const fs::path& out)
{
    std::string text;
    if (const auto problem =
            JudgeEach(chosen, folder, [&](const std::string& line) { text += line; }))
    {
        return Fail(*problem);
    }
    return Write(out, text)
               ? 0
               : Fail(fmt::format("{}: cannot be written: {}", out.string(), std::strerror(errno)));
}

} // namespace

int
main(int argc, char** argv)
{
    OpenStandardDescriptors();
    CLI::App app("Judges one vantage's evidence and writes alerts as JSON Lines.\n"
                 "Example: bouncelab-detect --detector early-reply evidence/gateway-inside "
                 "alerts.jsonl",
                 "bouncelab-detect");
    std::vector<std::string> names;
    std::string evidencePath;
    std::string alertsPath;
    std::string splitPath;
    bool list = false;
    bool asJson = false;
    bool each = false;
    app.add_flag("--each",
                 each,
                 "Judges every file of the folder EVIDENCE by itself; writes a line for each");
    app.add_flag("--list", list, "Lists the detectors");
    app.add_flag("--json", asJson, "Lists them as JSON, with what each reads and finds");
    app.add_option("--detector", names, "Only this one; may be repeated (default: all)")
        ->allow_extra_args(false);
    app.add_option("--split", splitPath, "Writes <detector>.jsonl for each into this folder");
    app.add_option("EVIDENCE", evidencePath, "A folder, or one capture, log or text");
    app.add_option("ALERTS", alertsPath, "The file to write; - for standard output");
    try
    {
        app.parse(argc, argv);
    }
    catch (const CLI::CallForHelp& help)
    {
        return app.exit(help);
    }
    catch (const CLI::ParseError& error)
    {
        return Fail(error.what());
    }
    if (list)
    {
        return ListDetectors(asJson);
    }
    if (asJson)
    {
        return Fail("--json goes with --list; alerts are JSON Lines anyway");
    }
    if (each && !splitPath.empty())
    {
        return Fail("--each goes with ALERTS, not with --split");
    }
    if (evidencePath.empty() || alertsPath.empty() == splitPath.empty())
    {
        return Fail("expected EVIDENCE and either ALERTS or --split FOLDER");
    }
    std::string problem;
    const std::vector<const Detector*> chosen = Choose(names, problem);
    if (!problem.empty())
    {
        return Fail(problem);
    }
    const bool split = !splitPath.empty();
    try
    {
        if (each)
        {
            return DetectEach(chosen, evidencePath, alertsPath);
        }
        return Detect(chosen, evidencePath, split ? splitPath : alertsPath, split);
    }
    catch (const std::bad_alloc&)
    {
        return Fail("there is too little memory");
    }
}
