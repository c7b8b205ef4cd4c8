#ifndef BOUNCELAB_LAB_JUDGE_SURICATA_TEST_H
#define BOUNCELAB_LAB_JUDGE_SURICATA_TEST_H

#include "formats/address.h"
#include "lab/score/run-folder.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::judge
{

/// What betrays a forged packet to Suricata: one of its stream events, with the words of the rule
/// that comes with it.
struct SuricataSign
{
    std::uint32_t id; //!< Of the rule in a test's test.rules.
    std::string_view event;
    std::string_view signature;
};

/// An alert that one connection has to raise, once, because of what the truth says of its packets.
struct DueAlert
{
    const SuricataSign* sign = nullptr;
    std::string dottedClass; //!< Of the fault.
    Ipv4 source;             //!< In whose name the forged packet speaks.
    std::uint16_t sourcePort = 0;
    Ipv4 destination;
    std::uint16_t destinationPort = 0;
    std::uint64_t forged = 0;   //!< The forged frame.
    std::uint64_t betrayed = 0; //!< The one behind it whose coming betrays it.
};

/// A run as one vantage captured it, as a test of Suricata's own suite (suricata-verify): a folder
/// of files.
struct SuricataTest
{
    std::string name; //!< Of the folder.
    std::filesystem::path capture;
    std::vector<DueAlert> due; //!< By connection.
    std::string yaml;          //!< test.yaml
    std::string rules;         //!< test.rules
    std::string readme;        //!< README.md
};

/**
 * The tests that a run gives, one for each vantage with a capture. Bytes that disagree with forged
 * ones, and what the sender of a forged reset goes on to say, are due to be told by Suricata; of
 * other faults it has no sign, and they must not make it raise an alert.
 *
 * \throws std::runtime_error if a capture cannot be read
 */
std::vector<SuricataTest> SuricataTestsOf(const score::RunFolder& run);

/// Writes a test into a folder of its name below another one. \throws std::runtime_error
void Write(const SuricataTest& test, const std::filesystem::path& folder);

} // namespace bouncelab::judge

#endif // BOUNCELAB_LAB_JUDGE_SURICATA_TEST_H
