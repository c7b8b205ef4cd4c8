#include "formats/sequence.h"
#include "lab/score/fidelity/measures.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::score
{

namespace
{

/// Where each segment ends, and whether the other side's next segment says the same.
Facts
SequenceAlgebra(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    Facts facts;
    for (const int number : {4, 5, 6, 7, 8})
    {
        const CaptureFrame& p = s.Packet(number);
        facts.push_back(
            {fmt::format("P{}", number),
             fmt::format("{} B to 0x{:X}",
                         p.Payload().size(),
                         p.tcp->sequence + static_cast<std::uint32_t>(p.Payload().size()))});
    }
    const bool chained = s.Packet(5).tcp->acknowledgment == s.Packet(4).EndSequence() &&
                         s.Packet(8).tcp->acknowledgment == s.Packet(6).EndSequence();
    facts.push_back(YesNo("acknowledged", chained));
    return facts;
}

Facts
OverlapConflict(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const CaptureFrame& forged = s.Packet(7);
    const CaptureFrame& genuine = s.Packet(8);
    const std::size_t common = std::min(forged.Payload().size(), genuine.Payload().size());
    return {YesNo("same seq", forged.tcp->sequence == genuine.tcp->sequence),
            YesNo("same ack", forged.tcp->acknowledgment == genuine.tcp->acknowledgment),
            {"lengths", fmt::format("{}/{}", forged.Payload().size(), genuine.Payload().size())},
            YesNo("different bytes",
                  forged.Payload().substr(0, common) != genuine.Payload().substr(0, common))};
}

/// Behind the last byte that the server itself has sent before a frame.
std::uint32_t
GenuineEnd(const CaseSession& session, const CaptureFrame& before)
{
    std::uint32_t end = session.Packet(2).EndSequence();
    for (const CaptureFrame* frame : session.frames)
    {
        if (frame->number < before.number && !session.IsOutward(*frame) &&
            !session.IsForged(*frame) && SequenceBefore(end, frame->EndSequence()))
        {
            end = frame->EndSequence();
        }
    }
    return end;
}

Facts
PhantomAck(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const CaptureFrame& p9 = s.Packet(9);
    std::size_t after = 0;
    for (const CaptureFrame* frame : s.frames)
    {
        after += frame->number > p9.number ? 1 : 0;
    }
    return {Count("beyond", SequenceDistance(GenuineEnd(s, p9), p9.tcp->acknowledgment), "B"),
            Hex("ack", p9.tcp->acknowledgment),
            Hex("sent", GenuineEnd(s, p9)),
            Count("packets after P9", static_cast<std::int64_t>(after))};
}

/// What both sides said in the part that S003 leaves out, by arithmetic from the packets around it.
Facts
OmittedBytes(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    return {Count("client",
                  SequenceDistance(s.Packet(5).EndSequence(), s.Packet(6).tcp->sequence),
                  "B"),
            Count("server",
                  SequenceDistance(s.Packet(4).EndSequence(), s.Packet(6).tcp->acknowledgment),
                  "B")};
}

} // namespace

void
AddSequenceMeasures(MeasureTable& table)
{
    table["sequence-algebra"] = {"Lengths and next sequence numbers of P4 to P8.",
                                 {"P4", "P5", "P6", "P7", "P8", "acknowledged"},
                                 SequenceAlgebra};
    table["overlap-conflict"] = {"Forged and genuine reply claim the same place in the stream.",
                                 {"same seq", "same ack", "lengths", "different bytes"},
                                 OverlapConflict};
    table["phantom-ack"] = {"What the client acknowledges although the server never sent it.",
                            {"beyond", "ack", "sent", "packets after P9"},
                            PhantomAck};
    table["omitted-bytes"] = {"Bytes of the dialogue between HELO and RCPT.",
                              {"client", "server"},
                              OmittedBytes};
}

} // namespace bouncelab::score
