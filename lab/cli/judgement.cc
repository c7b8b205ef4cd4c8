#include "lab/cli/judgement.h"

#include "lab/cli/shell.h"
#include "lab/run/containment.h"
#include "lab/run/opaque-folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;

constexpr std::uint64_t MIB = 1 << 20;
constexpr std::uint64_t LARGEST_FILE = 1024 * MIB;
/// Variable that a command is given if it names files here.
constexpr const char* CALLER = "BOUNCELAB_CALLER";

/// The command with those of its words made absolute that are files here: it works elsewhere.
std::string
FromElsewhere(const std::string& command)
{
    constexpr const char* BLANKS = " \t\n";
    std::string result;
    std::size_t at = 0;
    while (at < command.size())
    {
        const std::size_t start = std::min(command.find_first_not_of(BLANKS, at), command.size());
        const std::size_t end = std::min(command.find_first_of(BLANKS, start), command.size());
        const std::string word = command.substr(start, end - start);
        std::error_code error;
        const bool isHere =
            !word.empty() && word.front() != '/' && fs::is_regular_file(word, error);
        result += command.substr(at, start - at);
        result += isHere ? fmt::format("\"${}\"/{}", CALLER, word) : word;
        at = end;
    }
    return result;
}

run::ChildOptions
OptionsFor(const DetectorChoice& detector)
{
    run::ChildOptions options;
    options.timeout = std::chrono::seconds(detector.timeoutSeconds);
    return options;
}

DetectorRun
StartBuiltIn(const DetectorChoice& detector, const std::string& path, const fs::path& alerts)
{
    std::vector<std::string> words{(Shell::ProgramFolder() / "bouncelab-detect").string()};
    for (const std::string& name : detector.builtIn)
    {
        words.insert(words.end(), {"--detector", name});
    }
    words.insert(words.end(), {path, alerts.string()});
    DetectorRun judgement;
    judgement.end = run::RunChild(words, OptionsFor(detector));
    return judgement;
}

DetectorRun
StartCommand(const DetectorChoice& detector,
             const std::string& path,
             const run::OpaqueFolder& folder,
             const fs::path& alerts)
{
    DetectorRun judgement;
    run::ChildOptions options = OptionsFor(detector);
    options.folder = folder.Scratch();
    options.largestFile = LARGEST_FILE;
    if (detector.memoryMib)
    {
        options.addressSpace = *detector.memoryMib * MIB;
    }
    options.environment = {"TMPDIR=" + folder.Scratch().string()};
    const std::string command = FromElsewhere(detector.command);
    if (command != detector.command)
    {
        options.environment->push_back(fmt::format("{}={}", CALLER, fs::current_path().string()));
    }
    for (const std::string& name : detector.environment)
    {
        if (const char* value = std::getenv(name.c_str()))
        {
            options.environment->push_back(name + "=" + value);
        }
    }
    judgement.blindness = Blindness::Bare;
    if (!detector.isBare)
    {
        const std::vector<fs::path> hidden = run::FoldersThatTell(path, "results");
        judgement.whyBare = run::WhyNotContained(hidden);
        if (judgement.whyBare.empty())
        {
            judgement.blindness = Blindness::Contained;
            options.hidden = hidden;
        }
    }
    judgement.end = run::RunChild(
        {"sh", "-c", command + " \"$@\"", "sh", folder.Evidence().string(), alerts.string()},
        options);
    return judgement;
}

/// What is to be said of how it ended, if it ended badly.
void
Assess(const DetectorChoice& detector, DetectorRun& judgement)
{
    const run::ChildEnd& end = judgement.end;
    const auto fail = [&](std::string problem, ExitCode code = DETECTOR_FAILED)
    {
        judgement.problem = std::move(problem);
        judgement.code = code;
    };
    if (!end.started)
    {
        fail("the detector cannot be started: " + end.error);
    }
    else if (end.timedOut)
    {
        fail(fmt::format("the detector was stopped after {} s", detector.timeoutSeconds));
    }
    else if (end.status != 0)
    {
        const bool isInput = detector.command.empty() && end.status == BAD_INPUT;
        fail(fmt::format("the detector ended with status {}", end.status),
             isInput ? BAD_INPUT : DETECTOR_FAILED);
    }
}

} // namespace

std::string_view
GradeOf(Blindness blindness)
{
    return blindness == Blindness::Contained ? "contained"
           : blindness == Blindness::Bare    ? "bare"
                                             : "";
}

DetectorRun
Judge(const DetectorChoice& detector, const std::string& path, const fs::path& temporary)
{
    const bool isBuiltIn = detector.command.empty();
    const run::OpaqueFolder folder(temporary, isBuiltIn ? fs::path() : fs::path(path));
    const fs::path alerts = folder.Alerts() / "alerts.jsonl";
    DetectorRun judgement = isBuiltIn ? StartBuiltIn(detector, path, alerts)
                                      : StartCommand(detector, path, folder, alerts);
    judgement.path = path;
    Assess(detector, judgement);
    if (judgement.code != EXPECTED)
    {
        return judgement;
    }
    try
    {
        judgement.file = score::ReadForeignAlerts(alerts);
    }
    catch (const std::runtime_error& error)
    {
        judgement.problem =
            fmt::format("the detector wrote something else than alerts: {}", error.what());
        judgement.code = DETECTOR_FAILED;
    }
    return judgement;
}

} // namespace bouncelab::cli
