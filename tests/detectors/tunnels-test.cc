// Captures whose packets stand in tunnels: what is read of them is what tshark finds inside.
#include "detectors/flow/flow-table.h"
#include "detectors/readers/capture-reader.h"
#include "detectors/readers/evidence-folder.h"
#include "run-detector.h"
#include "sessions.h"
#include "tests/skip.h"
#include "tests/tunnel-octets.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// What becomes of a frame's bytes, its time in nanoseconds behind its own, and its wire length
/// where that is another.
struct Rewritten
{
    Octets frame;
    std::uint32_t laterNs = 0;
    std::size_t wireLength = 0;
};

using Rewriting = std::function<std::vector<Rewritten>(const Octets& packet)>;

/// A capture of the frames that a rewriting makes of each IP packet.
std::string
CaptureOf(const PacketScript& packets, const Rewriting& rewrite)
{
    constexpr int RAW = 101;
    constexpr std::size_t FILE_HEADER = 24, FRAME_HEADER = 16;
    const std::string raw = PcapOf(packets, {true, RAW});
    const auto word = [&raw](std::size_t at)
    {
        std::uint32_t value = 0;
        for (std::size_t i = 4; i-- > 0;)
        {
            value = value << 8 | static_cast<unsigned char>(raw[at + i]);
        }
        return value;
    };
    std::string out;
    const auto put = [&out](std::size_t value)
    {
        for (int shift = 0; shift < 32; shift += 8)
        {
            out += static_cast<char>(value >> shift);
        }
    };
    out = raw.substr(0, FILE_HEADER - 4);
    put(1);
    for (std::size_t at = FILE_HEADER; at < raw.size(); at += FRAME_HEADER + word(at + 8))
    {
        const auto begin = raw.begin() + static_cast<std::ptrdiff_t>(at) +
                           static_cast<std::ptrdiff_t>(FRAME_HEADER);
        for (const Rewritten& one : rewrite(Octets(begin, begin + word(at + 8))))
        {
            constexpr std::uint32_t SECOND = 1000000000;
            const std::uint32_t part = word(at + 4) + one.laterNs;
            for (const std::size_t value : {std::size_t{word(at) + part / SECOND},
                                            std::size_t{part % SECOND},
                                            one.frame.size(),
                                            std::max(one.wireLength, one.frame.size())})
            {
                put(value);
            }
            out.append(one.frame.begin(), one.frame.end());
        }
    }
    return out;
}

std::string
CaptureIn(const TunnelForm& form, const PacketScript& packets)
{
    return CaptureOf(packets,
                     [&](const Octets& packet) -> std::vector<Rewritten>
                     { return {{form.around(packet)}}; });
}

const TunnelForm&
FormNamed(const std::string& name)
{
    static const std::vector<TunnelForm> FORMS = TunnelForms();
    return *std::find_if(FORMS.begin(),
                         FORMS.end(),
                         [&](const TunnelForm& form) { return form.name == name; });
}

FileReading
ReadingOf(const std::string& capture)
{
    const EvidenceScratch scratch;
    scratch.Write("a.pcap", capture);
    FileReading found;
    EvidenceContext context;
    ReadEvidence(scratch.Path() / "a.pcap",
                 context,
                 {[](const Evidence&) {},
                  [](const std::string&) {},
                  [&](const FileReading& reading) { found = reading; }});
    return found;
}

std::vector<Flow>
FlowsIn(const std::string& capture)
{
    static const CaptureSource source{"made.pcap", false};
    std::vector<Flow> flows;
    FlowTable table(source, [&](Flow& flow) { flows.push_back(flow); });
    ReadCapture(OpenBytes(capture), [&](const Packet& packet) { table.Add(packet); });
    table.Finish();
    return flows;
}

/// "detector class frame" of each alert
std::vector<std::string>
Told(const std::string& capture)
{
    const EvidenceScratch scratch;
    scratch.Write("a.pcap", capture);
    std::vector<std::string> told;
    for (const Alert& alert : JudgePath(scratch.Path() / "a.pcap"))
    {
        told.push_back(fmt::format("{} {} {}", alert.detector, alert.dottedClass, alert.frame));
    }
    return told;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tunnels)

BOOST_AUTO_TEST_CASE(AForgeryInATunnelIsJudgedAsOutsideOfOne)
{
    const PacketScript session = ReadSession("documented");
    const std::vector<std::string> plain = Told(PcapOf(session));
    BOOST_TEST(!plain.empty());
    for (const TunnelForm& form : TunnelForms())
    {
        const std::string capture = CaptureIn(form, session);
        BOOST_TEST(Told(capture) == plain, form.name);
        const FileReading reading = ReadingOf(capture);
        BOOST_TEST(reading.packets == session.size(), form.name);
        BOOST_TEST(reading.leftOut.empty(), form.name);
        BOOST_TEST((reading.tunnels ==
                    std::map<std::string, std::uint64_t>{
                        {std::string(NameOf(form.kind)), session.size()}}),
                   form.name);
    }
    BOOST_TEST(ReadingOf(PcapOf(session)).tunnels.empty());
}

