#include "detectors/readers/snort-reader.h"
#include "detectors/readers/text-file.h"
#include "detectors/registry.h"

#include <cstdint>
#include <cstdio>

using namespace bouncelab;
using namespace bouncelab::detectors;

/// Printed packets, and whatever the detectors make of them.
extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    const CaptureSource source{"fuzz", true};
    const EvidenceContext context;
    Detection detection(AllDetectors(), context);
    FlowTable flows(source, [&](Flow& flow) { detection.Judge({flow, context}); });
    SnortReader reader([&](const Packet& packet) { flows.Add(packet); });
    ReadText(fmemopen(const_cast<std::uint8_t*>(data), size, "rb"), {&reader});
    flows.Finish();
    detection.Conclude();
    for (const Alert& alert : detection.AllAlerts())
    {
        ToJsonLine(alert);
    }
    return 0;
}
