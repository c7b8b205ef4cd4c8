#include "sessions.h"

#include "detectors/readers/capture-reader.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace bouncelab::test
{

using namespace detectors;

PacketScript
ReadSession(const std::string& name, const std::string& file)
{
    const auto cases = ReadCases(tests::SourceDir() / "tests" / "detectors" / "cases" / file);
    const auto found =
        std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.name == name; });
    BOOST_REQUIRE_MESSAGE(found != cases.end(), "there is no " << name << " in " << file);
    return ReadPacketScript(found->lines);
}

PacketScript
ScriptOf(const std::string& text)
{
    std::vector<CaseLine> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
    {
        lines.push_back({line, fmt::format("script:{}", lines.size() + 1)});
    }
    return ReadPacketScript(lines);
}

std::vector<PacketScript>
LossySessions(bool timestamps)
{
    PacketScript control = ReadSession("control");
    for (ScriptPacket& packet : control)
    {
        if (!timestamps)
        {
            packet.DropTimestamp();
        }
    }
    std::vector<PacketScript> sessions;
    for (std::size_t lost = 0; lost + 1 < control.size(); ++lost)
    {
        const bool answered = control[lost].side == CLIENT && !control[lost].payload.empty() &&
                              control[lost + 1].side == SERVER;
        if (!answered && lost > 0)
        {
            continue;
        }
        PacketScript session;
        for (std::size_t i = 0; i < control.size(); ++i)
        {
            ScriptPacket packet = control[i];
            if (answered && i == lost)
            {
                session.push_back(packet);
                packet.ipId += 1;
            }
            if (answered && i >= lost)
            {
                const bool repeated = i == lost + 1;
                packet.timeNs += (repeated ? 920 : 1000) * MS;
                packet.timestampValue += packet.side == CLIENT ? 1000 : 100;
                packet.timestampEcho += repeated || i == lost   ? 0
                                        : packet.side == CLIENT ? 100
                                                                : 1000;
            }
            session.push_back(packet);
        }
        sessions.push_back(session);
    }
    return sessions;
}

TracedRoute
DocumentedRoute()
{
    TracedRoute documented;
    TracerouteReader reader([&](const TracedRoute& route) { documented = route; });
    std::ifstream file(tests::SourceDir() / "tests/detectors/cases/traceroute-japan");
    std::uint32_t number = 0;
    for (std::string line; std::getline(file, line);)
    {
        reader.Line(++number, line);
    }
    reader.End();
    return documented;
}

std::string
OutputOf(const std::string& command)
{
    std::string output;
    std::FILE* pipe = popen(command.c_str(), "r");
    BOOST_REQUIRE(pipe);
    char buffer[4096];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;)
    {
        output.append(buffer, got);
    }
    pclose(pipe);
    return output;
}

std::FILE*
OpenBytes(const std::string& bytes)
{
    // fmemopen refuses an empty buffer; an empty file does the same work.
    return bytes.empty() ? std::fopen("/dev/null", "rb")
                         : fmemopen(const_cast<char*>(bytes.data()), bytes.size(), "rb");
}

std::vector<Packet>
ReadPackets(const std::string& bytes, std::string* problem)
{
    std::vector<Packet> packets;
    const CaptureSummary summary = ReadCapture(OpenBytes(bytes),
                                               [&](const Packet& packet)
                                               {
                                                   packets.push_back(packet);
                                                   packets.back().tcp.payload = {};
                                               });
    if (problem)
    {
        *problem = summary.problem;
    }
    return packets;
}

Flow
FlowOf(const PacketScript& packets)
{
    static const CaptureSource source{"made.pcap", false};
    std::vector<Flow> flows;
    FlowTable table(source, [&](Flow& flow) { flows.push_back(flow); });
    ReadCapture(OpenBytes(PcapOf(packets)), [&](const Packet& packet) { table.Add(packet); });
    table.Finish();
    BOOST_REQUIRE_EQUAL(flows.size(), 1);
    return flows.front();
}

} // namespace bouncelab::test