BOOST_AUTO_TEST_CASE(TsharkFindsTheSameInside,
                     *boost::unit_test::precondition(tests::IfRuns{"tshark --version", "tshark"}))
{
    const std::vector<TunnelForm> forms = TunnelForms();
    const std::string capture = CaptureOf(ReadSession("documented"),
                                          [&](const Octets& packet)
                                          {
                                              std::vector<Rewritten> all;
                                              for (const TunnelForm& form : forms)
                                              {
                                                  all.push_back({form.around(packet)});
                                              }
                                              return all;
                                          });
    std::vector<std::string> own;
    ReadCapture(OpenBytes(capture),
                [&](const Packet& packet)
                {
                    own.push_back(fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}",
                                              packet.frame,
                                              packet.source.ToString(),
                                              packet.destination.ToString(),
                                              packet.ip.ttl,
                                              packet.tcp.sourcePort,
                                              packet.tcp.destinationPort,
                                              packet.ip.payloadLength - packet.tcp.headerLength));
                });
    BOOST_TEST(own.size() == forms.size() * ReadSession("documented").size());
    const EvidenceScratch scratch;
    scratch.Write("a.pcap", capture);
    std::istringstream printed(
        OutputOf("tshark -r " + (scratch.Path() / "a.pcap").string() +
                 " -d mpls.label==32,pwethcw -T fields -E occurrence=l -e frame.number -e ip.src "
                 "-e ip.dst -e ip.ttl -e tcp.srcport -e tcp.dstport -e tcp.len 2>/dev/null"));
    std::vector<std::string> seen;
    for (std::string line; std::getline(printed, line);)
    {
        seen.push_back(line);
    }
    BOOST_TEST(seen == own, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AMirrorsCopiesAreNoSecondSender)
{
    constexpr std::uint32_t LATER_NS = 200000;
    constexpr std::size_t MIRRORED = 64;
    const PacketScript session = ReadSession("control");
    const std::vector<std::string> plain = Told(PcapOf(session));
    for (const char* const name : {"ERSPAN I", "ERSPAN II", "ERSPAN III", "VXLAN", "TZSP"})
    {
        const TunnelForm& form = FormNamed(name);
        for (const bool isMirrorFirst : {false, true})
        {
            for (const bool isCut : {false, true})
            {
                const std::string capture = CaptureOf(
                    session,
                    [&](const Octets& packet)
                    {
                        Octets kept = packet;
                        kept.resize(std::min(isCut ? MIRRORED : kept.size(), kept.size()));
                        std::vector<Rewritten> both{
                            {InEthernetOf(0x0800, packet), isMirrorFirst ? LATER_NS : 0},
                            {form.around(kept), isMirrorFirst ? 0 : LATER_NS}};
                        if (isMirrorFirst)
                        {
                            std::swap(both[0], both[1]);
                        }
                        return both;
                    });
                BOOST_TEST_CONTEXT(name << ", first " << isMirrorFirst << ", cut " << isCut)
                {
                    const std::vector<Flow> flows = FlowsIn(capture);
                    const Flow once = FlowOf(session);
                    BOOST_REQUIRE_EQUAL(flows.size(), 1);
                    BOOST_REQUIRE_EQUAL(flows[0].segments.size(), session.size());
                    for (std::size_t i = 0; i < session.size(); ++i)
                    {
                        BOOST_TEST(flows[0].segments[i].copies == 1);
                        BOOST_TEST(flows[0].Text(flows[0].segments[i]) ==
                                   once.Text(once.segments[i]));
                    }
                    BOOST_TEST(Told(capture).size() == plain.size());
                    BOOST_TEST(ReadingOf(capture).tunnels.at(std::string(NameOf(form.kind))) ==
                               session.size());
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(WhatIsNotWholeOrNotReadIsSaid)
{
    constexpr std::uint16_t MORE = 0x2000;
    constexpr std::size_t HALF = 48;
    const PacketScript session = ReadSession("documented");
    const auto cutShort = static_cast<std::uint64_t>(std::count_if(
        session.begin(),
        session.end(),
        [](const ScriptPacket& packet)
        { return packet.payload.size() + (packet.HasTimestamp() ? 32 : 20) > HALF - 20; }));
    const FileReading fragments = ReadingOf(
        CaptureOf(session,
                  [&](const Octets& packet) -> std::vector<Rewritten>
                  {
                      const std::size_t first = std::min(HALF, packet.size());
                      const auto cut = packet.begin() + static_cast<std::ptrdiff_t>(first);
                      return {{InEthernetOf(0x0800, InIpv4Of(4, {packet.begin(), cut}, MORE))},
                              {InEthernetOf(0x0800, InIpv4Of(4, {cut, packet.end()}, HALF / 8))}};
                  }));
    BOOST_TEST(fragments.packets == session.size());
    BOOST_TEST(fragments.tunnels.at("IP in IP") == session.size());
    BOOST_TEST((fragments.leftOut ==
                std::vector<std::string>{
                    fmt::format("{} frames: later fragments of a tunnel", session.size()),
                    fmt::format("the ends of {} packets that came shortened out of their tunnels",
                                cutShort)}));
    const FileReading closed = ReadingOf(
        CaptureOf(session,
                  [](const Octets& packet) -> std::vector<Rewritten>
                  {
                      return {{InEthernetOf(0x0800, packet)},
                              {InEthernetOf(0x0800, InIpv4Of(50, packet))},
                              {InEthernetOf(0x0800, InGreOf({0, 0, 0x12, 0x34}, packet))}};
                  }));
    BOOST_TEST(
        (closed.leftOut ==
         std::vector<std::string>{
             fmt::format("{} frames: in IPsec", session.size()),
             fmt::format("{} frames: in a tunnel (GRE) that shows no IP packet", session.size())}));
}

BOOST_AUTO_TEST_SUITE_END()
