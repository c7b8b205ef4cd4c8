#include "lab/score/fidelity/fidelity.h"

#include "lab/score/claim-check.h"
#include "lab/score/fidelity/evaluation.h"

#include <nlohmann/json.hpp>

namespace bouncelab::score
{

std::vector<FidelityRow>
MeasureClaims(const RunFolder& run, const scenario::Expectations& expectations)
{
    CheckClaims(expectations);
    const Evaluation evaluation(run, expectations);
    std::vector<FidelityRow> rows;
    for (const auto& [id, claim] : expectations.claims)
    {
        FidelityRow row;
        row.id = id;
        row.kind = claim.kind;
        row.check = claim.check;
        row.documented = claim.documented;
        row.expected = claim.expected;
        row.inputs = claim.inputs;
        row.tolerance = claim.tolerance;
        row.predicted = claim.predicted;
        row.because = claim.because;
        row.isExcused = !claim.unless.empty() && !evaluation.Select(claim.unless).rows.empty();
        if (row.isExcused)
        {
            row.reason = "not asked of this run: " + claim.unless + " has rows";
            rows.push_back(std::move(row));
            continue;
        }
        try
        {
            const Facts measured = evaluation.Take(claim.check);
            const ClaimComparison comparison = Compare(claim.Wanted(), claim.tolerance, measured);
            row.isAsPredicted = !claim.predicted.empty() &&
                                Compare(claim.predicted, claim.tolerance, measured).held;
            row.held = comparison.held;
            row.isMeasured = true;
            row.simulated = comparison.simulated;
            row.reason = comparison.missed.empty() ? "" : "missed: " + comparison.missed;
        }
        catch (const NotMeasurable& error)
        {
            row.reason = error.what();
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string_view
FidelityRow::Result() const
{
    return held                                  ? "held"
           : !isMeasured                         ? "not measured"
           : !predicted.empty() && isAsPredicted ? "missed as predicted"
                                                 : "missed";
}

Tally
TallyOf(const std::vector<FidelityRow>& rows, scenario::ClaimKind kind)
{
    Tally tally;
    for (const FidelityRow& row : rows)
    {
        if (row.kind == kind && !row.isExcused)
        {
            ++tally.claimed;
            tally.held += row.held ? 1 : 0;
        }
    }
    return tally;
}

nlohmann::ordered_json
ToJson(const std::vector<FidelityRow>& rows)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const FidelityRow& row : rows)
    {
        nlohmann::ordered_json line{{"id", row.id},
                                    {"documented", row.documented},
                                    {"simulated", row.simulated},
                                    {"tolerance", row.tolerance},
                                    {"kind", NameOf(row.kind)},
                                    {"result", row.Result()},
                                    {"check", row.check}};
        if (!row.expected.empty())
        {
            line["expected"] = row.expected;
        }
        if (!row.inputs.empty())
        {
            line["inputs"] = row.inputs;
        }
        if (!row.predicted.empty())
        {
            line["predicted"] = row.predicted;
            line["because"] = row.because;
        }
        if (!row.reason.empty())
        {
            line["reason"] = row.reason;
        }
        json.push_back(std::move(line));
    }
    return json;
}

} // namespace bouncelab::score
