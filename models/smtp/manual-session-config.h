#ifndef BOUNCELAB_MODELS_SMTP_MANUAL_SESSION_CONFIG_H
#define BOUNCELAB_MODELS_SMTP_MANUAL_SESSION_CONFIG_H

#include "formats/describe.h"

#include <string>
#include <vector>

namespace bouncelab::smtp
{

/// What a person types into a telnet window.
struct ManualSessionConfig
{
    std::vector<std::string> lines = {"EHLO test", "QUIT"};
    Nanoseconds typing = std::chrono::milliseconds(1500);
    Nanoseconds patience = std::chrono::seconds(60);
};

template <class Visitor>
void
Describe(Visitor& v, ManualSessionConfig& m)
{
    v.Field("lines", m.lines, {"Lines typed in turn, each after the reply to the one before."});
    v.Field("typing", m.typing, {"Time from a reply to the next line's Enter.", "", 1e6, 1e12});
    v.Field("patience",
            m.patience,
            {"The window is closed after so long without a reply.", "", 1e9, 1e15});
}

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_MANUAL_SESSION_CONFIG_H
