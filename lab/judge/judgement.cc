#include "lab/judge/judgement.h"

#include "formats/text.h"
#include "lab/run/containment.h"
#include "lab/run/fault.h"
#include "lab/run/opaque-folder.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace bouncelab::judge
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
StartBuiltIn(const DetectorChoice& detector,
             const std::vector<std::string>& paths,
             const fs::path& alerts)
{
    const fs::path reading = alerts.parent_path() / "reading.json";
    std::vector<std::string> words{detector.program.string()};
    for (const std::string& name : detector.builtIn)
    {
        words.insert(words.end(), {"--detector", name});
    }
    for (std::size_t i = 1; i < paths.size(); ++i)
    {
        words.insert(words.end(), {"--with", paths[i]});
    }
    words.insert(words.end(), {"--reading", reading.string(), "--", paths[0], alerts.string()});
    DetectorRun judgement;
    judgement.end = run::RunChild(words, OptionsFor(detector));
    std::ifstream file(reading);
    judgement.reading = nlohmann::ordered_json::parse(file, nullptr, false);
    if (!judgement.reading.is_object())
    {
        judgement.reading = nullptr;
    }
    return judgement;
}

/// What a detector from outside may use. \param judgement hears how far it is contained
run::ChildOptions
OptionsFor(const DetectorChoice& detector,
           const std::string& evidence,
           const run::OpaqueFolder& folder,
           DetectorRun& judgement)
{
    run::ChildOptions options = OptionsFor(detector);
    options.folder = folder.Scratch();
    options.largestFile = LARGEST_FILE;
    options.processes = detector.processes;
    if (detector.memoryMib)
    {
        options.addressSpace = *detector.memoryMib * MIB;
    }
    options.environment = {"TMPDIR=" + folder.Scratch().string()};
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
        const std::vector<fs::path> hidden =
            run::FoldersThatTell(evidence.empty() ? folder.Path() : fs::path(evidence),
                                 detector.results);
        judgement.whyBare = run::WhyNotContained(hidden);
        if (judgement.whyBare.empty())
        {
            judgement.blindness = Blindness::Contained;
            options.hidden = hidden;
        }
    }
    return options;
}

/// Starts a user's command. \param arguments behind its own
void
StartCommand(const DetectorChoice& detector,
             const std::vector<std::string>& arguments,
             run::ChildOptions options,
             DetectorRun& judgement)
{
    const std::string command = FromElsewhere(detector.command);
    if (command != detector.command)
    {
        options.environment->push_back(fmt::format("{}={}", CALLER, fs::current_path().string()));
    }
    std::vector<std::string> words{"sh", "-c", command + " \"$@\"", "sh"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    judgement.end = run::RunChild(words, options);
}

bool
IsCapture(const fs::path& file)
{
    return file.extension() == ".pcap" || file.extension() == ".pcapng";
}

/// Lets tshark filter every capture; the first that fails ends it.
void
StartFilter(const DetectorChoice& detector,
            const fs::path& evidence,
            run::ChildOptions options,
            DetectorRun& judgement)
{
    constexpr std::size_t MOST_OUTPUT = 64 * MIB;
    options.output = MOST_OUTPUT;
    judgement.end.started = true;
    const bool isFolder = fs::is_directory(evidence);
    for (const std::string& name :
         isFolder ? score::FilesBelow(evidence) : std::vector<std::string>{""})
    {
        const fs::path file = isFolder ? evidence / name : evidence;
        if (!IsCapture(file))
        {
            continue;
        }
        judgement.end = run::RunChild(detector.adapter->Command(file), options);
        if (!judgement.end.started || judgement.end.timedOut || judgement.end.status != 0)
        {
            return;
        }
        // It remarks that it runs as root, and the like.
        judgement.end.error.clear();
        for (Alert& alert : detector.adapter->AlertsOf(judgement.end.output, name))
        {
            judgement.file.text += ToJsonLine(alert);
            judgement.file.alerts.push_back(std::move(alert));
        }
    }
}

void
Fail(DetectorRun& judgement, score::CellEnd ended, std::string problem, int code = run::DETECTOR)
{
    judgement.ended = ended;
    judgement.problem = std::move(problem);
    judgement.code = code;
}

/// The last line off the end of a text.
std::string
TakeLastLine(std::string& text)
{
    text.erase(TrimEnd(text, "\r\n").size());
    const std::size_t newline = text.rfind('\n');
    const std::size_t begin = newline == text.npos ? 0 : newline + 1;
    std::string line = text.substr(begin);
    text.erase(begin);
    return line;
}

/// What is to be said of how it ended, if it ended badly.
void
Assess(const DetectorChoice& detector, DetectorRun& judgement)
{
    constexpr int NOT_EXECUTABLE = 126; // A shell's words.
    constexpr int NOT_FOUND = 127;
    constexpr int SIGNALS = 128;
    const run::ChildEnd& end = judgement.end;
    if (!end.started)
    {
        Fail(judgement, score::CellEnd::NotStarted, "the detector cannot be started: " + end.error);
    }
    else if (end.timedOut)
    {
        Fail(judgement,
             score::CellEnd::TimedOut,
             fmt::format("the detector was stopped after {} s", detector.timeoutSeconds));
    }
    else if (end.tooMany)
    {
        Fail(judgement,
             score::CellEnd::TooMany,
             fmt::format("the detector was stopped: too many processes, more than {} at once",
                         detector.processes));
    }
    else if (end.status == NOT_EXECUTABLE || end.status == NOT_FOUND)
    {
        Fail(judgement,
             score::CellEnd::NotStarted,
             fmt::format("the detector ended with status {}: it cannot be started{}",
                         end.status,
                         LastWords(end)));
    }
    else if (end.status > SIGNALS)
    {
        Fail(judgement,
             score::CellEnd::Crashed,
             fmt::format("the detector ended with status {}, {}{}",
                         end.status,
                         strsignal(end.status - SIGNALS),
                         LastWords(end, strsignal(end.status - SIGNALS))));
    }
    else if (detector.IsBuiltIn() && end.status == run::INPUT_OR_MACHINE)
    {
        // Its last line says what is wrong with what it was given.
        std::string problem = TakeLastLine(judgement.end.error);
        const std::string name = detector.program.filename().string() + ": ";
        problem.erase(0, StartsWith(problem, name) ? name.size() : 0);
        Fail(judgement, score::CellEnd::Crashed, std::move(problem), run::INPUT_OR_MACHINE);
    }
    else if (end.status != 0)
    {
        // tshark, too, says with 2 that it is what it was given.
        const bool isInput =
            detector.adapter && detector.adapter->IsFilter() && end.status == run::INPUT_OR_MACHINE;
        Fail(judgement,
             score::CellEnd::Crashed,
             fmt::format("the detector ended with status {}{}", end.status, LastWords(end)),
             isInput ? run::INPUT_OR_MACHINE : run::DETECTOR);
    }
}

/// Reads what it left, and gives it the classes of an adapter.
void
ReadWhatItSays(const DetectorChoice& detector,
               const fs::path& alerts,
               const fs::path& evidence,
               DetectorRun& judgement)
{
    judgement.file = score::ReadForeignAlerts(alerts, detector.IsBuiltIn() ? fs::path() : evidence);
    if (detector.adapter)
    {
        judgement.file.alerts = detector.adapter->Translate(judgement.file.alerts);
        judgement.file.text.clear();
        for (const Alert& alert : judgement.file.alerts)
        {
            judgement.file.text += ToJsonLine(alert);
        }
    }
}

/// The only path, or a new folder with copies of all of them.
std::string
OnePath(const std::vector<std::string>& paths, const fs::path& temporary)
{
    if (paths.size() == 1)
    {
        return paths[0];
    }
    const fs::path folder = temporary / "case";
    fs::create_directories(folder);
    for (std::size_t i = 0; i < paths.size(); ++i)
    {
        fs::path name = fs::path(paths[i]).filename();
        name = fs::exists(folder / name) ? fs::path(fmt::format("{}-{}", i, name.string())) : name;
        fs::copy(paths[i], folder / name, fs::copy_options::recursive);
    }
    return folder.string();
}

} // namespace

