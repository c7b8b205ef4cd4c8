// "Accepted means delivered or reported, once" between servers that authenticate by Kerberos, under
// random schedules of faults and repairs, with and without a second hub that takes mail where the
// first one does not. A schedule is a list of settings over a variant of exchange-auth-failure, so
// that a run of bouncelab shows the same; one that fails is printed as that command, with as few of
// the settings as it takes.

#include "lab/scenario/load.h"
#include "lab/world/world.h"
#include "tests/draw-sequence.h"
#include "tests/tree.h"
#include "tests/world/mail-fates.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr std::int64_t FAULTS_S = 3 * 3600;   //!< All faults begin, and power is back, by then.
constexpr std::int64_t LIFETIME_S = 4 * 3600; //!< Of messages.
constexpr std::int64_t END_S = 14 * 3600;
/// The longest step between attempts is ten minutes, and so long is an attempt where a server is
/// silent; connections, and controllers that do not answer, take some more.
constexpr std::chrono::minutes BOUND(20);

/// Draws a schedule.
class Schedule
{
  public:
    explicit Schedule(std::uint64_t seed)
        : m_random(seed, "schedule")
        , m_hasSecondHub(m_random.Chance(500000))
    {
        Set("duration", Seconds(END_S));
        for (const std::string& hub : Hubs())
        {
            Set(fmt::format("hosts.{}.sends.queue.lifetime", hub), Seconds(LIFETIME_S));
            Set(fmt::format("hosts.{}.sends.queue.delay-notice", hub), "1 h");
        }
        DrawMail();
        DrawClocks();
        DrawPasswords();
        DrawNames();
        DrawRules();
        DrawOutages();
        DrawRetries();
        DrawQueues();
    }

    std::string Variant() const { return m_hasSecondHub ? "second-hub" : "control"; }

    const std::vector<std::string>& Settings() const { return m_settings; }

    /// What clocks are set by, in sum. A queue counts by its host's clock: where that is set back,
    /// by hand or again by the time service, a message stays longer by so much.
    std::chrono::seconds Stepped() const { return m_stepped; }

  private:
    std::vector<std::string> Hubs() const
    {
        return m_hasSecondHub ? std::vector<std::string>{"hub1", "hub2", "hub3"}
                              : std::vector<std::string>{"hub1", "hub2"};
    }

    static std::string Seconds(std::int64_t seconds) { return fmt::format("{} s", seconds); }

    void Set(const std::string& key, const std::string& value)
    {
        m_settings.push_back(key + "=" + value);
    }

    std::int64_t Time() { return m_random.Between(1, FAULTS_S); }

    /// Half of the faults are never repaired.
    std::int64_t Repair(std::int64_t fault)
    {
        return m_random.Chance(500000) ? m_random.Between(fault + 1, FAULTS_S + 1) : END_S - 1;
    }

    /// "{0: ..., 1: ...}" of up to `most` texts that are drawn.
    template <class Drawer>
    std::string Several(std::uint64_t most, Drawer draw)
    {
        std::string map;
        for (auto left = m_random.Below(most + 1); left > 0; --left)
        {
            map += fmt::format("{}n{}: {}", map.empty() ? "" : ", ", left, draw());
        }
        return '{' + map + '}';
    }

    void DrawMail()
    {
        const std::vector<std::string> people{"anna@main.example.com",
                                              "bert@main.example.com",
                                              "cora@branch.example.com",
                                              "administrator@branch.example.com",
                                              "nobody@branch.example.com",
                                              "orders@partner.example"};
        std::string messages;
        for (auto left = m_random.Between(2, 12); left > 0; --left)
        {
            const bool inBranch = m_random.Chance(400000);
            const std::string from = people[inBranch ? 2 : m_random.Below(2)];
            const std::string to = people[m_random.Below(people.size())];
            const std::int64_t at = Time();
            messages += fmt::format("{}m{}: {{from: {}, to: {}, via: {}, at: {}}}",
                                    messages.empty() ? "" : ", ",
                                    left,
                                    from,
                                    to,
                                    inBranch ? "hub2" : "hub1",
                                    Seconds(at));
        }
        Set("mail.messages", '{' + messages + '}');
    }

