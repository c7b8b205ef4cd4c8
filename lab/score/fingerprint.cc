#include "lab/score/fingerprint.h"

#include "formats/digest.h"
#include "lab/score/fidelity/capture.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

namespace bouncelab::score
{

namespace
{

bool
IsCapture(const std::string& file)
{
    return std::filesystem::path(file).extension() == ".pcap";
}

/// What is left of a frame without what a clock or a counter decides.
void
AddOrder(Sha256& sum, const CaptureFrame& frame)
{
    if (!frame.tcp)
    {
        sum.Update(frame.ip ? fmt::format("ip {} {} {} {}\n",
                                          frame.ip->source.ToString(),
                                          frame.ip->destination.ToString(),
                                          frame.ip->protocol,
                                          frame.ip->payloadLength)
                            : fmt::format("other {}\n", frame.wireLength));
        return;
    }
    sum.Update(fmt::format("tcp {}:{} {}:{} {} {} {} {}\n",
                           frame.ip->source.ToString(),
                           frame.tcp->sourcePort,
                           frame.ip->destination.ToString(),
                           frame.tcp->destinationPort,
                           FlagLetters(frame.tcp->flags),
                           frame.tcp->sequence,
                           frame.tcp->acknowledgment,
                           frame.Payload().size()));
    sum.Update(frame.Payload());
}

void
AddFile(Sha256& sum, const std::string& name, const std::string& text)
{
    sum.Update(fmt::format("{} {}\n", name, text.size()));
    sum.Update(text);
}

} // namespace

Fingerprints
FingerprintsOf(const RunFolder& run)
{
    Sha256 order;
    Sha256 wire;
    Sha256 logs;
    const std::filesystem::path evidence = run.Root() / "evidence";
    for (const std::string& file : FilesBelow(evidence))
    {
        AddFile(IsCapture(file) ? wire : logs, file, ReadTextFile(evidence / file));
        if (IsCapture(file))
        {
            order.Update(file + "\n");
            const Capture capture(evidence / file);
            for (const CaptureFrame& frame : capture.Frames())
            {
                AddOrder(order, frame);
            }
        }
    }
    return {order.Finish(),
            wire.Finish(),
            logs.Finish(),
            Sha256OfFile(run.Root() / "truth" / "labels.jsonl")};
}

} // namespace bouncelab::score
