#include "lab/score/run-probe.h"

#include "formats/enum-names.h"
#include "lab/score/fault-event.h"
#include "lab/score/run-folder.h"
#include "lab/score/traits.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace bouncelab::score
{

namespace
{

using Classes = std::set<std::string>;
using Seeds = std::map<std::uint64_t, SimTime>; //!< Onsets.

/// What truth says of a run.
struct ToldRun
{
    std::filesystem::path folder;
    std::string variant;
    std::uint64_t seed = 0;
    std::map<std::string, SimTime> begins; //!< Classes of faults, when each begins.
};

ToldRun
Told(const std::filesystem::path& folder)
{
    const RunFolder run(folder);
    ToldRun told{folder, run.Variant(), run.Seed(), {}};
    for (const FaultEvent& event : FaultEventsOf(run.Labels()))
    {
        told.begins.emplace(event.dottedClass, event.time);
    }
    return told;
}

/// Which variants are held against which, and where their runs are cut.
class Plan
{
  public:
    explicit Plan(const std::vector<ToldRun>& runs)
    {
        std::map<std::string, Classes> classes;
        for (const ToldRun& run : runs)
        {
            for (const auto& [name, time] : run.begins)
            {
                classes[run.variant].insert(name);
            }
            classes[run.variant];
        }
        ChooseClean(classes);
        for (const auto& [variant, all] : classes)
        {
            Classes& own = m_own[variant];
            std::set_difference(all.begin(),
                                all.end(),
                                m_background.begin(),
                                m_background.end(),
                                std::inserter(own, own.end()));
            if (own.empty())
            {
                m_own.erase(variant);
                m_clean.push_back(variant);
            }
        }
        for (const auto& [variant, own] : m_own)
        {
            ChooseSeeds(variant, own, runs);
        }
    }

    const std::vector<std::string>& Clean() const { return m_clean; }

    const std::map<std::string, Classes>& Faulty() const { return m_own; }

    const Seeds& Onsets(const std::string& variant) const { return m_onsets.at(variant); }

  private:
    /// The classes that the variants with the fewest have.
    void ChooseClean(const std::map<std::string, Classes>& classes)
    {
        const auto fewest = std::min_element(classes.begin(),
                                             classes.end(),
                                             [](const auto& a, const auto& b)
                                             { return a.second.size() < b.second.size(); });
        for (const auto& [variant, all] : classes)
        {
            if (all.size() == fewest->second.size())
            {
                m_background.insert(all.begin(), all.end());
            }
        }
    }

    /// Those in which the fault comes about, and which every clean variant has as well.
    void ChooseSeeds(const std::string& variant,
                     const Classes& own,
                     const std::vector<ToldRun>& runs)
    {
        std::map<std::uint64_t, std::size_t> clean;
        for (const ToldRun& run : runs)
        {
            clean[run.seed] += std::count(m_clean.begin(), m_clean.end(), run.variant) > 0 ? 1 : 0;
        }
        Seeds& onsets = m_onsets[variant];
        for (const ToldRun& run : runs)
        {
            for (const auto& [name, time] : run.begins)
            {
                if (run.variant == variant && own.count(name) > 0 &&
                    clean[run.seed] == m_clean.size())
                {
                    SimTime& onset = onsets.try_emplace(run.seed, time).first->second;
                    onset = std::min(onset, time);
                }
            }
        }
    }

    Classes m_background;
    std::vector<std::string> m_clean;
    std::map<std::string, Classes> m_own;
    std::map<std::string, Seeds> m_onsets;
};

/// Traits by variant with the fault, phase, variant of the run, and seed.
using Gathered =
    std::map<std::pair<std::string, Phase>, std::map<std::string, std::map<std::uint64_t, Traits>>>;

void
Gather(const ToldRun& told, const Plan& plan, NameBook& book, Gathered& gathered)
{
    Sightings sightings(book);
    const RunFolder run(told.folder);
    SeeCaptures(run, sightings);
    SeeTexts(run, sightings);
    const std::vector<Sighting> sorted = std::move(sightings).Sorted();
    std::map<SimTime, std::pair<Traits, Traits>> cuts;
    const bool isClean = plan.Faulty().count(told.variant) == 0;
    for (const auto& [variant, own] : plan.Faulty())
    {
        const auto onset = plan.Onsets(variant).find(told.seed);
        if ((isClean || variant == told.variant) && onset != plan.Onsets(variant).end())
        {
            const auto [cut, isNew] = cuts.try_emplace(onset->second);
            if (isNew)
            {
                cut->second.first = TraitsBetween(sorted, SimTime::min(), onset->second, book);
                cut->second.second = TraitsBetween(sorted, onset->second, END_OF_TIME, book);
            }
            gathered[{variant, Phase::Before}][told.variant][told.seed] = cut->second.first;
            gathered[{variant, Phase::After}][told.variant][told.seed] = cut->second.second;
        }
    }
}

std::vector<Traits>
InOrder(std::map<std::uint64_t, Traits>& bySeed)
{
    std::vector<Traits> runs;
    for (auto& [seed, traits] : bySeed)
    {
        runs.push_back(std::move(traits));
    }
    return runs;
}

Comparison
Compare(const std::string& variant, Phase phase, const Plan& plan, Gathered& gathered)
{
    Comparison comparison;
    comparison.variant = variant;
    comparison.classes = plan.Faulty().at(variant);
    comparison.clean = plan.Clean();
    comparison.phase = phase;
    comparison.seeds = plan.Onsets(variant).size();
    auto& runs = gathered[{variant, phase}];
    RunGroups groups;
    groups.faulty = InOrder(runs[variant]);
    for (const std::string& clean : plan.Clean())
    {
        groups.clean.push_back(InOrder(runs[clean]));
    }
    comparison.separation = Separate(groups);
    return comparison;
}

void
Explain(Comparison& comparison, const NameBook& book, Consequences& consequences)
{
    for (const Telltale& telltale : comparison.separation.telltales)
    {
        const std::string& trait = book.NameOf(telltale.rule.trait);
        comparison.findings.push_back(
            {trait,
             telltale.rule.ToString(),
             telltale.accuracy,
             telltale.p,
             consequences.CauseOf(comparison.variant, comparison.phase, trait)});
    }
    std::sort(comparison.findings.begin(),
              comparison.findings.end(),
              [](const Finding& a, const Finding& b) { return a.trait < b.trait; });
}

} // namespace

std::size_t
Comparison::Unexplained() const
{
    return static_cast<std::size_t>(std::count_if(findings.begin(),
                                                  findings.end(),
                                                  [](const Finding& finding)
                                                  { return finding.cause.empty(); }));
}

std::vector<Comparison>
ProbeRuns(const std::vector<std::filesystem::path>& runs, Consequences& consequences)
{
    std::vector<ToldRun> told;
    std::transform(runs.begin(), runs.end(), std::back_inserter(told), Told);
    const Plan plan(told);
    NameBook book;
    Gathered gathered;
    for (const ToldRun& run : told)
    {
        Gather(run, plan, book, gathered);
    }
    std::vector<Comparison> comparisons;
    for (const auto& [variant, own] : plan.Faulty())
    {
        if (plan.Onsets(variant).size() < LEAST_SEEDS)
        {
            throw std::runtime_error(
                fmt::format("{}: found {} seeds with its faults and all of {}, expected at least "
                            "{}",
                            variant,
                            plan.Onsets(variant).size(),
                            fmt::join(plan.Clean(), ", "),
                            LEAST_SEEDS));
        }
        for (const Phase phase : {Phase::Before, Phase::After})
        {
            comparisons.push_back(Compare(variant, phase, plan, gathered));
            Explain(comparisons.back(), book, consequences);
        }
    }
    return comparisons;
}

nlohmann::ordered_json
ToJson(const std::string& scenario, const Comparison& comparison)
{
    nlohmann::ordered_json json{{"scenario", scenario},
                                {"variant", comparison.variant},
                                {"faults", comparison.classes},
                                {"clean", comparison.clean},
                                {"when", NameOf(comparison.phase)},
                                {"seeds", comparison.seeds},
                                {"held_out", comparison.separation.seeds},
                                {"traits", comparison.separation.traits},
                                {"tried", comparison.separation.tried},
                                {"unexplained", comparison.Unexplained()}};
    json["findings"] = nlohmann::ordered_json::array();
    for (const Finding& finding : comparison.findings)
    {
        json["findings"].push_back({{"trait", finding.trait},
                                    {"rule", finding.rule},
                                    {"accuracy", finding.accuracy},
                                    {"p", finding.p},
                                    {"cause", finding.cause}});
    }
    return json;
}

} // namespace bouncelab::score