    void DrawClocks()
    {
        std::vector<std::string> hosts{"hub1", "hub2", "dc2"};
        if (m_hasSecondHub)
        {
            hosts.emplace_back("hub3");
            Set("domain.members.hub2.clock.offset", "-90 ms");
        }
        Set("domain.clock-steps",
            Several(3,
                    [&]
                    {
                        const std::string host = hosts[m_random.Below(hosts.size())];
                        const std::int64_t at = Time();
                        const std::int64_t by = m_random.Between(-1200, 1200);
                        m_stepped += std::chrono::seconds(std::abs(by));
                        return fmt::format("{{host: {}, at: {}, by: {}}}",
                                           host,
                                           Seconds(at),
                                           Seconds(by));
                    }));
        for (const std::string& host : hosts)
        {
            Set(fmt::format("domain.members.{}.time-service.running", host),
                m_random.Chance(500000) ? "true" : "false");
        }
        Set("domain.time-service-starts",
            Several(2,
                    [&]
                    {
                        const std::string host = hosts[m_random.Below(hosts.size())];
                        return fmt::format("{{host: {}, at: {}}}", host, Seconds(Time()));
                    }));
    }

    void DrawPasswords()
    {
        for (const int link : {1, 2})
        {
            Set(fmt::format("domain.replication.{}.stopped", link),
                m_random.Chance(500000) ? "true" : "false");
        }
        Set("domain.password-changes",
            Several(3,
                    [&]
                    {
                        const std::int64_t hub = m_random.Between(1, 2);
                        const std::int64_t controller = m_random.Between(1, 2);
                        return fmt::format("{{account: HUB{}$, controller: dc{}, at: {}}}",
                                           hub,
                                           controller,
                                           Seconds(Time()));
                    }));
        Set("domain.replication-starts",
            Several(1, [&] { return fmt::format("{{at: {}}}", Seconds(Repair(1))); }));
    }

    void DrawNames()
    {
        const auto change = [](const std::string& account, std::int64_t at, const char* names)
        {
            return fmt::format("{{account: {}, controller: dc1, at: {}, service-names: [{}]}}",
                               account,
                               Seconds(at),
                               names);
        };
        const char* const names = "SMTPSVC/hub2.example.com, SMTP/hub2.example.com";
        std::string changes;
        if (m_random.Chance(400000))
        {
            const std::int64_t lost = Time();
            changes = fmt::format("lost: {}, found: {}",
                                  change("HUB2$", lost, "SMTP/hub2.example.com"),
                                  change("HUB2$", Repair(lost), names));
        }
        if (m_random.Chance(300000))
        {
            const std::int64_t wrong = Time();
            changes += fmt::format("{}wrong: {}, right: {}",
                                   changes.empty() ? "" : ", ",
                                   change("FILE1$", wrong, "SMTPSVC/hub2.example.com"),
                                   change("FILE1$", Repair(wrong), ""));
        }
        Set("domain.names-changes", '{' + changes + '}');
    }

    void DrawRules()
    {
        std::string rules;
        for (const char* what : {"tcp, port: 88", "udp, port: 88", "tcp, port: 25"})
        {
            if (m_random.Chance(400000))
            {
                const std::int64_t from = Time();
                const bool drops = m_random.Chance(500000);
                const std::int64_t until = Repair(from);
                rules +=
                    fmt::format("{}{{name: r{}, action: {}, protocol: {}, from: {}, until: {}}}",
                                rules.empty() ? "" : ", ",
                                rules.size(),
                                drops ? "drop" : "reject",
                                what,
                                Seconds(from),
                                Seconds(until));
            }
        }
        Set("gateways.main-firewall.filter", '[' + rules + ']');
    }

