#include "lab/matrix/sweep-plan.h"

#include "formats/text.h"
#include "lab/scenario/load.h"
#include "lab/scenario/scalar-text.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

namespace bouncelab::matrix
{

namespace
{

using scenario::ScenarioError;

/// Points that are all resolved before anything runs; of more, those that cover every value, and of
/// more values than that as many.
constexpr std::size_t FEW_POINTS = 2000;

/// So many of a row, evenly spaced, with both ends.
std::vector<std::size_t>
Thinned(const std::vector<std::size_t>& row, std::size_t count)
{
    std::vector<std::size_t> thinned;
    for (std::size_t i = 0; i < count; ++i)
    {
        thinned.push_back(row[i * (row.size() - 1) / (count - 1)]);
    }
    return thinned;
}

std::vector<std::string>
Texts(const Point& point)
{
    std::vector<std::string> texts;
    for (const Setting& setting : point)
    {
        texts.push_back(setting.Text());
    }
    return texts;
}

/// The setting of a point that an error is about, by its place.
Point::iterator
SettingOf(const ScenarioError& error, Point& point)
{
    const std::string at = error.At().file ? *error.At().file : "";
    return std::find_if(point.begin(),
                        point.end(),
                        [&](const Setting& setting)
                        { return at == "--set " + scenario::Quote(setting.Text()); });
}

} // namespace

Shard
Shard::Parse(std::string_view text)
{
    const std::size_t slash = text.find('/');
    const auto number = scenario::ParseWhole(text.substr(0, slash));
    const auto of =
        slash == text.npos ? std::nullopt : scenario::ParseWhole(text.substr(slash + 1));
    if (!number || !of || number->negative || of->negative || number->size == 0 ||
        number->size > of->size || of->size > std::numeric_limits<std::uint32_t>::max())
    {
        throw std::invalid_argument(
            fmt::format("found \"{}\", expected I/N with I from 1 to N, such as 2/8", text));
    }
    return {number->size, of->size};
}

std::size_t
Shard::Begin(std::size_t cells) const
{
    // Not cells * number / of, which may not fit.
    const std::size_t rest = cells % of;
    return cells / of * (number - 1) + rest * (number - 1) / of;
}

std::size_t
Shard::End(std::size_t cells) const
{
    return Shard{number + 1, of}.Begin(cells);
}

SweepPlan::SweepPlan(const Campaign& campaign,
                     std::vector<SweptVariant> variants,
                     std::vector<std::filesystem::path> data)
    : m_campaign(campaign)
    , m_variants(std::move(variants))
    , m_data(std::move(data))
    , m_grid(campaign)
{
    const CampaignConfig& config = campaign.config;
    if (config.runs - 1 > std::numeric_limits<std::uint64_t>::max() - config.seed)
    {
        throw ScenarioError(campaign.marks.Find("seed"),
                            "seed",
                            fmt::format("found {} with {} runs, expected seeds up to {}",
                                        config.seed,
                                        config.runs,
                                        std::numeric_limits<std::uint64_t>::max()));
    }
    constexpr std::size_t MOST_RUNS = 1000000000;
    if (m_variants.size() > MOST_RUNS / m_grid.Size() / config.runs)
    {
        throw ScenarioError(campaign.marks.Find("runs"),
                            "runs",
                            fmt::format("found more than {} runs, expected fewer", MOST_RUNS));
    }
}

std::vector<ScenarioError>
SweepPlan::Check(const scenario::PersonaLibrary& personas) const
{
    std::vector<std::size_t> points = m_grid.Covering();
    if (m_grid.Size() <= FEW_POINTS)
    {
        points.resize(m_grid.Size());
        std::iota(points.begin(), points.end(), 0);
    }
    else if (points.size() > FEW_POINTS)
    {
        points = Thinned(points, FEW_POINTS);
    }
    // Of a range of values that are all wrong for the same reason, the first one is told.
    std::vector<std::pair<ScenarioError, std::set<std::string>>> errors;
    std::map<std::string, std::size_t> known;
    for (const SweptVariant& variant : m_variants)
    {
        const scenario::ScenarioFile file = scenario::ScenarioFile::Load(variant.file);
        for (const std::size_t index : points)
        {
            for (const ScenarioError& error : FaultsAt(file, variant, m_grid.At(index), personas))
            {
                const std::string text = error.Text().substr(0, error.Text().find(" (in "));
                const std::string reason =
                    text.substr(std::min(text.find(", expected"), text.size()));
                const auto [place, isNew] =
                    known.emplace(error.Key() + (reason.empty() ? text : reason), errors.size());
                if (isNew)
                {
                    errors.push_back({error, {}});
                }
                errors[place->second].second.insert(text);
            }
        }
    }
    std::vector<ScenarioError> told;
    for (const auto& [error, texts] : errors)
    {
        told.push_back(texts.size() == 1
                           ? error
                           : ScenarioError(error.At(),
                                           error.Key(),
                                           fmt::format("{}; likewise {} further value{}",
                                                       error.Text(),
                                                       texts.size() - 1,
                                                       texts.size() == 2 ? "" : "s")));
    }
    return told;
}

/// One fault of a setting hides others: a point is tried again without the settings at fault.
std::vector<ScenarioError>
SweepPlan::FaultsAt(const scenario::ScenarioFile& file,
                    const SweptVariant& variant,
                    Point point,
                    const scenario::PersonaLibrary& personas) const
{
    const std::string of =
        m_variants.size() == 1 ? "" : fmt::format(" (in {}/{})", variant.scenario, variant.variant);
    std::vector<ScenarioError> faults;
    while (true)
    {
        try
        {
            CheckVantages(file.Resolve(variant.variant, personas, Texts(point)));
            return faults;
        }
        catch (const ScenarioError& error)
        {
            const auto setting = SettingOf(error, point);
            if (setting == point.end())
            {
                faults.push_back(error);
                return faults;
            }
            faults.emplace_back(m_campaign.marks.Find(setting->path),
                                error.Key(),
                                error.Text() + of);
            point.erase(setting);
        }
    }
}

void
SweepPlan::CheckVantages(const scenario::Scenario& resolved) const
{
    std::vector<std::string_view> known;
    for (const auto& entry : resolved.vantages)
    {
        known.push_back(entry.first);
    }
    const std::vector<std::string>& wanted = Config().vantages;
    for (std::size_t i = 0; i < wanted.size(); ++i)
    {
        if (resolved.vantages.count(wanted[i]) == 0)
        {
            const std::string path = scenario::JoinPath("vantages", std::to_string(i + 1));
            throw ScenarioError(m_campaign.marks.Find(path),
                                path,
                                fmt::format("{}/{} has no vantage {}{}",
                                            resolved.name,
                                            resolved.variant,
                                            scenario::Quote(wanted[i]),
                                            scenario::Suggest(wanted[i], known)));
        }
    }
}

Cell
SweepPlan::At(std::size_t index) const
{
    const SweptVariant& variant = m_variants[VariantOf(index)];
    const std::size_t ofVariant = index % RunsOfVariant();
    Cell cell;
    cell.scenario = variant.scenario;
    cell.spec.scenarioFile = variant.file;
    cell.spec.namedFile = variant.namedFile;
    cell.spec.variant = variant.variant;
    cell.spec.seed = Config().seed + ofVariant % Config().runs;
    cell.spec.personas = m_data;
    cell.spec.vantages = Config().vantages;
    cell.spec.overrides = Texts(m_grid.At(ofVariant / Config().runs));
    return cell;
}

} // namespace bouncelab::matrix
