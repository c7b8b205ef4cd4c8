#ifndef BOUNCELAB_MODELS_PROBE_PROBE_MESSAGE_H
#define BOUNCELAB_MODELS_PROBE_PROBE_MESSAGE_H

#include "formats/clock.h"
#include "models/probe/relay-catalog.h"
#include "models/probe/relay-tester-config.h"

#include "formats/duration.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::probe
{

/// What a test message is made from.
struct ProbeMessageDraft
{
    const RelayTest& test;
    unsigned number;
    const RelayCommands& commands;
    WallTime unixTime;    //!< When it is written.
    std::uint64_t serial; //!< Makes its Message-ID unique.
};

struct ProbeMessage
{
    std::string messageId; //!< With its brackets; begins with "relay-test-<number>-<id>.".
    std::string content;   //!< CRLF line ends, without the final dot; no line begins with a dot.
};

/// A message that names its test in Message-ID, subject, header (X-Relay-Test) and body, so that an
/// NDR or a relayed copy can be told which test caused it, whatever part of it is quoted.
ProbeMessage ComposeProbeMessage(const RelayTesterConfig& config, const ProbeMessageDraft& draft);

/// A header field's value: text that is not ASCII as RFC 2047's encoded-words.
std::string EncodeHeaderText(std::string_view utf8);

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_PROBE_MESSAGE_H
