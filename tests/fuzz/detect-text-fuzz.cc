#include "detectors/readers/mail-log-reader.h"
#include "detectors/readers/text-file.h"
#include "detectors/readers/traceroute-reader.h"
#include "formats/alert.h"

#include <cstdint>
#include <cstdio>
#include <string_view>

using namespace bouncelab;
using namespace bouncelab::detectors;

/// Traceroutes, log lines and bounces in one text.
extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    TracedRoute merged;
    TracerouteReader routes(
        [&](const TracedRoute& route)
        {
            merged.Merge(route);
            for (const auto& hop : merged.hops)
            {
                merged.PathNs(hop.number);
            }
        });
    MailLogReader log(
        [](const LoggedRefusal& refusal)
        {
            if (refusal.time)
            {
                FormatEveTime(*refusal.time);
            }
        });
    BounceReader bounces([](const LoggedRefusal&) {});
    ReadText(fmemopen(const_cast<std::uint8_t*>(data), size, "rb"), {&routes, &log, &bounces});
    return 0;
}
