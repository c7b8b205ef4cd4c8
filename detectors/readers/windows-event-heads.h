#ifndef BOUNCELAB_DETECTORS_READERS_WINDOWS_EVENT_HEADS_H
#define BOUNCELAB_DETECTORS_READERS_WINDOWS_EVENT_HEADS_H

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace bouncelab::detectors
{

/// What the lines of an event log's entry tell, as the viewer labels them.
enum class EventHead : std::uint8_t
{
    Log,
    Type,
    Source,
    Id,
    Date,
    Time,
    Computer,
    Other,
    Description, //!< Ends the labels.
    Xml,
};

constexpr std::string_view DESCRIPTION = "Description:";

/// The labels in English, of today's viewer and of the old one.
constexpr std::pair<std::string_view, EventHead> HEADS[] = {{"Log Name:", EventHead::Log},
                                                            {"Event Type:", EventHead::Type},
                                                            {"Event Source:", EventHead::Source},
                                                            {"Source:", EventHead::Source},
                                                            {"Event ID:", EventHead::Id},
                                                            {"Date:", EventHead::Date},
                                                            {"Time:", EventHead::Time},
                                                            {"Computer:", EventHead::Computer},
                                                            {"Task Category:", EventHead::Other},
                                                            {"Event Category:", EventHead::Other},
                                                            {"Level:", EventHead::Other},
                                                            {"Keywords:", EventHead::Other},
                                                            {"User:", EventHead::Other},
                                                            {DESCRIPTION, EventHead::Description},
                                                            {"Event Xml:", EventHead::Xml}};

/// A line of an entry: its label, and what stands behind.
struct HeadLine
{
    EventHead head = EventHead::Other;
    bool beginsOld = false; //!< "Event Source:", which alone may begin an entry.
    std::string_view value;
};

/// In English, German, French, Spanish, Chinese or Japanese; nothing if the line begins with no
/// label.
std::optional<HeadLine> HeadLineOf(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_WINDOWS_EVENT_HEADS_H
