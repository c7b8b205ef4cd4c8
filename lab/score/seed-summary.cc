#include "lab/score/seed-summary.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

namespace bouncelab::score
{

namespace
{

using nlohmann::ordered_json;
using DetectorKey = std::pair<std::string, std::string>;

void
Add(DetectorSummary& summary, const RunScore& run, const DetectorScore& score)
{
    DetectorScore& sum = summary.sum;
    sum.detector = score.detector;
    sum.vantage = score.vantage;
    sum.trueAlarms += score.trueAlarms;
    sum.falseAlarms += score.falseAlarms;
    sum.repeatedAlarms += score.repeatedAlarms;
    sum.misplaced += score.misplaced;
    sum.misses += score.misses;
    sum.hiddenEvents += score.hiddenEvents;
    sum.otherEvents += score.otherEvents;
    sum.benign += score.benign;
    sum.inconclusive += score.inconclusive;
    sum.places.insert(sum.places.end(), score.places.begin(), score.places.end());
    ++summary.runs;
    ++summary.said[score.Word()];
    summary.unsupported += score.unsupported ? 1 : 0;
    sum.unsupported = summary.unsupported == summary.runs;
    summary.asExpected.Add(run.IsExpected(score) ? 1 : 0, 1);
    summary.recall.Add(score.trueAlarms, score.trueAlarms + score.misses);
    summary.precision.Add(score.Alarms() - score.falseAlarms, score.Alarms());
    summary.foreseen = summary.foreseen && run.WasForeseen(score);
}

ordered_json
ToJson(const DetectorSummary& summary)
{
    const DetectorScore& sum = summary.sum;
    ordered_json json{{"detector", sum.detector},
                      {"vantage", sum.vantage},
                      {"runs", summary.runs},
                      {"as_expected", ToJson(summary.asExpected)}};
    for (const auto& [word, runs] : summary.said)
    {
        json["said"][std::string(NameOf(word))] = runs;
    }
    json["true_alarms"] = sum.trueAlarms;
    json["false_alarms"] = sum.falseAlarms;
    json["repeated_alarms"] = sum.repeatedAlarms;
    json["misplaced"] = sum.misplaced;
    json["misses"] = sum.misses;
    json["hidden_events"] = sum.hiddenEvents;
    json["other_events"] = sum.otherEvents;
    json["benign"] = sum.benign;
    json["inconclusive"] = sum.inconclusive;
    json["unsupported"] = summary.unsupported;
    json["recall"] = ToJson(summary.recall);
    json["precision"] = ToJson(summary.precision);
    return json;
}

} // namespace

std::vector<VariantSummary>
Summarize(const std::vector<RunScore>& scores)
{
    std::vector<VariantSummary> summaries;
    std::map<std::tuple<std::string, std::string, std::vector<std::string>>, std::size_t> indexOf;
    std::vector<std::map<DetectorKey, DetectorSummary>> detectors;
    for (const RunScore& run : scores)
    {
        const auto [at, isNew] =
            indexOf.emplace(std::tuple(run.scenario, run.variant, run.settings), summaries.size());
        if (isNew)
        {
            summaries.push_back({run.scenario, run.variant, run.settings, {}, {}, {}});
            detectors.emplace_back();
        }
        VariantSummary& summary = summaries[at->second];
        summary.seeds.push_back(run.seed);
        summary.asExpected.Add(run.HasExpectations() && run.AsExpected() ? 1 : 0,
                               run.HasExpectations() ? 1 : 0);
        for (const DetectorScore& score : run.detectors)
        {
            Add(detectors[at->second][{score.detector, score.vantage}], run, score);
        }
    }
    for (std::size_t i = 0; i < summaries.size(); ++i)
    {
        for (auto& entry : detectors[i])
        {
            summaries[i].detectors.push_back(std::move(entry.second));
        }
    }
    return summaries;
}

nlohmann::ordered_json
ToJson(const VariantSummary& summary)
{
    ordered_json json{{"scenario", summary.scenario},
                      {"variant", summary.variant},
                      {"runs", summary.seeds.size()},
                      {"seeds", summary.seeds},
                      {"as_expected", ToJson(summary.asExpected)},
                      {"detectors", ordered_json::array()}};
    if (!summary.settings.empty())
    {
        json["settings"] = summary.settings;
    }
    for (const DetectorSummary& detector : summary.detectors)
    {
        json["detectors"].push_back(ToJson(detector));
    }
    return json;
}

} // namespace bouncelab::score
