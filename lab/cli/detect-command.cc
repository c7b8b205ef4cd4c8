#include "lab/cli/commands.h"
#include "lab/cli/table.h"
#include "lab/run/child-process.h"
#include "lab/score/alert-file.h"
#include "lab/score/text-file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <memory>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;

struct DetectOptions
{
    std::vector<std::string> paths;
    std::vector<std::string> detectors;
    std::string command;
    std::string out = "alerts.jsonl";
    std::string failOn;
    unsigned timeoutSeconds = 60;
    bool asJson = false;
};

/// A folder for one detector's alerts, removed in the end.
class ScratchFolder
{
  public:
    ScratchFolder()
        : m_path((fs::temp_directory_path() / "XXXXXX").string())
    {
        if (!mkdtemp(m_path.data()))
        {
            throw std::runtime_error("cannot make a temporary folder");
        }
    }

    ~ScratchFolder()
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }

    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    fs::path Path() const { return m_path; }

  private:
    std::string m_path;
};

std::vector<std::string>
CommandLine(const DetectOptions& options, const std::string& evidence, const std::string& alerts)
{
    if (!options.command.empty())
    {
        return {"sh", "-c", options.command + " \"$@\"", "sh", evidence, alerts};
    }
    std::vector<std::string> words{(Shell::ProgramFolder() / "bouncelab-detect").string()};
    for (const std::string& detector : options.detectors)
    {
        words.insert(words.end(), {"--detector", detector});
    }
    words.insert(words.end(), {evidence, alerts});
    return words;
}

/// What one start of a detector brought.
struct DetectorRun
{
    std::string path;
    run::ChildEnd end;
    std::string text; //!< The alerts file.
    std::vector<Alert> alerts;
    std::string problem;
    ExitCode code = EXPECTED;
};

DetectorRun
Judge(const DetectOptions& options, const std::string& path)
{
    DetectorRun judgement;
    judgement.path = path;
    const ScratchFolder scratch;
    const fs::path file = scratch.Path() / "alerts.jsonl";
    judgement.end = run::RunChild(CommandLine(options, path, file.string()),
                                  std::chrono::seconds(options.timeoutSeconds));
    const run::ChildEnd& end = judgement.end;
    const auto fail = [&](std::string problem, ExitCode code = DETECTOR_FAILED)
    {
        judgement.problem = std::move(problem);
        judgement.code = code;
        return judgement;
    };
    if (!end.started)
    {
        return fail("the detector cannot be started");
    }
    if (end.timedOut)
    {
        return fail(fmt::format("the detector was stopped after {} s", options.timeoutSeconds));
    }
    if (end.status != 0)
    {
        const bool isInput = options.command.empty() && end.status == BAD_INPUT;
        return fail(fmt::format("the detector ended with status {}", end.status),
                    isInput ? BAD_INPUT : DETECTOR_FAILED);
    }
    if (fs::exists(file))
    {
        judgement.text = score::ReadTextFile(file);
        try
        {
            judgement.alerts = score::ReadAlerts(file);
        }
        catch (const std::runtime_error& error)
        {
            return fail(
                fmt::format("the detector wrote a line that is not an alert: {}", error.what()));
        }
    }
    return judgement;
}

std::string
FlowOf(const Alert& alert)
{
    return fmt::format("{}:{} -> {}:{}",
                       alert.source.ToString(),
                       alert.sourcePort,
                       alert.destination.ToString(),
                       alert.destinationPort);
}

void
AddRows(Table& table, const DetectorRun& judgement)
{
    for (const Alert& alert : judgement.alerts)
    {
        const TextStyle style = alert.verdict == Verdict::Fault    ? TextStyle::Bad
                                : alert.verdict == Verdict::Benign ? TextStyle::Good
                                                                   : TextStyle::Unsure;
        Cell what(std::string(NameOf(alert.verdict)), style);
        what.Add(alert.dottedClass.empty() ? alert.signature : alert.dottedClass);
        Cell who(alert.detector);
        who.Add(fmt::format("score {:.2f}", alert.score), TextStyle::Faint);
        Cell why(FlowOf(alert) + (alert.frame != 0 ? fmt::format(", frame {}", alert.frame) : ""));
        if (alert.where.hops)
        {
            why.Add(fmt::format("behind hop {}, up to hop {}",
                                alert.where.hops->after,
                                alert.where.hops->to));
        }
        why.Add(alert.evidence.explanation);
        table.Add({who, what, why});
    }
}

