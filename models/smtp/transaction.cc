#include "models/smtp/transaction.h"

#include <array>

namespace bouncelab::smtp
{

std::string_view
NameOfStage(Stage stage)
{
    constexpr std::array<std::string_view, 8>
        NAMES{"connect", "greeting", "hello", "mail", "recipient", "data", "message", "quit"};
    return NAMES[static_cast<std::size_t>(stage)];
}

std::string_view
NameOfCause(Cause cause)
{
    constexpr std::array<std::string_view, 8> NAMES{"reply",
                                                    "malformed-reply",
                                                    "no-recipients",
                                                    "peer-closed",
                                                    "peer-reset",
                                                    "timed-out",
                                                    "connect-failed",
                                                    "overflow"};
    return NAMES[static_cast<std::size_t>(cause)];
}

} // namespace bouncelab::smtp
