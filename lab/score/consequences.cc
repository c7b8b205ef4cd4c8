#include "lab/score/consequences.h"

#include "lab/scenario/yaml-reader.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

namespace bouncelab::score
{

namespace
{

bool
IsOf(const Consequence& entry, const std::string& variant)
{
    return entry.variants.empty() ||
           std::count(entry.variants.begin(), entry.variants.end(), variant) > 0;
}

} // namespace

Consequences::Consequences(const std::filesystem::path& file)
{
    if (std::filesystem::exists(file))
    {
        scenario::YamlReader(nullptr, m_marks)
            .ReadStruct(scenario::LoadTree(file.string()), "", ValueOf(m_list));
    }
}

std::string
Consequences::CauseOf(const std::string& variant, Phase phase, const std::string& trait)
{
    std::string cause;
    for (std::size_t at = 0; at < m_list.consequences.size(); ++at)
    {
        const Consequence& entry = m_list.consequences[at];
        for (std::size_t i = 0; i < entry.traits.size(); ++i)
        {
            if (entry.when == phase && IsOf(entry, variant) &&
                fnmatch(entry.traits[i].c_str(), trait.c_str(), 0) == 0)
            {
                m_used.emplace(at, i);
                cause = cause.empty() ? entry.cause : cause;
            }
        }
    }
    return cause;
}

std::vector<std::string>
Consequences::Stale(const std::set<std::string>& compared) const
{
    std::vector<std::string> stale;
    for (std::size_t at = 0; at < m_list.consequences.size(); ++at)
    {
        const Consequence& entry = m_list.consequences[at];
        const bool isJudged =
            std::any_of(compared.begin(),
                        compared.end(),
                        [&](const auto& variant) { return IsOf(entry, variant); });
        for (std::size_t i = 0; isJudged && i < entry.traits.size(); ++i)
        {
            if (m_used.count({at, i}) == 0)
            {
                const std::string key = fmt::format("consequences.{}.traits.{}", at + 1, i + 1);
                stale.push_back(fmt::format("{}: {}: found {}, which explains nothing, expected "
                                            "a trait that separates",
                                            m_marks.Find(key).ToString(),
                                            key,
                                            scenario::Quote(entry.traits[i])));
            }
        }
    }
    return stale;
}

} // namespace bouncelab::score
