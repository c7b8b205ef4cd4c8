// A directory in simulated time, and a server whose replies to RCPT wait for it.

#include "models/service/directory-service.h"

#include "models/smtp/server-session.h"

#include "tests/smtp/recorder.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

namespace
{

using namespace bouncelab;
using namespace bouncelab::service;
using namespace std::chrono_literals;

Nanoseconds
Now()
{
    return Nanoseconds(ns3::Simulator::Now().GetNanoSeconds());
}

void
At(Nanoseconds time, std::function<void()> what)
{
    ns3::Simulator::Schedule(ns3::NanoSeconds(time.count()), std::move(what));
}

struct Simulation
{
    Simulation()
    {
        config.lookupsPerSecond = 10;
        config.latency = {Nanoseconds(0), Nanoseconds(0), 0, Nanoseconds(0)};
        config.timeout = 1s;
    }

    ~Simulation() { ns3::Simulator::Destroy(); }

    DirectoryConfig config;
};

/// Asks the directory for every recipient; those that it cannot tell of are put off.
class LooksUp : public smtp::ServerPolicy
{
  public:
    LooksUp(DirectoryClient& directory, std::function<void()> wake)
        : m_directory(directory)
        , m_wake(std::move(wake))
    {
    }

    smtp::Decision OnRecipient(const smtp::ServerFacts&, const smtp::EnvelopeEntry&) override
    {
        m_status.reset();
        m_directory.Ask(
            [this](LookupStatus status)
            {
                m_status = status;
                m_wake();
            });
        smtp::Decision decision;
        decision.wait = true;
        return decision;
    }

    smtp::Decision OnAwaited(const smtp::ServerFacts&,
                             const smtp::EnvelopeEntry& recipient) override
    {
        smtp::Decision decision;
        decision.wait = !m_status;
        if (m_status && *m_status != LookupStatus::Answered)
        {
            decision.reply =
                "451 4.3.0 Directory lookup failed: " + std::string(NameOfLookupStatus(*m_status));
        }
        else if (recipient.path.localPart != "anna")
        {
            decision.reply = "550 5.1.1 User unknown";
        }
        return decision;
    }

  private:
    DirectoryClient& m_directory;
    std::function<void()> m_wake;
    std::optional<LookupStatus> m_status;
};

BOOST_FIXTURE_TEST_SUITE(directory_service, Simulation)

BOOST_AUTO_TEST_CASE(AnswersComeAtTheirTimes)
{
    DirectoryService service(config, 1, "directory", {});
    std::vector<Nanoseconds> times;
    At(1s,
       [&]
       {
           for (int i = 0; i < 3; ++i)
           {
               service.Ask([&](LookupStatus) { times.push_back(Now()); });
           }
       });
    ns3::Simulator::Run();
    BOOST_REQUIRE(times.size() == 3u);
    BOOST_TEST((times[0] == 1100ms));
    BOOST_TEST((times[2] == 1300ms));
}

BOOST_AUTO_TEST_CASE(WhoIsGoneIsNotTold)
{
    DirectoryService service(config, 1, "directory", {});
    int told = 0;
    At(1s,
       [&]
       {
           const LookupTicket first = service.Ask([&](LookupStatus) { ++told; });
           service.Ask([&](LookupStatus) { ++told; });
           service.Forget(first);
       });
    ns3::Simulator::Run();
    BOOST_TEST(told == 1);
    BOOST_TEST(service.OpenLookups() == 0u);
}

BOOST_AUTO_TEST_CASE(AnAnswerMayLeadToTheNextQuestion)
{
    std::vector<LoadSample> samples;
    DirectoryService service(config,
                             1,
                             "directory",
                             [&](const LoadSample& sample) { samples.push_back(sample); });
    int left = 50;
    std::function<void(LookupStatus)> again = [&](LookupStatus)
    {
        if (--left > 0)
        {
            service.Ask(again);
        }
    };
    At(1s, [&] { service.Ask(again); });
    ns3::Simulator::Run();
    BOOST_TEST((Now() == 6s));
    service.Finish();
    BOOST_REQUIRE(samples.size() == 1u);
    BOOST_TEST(samples[0].answered == 50u);
    BOOST_TEST((samples[0].workedFor == 5s));
}

BOOST_AUTO_TEST_CASE(TheReplyToRcptWaits)
{
    config.timeout = 250ms;
    DirectoryService service(config, 1, "directory", {});
    smtp::ServerPersona persona;
    smtp::Recorder recorder;
    const smtp::ConnectionInfo info{"mx.example.org", "example.org", {}, {}, 40000, 25, 1, {}, 0};
    smtp::ServerSession* wakes = nullptr;
    LooksUp policy(service, [&] { wakes->Tick(Now()); });
    smtp::ServerSession session(persona, policy, recorder, info, DrawKey(1, "server"));
    wakes = &session;
    session.Connected(Now());
    session.Receive("EHLO a.example.net\r\nMAIL FROM:<x@example.net>\r\n"
                    "RCPT TO:<anna@example.org>\r\nRCPT TO:<otto@example.org>\r\n",
                    Now());
    // Somebody else keeps the directory busy from then on.
    At(150ms,
       [&]
       {
           for (int i = 0; i < 10; ++i)
           {
               service.Ask([](LookupStatus) {});
           }
       });
    At(200ms, [&] { session.Receive("RCPT TO:<anna@example.org>\r\n", Now()); });
    ns3::Simulator::Run();
    BOOST_REQUIRE(recorder.replies.size() == 6u);
    BOOST_TEST(recorder.replies[3] == "250 2.1.5 Ok");
    BOOST_TEST((recorder.replyTimes[3] == 100ms));
    BOOST_TEST(recorder.replies[4] == "550 5.1.1 User unknown");
    BOOST_TEST((recorder.replyTimes[4] == 200ms));
    BOOST_TEST(recorder.replies[5] == "451 4.3.0 Directory lookup failed: timed-out");
    BOOST_TEST((recorder.replyTimes[5] == 450ms));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
