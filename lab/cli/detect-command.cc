#include "formats/endpoint.h"
#include "formats/text.h"
#include "lab/cli/commands.h"
#include "lab/cli/detect-summary.h"
#include "lab/cli/table.h"
#include "lab/judge/judgement.h"
#include "lab/score/text-file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
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
    bool strict = false;
    bool each = false; //!< Every path is a case of its own.
    bool asJson = false;
};

/// What is said of an alert's ends, as far as it names them.
std::string
FlowOf(const Alert& alert)
{
    const auto end = [](const HostAddress& address, std::uint16_t port)
    { return port == 0 ? address.ToString() : EndpointText(address, port); };
    if (!alert.source.IsKnown() && !alert.destination.IsKnown())
    {
        return alert.evidence.log.empty() ? std::string(alert.evidence.file)
                                          : fmt::format("{} line {}",
                                                        alert.evidence.log.front().file,
                                                        alert.evidence.log.front().line);
    }
    return fmt::format("{} -> {}",
                       end(alert.source, alert.sourcePort),
                       end(alert.destination, alert.destinationPort));
}

bool
IsBaseline(const DetectorRun& judgement, const Alert& alert)
{
    if (!judgement.reading.is_object())
    {
        return false;
    }
    const auto names = judgement.reading.value("baseline", nlohmann::ordered_json::array());
    return std::find(names.begin(), names.end(), alert.detector) != names.end();
}

/// The alerts that count: all but those of baselines.
std::vector<Alert>
Believed(const DetectorRun& judgement)
{
    std::vector<Alert> believed;
    std::copy_if(judgement.file.alerts.begin(),
                 judgement.file.alerts.end(),
                 std::back_inserter(believed),
                 [&](const Alert& alert) { return !IsBaseline(judgement, alert); });
    return believed;
}

std::string
StatusOf(const DetectorRun& judgement)
{
    return judgement.reading.is_object() ? judgement.reading.value("status", "") : "judged";
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
        if (IsBaseline(judgement, alert))
        {
            who.Add("baseline: not counted", TextStyle::Faint);
        }
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
                                {"too_many_processes", judgement.end.tooMany},
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
    line["result"] = StatusOf(judgement);
    line["reading"] = judgement.reading;
    const DetectSummary summary = Summarize(Believed(judgement), judgement.reading);
    line["summary"] = {{"failed", summary.failed}, {"side", summary.side}, {"next", summary.next}};
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
        const bool namesIt = judgement.code == BAD_INPUT && judgement.blindness == Blindness::None;
        shell.terminal.Error(namesIt ? judgement.problem
                                     : fmt::format("{}: {}", judgement.path, judgement.problem));
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
        if (fs::is_directory(fs::path(path) / "truth"))
        {
            throw InputError(fmt::format("{}: found a run with its truth, expected the evidence of "
                                         "one of its vantages, below {}",
                                         path,
                                         (fs::path(path) / "evidence").string()));
        }
    }
}

/// Alerts never take the place of what they are about.
void
CheckOutput(const DetectOptions& options)
{
    std::error_code unknown;
    if (!fs::is_regular_file(options.out, unknown))
    {
        return;
    }
    const auto check = [&](const fs::path& evidence)
    {
        if (fs::equivalent(evidence, options.out, unknown))
        {
            throw InputError(fmt::format("{}: is evidence of this call, expected another file for "
                                         "the alerts",
                                         options.out));
        }
    };
    for (const std::string& path : options.paths)
    {
        check(path);
        if (fs::is_directory(path))
        {
            for (const auto& entry : fs::recursive_directory_iterator(path))
            {
                check(entry.path());
            }
        }
    }
}

/// Raises the exit code that a case's verdicts ask for.
void
RaiseFor(Shell& shell, const DetectOptions& options, const DetectorRun& judgement)
{
    if (judgement.code != EXPECTED)
    {
        return;
    }
    const std::string status = StatusOf(judgement);
    const std::vector<Alert> alerts = Believed(judgement);
    const auto has = [&](Verdict verdict)
    {
        return std::any_of(alerts.begin(),
                           alerts.end(),
                           [&](const Alert& alert) { return alert.verdict == verdict; });
    };
    const bool mustAnswer = options.strict || !options.failOn.empty();
    if (status == "unrecognized")
    {
        shell.terminal.Error(
            fmt::format("{}: unrecognized: nothing in it is evidence of a kind that is read",
                        judgement.path));
        shell.Raise(BAD_INPUT);
    }
    else if (options.failOn == "fault" && has(Verdict::Fault))
    {
        shell.Raise(MISSED);
    }
    else if (mustAnswer && !has(Verdict::Fault) &&
             (status == "insufficient" || has(Verdict::Inconclusive)))
    {
        shell.Raise(DETECTOR_FAILED);
    }
}