    void DrawOutages()
    {
        std::string outages;
        std::vector<std::string> hosts = Hubs();
        hosts.insert(hosts.begin(), {"dc1", "dc2"});
        for (const std::string& host : hosts)
        {
            if (m_random.Chance(300000))
            {
                const std::int64_t at = Time();
                outages += fmt::format("{0}{1}: {{host: {1}, at: {2}, down: {3}}}",
                                       outages.empty() ? "" : ", ",
                                       host,
                                       Seconds(at),
                                       Seconds(m_random.Between(1, FAULTS_S + 1 - at)));
            }
        }
        Set("domain.outages", '{' + outages + '}');
    }

    /// Administrators lose their patience.
    void DrawRetries()
    {
        for (const std::string& hub : Hubs())
        {
            Set(fmt::format("hosts.{}.queue-retries", hub),
                Several(3, [&] { return fmt::format("{{at: {}}}", Seconds(Time())); }));
        }
    }

    /// What becomes of queues at an outage, programs that are stopped, disks that fill up.
    void DrawQueues()
    {
        for (const std::string& hub : Hubs())
        {
            Set(fmt::format("hosts.{}.sends.queue.sync", hub),
                m_random.Chance(500000) ? "true" : "false");
            const std::int64_t stop = Time();
            const std::int64_t takes = m_random.Between(1, 900);
            if (m_random.Chance(300000))
            {
                Set(fmt::format("hosts.{}.restart", hub),
                    fmt::format("[{{at: {}, downtime: {}}}]", Seconds(stop), Seconds(takes)));
            }
            const std::int64_t full = Time();
            const std::int64_t empty = m_random.Between(full, FAULTS_S);
            const std::int64_t inMemory = m_random.Between(0, 3600);
            const std::string fills =
                fmt::format(", capacity: 9000000, other-use: [{{at: {}, octets: 8999000}}, "
                            "{{at: {}, octets: 0}}]",
                            Seconds(full),
                            Seconds(empty));
            Set(fmt::format("hosts.{}.disk", hub),
                fmt::format("{{write-back: {}{}}}",
                            Seconds(inMemory),
                            m_random.Chance(300000) ? fills : std::string()));
        }
    }

    tests::DrawSequence m_random;
    bool m_hasSecondHub;
    std::vector<std::string> m_settings;
    std::chrono::seconds m_stepped{0};
};

/// What came of all schedules.
struct Sums
{
    std::uint32_t delivered = 0;
    std::uint32_t bounced = 0;
    std::uint32_t refused = 0;  //!< Tokens.
    std::uint32_t bySecond = 0; //!< Taken by the second hub.
    std::uint32_t copies = 0;
    std::uint32_t lost = 0;       //!< With the power of a hub.
    std::uint32_t diskFull = 0;   //!< Refused for that.
    Nanoseconds longestBeyond{0}; //!< Its lifetime, and what clocks were set by.
};

/// A run of a schedule.
class ScheduleRun
{
  public:
    ScheduleRun(const scenario::ScenarioFile& file,
                const scenario::PersonaLibrary& personas,
                std::uint64_t seed)
        : m_file(file)
        , m_personas(personas)
        , m_seed(seed)
        , m_schedule(seed)
    {
    }

    /// What is wrong with it, and how to see that; empty = nothing.
    std::string Fault(Sums& sums) const
    {
        std::vector<std::string> settings = m_schedule.Settings();
        std::string fault = FaultUnder(settings, sums);
        for (std::size_t i = 0; !fault.empty() && i < settings.size();)
        {
            if (IsFrame(settings[i]))
            {
                ++i;
                continue;
            }
            std::vector<std::string> fewer = settings;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            Sums ignored;
            const std::string still = FaultUnder(fewer, ignored);
            i += still.empty() ? 1 : 0;
            settings = still.empty() ? settings : fewer;
            fault = still.empty() ? fault : still;
        }
        return fault.empty() ? fault : fault + "\n  " + Command(settings);
    }

  private:
    /// How long is waited for what: no fault, and needed to judge one.
    static bool IsFrame(const std::string& setting)
    {
        return setting.rfind("duration=", 0) == 0 || setting.find(".lifetime=") != setting.npos;
    }

