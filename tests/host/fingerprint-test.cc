// Stacks against what nmap has collected of real ones: of each field that its probes see, the value
// that most fingerprints of the family have.

#include "formats/text.h"
#include "lab/scenario/load.h"
#include "tests/host/two-hosts.h"
#include "tests/skip.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <re2/re2.h>
#include <set>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

constexpr const char* LIST = "/usr/share/nmap/nmap-os-db";
constexpr std::uint16_t OPEN_PORT = 25;
constexpr std::uint16_t CLOSED_PORT = 26;

boost::test_tools::assertion_result
IfListed(boost::unit_test::test_unit_id)
{
    return tests::UnlessMissing(std::filesystem::exists(LIST) ? "" : "nmap-os-db is not there");
}

/// Values by field: "OPS.O1", "T5.DF".
using Fields = std::map<std::string, std::string>;

/// An answer's options in nmap's letters, whatever the MSS: it is of a network, not of a system.
std::string
InLetters(const Seen& answer)
{
    std::string text;
    const std::uint8_t* at = answer.bytes.data() + 20;
    const std::uint8_t* end = answer.bytes.data() + answer.segment.headerLength;
    while (at < end)
    {
        constexpr std::uint8_t END = 0;
        constexpr std::uint8_t NOP = 1;
        constexpr std::uint8_t MSS = 2;
        constexpr std::uint8_t SCALE = 3;
        constexpr std::uint8_t SACK = 4;
        const TcpOptions& options = answer.segment.options;
        text +=
            *at == END     ? "L"
            : *at == NOP   ? "N"
            : *at == MSS   ? "M"
            : *at == SCALE ? fmt::format("W{:X}", *options.windowScale)
            : *at == SACK
                ? "S"
                : fmt::format("T{:d}{:d}", options.timestampValue != 0, options.timestampEcho != 0);
        at += *at == END || *at == NOP ? 1 : at[1];
    }
    return text;
}

/// A SYN as nmap's first probe has it, or as its probe for ECN, which offers no timestamps.
path::WirePacket
Probe(bool withTimestamps, std::uint16_t port, std::uint16_t from)
{
    TcpSegment syn;
    syn.sourcePort = from;
    syn.destinationPort = port;
    syn.sequence = 1000;
    syn.flags = tcp::SYN;
    syn.window = 1;
    syn.options.mss = 1460;
    syn.options.windowScale = 10;
    syn.options.sackPermitted = true;
    syn.options.timestamp = withTimestamps;
    syn.options.timestampValue = 0xFFFFFFFF;
    std::vector<TcpOptionKind> order{TcpOptionKind::WindowScale,
                                     TcpOptionKind::Nop,
                                     TcpOptionKind::Mss,
                                     TcpOptionKind::SackPermitted};
    if (withTimestamps)
    {
        order.push_back(TcpOptionKind::Timestamp);
    }
    return path::PacketOf(syn, order, Ipv4{0x0A040104}, Ipv4{0xCB83C650});
}

std::string
InYesOrNo(const Seen& answer)
{
    return answer.header.IsDontFragment() ? "Y" : "N";
}

/// What nmap would write of a stack.
Fields
FieldsOf(const StackProfile& profile)
{
    TwoHosts hosts(FreeBsdProfile(), profile);
    hosts.drops = [](const Seen&) { return true; };
    hosts.server.Listen(OPEN_PORT, [](ns3::Ptr<ProfileSocket>) {});
    std::vector<path::WirePacket> probes{Probe(true, OPEN_PORT, 40001),
                                         Probe(false, OPEN_PORT, 40002),
                                         Probe(false, CLOSED_PORT, 40003)};
    for (path::WirePacket& probe : probes)
    {
        probe.payload->AddPacketTag(provenance::OriginTag(hosts.ledger.Born(9, 0, true)));
        hosts.Inject(probe, true);
    }
    ns3::Simulator::Stop(ns3::MilliSeconds(500));
    ns3::Simulator::Run();
    std::map<std::uint16_t, const Seen*> answers;
    for (const Seen& seen : hosts.seen)
    {
        answers.emplace(seen.segment.destinationPort, &seen);
    }
    const Seen& first = *answers.at(40001);
    const Seen& plain = *answers.at(40002);
    const Seen& closed = *answers.at(40003);
    return {{"OPS.O1", InLetters(first)},
            {"WIN.W1", fmt::format("{:X}", first.segment.window)},
            {"ECN.O", InLetters(plain)},
            {"T1.DF", InYesOrNo(first)},
            {"T1.T", std::to_string(first.header.GetTtl())},
            {"T5.DF", InYesOrNo(closed)},
            {"T5.F", closed.segment.flags == (tcp::RST | tcp::ACK) ? "AR" : "?"}};
}

