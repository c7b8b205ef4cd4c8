#include "lab/scenario/section-checker.h"

namespace bouncelab::scenario
{

namespace
{

/// The domain, its members, and what is done to it.
class DomainChecker : SectionChecker
{
  public:
    DomainChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
        , m_domain(*scenario.domain)
    {
    }

    void Check() const
    {
        FailOnFirst("domain", kerberos::CheckDomain(m_domain.domain));
        for (const auto& [name, controller] : m_domain.domain.controllers)
        {
            const std::string path = JoinPath("domain.controllers", name);
            CheckReference(path, name, "member", m_domain.members);
            if (m_domain.members.at(name).site != controller.site)
            {
                Fail(JoinPath(path, "site"),
                     fmt::format("found {}, expected that of the member, {}",
                                 Quote(controller.site),
                                 Quote(m_domain.members.at(name).site)));
            }
        }
        if (!m_domain.head.empty())
        {
            CheckReference("domain.head", m_domain.head, "controller", m_domain.domain.controllers);
        }
        for (const auto& [name, member] : m_domain.members)
        {
            CheckMember(JoinPath("domain.members", name), name, member);
        }
        CheckChanges();
    }

  private:
    void CheckMember(const std::string& path,
                     const std::string& name,
                     const DomainMember& member) const
    {
        CheckReference(path, name, "host", m_scenario.hosts);
        CheckMachine(JoinPath(path, "account"), member.account);
        if (m_scenario.hosts.at(name).clockOffset.count() != 0)
        {
            Fail(JoinPath(JoinPath("hosts", name), "clock-offset"),
                 fmt::format("found one of a member of the domain, expected {}",
                             JoinPath(path, "clock.offset")));
        }
    }

    void CheckMachine(const std::string& path, const std::string& account) const
    {
        CheckReference(path, account, "account", m_domain.domain.accounts);
        if (!m_domain.domain.accounts.at(account).machine)
        {
            Fail(path, fmt::format("found {}, expected the account of a machine", Quote(account)));
        }
    }

    void CheckController(const std::string& path, const std::string& name) const
    {
        CheckReference(path, name, "controller", m_domain.domain.controllers);
    }

    /// Calls check(path, change) for each of a kind, all of which have a time.
    template <class T, class Checker>
    void Each(const std::string& kind, const std::map<std::string, T>& changes, Checker check) const
    {
        CheckNames(JoinPath("domain", kind), changes);
        for (const auto& [name, change] : changes)
        {
            const std::string path = JoinPath(JoinPath("domain", kind), name);
            CheckTiming(JoinPath(path, "at"), change.at);
            check(path, change);
        }
    }

    void CheckChanges() const
    {
        Each("password-changes",
             m_domain.passwordChanges,
             [this](const std::string& path, const PasswordChangeConfig& change)
             {
                 CheckMachine(JoinPath(path, "account"), change.account);
                 CheckController(JoinPath(path, "controller"), change.controller);
             });
        Each("names-changes",
             m_domain.namesChanges,
             [this](const std::string& path, const NamesChangeConfig& change)
             {
                 CheckReference(JoinPath(path, "account"),
                                change.account,
                                "account",
                                m_domain.domain.accounts);
                 CheckController(JoinPath(path, "controller"), change.controller);
             });
        Each("replication-starts",
             m_domain.replicationStarts,
             [](const std::string&, const ReplicationStartConfig&) {});
        const auto checkHost = [this](const std::string& path, const auto& change)
        { CheckReference(JoinPath(path, "host"), change.host, "member", m_domain.members); };
        Each("time-service-starts", m_domain.timeServiceStarts, checkHost);
        Each("clock-steps", m_domain.clockSteps, checkHost);
        Each("outages", m_domain.outages, checkHost);
        Each("inspections", m_domain.inspections, checkHost);
        for (const auto& [name, start] : m_domain.timeServiceStarts)
        {
            if (!m_domain.members.at(start.host).timeService)
            {
                Fail(JoinPath(JoinPath("domain.time-service-starts", name), "host"),
                     fmt::format("found {}, expected a member that has a `time-service`",
                                 Quote(start.host)));
            }
        }
    }

    const DomainSection& m_domain;
};

/// The time services of hosts that are in no domain.
class TimeChecker : SectionChecker
{
  public:
    TimeChecker(const Scenario& scenario, const Marks& marks)
        : SectionChecker(scenario, marks)
    {
    }

    void Check() const
    {
        std::map<std::uint32_t, std::string> owners;
        for (const auto& [name, host] : m_scenario.hosts)
        {
            if (!host.timeService)
            {
                continue;
            }
            const std::string path = JoinPath(JoinPath("hosts", name), "time-service");
            CheckPlace(path, name, *host.timeService);
            CheckSources(path, name, host.timeService->sources);
            const std::uint32_t account = host.timeService->account;
            const auto [owner, isNew] = owners.emplace(account, name);
            if (account != 0 && !isNew)
            {
                Fail(JoinPath(path, "account"),
                     fmt::format("found {}, the account of {}, expected one of its own",
                                 account,
                                 Quote(owner->second)));
            }
        }
    }

  private:
    bool IsMember(const std::string& host) const
    {
        return m_scenario.domain && m_scenario.domain->members.count(host) > 0;
    }

    void CheckPlace(const std::string& path,
                    const std::string& name,
                    const kerberos::HostTimeConfig& config) const
    {
        if (IsMember(name))
        {
            Fail(path,
                 fmt::format("found one of a member of the domain, expected {}",
                             JoinPath(JoinPath("domain.members", name), "time-service")));
        }
        if (config.sources.empty() && !config.answers)
        {
            Fail(path, "found neither `sources` nor `answers`, expected one of them");
        }
        CheckTiming(JoinPath(path, "first"), config.service.first);
    }

    void CheckSources(const std::string& path,
                      const std::string& name,
                      const std::vector<IpAddress>& sources) const
    {
        for (std::size_t i = 0; i < sources.size(); ++i)
        {
            const auto host =
                std::find_if(m_scenario.hosts.begin(),
                             m_scenario.hosts.end(),
                             [&](const auto& entry) { return entry.second.address == sources[i]; });
            const bool answers = host != m_scenario.hosts.end() && host->first != name &&
                                 ((host->second.timeService && host->second.timeService->answers) ||
                                  (m_scenario.domain &&
                                   m_scenario.domain->domain.controllers.count(host->first) > 0));
            if (!answers)
            {
                Fail(JoinPath(JoinPath(path, "sources"), std::to_string(i + 1)),
                     fmt::format("found {}, expected the address of another host whose "
                                 "`time-service` has `answers`, or of a controller",
                                 sources[i].ToString()));
            }
        }
    }
};

} // namespace

void
CheckDomain(const Scenario& scenario, const Marks& marks)
{
    TimeChecker(scenario, marks).Check();
    if (scenario.domain)
    {
        DomainChecker(scenario, marks).Check();
    }
}

} // namespace bouncelab::scenario
