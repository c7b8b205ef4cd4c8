#include "lab/matrix/sweep-table.h"

#include "formats/text.h"
#include "lab/scenario/scalar-text.h"
#include "lab/score/alert-file.h"
#include "lab/score/claim-check.h"
#include "lab/score/judged-cell.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>

namespace bouncelab::matrix
{

namespace
{

constexpr const char* SECONDS = "s";
constexpr const char* BIT_RATE = "bit_per_s";

std::vector<std::string>
RunColumns()
{
    return {"seed", "faults", "mail_case", "mail_case_copies", "mail_others", "mail_others_amiss"};
}

std::vector<std::string>
DetectorColumns()
{
    return {"vantage",
            "detector",
            "evidence_B",
            "verdict",
            "alarms",
            "true_alarms",
            "false_alarms",
            "repeated_alarms",
            "misplaced_alarms",
            "misses",
            "hidden_faults",
            "other_faults",
            "benign",
            "inconclusive",
            "clean_sessions",
            "time_to_detect_s",
            "localization_error_hops",
            "localization_width_hops"};
}

/// The unit that all values of a key have: a duration's, a bit rate's, or none.
std::string
UnitOfValues(const std::vector<std::string>& values)
{
    const auto all = [&](scenario::Quantity (*parse)(std::string_view))
    {
        return std::all_of(values.begin(),
                           values.end(),
                           [&](const std::string& value)
                           { return parse(value).error == scenario::QuantityError::None; });
    };
    return all(scenario::ParseDuration) ? SECONDS : all(scenario::ParseBitRate) ? BIT_RATE : "";
}

/// A duration in ns as seconds, exactly.
std::string
SecondsOf(std::int64_t ns)
{
    const std::string text = fmt::format("{}{}.{:09}",
                                         ns < 0 ? "-" : "",
                                         std::llabs(ns) / 1000000000,
                                         std::llabs(ns) % 1000000000);
    return std::string(TrimEnd(TrimEnd(text, "0"), "."));
}

std::string
KeyValue(const std::string& value, const std::string& unit)
{
    if (unit == SECONDS)
    {
        return SecondsOf(scenario::ParseDuration(value).value);
    }
    return unit == BIT_RATE ? std::to_string(scenario::ParseBitRate(value).value) : value;
}

/// "rcpt-to-forged/gap" as programs like names: rcpt_to_forged_gap.
std::string
AsIdentifier(std::string name)
{
    std::replace_if(
        name.begin(),
        name.end(),
        [](char c) { return !IsAlnum(c); },
        '_');
    return name;
}

/// "/s" is "per_s" there.
std::string
UnitSuffix(const std::string& unit)
{
    return unit.empty() ? "" : unit[0] == '/' ? "_per_" + unit.substr(1) : "_" + AsIdentifier(unit);
}

std::uint64_t
EvidenceBytes(const std::filesystem::path& folder)
{
    std::uint64_t bytes = 0;
    for (const std::string& file : score::FilesBelow(folder))
    {
        bytes += std::filesystem::file_size(folder / file);
    }
    return bytes;
}

std::string
Line(const std::vector<std::string>& fields)
{
    std::string line;
    for (const std::string& field : fields)
    {
        line += (line.empty() && &field == &fields.front() ? "" : ",") + CsvField(field);
    }
    return line + "\n";
}

/// Of the fault that it found soonest.
std::string
TimeToDetect(const score::JudgedCell& cell)
{
    std::optional<std::int64_t> least;
    for (const score::JudgedFault& fault : cell.faults)
    {
        if (fault.found && fault.delay && (!least || *fault.delay < *least))
        {
            least = fault.delay;
        }
    }
    return least ? SecondsOf(*least) : "";
}

std::vector<std::string>
FieldsOf(const score::DetectorScore& score, const score::JudgedCell& cell, std::uint64_t evidence)
{
    std::string error;
    std::string width;
    int worst = -1;
    for (const score::Localization& place : score.places)
    {
        if (place.Error() > worst)
        {
            worst = place.Error();
            error = std::to_string(worst);
            width = std::to_string(place.Width());
        }
    }
    std::vector<std::string> fields{score.vantage,
                                    score.detector,
                                    std::to_string(evidence),
                                    std::string(NameOf(score.Word()))};
    for (const std::uint64_t count : {score.Alarms(),
                                      score.trueAlarms,
                                      score.falseAlarms,
                                      score.repeatedAlarms,
                                      score.misplaced,
                                      score.misses,
                                      score.hiddenEvents,
                                      score.otherEvents,
                                      score.benign,
                                      score.inconclusive})
    {
        fields.push_back(std::to_string(count));
    }
    fields.push_back(std::to_string(cell.cleanSessions));
    fields.push_back(TimeToDetect(cell));
    fields.push_back(error);
    fields.push_back(width);
    return fields;
}

} // namespace

SweepTable::SweepTable(const SweepPlan& plan, const scenario::Marks& marks)
    : m_columns{"scenario", "variant"}
{
    AddKeys(plan.Points());
    for (const std::vector<std::string>& columns : {RunColumns(), DetectorColumns()})
    {
        m_columns.insert(m_columns.end(), columns.begin(), columns.end());
    }
    AddMeasures(plan, marks);
}

/// Two columns of one name would be one in most tools.
void
SweepTable::Add(const std::string& name, const std::string& unit, const std::string& otherwise)
{
    const std::string whole = name + UnitSuffix(unit);
    const bool isTaken = std::find(m_columns.begin(), m_columns.end(), whole) != m_columns.end();
    m_columns.push_back(isTaken ? otherwise : whole);
}

void
SweepTable::AddKeys(const Grid& grid)
{
    for (const std::string& key : grid.Keys())
    {
        m_keys.push_back({key, UnitOfValues(grid.ValuesOf(key))});
        Add(key, m_keys.back().unit, "set." + key);
    }
}

void
SweepTable::AddMeasures(const SweepPlan& plan, const scenario::Marks& marks)
{
    scenario::Expectations all;
    for (const SweptVariant& variant : plan.Variants())
    {
        const scenario::Expectations some =
            scenario::ExpectationsFor(variant.file, variant.variant);
        score::CheckClaims(some);
        all.select.insert(some.select.begin(), some.select.end());
        all.measure.insert(some.measure.begin(), some.measure.end());
    }
    const std::vector<std::string>& names = plan.Config().measure;
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        const std::string path = scenario::JoinPath("measure", std::to_string(i + 1));
        try
        {
            for (const score::MeasuredValue& value : score::ParseMeasuredValues(names[i], all))
            {
                m_measures.push_back({value, score::UnitOf(value, all)});
                Add(AsIdentifier(value.Name()), m_measures.back().unit, value.Name());
            }
        }
        catch (const std::invalid_argument& error)
        {
            throw scenario::ScenarioError(marks.Find(path), path, error.what());
        }
    }
}

