#include "models/smtp/transaction.h"

#include <array>

namespace bouncelab::smtp
{

std::string_view
NameOfStage(Stage stage)
{
    constexpr std::array<std::string_view, 9> NAMES{"resolve",
                                                    "connect",
                                                    "greeting",
                                                    "hello",
                                                    "mail",
                                                    "recipient",
                                                    "data",
                                                    "message",
                                                    "quit"};
    return NAMES[static_cast<std::size_t>(stage)];
}

std::string_view
NameOfOutcomeReason(OutcomeReason cause)
{
    constexpr std::array<std::string_view, 11> NAMES{"reply",
                                                     "malformed-reply",
                                                     "no-recipients",
                                                     "peer-closed",
                                                     "peer-reset",
                                                     "timed-out",
                                                     "connect-failed",
                                                     "overflow",
                                                     "tls-not-offered",
                                                     "tls-failed",
                                                     "auth-not-offered"};
    return NAMES[static_cast<std::size_t>(cause)];
}

std::string_view
NameOfHelloStep(HelloStep opening)
{
    constexpr std::array<std::string_view, 4> NAMES{"hello",
                                                    "starttls",
                                                    "handshake",
                                                    "authentication"};
    return NAMES[static_cast<std::size_t>(opening)];
}

} // namespace bouncelab::smtp
