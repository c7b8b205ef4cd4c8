#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/text-file.h"
#include "detectors/registry.h"
#include "formats/alert.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;

/// Protocol, tracking and filter logs and a client's errors in one text, with the detectors behind
/// them.
extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    EvidenceContext context;
    const std::string name = "log";
    ServerLogReaders readers(context.logs, name);
    std::vector<TextLineReader*> all;
    readers.Join(all);
    ReadText(fmemopen(const_cast<std::uint8_t*>(data), size, "rb"), all);
    context.logs.Finish();
    for (const LogSession& session : context.logs.protocol.All())
    {
        TicksToTime(session.id);
    }
    Detection detection(AllDetectors(), context);
    detection.Conclude();
    for (const Alert& alert : detection.AllAlerts())
    {
        ToJsonLine(alert);
    }
    return 0;
}
