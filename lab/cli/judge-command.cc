#include "formats/evidence-kind.h"
#include "formats/text.h"
#include "lab/cli/commands.h"
#include "lab/cli/judge-table.h"
#include "lab/cli/matrix-calls.h"
#include "lab/judge/matrix-judge.h"
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

constexpr const char* COMMAND_FILE = "command.txt"; //!< Whose judgement a folder has.

struct JudgeCall
{
    std::string command;
    std::string adapter;
    judge::DetectorChoice choice;
    judge::Declaration declaration;
    MatrixCall matrix;
    std::string table;
    bool asJson = false;
};

/// What is kept of a judgement, in a folder of its own below the results.
void
Write(const fs::path& folder,
      const std::string& table,
      const std::vector<score::JudgedCell>& cells,
      const nlohmann::ordered_json& report)
{
    std::string lines;
    for (const score::JudgedCell& cell : cells)
    {
        lines += score::ToJson(cell).dump() + "\n";
    }
    score::WriteTextFile(folder / "cells.jsonl", lines);
    score::WriteTextFile(folder / "report.json", report.dump(2) + "\n");
    score::WriteTextFile(table.empty() ? folder / "cells.csv" : fs::path(table),
                         score::CsvOf(cells));
}

void
SayWhatIsOdd(Shell& shell,
             const judge::Subject& subject,
             const std::vector<score::DetectorReport>& reports,
             const fs::path& records)
{
    for (const score::DetectorReport& report : reports)
    {
        const auto judged = report.ended.find(score::CellEnd::Judged);
        if (!subject.choice.IsBuiltIn() && judged != report.ended.end() &&
            judged->second == report.mute)
        {
            shell.terminal.Note(fmt::format("{} wrote no line that could be read: does it write "
                                            "alerts to the file that is its last "
                                            "argument?",
                                            report.detector));
        }
        if (std::any_of(report.ended.begin(),
                        report.ended.end(),
                        [](const auto& entry) { return score::HasFailed(entry.first); }))
        {
            shell.Raise(DETECTOR_FAILED);
            shell.terminal.Note("what it said on standard error is kept as .stderr in " +
                                ShortPath(records));
        }
    }
}

void
Judge(Shell& shell,
      const JudgeCall& call,
      const std::vector<ChosenVariant>& choices,
      const run::WorkFolders& folders)
{
    const fs::path judged = fs::path(call.matrix.out) / "judged";
    const judge::Subject subject =
        PrepareSubject(call.choice, call.declaration, judged, folders.temporary);
    const fs::path records = subject.folder / "said";
    const std::vector<score::JudgedCell> cells =
        JudgeMatrix(shell, call.matrix, choices, subject, records, folders);
    const std::vector<score::DetectorReport> reports = score::ReportsOf(cells);
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const score::DetectorReport& report : reports)
    {
        json.push_back(score::ToJson(report));
    }
    Write(subject.folder, call.table, cells, json);
    if (call.asJson)
    {
        fmt::print("{}\n", JsonForTerminal(json.dump(2)));
    }
    else
    {
        fmt::print("{}", JudgeText(reports, cells, shell.terminal));
        fmt::print("\nReport, cells and what it said: {}\n", ShortPath(subject.folder));
    }
    SayWhatIsOdd(shell, subject, reports, records);
}

void
AddWhatItIsHeldTo(CLI::App& command, judge::Declaration& declaration)
{
    const auto isOneOf = [](const auto& known, const std::string& text)
    { return std::find(known.begin(), known.end(), text) != known.end(); };
    command
        .add_option("--finds",
                    declaration.finds,
                    "What it looks for: classes, families of them, or all; else it is asked by "
                    "--list --json")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Validator(
            [](const std::string& text)
            {
                return text == "all" || IsKnownClass(text)
                           ? std::string()
                           : fmt::format("found {}, expected all, or a class that begins with {}",
                                         text,
                                         fmt::join(CLASS_FAMILIES, ", "));
            },
            ""));
    command
        .add_option("--reads",
                    declaration.reads,
                    "Kinds of evidence, any of which lets it judge (default: any)")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Validator(
            [isOneOf](const std::string& text)
            {
                return isOneOf(kinds::ALL, text) ? std::string()
                                                 : fmt::format("found {}, expected one of {}",
                                                               text,
                                                               fmt::join(kinds::ALL, ", "));
            },
            ""));
}

