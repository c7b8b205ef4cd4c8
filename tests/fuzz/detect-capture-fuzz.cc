#include "detectors/readers/capture-reader.h"
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

/// The bytes of a capture file, and whatever the detectors make of them.
extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    const Source source{"fuzz", false};
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
    ReadCapture(fmemopen(const_cast<std::uint8_t*>(data), size, "rb"),
                [&](const Packet& packet) { flows.Add(packet); });
    flows.Finish();
    for (auto& detector : detectors)
    {
        detector->Conclude(surroundings, sink);
    }
    return 0;
}
