#include "tests/path/traceroute-rig.h"

#include <ns3/simulator.h>

#include <array>

namespace bouncelab::path
{

namespace
{

std::vector<HopConfig>
InsideHops()
{
    HopConfig router = MakeHop(1);
    router.address = Ipv4{GatewayInside.value + 1};
    router.delay = Nanoseconds(20000);
    HopConfig gateway = router;
    gateway.address = GatewayInside;
    return {router, gateway};
}

} // namespace

TracerouteRig::TracerouteRig(PathForm form, std::uint64_t seedOfRun, std::vector<HopConfig> hops)
    : seed(seedOfRun)
    , gateway({"gateway", seed, form, MailHost, InsideHops(), GatewayOutside, &ledger})
    , chain(gateway.AddServer("server", hops))
    , server(chain, PathEnd::Far, seed, "server", hops.back(), &ledger)
{
    chain.SetHandler(PathEnd::Far, [this](const WirePacket& packet) { server.Take(packet); });
}

TracerouteResult
TracerouteRig::Run(const TracerouteConfig& config)
{
    Traceroute traceroute(gateway, GatewayOutside, ledger, seed, "operator/traceroute", config);
    traceroute.Start();
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();
    return traceroute.Result();
}

std::vector<HopConfig>
FittedHops()
{
    struct Fit
    {
        const char* address;
        int delayUs;
        int icmpUs;
    };

    static constexpr std::array<Fit, 15> Fits = {{{"210.83.214.161", 243, 126},
                                                  {"210.83.193.49", 0, 0},
                                                  {"210.52.131.6", 8245, 0},
                                                  {"210.52.130.10", 14430, 0},
                                                  {"210.52.132.230", 2059, 0},
                                                  {"210.53.126.2", 0, 0},
                                                  {"202.147.16.125", 63, 126},
                                                  {"202.147.16.205", 0, 0},
                                                  {"202.147.16.214", 24797, 3374},
                                                  {"202.147.0.206", 0, 0},
                                                  {"203.192.131.250", 0, 3754},
                                                  {"203.174.64.13", 0, 128},
                                                  {"203.174.64.146", 0, 380},
                                                  {"203.174.64.214", 0, 0},
                                                  {"203.131.198.80", 125, 0}}};
    std::vector<HopConfig> hops;
    for (const Fit& fit : Fits)
    {
        HopConfig hop;
        hop.address = *Ipv4::Parse(fit.address);
        hop.delay = Nanoseconds(fit.delayUs * 1000);
        hop.icmpDelay = Nanoseconds(fit.icmpUs * 1000);
        hops.push_back(hop);
    }
    hops.back().icmpTtl = 64;
    return hops;
}

std::vector<std::int64_t>
DocumentedMinima()
{
    return {612000,
            486000,
            16975000,
            45836000,
            49957000,
            49955000,
            50207000,
            50081000,
            103050000,
            99677000,
            103430000,
            99804000,
            100056000,
            99676000,
            99926000};
}

} // namespace bouncelab::path
