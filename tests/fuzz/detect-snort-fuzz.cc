#include "detectors/readers/snort-reader.h"
#include "detectors/readers/text-file.h"
#include "detectors/registry.h"

#include <cstdint>
#include <cstdio>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

struct Nobody : AlertSink
{
    void Add(Alert alert) override { ToJsonLine(alert); }
};

} // namespace

/// Printed packets, and whatever the detectors make of them.
extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    const Source source{"fuzz", true};
    const Surroundings surroundings;
    auto detectors = AllDetectors();
    Nobody sink;
    FlowTable flows(source,
                    [&](Flow& flow)
                    {
                        for (auto& detector : detectors)
                        {
                            detector->Judge({flow, surroundings}, sink);
                        }
                    });
    SnortReader reader([&](const Packet& packet) { flows.Add(packet); });
    ReadText(fmemopen(const_cast<std::uint8_t*>(data), size, "rb"), {&reader});
    flows.Finish();
    for (auto& detector : detectors)
    {
        detector->Conclude(surroundings, sink);
    }
    return 0;
}
