#include "lab/cli/commands.h"
#include "lab/cli/table.h"
#include "lab/judge/judgement.h"
#include "lab/score/text-file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;
using judge::Blindness;
using judge::DetectorRun;

struct DetectOptions
{
    std::vector<std::string> paths;
    judge::DetectorChoice detector;
    std::string out; //!< Where the alerts go; empty = nowhere.
    std::string failOn;
    bool asJson = false;
};

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
    for (const Alert& alert : judgement.file.alerts)
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

nlohmann::ordered_json
JsonOf(const DetectorRun& judgement)
{
    nlohmann::ordered_json line{{"path", judgement.path},
                                {"status", judgement.end.status},
                                {"timed_out", judgement.end.timedOut},
                                {"problem", judgement.problem},
                                {"stderr", judgement.end.error},
                                {"alerts", nlohmann::ordered_json::array()}};
    if (judgement.blindness != Blindness::None)
    {
        line["blind"] = judge::GradeOf(judgement.blindness);
    }
    for (const Alert& alert : judgement.file.alerts)
    {
        line["alerts"].push_back(ToJson(alert));
    }
    return line;
}

void
SayGrade(Shell& shell, const DetectorRun& judgement)
{
    if (judgement.blindness == Blindness::Contained)
    {
        shell.terminal.Note("the detector was contained: it saw no results and had no network");
    }
    else if (judgement.blindness == Blindness::Bare)
    {
        shell.terminal.Note(fmt::format(
            "the detector was bare: it had a copy and an empty "
            "environment, and could search the disk{}",
            judgement.whyBare.empty() ? "" : " (not contained: " + judgement.whyBare + ")"));
    }
}

/// What a detector said besides alerts, and what is to be said of it.
void
Report(Shell& shell, const DetectorRun& judgement)
{
    if (!judgement.end.error.empty())
    {
        shell.terminal.Quote(judgement.end.error);
    }
    if (judgement.code != EXPECTED)
    {
        shell.terminal.Error(fmt::format("{}: {}", judgement.path, judgement.problem));
        shell.Raise(static_cast<ExitCode>(judgement.code));
    }
}

void
CheckPaths(const std::vector<std::string>& paths)
{
    for (const std::string& path : paths)
    {
        if (!fs::exists(path))
        {
            throw InputError(fmt::format("{}: there is no such file or folder", path));
        }
        if (!fs::is_directory(path) && !fs::is_regular_file(path))
        {
            throw InputError(
                fmt::format("{}: found a pipe or device, expected a file or a folder", path));
        }
    }
}

void
Print(Shell& shell, const DetectOptions& options, const Table& table, bool isComplete)
{
    if (table.IsEmpty())
    {
        fmt::print("{}\n",
                   isComplete ? "Nothing found." : "Nothing found in what could be judged.");
    }
    else
    {
        fmt::print("{}", table.Print(shell.terminal));
    }
    if (!shell.terminal.IsQuiet() && !options.out.empty())
    {
        fmt::print("\nAlerts: {}\n", options.out);
    }
}

void
Detect(Shell& shell, const DetectOptions& options, const fs::path& temporary)
{
    std::string text;
    Table table({"detector", "verdict", "where and why"});
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    std::size_t failures = 0;
    Blindness said = Blindness::None;
    for (const std::string& path : options.paths)
    {
        shell.terminal.Progress("judging " + path);
        const DetectorRun judgement = judge::Judge(options.detector, path, temporary);
        shell.terminal.ClearProgress();
        if (judgement.blindness != said)
        {
            SayGrade(shell, judgement);
            said = judgement.blindness;
        }
        Report(shell, judgement);
        failures += judgement.code != EXPECTED ? 1 : 0;
        const std::vector<Alert>& alerts = judgement.file.alerts;
        const bool isAlarm =
            std::any_of(alerts.begin(),
                        alerts.end(),
                        [](const Alert& alert) { return alert.verdict == Verdict::Fault; });
        if (isAlarm && options.failOn == "fault")
        {
            shell.Raise(MISSED);
        }
        if (options.asJson)
        {
            json.push_back(JsonOf(judgement));
        }
        text += judgement.file.text;
        AddRows(table, judgement);
    }
    if (options.out == "-")
    {
        fmt::print("{}", text);
        return;
    }
    // A detector that failed has not said that there is nothing: no file, no such word.
    const bool hasJudged = failures < options.paths.size();
    if (hasJudged && !options.out.empty())
    {
        score::WriteTextFile(options.out, text);
    }
    if (options.asJson)
    {
        fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    else if (hasJudged)
    {
        Print(shell, options, table, failures == 0);
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
    command->add_option("--detector", options->detector.builtIn, "Only this one; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--exec",
                        options->detector.command,
                        "A detector of yours, started as COMMAND EVIDENCE ALERTS_FILE");
    AddDetectorOptions(*command, options->detector);
    command->add_option("-o,--output",
                        options->out,
                        "A file for the alerts; - for standard output (default: none)");
    command->add_option("--fail-on", options->failOn, "`fault`: exit 1 if there is an alarm")
        ->check(CLI::IsMember({"fault"}));
    command->add_flag("--json", options->asJson, "Prints JSON instead of the table");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab detect capture.pcap --fail-on fault -o alerts.jsonl");
    command->callback(
        [&shell, options]
        {
            CheckPaths(options->paths);
            shell.Supervise({},
                            [&](const run::WorkFolders& folders)
                            { Detect(shell, *options, folders.temporary); });
        });
}

} // namespace bouncelab::cli
