#ifndef BOUNCELAB_LAB_SCENARIO_SECTION_CHECKER_H
#define BOUNCELAB_LAB_SCENARIO_SECTION_CHECKER_H

#include "formats/prefix.h"
#include "lab/scenario/checks.h"
#include "lab/scenario/persona-library.h"
#include "lab/scenario/scalar-text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

template <class T>
std::vector<std::string_view>
KeysOfMap(const std::map<std::string, T>& map)
{
    std::vector<std::string_view> keys;
    for (const auto& entry : map)
    {
        keys.push_back(entry.first);
    }
    return keys;
}

/// What the checks of a scenario's sections share: how to fail, and what values refer to.
class SectionChecker
{
  protected:
    SectionChecker(const Scenario& scenario, const Marks& marks)
        : m_scenario(scenario)
        , m_marks(marks)
    {
    }

    [[noreturn]] void Fail(const std::string& path, const std::string& text) const
    {
        throw ScenarioError(m_marks.Find(path), path, text);
    }

    /// \param faults of models' own checks: "key: what is wrong"
    void FailOnFirst(const std::string& path, const std::vector<std::string>& faults) const
    {
        scenario::FailOnFirst(path, faults, m_marks);
    }

    template <class T>
    void CheckNames(const std::string& path, const std::map<std::string, T>& map) const
    {
        for (const auto& entry : map)
        {
            if (!IsName(entry.first))
            {
                Fail(JoinPath(path, entry.first),
                     "found name " + Quote(entry.first) +
                         ", expected lower-case letters, digits, - and .");
            }
        }
    }

    /// A value that names an entry of another map.
    template <class T>
    void CheckReference(const std::string& path,
                        const std::string& name,
                        const std::string& kind,
                        const std::map<std::string, T>& map) const
    {
        if (map.find(name) == map.end())
        {
            Fail(path,
                 fmt::format("found no {} {}{}", kind, Quote(name), Suggest(name, KeysOfMap(map))));
        }
    }

    /// A value that is an address or a network, or empty.
    void CheckPrefix(const std::string& path, const std::string& text) const
    {
        if (!text.empty() && !IpPrefix::Parse(text))
        {
            Fail(path,
                 fmt::format("found {}, expected an address or a network as 192.168.1.0/24 or "
                             "2001:db8:1::/64",
                             Quote(text)));
        }
    }

    /// Whether a host is at an end of a path, on a network, or a gateway.
    bool HasPlace(const std::string& host) const { return scenario::HasPlace(m_scenario, host); }

    void CheckTiming(const std::string& path, Nanoseconds at) const
    {
        if (at > m_scenario.duration)
        {
            Fail(path,
                 fmt::format("found {}, expected a moment before the run ends at {}",
                             FormatDuration(at),
                             FormatDuration(m_scenario.duration)));
        }
    }

    const Scenario& m_scenario;
    const Marks& m_marks;
};

/*
 * The checks of each theme, in the order in which a scenario is checked.
 * They throw a ScenarioError at the first value that does not fit.
 */
void CheckNetwork(const Scenario& scenario, const Marks& marks);
void CheckNameService(const Scenario& scenario, const Marks& marks);
void CheckMiddleboxes(const Scenario& scenario, const Marks& marks);
void CheckDomain(const Scenario& scenario, const Marks& marks);
void CheckMail(const Scenario& scenario, const Marks& marks);
void CheckVantages(const Scenario& scenario, const Marks& marks);
void CheckProbes(const Scenario& scenario, const Marks& marks);

/// A part of CheckNetwork(): each node for itself, and its names. \pre networks' prefixes are
/// checked
void CheckNodes(const Scenario& scenario, const Marks& marks);

/// A part of CheckNetwork(): how nodes are joined. \pre each node is sound by itself
void CheckTopology(const Scenario& scenario, const Marks& marks);

struct Topology;

/*
 * Parts of CheckTopology(). \pre the topology is sound
 */

/// Gateways' rules: each can match.
void CheckFilters(const Scenario& scenario, const Marks& marks, const Topology& topology);

/// Hosts reach what their mail and their programs are for.
void CheckReach(const Scenario& scenario, const Marks& marks, const Topology& topology);

/// A part of CheckNameService(): zones against the network and one another. \pre each zone is sound
void CheckZonesAgree(const Scenario& scenario, const Marks& marks);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_SECTION_CHECKER_H
