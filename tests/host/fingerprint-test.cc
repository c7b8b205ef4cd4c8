// Stacks against what nmap has collected of real ones: of each field that its probes see, the value
// that most fingerprints of the family have.

#include "formats/text.h"
#include "lab/scenario/load.h"
#include "tests/host/probed-host.h"
#include "tests/skip.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <re2/re2.h>
#include <set>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

constexpr const char* LIST = "/usr/share/nmap/nmap-os-db";

boost::test_tools::assertion_result
IfListed(boost::unit_test::test_unit_id)
{
    return tests::UnlessMissing(std::filesystem::exists(LIST) ? "" : "nmap-os-db is not there");
}

/// Values by field: "OPS.O1", "T5.DF".
using Fields = std::map<std::string, std::string>;

/// An answer's options in nmap's letters, whatever the MSS: it is of a network, not of a system.
std::string
InLetters(const ProbeAnswer& answer)
{
    std::string text;
    const std::uint8_t* at = answer.octets.data() + 20;
    const std::uint8_t* end = answer.octets.data() + answer.segment.headerLength;
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

std::string
InYesOrNo(bool yes)
{
    return yes ? "Y" : "N";
}

/// Fields of an answer to T2 to T7, as nmap names its numbers.
void
AddAnswer(Fields& fields, const std::string& test, const std::optional<ProbeAnswer>& answer)
{
    fields[test + ".R"] = InYesOrNo(answer.has_value());
    if (!answer)
    {
        return;
    }
    const TcpSegment& segment = answer->segment;
    const std::uint32_t acked = segment.acknowledgment;
    fields[test + ".A"] = acked == 0                          ? "Z"
                          : acked == ProbedHost::SEQUENCE     ? "S"
                          : acked == ProbedHost::SEQUENCE + 1 ? "S+"
                                                              : "O";
    fields[test + ".F"] = std::string(segment.Has(tcp::ACK) ? "A" : "") +
                          (segment.Has(tcp::RST) ? "R" : "") + (segment.Has(tcp::SYN) ? "S" : "");
    fields[test + ".DF"] = InYesOrNo(answer->header.IsDontFragment());
}

/// What nmap would write of a stack.
Fields
FieldsOf(const StackProfile& profile)
{
    ProbedHost host(profile);
    const auto window = [](const ProbeAnswer& answer)
    { return fmt::format("{:X}", answer.segment.window); };
    const ProbeAnswer first = *host.Syn(1);
    const ProbeAnswer ecn = *host.Syn(7);
    Fields fields{{"OPS.O1", InLetters(first)},
                  {"OPS.O3", InLetters(*host.Syn(3))},
                  {"OPS.O6", InLetters(*host.Syn(6))},
                  {"WIN.W1", window(first)},
                  {"ECN.W", window(ecn)},
                  {"ECN.O", InLetters(ecn)},
                  {"ECN.CC", InYesOrNo(ecn.segment.Has(tcp::ECE))},
                  {"T1.DF", InYesOrNo(first.header.IsDontFragment())},
                  {"T1.T", std::to_string(first.header.GetTtl())}};
    AddAnswer(fields, "T2", host.Tcp(0, ProbedHost::OPEN));
    AddAnswer(fields, "T3", host.Tcp(tcp::SYN | tcp::FIN | tcp::URG | tcp::PSH, ProbedHost::OPEN));
    AddAnswer(fields, "T4", host.Tcp(tcp::ACK, ProbedHost::OPEN));
    AddAnswer(fields, "T5", host.Tcp(tcp::SYN, ProbedHost::CLOSED));
    AddAnswer(fields, "T6", host.Tcp(tcp::ACK, ProbedHost::CLOSED));
    AddAnswer(fields, "T7", host.Tcp(tcp::FIN | tcp::PSH | tcp::URG, ProbedHost::CLOSED));
    fields["U1.IPL"] = fmt::format("{:X}", IPV4_BYTES + host.Udp()->octets.size());
    const ProbeAnswer ping = *host.Ping(true);
    fields["IE.DFI"] = ping.header.IsDontFragment() ? "S" : "N";
    fields["IE.CD"] = ping.icmp.code != 0 ? "S" : "Z";
    return fields;
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
    if (StartsWith(field, "OPS.") || field == "ECN.O")
    {
        RE2::GlobalReplace(&value, "M[0-9A-F]+", "M");
    }
    return value;
}

/// How many fingerprints of a family have which value, by field.
using FieldVotes = std::map<std::string, std::map<std::string, int>>;

/// Counts one fingerprint. Of a system behind a filter nothing is known about T2 to T4, T6 and T7.
void
Count(const Fields& fingerprint, FieldVotes& votes)
{
    const auto answers = [&fingerprint](const char* field)
    {
        const auto at = fingerprint.find(field);
        return at != fingerprint.end() && at->second == "Y";
    };
    const bool isOpen = answers("T4.R") && answers("T5.R") && answers("T6.R") && answers("T7.R");
    for (const auto& [field, value] : fingerprint)
    {
        const bool isFiltered = RE2::PartialMatch(field, "^T[23467]") && !isOpen;
        if (const std::string normal = Normal(field, value); !isFiltered && !normal.empty())
        {
            ++votes[field][normal];
        }
    }
}

FieldVotes
Votes(const std::string& family)
{
    FieldVotes votes;
    std::ifstream list(LIST);
    const RE2 pattern(family);
    bool isIn = false;
    Fields fingerprint;
    for (std::string line; std::getline(list, line);)
    {
        if (StartsWith(line, "Fingerprint "))
        {
            Count(fingerprint, votes);
            fingerprint.clear();
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
            fingerprint[test + "." + name] = value;
        }
    }
    Count(fingerprint, votes);
    return votes;
}

std::string
MostOf(const std::map<std::string, int>& counts)
{
    return std::max_element(counts.begin(),
                            counts.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

struct Stack
{
    const char* persona;
    const char* family; //!< Of the list, by the names of fingerprints.
    /// Fields in which it is unlike most, and why.
    std::map<std::string, const char*> exceptions;
    /// Of a system that is in nmap's list since 7.95 only: what most have there, where it differs
    /// from the family's.
    Fields newer = {};
};

constexpr const char* S003_SCALE = "S003-11 shows a scale of 0";
constexpr const char* PLAIN_WINDOW = "its window does not grow by what timestamps would have taken";
constexpr const char* BARE_RESET = "a RST without ACK acknowledges nothing in shipped runs";
constexpr const char* NEWER_WINDOW =
    "most of the list are older than 4.19, which began with 45 full segments";

const std::vector<Stack> STACKS{
    {"windows-2000", "Windows 2000", {}},
    {"windows-xp", "Windows XP", {}},
    {"windows-2003", "Windows Server 2003", {}},
    {"windows-2008", "Windows Server 2008 R2", {{"T4.A", BARE_RESET}, {"T6.A", BARE_RESET}}},
    {"windows-2012", "Windows Server 2012", {}},
    {"windows-2016", "Windows Server 2016", {}},
    {"windows-2019",
     "Windows Server 2016",
     {},
     {{"OPS.O1", "MNW8NNS"},
      {"OPS.O3", "MNW8"},
      {"OPS.O6", "MNNS"},
      {"WIN.W1", "FFFF"},
      {"ECN.W", "FFFF"}}},
    {"windows-2022", "Windows Server 2016", {}, {{"WIN.W1", "FFFF"}, {"ECN.W", "FFFF"}}},
    {"freebsd-6", "FreeBSD 6", {}},
    {"freebsd-13", "FreeBSD 1[23]\\.|FreeBSD .*- 1[23]\\.", {}},
    {"linux-2.4", "Linux 2\\.4", {{"ECN.W", PLAIN_WINDOW}}},
    {"linux-2.6",
     "Linux 2\\.6",
     {{"OPS.O1", S003_SCALE},
      {"OPS.O3", S003_SCALE},
      {"ECN.O", S003_SCALE},
      {"ECN.W", PLAIN_WINDOW},
      {"U1.IPL", "it quotes what routers do, on which shipped traceroutes stand"}}},
    {"linux-modern", "Linux [456]\\.", {{"WIN.W1", NEWER_WINDOW}, {"ECN.W", NEWER_WINDOW}}},
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
            const auto newer = stack.newer.find(field);
            const std::string most =
                newer != stack.newer.end() ? newer->second : MostOf(votes.at(field));
            const bool isException = stack.exceptions.count(field) > 0;
            BOOST_TEST((value == most) != isException,
                       stack.persona << " " << field << ": " << value << ", most have " << most);
        }
    }
    // None is left out.
    for (const std::string& name : library.Names("stacks"))
    {
        BOOST_TEST(personas.count(name) == 1u, name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
