#include "models/smtp/session.h"

#include <array>

namespace bouncelab::smtp
{

std::string_view
NameOfViolation(Violation violation)
{
    constexpr std::array<std::string_view, 18> NAMES{"premature-input",
                                                     "early-reply",
                                                     "malformed-reply",
                                                     "unexpected-code",
                                                     "command-too-long",
                                                     "unknown-command",
                                                     "bad-syntax",
                                                     "bad-sequence",
                                                     "bare-cr",
                                                     "bare-lf",
                                                     "text-line-too-long",
                                                     "content-too-big",
                                                     "too-many-recipients",
                                                     "input-overflow",
                                                     "closed-in-transaction",
                                                     "plaintext-at-tls",
                                                     "tls-broken",
                                                     "header-too-big"};
    return NAMES[static_cast<std::size_t>(violation)];
}

std::string_view
NameOfEndReason(EndReason reason)
{
    constexpr std::array<std::string_view, 9> NAMES{"quit",
                                                    "peer-closed",
                                                    "peer-reset",
                                                    "timed-out",
                                                    "too-many-errors",
                                                    "refused",
                                                    "shutdown",
                                                    "overflow",
                                                    "tls-failed"};
    return NAMES[static_cast<std::size_t>(reason)];
}

} // namespace bouncelab::smtp
