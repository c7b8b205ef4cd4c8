#ifndef BOUNCELAB_DETECTORS_READERS_DIALOG_MARKS_H
#define BOUNCELAB_DETECTORS_READERS_DIALOG_MARKS_H

#include "formats/address.h"

#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/// Who says a line of a dialog, by the mark of direction before it.
enum class Speaker
{
    Unknown,
    Client,
    Server,
};

/// A mark of direction off the front, and what a library shows around the line.
Speaker TakeSpeaker(std::string_view& text);

/// OpenSMTPD's trace of a session off the front: "mta: 0x1a2b: <<< 220 mx.example".
Speaker TakeTrace(std::string_view& text);

/// "250 Ok", "250-SIZE"
bool IsReplyLine(std::string_view text);

/// A row of a log that has a line of a dialog behind a mark of direction.
struct MarkedRow
{
    std::string key; //!< What the rows of one session have in common.
    Speaker speaker = Speaker::Unknown;
    std::string_view text;  //!< What was said.
    HostAddress address;    //!< Of the other end, as far as the row tells it.
    bool isServers = false; //!< The log is the server's.
};

/// \return nothing where the line has no mark, or is no row
std::optional<MarkedRow> ParseMarkedRow(std::string_view line);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_DIALOG_MARKS_H
