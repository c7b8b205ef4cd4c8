#include "detectors/each-file.h"
#include "detectors/readers/evidence-folder.h"
#include "detectors/registry.h"
#include "detectors/unexplained.h"
#include "formats/standard-descriptors.h"
#include "formats/text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>
#include <string>
#include <system_error>
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
    WriteToStandardError("bouncelab-detect: " + ForTerminal(sentence) + "\n");
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
                           {"finds", detector->scope.finds},
                           {"role", detector->role == Role::Baseline ? "baseline" : "judge"}});
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

void
LeaveOutBaselines(std::vector<const Detector*>& chosen)
{
    chosen.erase(std::remove_if(chosen.begin(),
                                chosen.end(),
                                [](const Detector* detector)
                                { return detector->role == Role::Baseline; }),
                 chosen.end());
}

/// What a call asks for.
struct Call
{
    std::vector<const Detector*> chosen;
    std::vector<fs::path> evidence;
    fs::path out;
    bool split = false;
    fs::path reading; //!< Where the report of what was read goes; empty = nowhere.
};

/// Whether logs show deliveries, and none that failed or waits.
bool
AreDelivered(const Records<TrackedEvent>& events)
{
    const auto isOf = [&](std::initializer_list<std::string_view> names)
    {
        return [names](const InFile<TrackedEvent>& told)
        { return std::find(names.begin(), names.end(), told.record.event) != names.end(); };
    };
    return std::any_of(events.begin(), events.end(), isOf({"SEND", "DELIVER"})) &&
           std::none_of(events.begin(), events.end(), isOf({"FAIL", "DEFER"}));
}

/// The report of what was read, and whether it was enough to judge by.
nlohmann::ordered_json
ReadingOf(const Call& call,
          const std::vector<FileReading>& files,
          const EvidenceContext& context,
          const Detection& detection)
{

    nlohmann::ordered_json report;
    std::uint64_t flows = 0;
    std::uint64_t sessions = 0;
    bool isUnderstood = false;
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const FileReading& file : files)
    {
        flows += file.flows;
        sessions += file.sessions;
        isUnderstood = isUnderstood || file.IsUnderstood();
        all.push_back(ToJson(file));
    }
    std::vector<Alert> answers;
    for (std::size_t i = 0; i < call.chosen.size(); ++i)
    {
        const std::vector<Alert>& said = detection.AlertsOf(i);
        if (call.chosen[i]->role == Role::Judge)
        {
            answers.insert(answers.end(), said.begin(), said.end());
        }
    }
    const Unexplained unexplained = FindUnexplained(detection.GetAnalysis(), files, answers);
    const bool canJudge =
        ((flows + sessions > 0 || AreDelivered(context.logs.tracked)) && unexplained.IsEmpty()) ||
        !answers.empty();
    report["status"] = !isUnderstood ? "unrecognized" : canJudge ? "judged" : "insufficient";
    report["flows"] = flows;
    report["sessions"] = sessions;
    report["files"] = std::move(all);
    report["cut"] = nlohmann::ordered_json::array();
    std::vector<CutEvidence> cuts = context.cuts;
    const std::vector<CutEvidence> later = detection.LaterCuts();
    cuts.insert(cuts.end(), later.begin(), later.end());
    for (const CutEvidence& cut : cuts)
    {
        report["cut"].push_back((cut.file.empty() ? "" : cut.file + ": ") + cut.what);
    }
    if (!unexplained.IsEmpty())
    {
        report["unexplained"] = ToJson(unexplained);
    }
    report["baseline"] = nlohmann::ordered_json::array();
    for (const Detector* detector : call.chosen)
    {
        if (detector->role == Role::Baseline)
        {
            report["baseline"].push_back(detector->Name());
        }
    }
    return report;
}

int
FailToWrite(const fs::path& file)
{
    return Fail(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
}

int
WriteAlerts(const Call& call, const Detection& detection)
{
    if (!call.split)
    {
        return Write(call.out, Lines(detection.AllAlerts())) ? 0 : FailToWrite(call.out);
    }
    std::error_code error;
    fs::create_directories(call.out, error);
    for (std::size_t i = 0; i < call.chosen.size(); ++i)
    {
        const fs::path file = call.out / (std::string(call.chosen[i]->Name()) + ".jsonl");
        if (!Write(file, Lines(detection.AlertsOf(i))))
        {
            return FailToWrite(file);
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

int
Detect(const Call& call)
{
    EvidenceContext context;
    Detection detection(call.chosen, context);
    std::vector<FileReading> files;
    EvidenceHandler handler;
    handler.flow = [&](const Evidence& evidence) { detection.Judge(evidence); };
    handler.note = Say;
    handler.file = [&](const FileReading& file) { files.push_back(file); };
    const auto problem = ReadEvidence(call.evidence, context, handler);
    if (!problem)
    {
        detection.Conclude();
        for (const CutEvidence& cut : detection.LaterCuts())
        {
            Say(cut.Tell());
        }
    }
    if (!call.reading.empty())
    {
        const std::string report =
            ReadingOf(call, files, context, detection)
                .dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
        if (!Write(call.reading, JsonForTerminal(report) + "\n"))
        {
            return FailToWrite(call.reading);
        }
    }
    return problem ? Fail(*problem) : WriteAlerts(call, detection);
}

int
Run(int argc, char** argv)
{
    CLI::App app("Judges one vantage's evidence and writes alerts as JSON Lines.\n"
                 "Example: bouncelab-detect --detector early-reply evidence/gateway-inside "
                 "alerts.jsonl",
                 "bouncelab-detect");
    std::vector<std::string> names;
    std::string evidencePath;
    std::vector<std::string> more;
    std::string readingPath;
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
    app.add_option("--with", more, "Further evidence of the same case; may be repeated")
        ->allow_extra_args(false);
    app.add_option("--reading", readingPath, "Writes what was read of each file here, as JSON");
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
    std::vector<const Detector*> chosen = Choose(names, problem);
    if (!problem.empty())
    {
        return Fail(problem);
    }
    if (each && names.empty())
    {
        LeaveOutBaselines(chosen); // These lines do not say whose word counts.
    }
    Call call;
    call.chosen = chosen;
    call.evidence = {evidencePath};
    call.evidence.insert(call.evidence.end(), more.begin(), more.end());
    call.split = !splitPath.empty();
    call.out = call.split ? splitPath : alertsPath;
    call.reading = readingPath;
    return each ? DetectEach(chosen, evidencePath, alertsPath) : Detect(call);
}

} // namespace

int
main(int argc, char** argv)
{
    OpenStandardDescriptors();
    std::signal(SIGXFSZ, SIG_IGN); // A file that is too large is told by the write that fails.
    try
    {
        const int status = Run(argc, argv);
        if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
        {
            return status;
        }
    }
    catch (const std::bad_alloc&)
    {
        return Fail("there is too little memory");
    }
    catch (const std::system_error&) // of what is printed
    {
    }
    return Fail(std::string("cannot write to standard output: ") + std::strerror(errno));
}
