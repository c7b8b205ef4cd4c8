#include "lab/score/separation.h"

#include "formats/random.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

namespace bouncelab::score
{

namespace
{

/// Less than anything that a run has.
constexpr std::int64_t ABSENT = std::numeric_limits<std::int64_t>::min();

/// No more than anything that a run has.
constexpr std::int64_t PRESENT = ABSENT + 1;

using Column = std::vector<std::int64_t>;

/// One trait in all runs: by group, the faulty first, and seed.
using Columns = std::vector<Column>;

bool
IsForTraining(std::size_t seed)
{
    return seed % 5 < 2;
}

/// The values of those seeds that are for training, or of the others.
Columns
Part(const Columns& all, bool isForTraining)
{
    Columns part(all.size());
    for (std::size_t group = 0; group < all.size(); ++group)
    {
        for (std::size_t seed = 0; seed < all[group].size(); ++seed)
        {
            if (IsForTraining(seed) == isForTraining)
            {
                part[group].push_back(all[group][seed]);
            }
        }
    }
    return part;
}

std::size_t
Accused(const Rule& rule, const Column& column)
{
    return static_cast<std::size_t>(std::count_if(column.begin(),
                                                  column.end(),
                                                  [&](std::int64_t value)
                                                  { return rule.Accuses(value); }));
}

/// Runs that a rule is right about: faulty ones, and clean ones of the worst group.
std::size_t
Right(const Rule& rule, const Columns& columns)
{
    std::size_t most = 0;
    for (std::size_t group = 1; group < columns.size(); ++group)
    {
        most = std::max(most, Accused(rule, columns[group]));
    }
    return Accused(rule, columns[0]) + columns[0].size() - most;
}

/// All values, each once.
Column
DistinctOf(const Columns& columns)
{
    Column values;
    for (const Column& column : columns)
    {
        values.insert(values.end(), column.begin(), column.end());
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

/// The rule that is right most often; of equal ones the one with the least bound.
Rule
Best(std::uint32_t trait, const Columns& columns, std::size_t& mostRight)
{
    Rule best{trait, ABSENT, true};
    mostRight = 0;
    std::int64_t below = ABSENT;
    for (const std::int64_t value : DistinctOf(columns))
    {
        const std::int64_t bound =
            below == ABSENT ? std::min(value, PRESENT) : value - (value - below) / 2;
        below = value;
        for (const bool isAtLeast : {true, false})
        {
            const Rule rule{trait, bound, isAtLeast};
            const std::size_t right = Right(rule, columns);
            if (right > mostRight)
            {
                mostRight = right;
                best = rule;
            }
        }
    }
    return best;
}

/// What a rule says of pairs of runs, seed by seed: 1 where it accuses the faulty one only, -1
/// where it accuses the clean one only.
using Says = std::vector<int>;

Says
SaysOf(const Rule& rule, const Column& faulty, const Column& clean)
{
    Says says;
    for (std::size_t seed = 0; seed < faulty.size(); ++seed)
    {
        says.push_back((rule.Accuses(faulty[seed]) ? 1 : 0) - (rule.Accuses(clean[seed]) ? 1 : 0));
    }
    return says;
}

/// Whether the runs of a seed change places in a permutation, the first of which changes none.
bool
IsSwapped(std::size_t permutation, std::size_t seed, bool isEach)
{
    constexpr DrawKey KEY(1, "separation");
    return isEach ? (permutation >> seed & 1) != 0
                  : permutation != 0 && KEY("swap", permutation).At(seed).Below(2) != 0;
}

/// The most that any rule gets to, permutation by permutation, in order.
std::vector<int>
MostByChance(const std::set<Says>& rules, std::size_t seeds)
{
    constexpr std::size_t MOST_SEEDS = 13;
    constexpr std::size_t DRAWN = 9999;
    const bool isEach = seeds <= MOST_SEEDS;
    const std::size_t permutations = isEach ? std::size_t{1} << seeds : DRAWN + 1;
    std::vector<int> most;
    std::vector<int> sign(seeds, 1);
    for (std::size_t permutation = 0; permutation < permutations; ++permutation)
    {
        for (std::size_t seed = 0; seed < seeds; ++seed)
        {
            sign[seed] = IsSwapped(permutation, seed, isEach) ? -1 : 1;
        }
        int best = std::numeric_limits<int>::min();
        for (const Says& says : rules)
        {
            best = std::max(best, std::inner_product(says.begin(), says.end(), sign.begin(), 0));
        }
        most.push_back(best);
    }
    std::sort(most.begin(), most.end());
    return most;
}

/// A rule that was chosen, and the runs that it was not chosen on.
struct Trial
{
    Rule rule;
    Columns held;
};

/// Sets p to what it is by the worst clean group.
void
Judge(const std::vector<Trial>& trials, std::vector<Telltale>& telltales)
{
    const std::size_t seeds = trials[0].held[0].size();
    for (std::size_t group = 1; group < trials[0].held.size(); ++group)
    {
        std::vector<Says> all;
        for (const Trial& trial : trials)
        {
            all.push_back(SaysOf(trial.rule, trial.held[0], trial.held[group]));
        }
        const std::vector<int> most = MostByChance({all.begin(), all.end()}, seeds);
        for (std::size_t i = 0; i < trials.size(); ++i)
        {
            const int sum = std::accumulate(all[i].begin(), all[i].end(), 0);
            const auto asMuch = most.end() - std::lower_bound(most.begin(), most.end(), sum);
            telltales[i].p =
                std::max(telltales[i].p,
                         static_cast<double>(asMuch) / static_cast<double>(most.size()));
        }
    }
}

/// Every trait, and its values; traits that all runs have alike are left out.
std::map<std::uint32_t, Columns>
Tabulate(const RunGroups& groups)
{
    const std::size_t seeds = groups.faulty.size();
    std::map<std::uint32_t, Columns> table;
    const auto enter = [&](std::size_t group, const std::vector<Traits>& runs)
    {
        for (std::size_t seed = 0; seed < seeds; ++seed)
        {
            for (const auto& [trait, value] : runs[seed])
            {
                Columns& columns =
                    table
                        .try_emplace(trait, Columns(groups.clean.size() + 1, Column(seeds, ABSENT)))
                        .first->second;
                columns[group][seed] = value;
            }
        }
    };
    enter(0, groups.faulty);
    for (std::size_t group = 0; group < groups.clean.size(); ++group)
    {
        enter(group + 1, groups.clean[group]);
    }
    for (auto at = table.begin(); at != table.end();)
    {
        const auto isAlike = [&](const Column& column) { return column == at->second[0]; };
        // A group that has the same in each seed cannot be told from the faulty one.
        const bool isHidden = std::any_of(at->second.begin() + 1, at->second.end(), isAlike);
        at = isHidden ? table.erase(at) : std::next(at);
    }
    return table;
}

} // namespace

std::string
Rule::ToString() const
{
    return bound <= PRESENT ? std::string(isAtLeast ? "is there" : "is lacking")
                            : (isAtLeast ? ">= " : "< ") + std::to_string(bound);
}

Separation
Separate(const RunGroups& groups)
{
    const std::map<std::uint32_t, Columns> table = Tabulate(groups);
    Separation separation;
    separation.traits = table.size();
    std::vector<Trial> trials;
    for (const auto& [trait, columns] : table)
    {
        const Columns training = Part(columns, true);
        std::size_t right = 0;
        const Rule rule = Best(trait, training, right);
        // Three of four, of both halves together.
        if (2 * right >= 3 * training[0].size() && !training[0].empty())
        {
            trials.push_back({rule, Part(columns, false)});
        }
    }
    separation.tried = trials.size();
    if (trials.empty())
    {
        return separation;
    }
    std::vector<Telltale>& telltales = separation.telltales;
    for (const Trial& trial : trials)
    {
        const auto runs = static_cast<double>(2 * trial.held[0].size());
        telltales.push_back(
            {trial.rule, static_cast<double>(Right(trial.rule, trial.held)) / runs, 0});
    }
    separation.seeds = trials[0].held[0].size();
    Judge(trials, telltales);
    telltales.erase(std::remove_if(telltales.begin(),
                                   telltales.end(),
                                   [](const Telltale& s) { return s.p > SIGNIFICANT; }),
                    telltales.end());
    return separation;
}

} // namespace bouncelab::score
