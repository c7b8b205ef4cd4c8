#include "lab/cli/baseline-update.h"

#include "formats/text.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <utility>

namespace bouncelab::cli
{

BaselineUpdate::BaselineUpdate(std::filesystem::path results, std::string cause)
    : m_results(std::move(results))
    , m_cause(std::move(cause))
{
}

void
BaselineUpdate::Add(const score::RunFolder& run)
{
    m_baselines[m_results / "baselines" / run.Scenario() / (run.Variant() + ".json")][run.Seed()] =
        score::FingerprintsOf(run);
}

void
BaselineUpdate::Write() const
{
    std::string changes = "scenario\tvariant\tseed\twhat\tcell\tbefore\tafter\tcause\n";
    for (const auto& [file, baseline] : m_baselines)
    {
        if (baseline.size() != score::BASELINE_SEEDS)
        {
            continue;
        }
        score::Baseline before =
            std::filesystem::exists(file) ? score::ReadBaseline(file) : score::Baseline();
        for (const auto& [seed, prints] : baseline)
        {
            for (const score::BaselineChange& change : score::Changes(before[seed], prints))
            {
                changes += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                                       file.parent_path().filename().string(),
                                       file.stem().string(),
                                       seed,
                                       change.what,
                                       change.cell,
                                       OneLine(change.before),
                                       OneLine(change.after),
                                       m_cause);
            }
        }
        score::WriteBaseline(file, baseline);
    }
    score::WriteTextFile(m_results / "baseline-changes.tsv", changes);
}

} // namespace bouncelab::cli
