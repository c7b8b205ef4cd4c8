#ifndef BOUNCELAB_MODELS_MIDDLEBOX_RELAY_FILTER_H
#define BOUNCELAB_MODELS_MIDDLEBOX_RELAY_FILTER_H

#include "formats/truth-event.h"
#include "models/smtp/command.h"

#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::middlebox
{

/// What a transparent relay is to do with a command line.
struct LineAction
{
    std::string forward; //!< What goes on in its place, without line end; empty = nothing does.
    std::string reply;   //!< What answers it if nothing goes on: "502 text".
    std::string then;    //!< A line of the device's own that follows it, without line end.
    std::optional<TruthEvent> did; //!< Nothing if the line passes as it is.
};

/// What a device changes in the SMTP that passes it.
class RelayFilter
{
  public:
    virtual ~RelayFilter() = default;

    /// \param line of the client, without its end; `command` is the same, cut.
    virtual LineAction OnCommand(std::string_view line, const smtp::Command& command) = 0;

    /// The greeting, all lines with their ends. \return what it did; nothing if they pass.
    virtual std::optional<TruthEvent> OnGreeting(std::string& /* octets */) { return {}; }

    /// A positive reply to EHLO, all lines with their ends. \return as above.
    virtual std::optional<TruthEvent> OnHelloReply(std::string& /* octets */) { return {}; }
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_RELAY_FILTER_H
