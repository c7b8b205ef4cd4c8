#include "lab/spec/section-checker.h"

#include <type_traits>

namespace bouncelab::spec
{

namespace
{

template <class T, class = void>
struct StandsOnPath : std::false_type
{
};

template <class T>
struct StandsOnPath<T, std::void_t<decltype(T::path), decltype(T::atHop)>> : std::true_type
{
};

template <class T, class = void>
struct StandsAtStation : std::false_type
{
};

template <class T>
struct StandsAtStation<T, std::void_t<decltype(T::station)>> : std::true_type
{
};

template <class T, class = void>
struct IsHost : std::false_type
{
};

template <class T>
struct IsHost<T, std::void_t<decltype(T::host)>> : std::true_type
{
};

/// Checks every kind of box by the keys that say where it stands, and by its own rules.
class BoxChecker : SectionChecker
{
  public:
    BoxChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    template <class Config>
    void Field(const std::string& kind,
               const std::map<std::string, Config>& boxes,
               const FieldNote& /* note */)
    {
        CheckNames(kind, boxes);
        for (const auto& [name, config] : boxes)
        {
            const std::string key = JoinPath(kind, name);
            if constexpr (StandsOnPath<Config>::value)
            {
                CheckHop(key, config.path, config.atHop);
            }
            if constexpr (StandsAtStation<Config>::value)
            {
                CheckReference(JoinPath(key, "station"),
                               config.station,
                               "station",
                               m_scenario.stations);
            }
            if constexpr (IsHost<Config>::value)
            {
                CheckReference(JoinPath(key, "host"), config.host, "host", m_scenario.hosts);
                CheckHasNoPlace(JoinPath(key, "host"), config.host);
            }
            if constexpr (StandsAtStation<Config>::value)
            {
                CheckIsAlone(JoinPath(key, "station"), name, config.station, m_atStations);
            }
            if constexpr (IsHost<Config>::value)
            {
                CheckIsAlone(JoinPath(key, "host"), name, config.host, m_atHosts);
            }
            FailOnFirst(key, Faults(config));
        }
    }

  private:
    using Owners = std::map<std::string, std::string>;

    void CheckHop(const std::string& key, const std::string& path, std::uint32_t hop) const
    {
        CheckReference(JoinPath(key, "path"), path, "path", m_scenario.paths);
        const std::size_t hops = m_scenario.paths.at(path).hops.size();
        if (hop > hops)
        {
            Fail(JoinPath(key, "at-hop"),
                 fmt::format("found {}, expected 1 to {}, the hops of path `{}`", hop, hops, path));
        }
    }

    /// A machine that is a box is nowhere else.
    void CheckHasNoPlace(const std::string& key, const std::string& host) const
    {
        if (host == m_scenario.site.mailHost || HasPath(host))
        {
            Fail(key,
                 fmt::format("found {}, which has a place already, expected a host that is neither "
                             "the mail host nor at the end of a path",
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

    Owners m_atStations;
    Owners m_atHosts;
};

} // namespace

void
CheckMiddleboxes(const Scenario& scenario, const Marks& marks)
{
    BoxChecker checker(scenario, marks);
    Middleboxes boxes = scenario.middleboxes;
    Describe(checker, boxes);
}

} // namespace bouncelab::spec
