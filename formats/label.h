#ifndef BOUNCELAB_FORMATS_LABEL_H
#define BOUNCELAB_FORMATS_LABEL_H

#include "formats/clock.h"
#include "formats/truth-event.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab
{

/**
 * One line of truth/labels.jsonl: something that an actor did, or the origin of a captured frame.
 * As JSON its keys come in the order of the members below; those of frames only on kind "packet".
 */
struct Label
{
    std::string kind;  //!< "packet", "flow", "message" or "event".
    std::string runId; //!< The run that it belongs to.
    SimTime time{};
    std::string classLabel;           //!< Dotted class; "ordinary" for what nothing is wrong with.
    std::uint32_t causeId = 0;        //!< 0 = none.
    std::string actor;                //!< Who did what the class names.
    std::optional<std::uint32_t> hop; //!< Where the actor stands on the path, if it does.
    std::optional<TruthEvent> did;    //!< The first parameter of kinds "flow" and "event".
    std::vector<std::pair<std::string, std::string>> params; //!< The others.

    std::string vantage;     //!< Kind "packet" of a capture: where it was captured; else empty.
    std::uint64_t frame = 0; //!< Its number in that capture, from 1.
    std::string trueOrigin;  //!< Who made the packet.
    bool forged = false;     //!< It claims a sender that did not send it.
    bool affected = false;   //!< Genuine, but what it is because of the cause.
};

/// Appends a label as one line of JSON with its line feed.
void AppendLabel(std::string& out, const Label& label);

/// Reads one line back. Throws std::invalid_argument, saying what was expected.
Label ParseLabel(std::string_view line);

/// Appends text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string& out, std::string_view text);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_LABEL_H