/// A new folder for what a subject says, in the place of what the same command said before. One
/// with the same name, that another command has, stays.
fs::path
FolderFor(const fs::path& judged, const judge::Subject& subject)
{
    const std::string& command = subject.choice.command;
    const std::string who = (command.empty() ? subject.name : command) + "\n";
    fs::path folder = judged / subject.name;
    for (int i = 2; fs::exists(folder); ++i)
    {
        const fs::path file = folder / COMMAND_FILE;
        if (fs::exists(file) && score::ReadTextFile(file) == who)
        {
            fs::remove_all(folder);
            break;
        }
        folder = judged / fmt::format("{}-{}", subject.name, i);
    }
    fs::create_directories(folder / "said");
    score::WriteTextFile(folder / COMMAND_FILE, who);
    return folder;
}

} // namespace

void
AddSubjectOptions(CLI::App& command, judge::DetectorChoice& choice, judge::Declaration& declaration)
{
    AddWhatItIsHeldTo(command, declaration);
    command.add_option("--detector", choice.builtIn, "Only this one of its; may be repeated")
        ->allow_extra_args(false);
    AddDetectorOptions(command, choice);
}

judge::Subject
PrepareSubject(const judge::DetectorChoice& choice,
               const judge::Declaration& declaration,
               const fs::path& judged,
               const fs::path& temporary)
{
    try
    {
        judge::Subject subject = judge::SubjectOf(choice, declaration, temporary);
        subject.folder = FolderFor(judged, subject);
        subject.choice.results.push_back(judged.parent_path());
        return subject;
    }
    catch (const judge::DeclarationError& error)
    {
        throw InputError(error.what());
    }
}

void
ReadCommand(Shell& shell,
            const std::string& given,
            const std::string& adapter,
            judge::DetectorChoice& choice)
{
    const bool isBuiltIn = given == "built-in";
    const std::string command = isBuiltIn ? given : shell.OwnDetector(given);
    const bool isFile = EndsWith(command, ".yaml") && command.find(' ') == std::string::npos;
    if (!adapter.empty())
    {
        choice.adapter.emplace(shell.AdapterFile(adapter).string());
    }
    else if (isFile)
    {
        choice.adapter.emplace(command);
    }
    choice.command = isBuiltIn || isFile ? "" : command;
    if (choice.adapter && choice.adapter->IsFilter() != isFile)
    {
        throw InputError(isFile ? command + ": has rows and no filter, expected a command beside "
                                            "--adapter, whose alerts they translate"
                                : adapter + ": has a filter, expected rows: give it as the "
                                            "command, without --adapter");
    }
}

void
AddJudgeCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand(
        "judge",
        "Judges any detector, blind, over scenarios, variants, vantages and seeds");
    auto call = std::make_shared<JudgeCall>();
    command
        ->add_option("COMMAND",
                     call->command,
                     "Started as COMMAND EVIDENCE ALERTS_FILE; a FILTER.yaml; or built-in")
        ->check(RefuseEmpty)
        ->required();
    AddMatrixOptions(*command, call->matrix);
    AddSubjectOptions(*command, call->choice, call->declaration);
    command->add_option("--adapter",
                        call->adapter,
                        "What its alerts mean: suricata, or a YAML file with rows");
    command->add_option("--table", call->table, "A CSV file for the cells");
    command->add_flag("--json", call->asJson, "Prints JSON instead of the tables");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab judge \"python3 mine.py\" forged-reply --finds forged "
                    "--reads packets --runs 5");
    command->callback(
        [&shell, call]
        {
            ReadCommand(shell, call->command, call->adapter, call->choice);
            const std::vector<ChosenVariant> choices = ChooseRuns(shell, call->matrix);
            shell.Supervise(call->matrix.out,
                            [&](const run::WorkFolders& folders)
                            { Judge(shell, *call, choices, folders); });
        });
}

} // namespace bouncelab::cli
