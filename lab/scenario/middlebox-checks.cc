#include "lab/scenario/kinds.h"
#include "lab/scenario/section-checker.h"
#include "lab/scenario/topology.h"

#include <type_traits>
#include <utility>

namespace bouncelab::scenario
{

namespace
{

// The keys that say where a box stands, where its config has them.
template <class T>
using Hop = decltype(T::atHop);
template <class T>
using Station = decltype(T::station);
template <class T>
using Machine = decltype(T::host);

template <class T, template <class> class Key, class = void>
constexpr bool HAS = false;
template <class T, template <class> class Key>
constexpr bool HAS<T, Key, std::void_t<Key<T>>> = true;

/// Checks every kind of box by the keys that say where it stands, and by its own rules.
class MiddleboxChecker : SectionChecker
{
  public:
    MiddleboxChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
        for (const auto& node : NodesOf(scenario).nodes)
        {
            m_names.emplace(node.first, "of a machine");
        }
    }

    template <class Box>
    void Check(const std::string& kind, const std::map<std::string, Box>& boxes)
    {
        using Config = std::decay_t<decltype(ConfigOf(std::declval<Box>()))>;
        CheckNames(kind, boxes);
        for (const auto& [name, box] : boxes)
        {
            const auto& config = ConfigOf(box);
            const std::string key = JoinPath(kind, name);
            if constexpr (HAS<Config, Hop>)
            {
                CheckHasOwnName(key, kind, name);
                CheckHop(key, config.path, config.atHop);
            }
            if constexpr (HAS<Config, Station>)
            {
                CheckReference(JoinPath(key, "station"),
                               config.station,
                               "station",
                               m_scenario.stations);
            }
            if constexpr (HAS<Config, Machine>)
            {
                CheckReference(JoinPath(key, "host"), config.host, "host", m_scenario.hosts);
                CheckHasNoPlace(JoinPath(key, "host"), config.host);
            }
            if constexpr (HAS<Config, Station>)
            {
                CheckIsAlone(JoinPath(key, "station"), name, config.station, m_atStations);
            }
            if constexpr (HAS<Config, Machine>)
            {
                CheckIsAlone(JoinPath(key, "host"), name, config.host, m_atHosts);
            }
            FailOnFirst(key, Faults(config));
        }
    }

  private:
    using Owners = std::map<std::string, std::string>;

    /// Truth knows by name who acts, and a box leaves alone what it sent itself.
    void CheckHasOwnName(const std::string& key, const std::string& kind, const std::string& name)
    {
        const auto [other, isNew] = m_names.emplace(name, fmt::format("in `{}` as well", kind));
        if (!isNew)
        {
            Fail(key,
                 fmt::format("found {}, the name {}, expected one of its own",
                             Quote(name),
                             other->second));
        }
    }

    void CheckHop(const std::string& key, const std::string& path, std::uint32_t hop) const
    {
        const std::map<std::string, std::size_t> lines = HopsOfLines();
        CheckReference(JoinPath(key, "path"), path, "path or station", lines);
        const std::size_t hops = lines.at(path);
        if (hop > hops)
        {
            Fail(JoinPath(key, "at-hop"),
                 fmt::format("found {}, expected 1 to {}, the hops of {} `{}`",
                             hop,
                             hops,
                             m_scenario.paths.count(path) > 0 ? "path" : "line",
                             path));
        }
    }

    std::map<std::string, std::size_t> HopsOfLines() const
    {
        std::map<std::string, std::size_t> hops;
        for (const auto& [name, path] : m_scenario.paths)
        {
            hops.emplace(name, path.hops.size());
        }
        for (const auto& [name, station] : m_scenario.stations)
        {
            hops.emplace(name, station.hops.size());
        }
        if (!m_scenario.site.inside.empty())
        {
            hops.emplace(SITE_LINE_KEY, m_scenario.site.inside.size());
        }
        return hops;
    }

    /// A machine that is a box is nowhere else.
    void CheckHasNoPlace(const std::string& key, const std::string& host) const
    {
        if (HasPlace(host))
        {
            Fail(key,
                 fmt::format("found {}, which has a place already, expected a host that is on no "
                             "network and at no end of a line",
                             Quote(host)));
        }
    }

    void CheckIsAlone(const std::string& key,
                      const std::string& box,
                      const std::string& place,
                      Owners& owners) const
    {
        const auto [owner, isNew] = owners.emplace(place, box);
        if (!isNew)
        {
            Fail(key,
                 fmt::format("found {}, where {} is already, expected one proxy at each",
                             Quote(place),
                             Quote(owner->second)));
        }
    }

    Owners m_names;
    Owners m_atStations;
    Owners m_atHosts;
};

} // namespace

void
CheckMiddleboxes(const Scenario& scenario, const Marks& marks)
{
    MiddleboxChecker checker(scenario, marks);
    VisitKinds(scenario.middleboxes,
               [&](std::string_view kind, const auto& boxes)
               { checker.Check(std::string(kind), boxes); });
}

} // namespace bouncelab::scenario