std::string
SweepTable::Header() const
{
    return Line(m_columns);
}

std::string
SweepTable::Rows(const Cell& cell, const score::RunFolder& run, const score::RunScore& score) const
{
    std::vector<std::string> head{cell.scenario, cell.spec.variant};
    for (const KeyColumn& column : m_keys)
    {
        const std::string start = column.key + "=";
        std::string value;
        for (const std::string& setting : cell.spec.overrides)
        {
            value = StartsWith(setting, start) ? KeyValue(setting.substr(start.size()), column.unit)
                                               : value;
        }
        head.push_back(value);
    }
    for (const std::string& field : {std::to_string(cell.spec.seed),
                                     std::to_string(score.events.size()),
                                     score.outcome.sender,
                                     std::to_string(score.outcome.copies),
                                     std::to_string(score.outcome.others),
                                     std::to_string(score.outcome.othersAmiss)})
    {
        head.push_back(field);
    }
    std::vector<score::MeasuredValue> values;
    for (const MeasureColumn& column : m_measures)
    {
        values.push_back(column.value);
    }
    const auto measured =
        score::ValuesIn(run,
                        scenario::ExpectationsFor(cell.spec.scenarioFile, cell.spec.variant),
                        values);
    score::CellJudge judge(run);
    const std::map<std::string, score::DetectorScope> scopes = score::ReadScopes(run.Root());
    std::string lines;
    for (const score::DetectorScore& detector : score.detectors)
    {
        std::vector<std::string> fields = head;
        const auto scope = scopes.find(detector.detector);
        const score::JudgedCell judged =
            judge.Judge(detector.detector,
                        detector.vantage,
                        score::ReadAlerts(run.Root() / "verdicts" / detector.detector /
                                          (detector.vantage + ".jsonl")),
                        scope == scopes.end() ? score::DetectorScope() : scope->second);
        const auto own =
            FieldsOf(detector, judged, EvidenceBytes(run.EvidenceOf(detector.vantage)));
        fields.insert(fields.end(), own.begin(), own.end());
        for (std::size_t i = 0; i < measured.size(); ++i)
        {
            fields.push_back(measured[i] ? score::InUnit(*measured[i], m_measures[i].unit) : "");
        }
        lines += Line(fields);
    }
    return lines;
}

std::string
CsvField(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
    {
        return text;
    }
    std::string quoted = "\"";
    for (const char c : text)
    {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + "\"";
}

std::vector<std::string>
CsvRecord(std::string_view text, std::size_t& at)
{
    std::vector<std::string> fields(1);
    bool isQuoted = false;
    for (; at < text.size(); ++at)
    {
        const char c = text[at];
        if (c == '"')
        {
            // A quote inside quotes is written twice.
            if (isQuoted && at + 1 < text.size() && text[at + 1] == '"')
            {
                fields.back() += text[at++];
                continue;
            }
            isQuoted = !isQuoted;
        }
        else if (c == ',' && !isQuoted)
        {
            fields.emplace_back();
        }
        else if (c == '\n' && !isQuoted)
        {
            ++at;
            break;
        }
        else
        {
            fields.back() += c;
        }
    }
    return fields;
}

} // namespace bouncelab::matrix
