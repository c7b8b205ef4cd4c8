#include "lab/score/claim-check.h"

#include "lab/score/fidelity/measures.h"
#include "lab/spec/spec-error.h"

#include <fmt/format.h>

namespace bouncelab::score
{

void
CheckClaims(const spec::Expectations& expectations, const std::string& where)
{
    const MeasureTable& measures = AllMeasures();
    for (const auto& [id, claim] : expectations.claims)
    {
        const auto measure = measures.find(claim.check);
        if (measure == measures.end())
        {
            std::vector<std::string_view> known;
            for (const auto& entry : measures)
            {
                known.push_back(entry.first);
            }
            throw ClaimError(fmt::format("{}: claims.{}.check: found \"{}\"{}",
                                         where,
                                         id,
                                         claim.check,
                                         spec::Suggest(claim.check, known)));
        }
        Facts blank;
        for (const std::string& name : measure->second.names)
        {
            blank.push_back({name, ""});
        }
        try
        {
            Compare(claim.documented, claim.tolerance, blank);
            Compare(claim.predicted, claim.tolerance, blank);
        }
        catch (const std::invalid_argument& error)
        {
            throw ClaimError(fmt::format("{}: claims.{}: {}", where, id, error.what()));
        }
    }
}

} // namespace bouncelab::score
