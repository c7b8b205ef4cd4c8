// A server's octets against relay tester and harvester: the first octet chooses the knobs, the
// second the pieces that the rest arrives in; a zero octet in the rest ends a connection. Pieces
// must not change what is concluded, every test is told at most once and in order, and both come to
// an end.

#include "models/probe/harvester.h"
#include "models/probe/relay-tester.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace bouncelab;
using namespace bouncelab::probe;

namespace
{

void
Demand(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

struct Log : RelayTestObserver,
             HarvestObserver
{
    void OnTranscript(Nanoseconds, std::string_view line) override
    {
        Demand(line.find_first_of("\r\n") == line.npos);
        text += line;
        text += '\n';
    }

    void OnTest(const RelayTestResult& result) override
    {
        Demand(done == 0 && result.number == ++told);
        text += fmt::format("{} {} {}\n",
                            result.number,
                            NameOfRelayVerdict(result.verdict),
                            result.rcptReply);
    }

    void OnDone(Nanoseconds, const RelaySummary& summary) override
    {
        ++done;
        text += fmt::format("{} {} of {}\n",
                            static_cast<int>(summary.end),
                            summary.accepted,
                            summary.tests);
    }

    void OnDone(Nanoseconds, const HarvestReport& report) override
    {
        ++done;
        Demand(report.end != HarvestEnd::Running);
        text += fmt::format("{} {} {} {} {}\n",
                            NameOfHarvestEnd(report.end),
                            report.found.size(),
                            report.refused,
                            report.unknown,
                            report.guesses);
    }

    std::string text;
    unsigned told = 0;
    int done = 0;
};

/// Connections take what is there up to a zero octet; when nothing is left, nobody listens.
void
Play(Campaign& campaign, std::string_view bytes, std::size_t step)
{
    Nanoseconds now{0};
    campaign.Start(now);
    while (const auto next = campaign.NextConnection())
    {
        now = *next;
        const auto session = campaign.Open();
        if (bytes.empty())
        {
            campaign.ConnectFailed(now);
            continue;
        }
        const std::size_t stop = std::min(bytes.find('\0'), bytes.size());
        std::string_view part = bytes.substr(0, stop);
        bytes.remove_prefix(std::min(stop + 1, bytes.size()));
        session->Connected(now);
        session->TakeOutput();
        while (!part.empty())
        {
            session->Receive(part.substr(0, step), now);
            session->TakeOutput();
            part.remove_prefix(std::min(step, part.size()));
        }
        session->PeerClosed(now, stop % 2 == 1);
        session->TakeOutput();
        Demand(session->WantsClose() && !session->NextTimer());
    }
    Demand(campaign.Over());
}

std::string
Conclude(std::uint8_t knobs, std::string_view bytes, std::size_t step)
{
    constexpr RelaySuite SUITES[] = {RelaySuite::All, RelaySuite::Documented, RelaySuite::Nmap};
    Log log;
    RelayTesterConfig tests;
    tests.suite = SUITES[knobs % 3];
    tests.sendMail = knobs & 4;
    tests.extendedHello = knobs & 8;
    tests.think = {};
    RelayTester tester(tests, Ipv4{0xC0000201}, {}, log, DrawKey(1, "fuzz"));
    Play(tester, bytes, step);
    HarvesterConfig harvest;
    harvest.words = {"anna", "bruno", "carla"};
    harvest.numbers = 3;
    harvest.domain = "example.org";
    harvest.recipientsPerMessage = 4;
    harvest.guessesPerConnection = 7;
    harvest.checksForCatchAll = knobs & 16;
    harvest.suspicion = knobs & 32 ? 2 : 0;
    harvest.banPause = Nanoseconds(knobs & 64 ? 1 : 0);
    harvest.think = {};
    Harvester harvester(harvest, log, DrawKey(1, "fuzz"));
    Play(harvester, bytes, step);
    Demand(log.done == 2);
    return log.text;
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
    {
        return 0;
    }
    const std::size_t step = data[1] % 32 + 1;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    Demand(Conclude(data[0], bytes, bytes.size() + 1) == Conclude(data[0], bytes, step));
    return 0;
}