/// What a case was read as, what was found, and the last word.
void
Print(Shell& shell, const DetectorRun& judgement)
{
    if (!shell.terminal.IsQuiet() && judgement.reading.is_object())
    {
        fmt::print("{}\n", DescribeReading(judgement.reading));
    }
    const std::string status = StatusOf(judgement);
    if (judgement.code != EXPECTED || status == "unrecognized")
    {
        return;
    }
    Table table({"detector", "verdict", "where and why"});
    AddRows(table, judgement);
    if (!table.IsEmpty())
    {
        fmt::print("{}", table.Print(shell.terminal));
    }
    else if (judgement.reading.contains("unexplained"))
    {
        fmt::print("insufficient: something failed, or may have, and no detector says why.\n");
    }
    else if (status == "insufficient")
    {
        fmt::print("insufficient: no detector can judge by this evidence. A capture of a "
                   "connection, or a server's log of its sessions, would decide.\n");
    }
    else
    {
        fmt::print("{}\n",
                   judgement.reading.is_object() ? NothingFound(judgement.reading)
                                                 : "The detector says nothing.");
    }
    if (!shell.terminal.IsQuiet() && judgement.reading.is_object())
    {
        const DetectSummary summary = Summarize(Believed(judgement), judgement.reading);
        fmt::print("\nWhat failed: {}\nOn whose side: {}\nCollect or send: {}\n",
                   ForTerminal(summary.failed),
                   ForTerminal(summary.side),
                   ForTerminal(summary.next));
    }
}

/// The paths of a call, sorted into cases.
std::vector<std::vector<std::string>>
CasesOf(const DetectOptions& options)
{
    if (!options.each)
    {
        return {options.paths};
    }
    std::vector<std::vector<std::string>> cases;
    for (const std::string& path : options.paths)
    {
        cases.push_back({path});
    }
    return cases;
}

void
Detect(Shell& shell, const DetectOptions& options, const fs::path& temporary)
{
    std::string text;
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    bool hasJudged = false;
    Blindness said = Blindness::None;
    for (const std::vector<std::string>& paths : CasesOf(options))
    {
        shell.terminal.Progress("judging " + paths[0]);
        const DetectorRun judgement = judge::Judge(options.detector, paths, temporary);
        shell.terminal.ClearProgress();
        if (judgement.blindness != said)
        {
            SayGrade(shell, judgement);
            said = judgement.blindness;
        }
        Report(shell, judgement);
        RaiseFor(shell, options, judgement);
        hasJudged = hasJudged || judgement.code == EXPECTED;
        text += judgement.file.text;
        if (options.asJson)
        {
            json.push_back(JsonOf(judgement));
        }
        else if (options.out != "-")
        {
            Print(shell, judgement);
        }
    }
    if (options.out == "-")
    {
        fmt::print("{}", text);
        return;
    }
    // A detector that failed has not said that there is nothing: no file, no such word.
    if (hasJudged && !options.out.empty())
    {
        score::WriteTextFile(options.out, text);
    }
    if (options.asJson)
    {
        fmt::print(
            "{}\n",
            JsonForTerminal(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace)));
    }
    else if (hasJudged && !options.out.empty() && !shell.terminal.IsQuiet())
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
                           "Judges evidence folders, captures, logs or texts from anywhere, all "
                           "of one call as one case");
    auto options = std::make_shared<DetectOptions>();
    command->add_option("PATH", options->paths, "Evidence folders or files")->required();
    command->add_option("--detector", options->detector.builtIn, "Only this one; may be repeated")
        ->allow_extra_args(false);
    command
        ->add_option("--exec",
                     options->detector.command,
                     "A detector of yours, started as COMMAND EVIDENCE ALERTS_FILE")
        ->check(RefuseEmpty);
    AddDetectorOptions(*command, options->detector);
    command
        ->add_option("-o,--output",
                     options->out,
                     "A file for the alerts; - for standard output (default: none)")
        ->check(RefuseEmpty);
    command
        ->add_option("--fail-on",
                     options->failOn,
                     "`fault`: exit 1 if there is an alarm, 3 if it cannot be told")
        ->check(CLI::IsMember({"fault"}));
    command->add_flag("--strict", options->strict, "Exits with 3 if the evidence cannot be judged");
    command->add_flag("--each", options->each, "Judges each PATH as a case of its own");
    command->add_flag("--json", options->asJson, "Prints JSON instead of the table");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab detect capture.pcap --fail-on fault -o alerts.jsonl");
    command->callback(
        [&shell, options]
        {
            CheckPaths(options->paths);
            CheckOutput(*options);
            shell.Supervise({},
                            [&](const run::WorkFolders& folders)
                            { Detect(shell, *options, folders.temporary); });
        });
}

} // namespace bouncelab::cli
