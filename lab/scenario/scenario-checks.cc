#include "lab/scenario/section-checker.h"
#include "lab/scenario/utc-time.h"

#include <array>

namespace bouncelab::scenario
{

namespace
{

class HeadChecker : SectionChecker
{
  public:
    HeadChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    void Check() const
    {
        if (!ParseUtc(m_scenario.start))
        {
            Fail("start",
                 fmt::format("found {}, expected UTC such as 2006-09-26T06:44:50Z",
                             Quote(m_scenario.start)));
        }
        static constexpr std::array<std::string_view, 6> DOCUMENTS{
            {"", "S000", "S001", "S002", "S003", "S004"}};
        if (std::find(DOCUMENTS.begin(), DOCUMENTS.end(), m_scenario.document) == DOCUMENTS.end())
        {
            Fail("document",
                 fmt::format("found {}, expected one of S000, S001, S002, S003, S004",
                             Quote(m_scenario.document)));
        }
    }
};

} // namespace

bool
IsMailbox(std::string_view text)
{
    const std::size_t at = text.rfind('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           std::all_of(text.begin(),
                       text.end(),
                       [](char c) { return c > ' ' && c < '\x7F' && c != '<' && c != '>'; });
}

bool
HasPlace(const Scenario& scenario, const std::string& host)
{
    const auto found = scenario.hosts.find(host);
    return scenario.gateways.count(host) > 0 || (host == scenario.site.from && !host.empty()) ||
           (found != scenario.hosts.end() &&
            (!found->second.card.network.empty() || !found->second.interfaces.empty())) ||
           std::any_of(scenario.paths.begin(),
                       scenario.paths.end(),
                       [&](const auto& path)
                       { return path.second.to == host || path.second.from == host; });
}

std::string
SenderOf(const Scenario& scenario, const std::string& via)
{
    if (!via.empty() || !scenario.mail.via.empty())
    {
        return via.empty() ? scenario.mail.via : via;
    }
    std::string only;
    for (const auto& [name, host] : scenario.hosts)
    {
        if (host.sends && !only.empty())
        {
            return {};
        }
        only = host.sends ? name : only;
    }
    return only;
}

std::vector<ScenarioError>
FaultsOf(const Scenario& scenario, const Marks& marks)
{
    const auto checkHead = [](const Scenario& checked, const Marks& places)
    { HeadChecker(checked, places).Check(); };
    std::vector<ScenarioError> faults;
    for (void (*check)(const Scenario&, const Marks&) : {+checkHead,
                                                         CheckNetwork,
                                                         CheckNameService,
                                                         CheckMiddleboxes,
                                                         CheckDomain,
                                                         CheckMail,
                                                         CheckVantages,
                                                         CheckProbes})
    {
        try
        {
            check(scenario, marks);
        }
        catch (const ScenarioError& fault)
        {
            faults.push_back(fault);
        }
    }
    return faults;
}

void
CheckScenario(const Scenario& scenario, const Marks& marks)
{
    if (const std::vector<ScenarioError> faults = FaultsOf(scenario, marks); !faults.empty())
    {
        throw faults.front();
    }
}

} // namespace bouncelab::scenario