std::string_view
GradeOf(Blindness blindness)
{
    return blindness == Blindness::Contained ? "contained"
           : blindness == Blindness::Bare    ? "bare"
                                             : "";
}

std::string
LastWords(const run::ChildEnd& end, const std::string& signal)
{
    constexpr std::size_t LONGEST = 300;
    std::string text = end.error;
    std::string line = TakeLastLine(text);
    while (!signal.empty() && line.find(signal) != std::string::npos)
    {
        line = TakeLastLine(text);
    }
    return line.empty() ? "" : ": " + ForTerminal(line.substr(0, LONGEST));
}

DetectorRun
Judge(const DetectorChoice& detector,
      const std::vector<std::string>& paths,
      const fs::path& temporary)
{
    const std::string path = detector.IsBuiltIn() ? paths[0] : OnePath(paths, temporary);
    const run::OpaqueFolder folder(temporary, detector.IsBuiltIn() ? fs::path() : fs::path(path));
    const fs::path alerts = folder.Alerts() / "alerts.jsonl";
    const bool isFilter = detector.adapter && detector.adapter->IsFilter();
    DetectorRun judgement;
    if (detector.IsBuiltIn())
    {
        judgement = StartBuiltIn(detector, paths, alerts);
    }
    else
    {
        const run::ChildOptions options = OptionsFor(detector, path, folder, judgement);
        isFilter ? StartFilter(detector, folder.Evidence(), options, judgement)
                 : StartCommand(detector,
                                {folder.Evidence().string(), alerts.string()},
                                options,
                                judgement);
    }
    judgement.path = paths[0];
    for (std::size_t i = 1; i < paths.size(); ++i)
    {
        judgement.path += " " + paths[i];
    }
    Assess(detector, judgement);
    if (judgement.code != 0 || isFilter)
    {
        return judgement;
    }
    try
    {
        ReadWhatItSays(detector, alerts, path, judgement);
    }
    catch (const std::runtime_error& error)
    {
        Fail(judgement,
             score::CellEnd::Refused,
             fmt::format("the detector wrote something else than alerts: {}", error.what()));
    }
    return judgement;
}

run::ChildEnd
DeclarationOf(const DetectorChoice& detector, const fs::path& temporary)
{
    const run::OpaqueFolder folder(temporary, {});
    DetectorRun judgement;
    StartCommand(detector,
                 {"--list", "--json"},
                 OptionsFor(detector, "", folder, judgement),
                 judgement);
    return judgement.end;
}

} // namespace bouncelab::judge
