#ifndef BOUNCELAB_MODELS_SMTP_MANUAL_SESSION_CONFIG_H
#define BOUNCELAB_MODELS_SMTP_MANUAL_SESSION_CONFIG_H

#include "formats/field.h"

#include <string>
#include <vector>

namespace bouncelab::smtp
{

/// What a person types into a telnet window.
struct ManualSessionConfig
{
    std::vector<std::string> lines = Field(&lines, "lines", {"EHLO test", "QUIT"}) |
                                     "Lines typed in turn, each after the reply to the one before.";
    Nanoseconds typing =
        Field(&typing, "typing", std::chrono::milliseconds(1500)).Range(1e6, 1e12) |
        "Time from a reply to the next line's Enter.";
    Nanoseconds patience = Field(&patience, "patience", std::chrono::seconds(60)).Range(1e9, 1e15) |
                           "The window is closed after so long without a reply.";
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_MANUAL_SESSION_CONFIG_H
