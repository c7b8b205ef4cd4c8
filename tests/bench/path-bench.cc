#include "tests/path/path-rig.h"
#include "tests/path/star.h"

#include <ns3/simulator.h>

#include <benchmark/benchmark.h>

#include <memory>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

constexpr std::int64_t Packets = 2000 * 53; // the pattern of facts N26 to N32

/// One packet every 188.7 us from mail host to server, as 2,000 sessions, one every 10 ms, have it.
void
SitePackets(benchmark::State& state, PathForm form, bool observed)
{
    EnableChecksums();
    for (auto _ : state)
    {
        state.PauseTiming();
        auto ledger = std::make_unique<provenance::Ledger>();
        auto inside = MakeHops(2);
        inside.back().address = GatewayInside;
        auto gateway = std::make_unique<SiteGateway>(
            SiteSetup{"gateway", 1, form, MailHost, inside, GatewayOutside, ledger.get()});
        auto hops = MakeHops(15);
        for (HopConfig& hop : hops)
        {
            hop.delay = Nanoseconds(3000000);
            hop.jitter = Nanoseconds(100000);
        }
        NetworkPath& chain = gateway->AddServer("server", hops);
        std::int64_t arrived = 0;
        chain.SetHandler(PathEnd::Far, [&](const WirePacket&) { ++arrived; });
        if (observed)
        {
            chain.ObserveAt(7, [](Direction, const WirePacket&) {});
        }
        const WirePacket packet = MakePacket(*ledger, 1, MailHost, Server, 6, 200, 128);
        std::int64_t left = Packets;
        std::function<void()> next = [&]
        {
            gateway->Inside().Enter(PathEnd::Near, packet);
            if (--left > 0)
            {
                ns3::Simulator::Schedule(ns3::NanoSeconds(188700), [&] { next(); });
            }
        };
        ns3::Simulator::ScheduleNow([&] { next(); });
        state.ResumeTiming();
        ns3::Simulator::Run();
        state.PauseTiming();
        if (arrived != Packets)
        {
            state.SkipWithError("packets are missing");
        }
        ns3::Simulator::Destroy();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * Packets);
}

BENCHMARK_CAPTURE(SitePackets, channel, PathForm::Channel, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SitePackets, channel_observed, PathForm::Channel, true)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SitePackets, routers, PathForm::Routers, false)->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
