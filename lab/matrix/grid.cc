#include "lab/matrix/grid.h"

#include "lab/matrix/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace bouncelab::matrix
{

namespace
{

using scenario::JoinPath;

constexpr std::size_t MOST_POINTS = 100000000;

} // namespace

Grid::Grid(const Campaign& campaign)
    : m_campaign(campaign)
{
    const CampaignConfig& config = campaign.config;
    for (const auto& [key, value] : config.set)
    {
        m_fixed.push_back({key, value, JoinPath("set", key)});
    }
    AddProduct(config.over.product);
    AddZip(config.over.zip);
    AddList(config.over.list);
    AddLatinHypercube(config.over.latinHypercube);
}

Point
Grid::At(std::size_t index) const
{
    std::vector<const Point*> parts;
    for (auto factor = m_factors.rbegin(); factor != m_factors.rend(); ++factor)
    {
        parts.push_back(&(*factor)[index % factor->size()]);
        index /= factor->size();
    }
    Point point = m_fixed;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    {
        point.insert(point.end(), (*part)->begin(), (*part)->end());
    }
    return point;
}

std::vector<std::string>
Grid::ValuesOf(const std::string& key) const
{
    std::vector<std::string> values;
    for (const Factor& factor : m_factors)
    {
        for (const Point& row : factor)
        {
            for (const Setting& setting : row)
            {
                if (setting.key == key)
                {
                    values.push_back(setting.value);
                }
            }
        }
    }
    return values;
}

std::vector<std::size_t>
Grid::Covering() const
{
    std::vector<std::size_t> chosen{0};
    std::size_t stride = m_size;
    for (const Factor& factor : m_factors)
    {
        stride /= factor.size();
        for (std::size_t i = 1; i < factor.size(); ++i)
        {
            chosen.push_back(i * stride);
        }
    }
    return chosen;
}

void
Grid::AddProduct(const ValuesByKey& axes)
{
    for (const auto& [key, written] : axes)
    {
        const std::string path = JoinPath("over.product", key);
        Factor factor;
        std::set<std::string> seen;
        for (const std::string& value : ValuesAt(path, written))
        {
            if (!seen.insert(value).second)
            {
                Fail(path, "found " + scenario::Quote(value) + " twice, expected each value once");
            }
            factor.push_back({{key, value, path}});
        }
        Add(std::move(factor), path);
    }
}

void
Grid::AddZip(const ValuesByKey& axes)
{
    Factor factor;
    for (const auto& [key, written] : axes)
    {
        const std::string path = JoinPath("over.zip", key);
        const std::vector<std::string> values = ValuesAt(path, written);
        if (!factor.empty() && factor.size() != values.size())
        {
            Fail(path,
                 fmt::format("found {} values, expected {}, as of {}",
                             values.size(),
                             factor.size(),
                             axes.begin()->first));
        }
        factor.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            factor[i].push_back({key, values[i], path});
        }
    }
    Add(std::move(factor), "over.zip");
}

void
Grid::AddList(const std::vector<std::map<std::string, std::string>>& points)
{
    Factor factor;
    for (std::size_t i = 0; i < points.size(); ++i)
    {
        const std::string path = JoinPath("over.list", std::to_string(i + 1));
        Point row;
        for (const auto& [key, value] : points[i])
        {
            row.push_back({key, value, JoinPath(path, key)});
        }
        factor.push_back(std::move(row));
    }
    Add(std::move(factor), "over.list");
}

void
Grid::AddLatinHypercube(const LatinHypercubeConfig& hypercube)
{
    const std::string path = "over.latin-hypercube";
    if ((hypercube.samples == 0) != hypercube.over.empty())
    {
        Fail(path,
             hypercube.samples == 0
                 ? "found no samples, expected a number beside the keys in `over`"
                 : "found no keys, expected `over` beside the number of samples");
    }
    Factor factor(hypercube.samples);
    for (const auto& [key, written] : hypercube.over)
    {
        const std::string at = JoinPath(path + ".over", key);
        const std::vector<std::string> values = ValuesAt(at, written);
        const auto chosen =
            LatinHypercubeAxis(values.size(), hypercube.samples, hypercube.seed, key);
        for (std::size_t i = 0; i < chosen.size(); ++i)
        {
            factor[i].push_back({key, values[chosen[i]], at});
        }
    }
    Add(std::move(factor), path);
}

void
Grid::Add(Factor factor, const std::string& path)
{
    if (factor.empty())
    {
        return;
    }
    std::vector<std::string> own;
    for (const Point& row : factor)
    {
        for (const Setting& setting : row)
        {
            const auto isSame = [&](const Setting& fixed) { return fixed.key == setting.key; };
            if (std::find(m_keys.begin(), m_keys.end(), setting.key) != m_keys.end() ||
                std::any_of(m_fixed.begin(), m_fixed.end(), isSame))
            {
                Fail(setting.path, fmt::format("found {} twice, expected it once", setting.key));
            }
            if (std::find(own.begin(), own.end(), setting.key) == own.end())
            {
                own.push_back(setting.key);
            }
        }
    }
    m_keys.insert(m_keys.end(), own.begin(), own.end());
    if (factor.size() > MOST_POINTS / m_size)
    {
        Fail(path, fmt::format("found more than {} points, expected fewer", MOST_POINTS));
    }
    m_size *= factor.size();
    m_factors.push_back(std::move(factor));
}

std::vector<std::string>
Grid::ValuesAt(const std::string& path, const std::vector<std::string>& written) const
{
    std::vector<std::string> values;
    for (std::size_t i = 0; i < written.size(); ++i)
    {
        const std::string at = JoinPath(path, std::to_string(i + 1));
        try
        {
            const std::vector<std::string> some = ExpandValue(written[i]);
            values.insert(values.end(), some.begin(), some.end());
        }
        catch (const std::invalid_argument& error)
        {
            Fail(at, error.what());
        }
    }
    if (values.empty())
    {
        Fail(path, "found no value, expected one at least");
    }
    return values;
}

void
Grid::Fail(const std::string& path, const std::string& text) const
{
    throw scenario::ScenarioError(m_campaign.marks.Find(path), path, text);
}

} // namespace bouncelab::matrix