    std::string FaultUnder(const std::vector<std::string>& settings, Sums& sums) const
    {
        const scenario::Scenario scenario =
            m_file.Resolve(m_schedule.Variant(), m_personas, settings);
        provenance::Ledger ledger;
        host::EventStream events;
        MailFates fates;
        events.Subscribe(
            [&](const host::Event& event)
            {
                fates.OnEvent(event);
                const auto* refusal = event.As<connector::RefusalEvent>();
                sums.diskFull += refusal && refusal->refusal == connector::Refusal::DiskFull;
                sums.refused += event.As<connector::LogonFailureEvent>() ? 1 : 0;
                sums.bySecond += event.place == "hub3" && event.As<host::StoredEvent>() ? 1 : 0;
            });
        world::World world(scenario, m_seed, ledger, events);
        world.Run();
        std::string fault;
        for (const MailFate& fate : fates.All())
        {
            fault = fate.Fault().empty() ? fault : fate.messageId + ": " + fate.Fault();
            sums.delivered += fate.delivered;
            sums.bounced += fate.bounced;
            sums.lost += fate.lost;
            sums.copies += fate.Copies();
        }
        const Nanoseconds beyond = fates.LongestStay(SimTime(scenario.duration)) -
                                   std::chrono::seconds(LIFETIME_S) - m_schedule.Stepped();
        sums.longestBeyond = std::max(sums.longestBeyond, beyond);
        return !fault.empty() ? fault
               : beyond <= BOUND
                   ? std::string()
                   : fmt::format("a message stays for {} s more", beyond / std::chrono::seconds(1));
    }

    std::string Command(const std::vector<std::string>& settings) const
    {
        std::string command = fmt::format("bouncelab run exchange-auth-failure/{} --seed {}",
                                          m_schedule.Variant(),
                                          m_seed);
        for (const std::string& setting : settings)
        {
            command += fmt::format(" --set '{}'", setting);
        }
        return command;
    }

    const scenario::ScenarioFile& m_file;
    const scenario::PersonaLibrary& m_personas;
    std::uint64_t m_seed;
    Schedule m_schedule;
};

/// How many schedules are tried, as BOUNCELAB_SCHEDULES says or few enough for every day.
std::uint64_t
Wanted()
{
    const char* wanted = std::getenv("BOUNCELAB_SCHEDULES");
    return wanted ? std::strtoull(wanted, nullptr, 10) : 200;
}

} // namespace

BOOST_AUTO_TEST_SUITE(auth_mail_property)

BOOST_AUTO_TEST_CASE(what_is_accepted_ends_once_whatever_happens_to_the_domain)
{
    const scenario::PersonaLibrary personas(tests::SourceDir().string());
    const scenario::ScenarioFile file = scenario::ScenarioFile::Load(
        (tests::SourceDir() / "scenarios/exchange-auth-failure/scenario.yaml").string());
    Sums sums;
    for (std::uint64_t seed = 1; seed <= Wanted(); ++seed)
    {
        const std::string fault = ScheduleRun(file, personas, seed).Fault(sums);
        BOOST_TEST(fault == "", fault);
    }
    // That the schedules are worth looking at.
    BOOST_TEST(sums.delivered > 1000U);
    BOOST_TEST(sums.bounced > 200U);
    BOOST_TEST(sums.refused > 2000U);
    BOOST_TEST(sums.bySecond > 20U);
    BOOST_TEST(sums.diskFull > 20U);
    BOOST_TEST_MESSAGE("delivered " << sums.delivered << ", bounced " << sums.bounced
                                    << ", refused " << sums.refused << ", by the second hub "
                                    << sums.bySecond << ", copies " << sums.copies << ", lost "
                                    << sums.lost << ", put off for a full disk " << sums.diskFull
                                    << ", longest beyond "
                                    << sums.longestBeyond.count() / 1000000000 << " s");
}

BOOST_AUTO_TEST_SUITE_END()
