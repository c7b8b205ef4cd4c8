#ifndef BOUNCELAB_FORMATS_ALERT_H
#define BOUNCELAB_FORMATS_ALERT_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/vocabulary.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab
{

/// An interval of hops: the place lies behind hop `after` and not behind hop `to`.
struct HopInterval
{
    int after = 0; //!< 0 is the place of the capture.
    int to = 0;
};

/// Where the accused stands, as far as it is known.
struct Place
{
    std::optional<HopInterval> hops;
    std::vector<std::string> assuming; //!< What the interval rests on, one phrase each.
    std::string by; //!< Who may have done it, where that is no host of the flow; empty = not said.
    std::string side; //!< On whose side it is, in words; empty = not told.
};

/// One line of a log or document that supports an alert.
struct QuotedLine
{
    std::string file;
    std::uint64_t line = 0; //!< From 1.
    std::string text;
};

/// What an alert rests on.
struct AlertEvidence
{
    std::string file; //!< Inside the evidence folder; empty when there is one file.
    std::vector<std::uint64_t> frames; //!< Frame or packet numbers in that file, from 1.
    std::vector<std::uint64_t> lines;  //!< Line numbers of these packets, where the file is text.
    std::vector<QuotedLine> log;
    std::string explanation; //!< One English sentence with figures.
    std::uint64_t count = 1; //!< How many equal findings this line stands for; it is the first.
    WallTime last{};         //!< Of the last of them, where there are several.
    std::string next;        //!< What to collect or send, in words; empty = not told.
};

/**
 * One alert in the shape of Suricata's EVE (event_type "alert"), with the lab's own members
 * detector, class, score, verdict, where and evidence beside it.
 */
struct Alert
{
    WallTime time{}; //!< Of the accused packet.
    HostAddress source;
    std::uint16_t sourcePort = 0;
    HostAddress destination;
    std::uint16_t destinationPort = 0;
    std::string protocol = "TCP";
    std::uint64_t frame = 0; //!< pcap_cnt: number of the accused packet, 0 = none.

    std::uint32_t signatureId = 0;
    std::string signature;
    std::string category;
    int severity = 1; //!< 1 (high) to 3.

    std::string detector;
    std::string dottedClass; //!< formats/vocabulary.h; empty in lines of other programs.
    double score = 1.0;      //!< 0..1.
    Verdict verdict = Verdict::Fault;
    Place where;
    AlertEvidence evidence;
};

/// Whether a reader learns where to look: hosts, a packet, or lines.
bool HasPlace(const Alert& alert);

/// The alert as one JSON object; empty members are left out.
nlohmann::ordered_json ToJson(const Alert& alert);

/// One line of JSON with its line end.
std::string ToJsonLine(const Alert& alert);

/**
 * Reads one line of an alerts file.
 *
 * Accepts the lab's own lines and Suricata's, which have a signature in place of class and verdict:
 * they are faults of no class. Without score one is certain. Other event types give nothing and no
 * error. What the lab would read as something else than it says is refused: numbers out of range
 * or not whole, members of another type, an alert without class, verdict or place.
 *
 * \param error gets one clear sentence when the line is not what was expected; else stays empty.
 */
std::optional<Alert> AlertFromJsonLine(std::string_view line, std::string& error);

/// "2006-09-26T06:44:53.103763+0000": six decimals, nine when the microsecond does not hold it.
std::string FormatEveTime(WallTime time);

/// Reads that form with 0 to 9 decimals and any offset ("Z", "+0800", "+08:00").
std::optional<WallTime> ParseEveTime(std::string_view text);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_ALERT_H