/// A field as fingerprints have it, in the form of FieldsOf(); empty if it has none or several.
std::string
Normal(const std::string& field, std::string value)
{
    if (value.find('|') != std::string::npos)
    {
        return "";
    }
    if (field == "T1.T")
    {
        // A range that the distance was guessed from, "7B-85": it is around the initial TTL.
        unsigned low = 0;
        unsigned high = 0;
        const bool isRange =
            RE2::FullMatch(value, "([0-9A-F]+)-([0-9A-F]+)", RE2::Hex(&low), RE2::Hex(&high));
        return isRange ? std::to_string((low + high) / 2) : "";
    }
    if (field == "OPS.O1" || field == "ECN.O")
    {
        RE2::GlobalReplace(&value, "M[0-9A-F]+", "M");
    }
    return value;
}

/// How many fingerprints of a family have which value, by field.
std::map<std::string, std::map<std::string, int>>
Votes(const std::string& family)
{
    std::map<std::string, std::map<std::string, int>> votes;
    std::ifstream list(LIST);
    const RE2 pattern(family);
    bool isIn = false;
    for (std::string line; std::getline(list, line);)
    {
        if (StartsWith(line, "Fingerprint "))
        {
            isIn = RE2::PartialMatch(line, pattern);
        }
        std::string test;
        std::string results;
        if (!isIn || !RE2::FullMatch(line, "([A-Z0-9]+)\\((.*)\\)", &test, &results))
        {
            continue;
        }
        std::string name;
        std::string value;
        for (re2::StringPiece rest(results);
             RE2::FindAndConsume(&rest, "([A-Z0-9]+)=([^%]*)", &name, &value);)
        {
            const std::string field = test + "." + name;
            if (const std::string normal = Normal(field, value); !normal.empty())
            {
                ++votes[field][normal];
            }
        }
    }
    return votes;
}

struct Stack
{
    const char* persona;
    const char* family; //!< Of the list, by the names of fingerprints.
    /// Fields in which it is unlike most, and why.
    std::map<std::string, const char*> exceptions;
};

const std::vector<Stack> STACKS{
    {"windows-2000", "Windows 2000", {}},
    {"windows-xp", "Windows XP", {}},
    {"windows-2003", "Windows Server 2003", {}},
    {"windows-2008", "Windows Server 2008 R2", {}},
    {"windows-2012", "Windows Server 2012", {}},
    {"windows-2016", "Windows Server 2016", {}},
    {"freebsd-6", "FreeBSD 6", {}},
    {"freebsd-13", "FreeBSD 1[123]", {}},
    {"linux-2.4", "Linux 2\\.4", {}},
    {"linux-2.6",
     "Linux 2\\.6",
     {{"OPS.O1", "S003-11 shows a scale of 0"}, {"ECN.O", "S003-11 shows a scale of 0"}}},
    {"linux-modern",
     "Linux [456]\\.",
     {{"WIN.W1", "most of the list are older than 4.19, which began with 45 full segments"}}},
};

} // namespace

BOOST_AUTO_TEST_SUITE(fingerprint, *boost::unit_test::precondition(IfListed))

BOOST_AUTO_TEST_CASE(stacks_look_like_most_of_their_family)
{
    const std::filesystem::path root = tests::SourceDir();
    const scenario::PersonaLibrary library(root.string());
    const auto file =
        scenario::ScenarioFile::Load((root / "scenarios/forged-reply/scenario.yaml").string());
    std::set<std::string> personas;
    for (const Stack& stack : STACKS)
    {
        personas.insert(stack.persona);
        const scenario::Scenario resolved =
            file.Resolve("control",
                         library,
                         {std::string("hosts.mail-host.stack=") + stack.persona});
        const StackProfile& profile = resolved.hosts.at("mail-host").stack.value;
        const auto votes = Votes(stack.family);
        for (const auto& [field, value] : FieldsOf(profile))
        {
            const std::map<std::string, int>& counts = votes.at(field);
            const auto most =
                std::max_element(counts.begin(),
                                 counts.end(),
                                 [](const auto& a, const auto& b) { return a.second < b.second; });
            const bool isException = stack.exceptions.count(field) > 0;
            BOOST_TEST((value == most->first) != isException,
                       stack.persona << " " << field << ": " << value << ", most of the list ("
                                     << most->second << ") have " << most->first);
        }
    }
    // None is left out.
    for (const std::string& name : library.Names("stacks"))
    {
        BOOST_TEST(personas.count(name) == 1u, name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