void
Detect(Shell& shell, const DetectOptions& options)
{
    std::string text;
    Table table({"detector", "verdict", "where and why"});
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    std::size_t alarms = 0;
    std::size_t failures = 0;
    for (const std::string& path : options.paths)
    {
        if (!fs::exists(path))
        {
            throw InputError(fmt::format("{}: there is no such file or folder", path));
        }
    }
    for (const std::string& path : options.paths)
    {
        shell.terminal.Progress("judging " + path);
        const DetectorRun judgement = Judge(options, path);
        shell.terminal.ClearProgress();
        if (!judgement.end.error.empty())
        {
            shell.terminal.Quote(judgement.end.error);
        }
        if (judgement.code != EXPECTED)
        {
            shell.terminal.Error(fmt::format("{}: {}", path, judgement.problem));
            shell.Raise(judgement.code);
            ++failures;
        }
        nlohmann::ordered_json line{{"path", path},
                                    {"status", judgement.end.status},
                                    {"timed_out", judgement.end.timedOut},
                                    {"problem", judgement.problem},
                                    {"stderr", judgement.end.error},
                                    {"alerts", nlohmann::ordered_json::array()}};
        for (const Alert& alert : judgement.alerts)
        {
            alarms += alert.verdict == Verdict::Fault ? 1 : 0;
            line["alerts"].push_back(ToJson(alert));
        }
        json.push_back(std::move(line));
        text += judgement.text;
        AddRows(table, judgement);
    }
    if (options.failOn == "fault" && alarms > 0)
    {
        shell.Raise(MISSED);
    }
    if (options.out == "-")
    {
        fmt::print("{}", text);
        return;
    }
    // A detector that failed has not said that there is nothing: no file, no such word.
    const bool hasJudged = failures < options.paths.size();
    if (hasJudged)
    {
        score::WriteTextFile(options.out, text);
    }
    if (options.asJson)
    {
        fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
        return;
    }
    if (!hasJudged)
    {
        return;
    }
    if (table.IsEmpty())
    {
        fmt::print("{}\n",
                   failures > 0 ? "Nothing found in what could be judged." : "Nothing found.");
    }
    else
    {
        fmt::print("{}", table.Print(shell.terminal));
    }
    if (!shell.terminal.IsQuiet())
    {
        fmt::print("\nAlerts: {}\n", options.out);
    }
}

} // namespace

void
AddDetectCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command =
        app.add_subcommand("detect",
                           "Judges evidence folders, captures, logs or texts from anywhere");
    auto options = std::make_shared<DetectOptions>();
    command->add_option("PATH", options->paths, "Evidence folders or files")->required();
    command->add_option("--detector", options->detectors, "Only this one; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--exec",
                        options->command,
                        "A detector of yours, started as COMMAND EVIDENCE ALERTS_FILE");
    command->add_option("--timeout", options->timeoutSeconds, "Seconds for each PATH (default: 60)")
        ->check(CLI::Range(1, 86400));
    command->add_option("-o,--output",
                        options->out,
                        "Where the alerts go (default: alerts.jsonl); - for standard output");
    command->add_option("--fail-on", options->failOn, "`fault`: exit 1 if there is an alarm")
        ->check(CLI::IsMember({"fault"}));
    command->add_flag("--json", options->asJson, "Prints JSON instead of the table");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab detect capture.pcap --fail-on fault -o alerts.jsonl");
    command->callback([&shell, options] { Detect(shell, *options); });
}

} // namespace bouncelab::cli
