#ifndef BOUNCELAB_DETECTORS_READERS_FILE_READING_H
#define BOUNCELAB_DETECTORS_READERS_FILE_READING_H

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// What was read of one file of a call.
struct FileReading
{
    std::string name;               //!< As alerts name it.
    std::vector<std::string> kinds; //!< What it was recognized as; empty = as nothing.
    std::string version;            //!< Of the program that wrote it, where its header says so.
    std::uint64_t packets = 0;      //!< That were judged: TCP's, and Kerberos's over UDP.
    std::map<std::string, std::uint64_t> otherPackets; //!< That were read, by protocol: "DNS".
    std::map<std::string, std::uint64_t> tunnels; //!< Frames whose packet was taken out of them.
    std::uint64_t flows = 0;
    std::uint64_t sessions = 0; //!< Of SMTP, by packets or by a log.
    std::uint64_t rows = 0;     //!< Lines that a reader knew.
    std::uint64_t rowsNotUnderstood = 0;
    std::vector<std::string> strange; //!< The first three of them, "LINE: text", escaped.
    std::string first;                //!< The time that it spans, as the file writes it.
    std::string last;
    std::set<std::string> undone;     //!< Packaging that was taken off.
    std::vector<std::string> healed;  //!< Damage that was mended, each with its reason.
    std::vector<std::string> leftOut; //!< "12 frames: UDP"
    std::string problem;              //!< Why it was not read, or not to its end.

    bool IsUnderstood() const { return packets > 0 || rows > 0; }
};

nlohmann::ordered_json ToJson(const FileReading& reading);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_FILE_READING_H
