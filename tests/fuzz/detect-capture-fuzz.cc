#include "detectors/readers/capture-reader.h"
#include "detectors/registry.h"

#include <cstdint>
#include <cstdio>

using namespace bouncelab;
using namespace bouncelab::detectors;

/// The bytes of a capture file, and whatever the detectors make of them.
extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    const CaptureSource source{"fuzz", false};
    EvidenceContext context;
    Detection detection(AllDetectors(), context);
    FlowTable flows(source, [&](Flow& flow) { detection.Judge({flow, context}); });
    ReadCapture(
        fmemopen(const_cast<std::uint8_t*>(data), size, "rb"),
        [&](const Packet& packet) { flows.Add(packet); },
        {},
        KeepIn(context.logs.expired, source.name));
    flows.Finish();
    detection.Conclude();
    for (const Alert& alert : detection.AllAlerts())
    {
        ToJsonLine(alert);
    }
    return 0;
}
