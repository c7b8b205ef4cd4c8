#include "lab/judge/subject.h"

#include "formats/vocabulary.h"
#include "lab/run/judge.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::judge
{

namespace
{

namespace fs = std::filesystem;
using score::CellEnd;
using score::JudgedCell;

constexpr const char* BLANKS = " \t\n";

/// "mine" of `python3 mine.py --fast`: the last word that is a file here, else the first.
std::string
NameOfCommand(const std::string& command)
{
    std::string chosen;
    for (std::size_t at = command.find_first_not_of(BLANKS); at < command.size();
         at = command.find_first_not_of(BLANKS, at))
    {
        const std::size_t end = std::min(command.find_first_of(BLANKS, at), command.size());
        const std::string word = command.substr(at, end - at);
        std::error_code error;
        chosen = chosen.empty() || fs::is_regular_file(word, error) ? word : chosen;
        at = end;
    }
    std::string name;
    for (const char c : fs::path(chosen).stem().string())
    {
        const char lower = 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool isPlain = ('a' <= lower && lower <= 'z') || ('0' <= lower && lower <= '9');
        name += isPlain || lower == '-' ? lower : '-';
    }
    return name.empty() ? "detector" : name;
}

score::DetectorScope
ScopeOf(const Declaration& declaration)
{
    score::DetectorScope scope;
    scope.reads = {declaration.reads.begin(), declaration.reads.end()};
    scope.Find(declaration.finds);
    return scope;
}

std::map<std::string, score::DetectorScope>
Chosen(std::map<std::string, score::DetectorScope> known, const std::vector<std::string>& names)
{
    if (names.empty())
    {
        return known;
    }
    std::map<std::string, score::DetectorScope> chosen;
    for (const std::string& name : names)
    {
        const auto found = known.find(name);
        if (found == known.end())
        {
            std::vector<std::string> all;
            for (const auto& entry : known)
            {
                all.push_back(entry.first);
            }
            throw DeclarationError(fmt::format("there is no detector \"{}\", expected one of {}",
                                               name,
                                               fmt::join(all, ", ")));
        }
        chosen.insert(*found);
    }
    return chosen;
}

/// Keeps what a detector said about a vantage.
void
Keep(const fs::path& records, const JudgedCell& cell, const DetectorRun& said)
{
    const fs::path alerts = RecordOf(records, cell, ".jsonl");
    fs::create_directories(alerts.parent_path());
    score::WriteTextFile(alerts, said.file.text);
    if (!said.end.error.empty())
    {
        score::WriteTextFile(RecordOf(records, cell, ".stderr"), said.end.error);
    }
}

/// Which detector of a program says what. \throws DeclarationError at an alert of nobody
std::map<std::string, std::vector<Alert>>
ByDetector(const Subject& subject, const std::vector<Alert>& alerts)
{
    std::map<std::string, std::vector<Alert>> said;
    for (const auto& entry : subject.detectors)
    {
        said[entry.first];
    }
    for (std::size_t i = 0; i < alerts.size(); ++i)
    {
        const bool isOnly = said.size() == 1;
        const auto at = isOnly ? said.begin() : said.find(alerts[i].detector);
        if (at != said.end())
        {
            at->second.push_back(alerts[i]);
        }
        else if (!subject.choice.IsBuiltIn())
        {
            throw DeclarationError(
                fmt::format("alert {}: detector \"{}\", expected one that --list names",
                            i + 1,
                            alerts[i].detector));
        }
    }
    return said;
}

/// All detectors of a program at one vantage.
class VantageJudge
{
  public:
    VantageJudge(const Subject& subject,
                 const score::RunFolder& run,
                 const fs::path& records,
                 const fs::path& temporary)
        : m_subject(subject)
        , m_run(run)
        , m_records(records)
        , m_temporary(temporary)
        , m_truth(run)
    {
    }

    void Judge(const std::string& vantage, std::vector<JudgedCell>& cells)
    {
        if (!m_subject.CanRead(m_truth.Sight().KindsAt(vantage)))
        {
            AddUnjudged(vantage, CellEnd::Unsupported, "", cells);
            return;
        }
        const DetectorRun said =
            judge::Judge(m_subject.choice, {m_run.EvidenceOf(vantage).string()}, m_temporary);
        const std::size_t first = cells.size();
        AddCells(vantage, said, cells);
        Keep(m_records, cells.at(first), said);
    }

  private:
    void AddCells(const std::string& vantage,
                  const DetectorRun& said,
                  std::vector<JudgedCell>& cells)
    {
        if (said.ended != CellEnd::Judged)
        {
            AddUnjudged(vantage, said.ended, said.problem, cells);
            return;
        }
        try
        {
            for (const auto& [name, alerts] : ByDetector(m_subject, said.file.alerts))
            {
                cells.push_back(m_truth.Judge(name, vantage, alerts, m_subject.detectors.at(name)));
            }
        }
        catch (const DeclarationError& error)
        {
            AddUnjudged(vantage, CellEnd::Refused, error.what(), cells);
        }
    }

    void AddUnjudged(const std::string& vantage,
                     CellEnd end,
                     const std::string& problem,
                     std::vector<JudgedCell>& cells)
    {
        for (const auto& entry : m_subject.detectors)
        {
            cells.push_back(m_truth.Unjudged(entry.first, vantage, end, problem));
        }
    }

    const Subject& m_subject;
    const score::RunFolder& m_run;
    const fs::path& m_records;
    const fs::path& m_temporary;
    score::CellJudge m_truth;
};

} // namespace

bool
Subject::CanRead(const std::set<std::string>& kinds) const
{
    return std::any_of(detectors.begin(),
                       detectors.end(),
                       [&](const auto& entry) { return entry.second.CanRead(kinds); });
}

Subject
SubjectOf(const DetectorChoice& choice, const Declaration& declaration, const fs::path& temporary)
{
    Subject subject;
    subject.choice = choice;
    if (choice.IsBuiltIn())
    {
        subject.name = "built-in";
        subject.detectors =
            Chosen(score::ScopesFrom(run::DetectorList(choice.program), "--list"), choice.builtIn);
        return subject;
    }
    subject.name = choice.command.empty() ? choice.adapter->Name() : NameOfCommand(choice.command);
    if (!declaration.finds.empty())
    {
        subject.detectors[subject.name] = ScopeOf(declaration);
        return subject;
    }
    if (choice.adapter)
    {
        subject.detectors[subject.name] = choice.adapter->Scope();
        return subject;
    }
    DetectorChoice asked = choice;
    constexpr unsigned PATIENCE = 10;
    asked.timeoutSeconds = std::min(choice.timeoutSeconds, PATIENCE);
    const run::ChildEnd list = DeclarationOf(asked, temporary);
    const bool isInOrder = list.started && !list.timedOut && list.status == 0;
    if (list.timedOut)
    {
        throw DeclarationError(
            fmt::format("\"{}\" did not answer --list --json within {} s: expected an answer, or "
                        "--finds with what it looks for",
                        choice.command,
                        asked.timeoutSeconds));
    }
    try
    {
        subject.detectors = isInOrder
                                ? score::ScopesFrom(list.output, choice.command + " --list --json")
                                : std::map<std::string, score::DetectorScope>();
    }
    catch (const std::runtime_error&)
    {
        // It does not know these options, and has printed something else.
    }
    if (subject.detectors.empty())
    {
        throw DeclarationError(fmt::format(
            "nothing says what \"{}\" looks for: expected --finds with classes or "
            "families of them, such as forged, or all{}",
            choice.command,
            isInOrder ? ""
                      : fmt::format("; started with --list --json it ended with status {}{}",
                                    list.status,
                                    LastWords(list))));
    }
    subject.detectors = Chosen(std::move(subject.detectors), choice.builtIn);
    return subject;
}

fs::path
RecordOf(const fs::path& records, const JudgedCell& cell, const char* ending)
{
    return records / cell.scenario / cell.variant / fmt::format("seed-{}", cell.seed) /
           (cell.vantage + ending);
}

std::vector<JudgedCell>
JudgeRun(const Subject& subject,
         const score::RunFolder& run,
         const std::vector<std::string>& vantages,
         const fs::path& records,
         const fs::path& temporary)
{
    std::vector<JudgedCell> cells;
    VantageJudge judge(subject, run, records, temporary);
    for (const std::string& vantage : run.Vantages())
    {
        if (vantages.empty() ||
            std::find(vantages.begin(), vantages.end(), vantage) != vantages.end())
        {
            judge.Judge(vantage, cells);
        }
    }
    return cells;
}

} // namespace bouncelab::judge
