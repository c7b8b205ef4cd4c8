#ifndef BOUNCELAB_MODELS_PROBE_HARVESTER_CONFIG_H
#define BOUNCELAB_MODELS_PROBE_HARVESTER_CONFIG_H

#include "models/smtp/think-time.h"

#include "formats/field.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::probe
{

/// What a harvester does about replies that are held back.
enum class SlowServerPolicy
{
    Endure,    //!< Waits, as long as its timeout lasts.
    Reconnect, //!< Leaves without QUIT and comes back, in the hope of a faster session.
    GiveUp,
};

constexpr auto
EnumNames(SlowServerPolicy)
{
    return std::array<EnumName<SlowServerPolicy>, 3>{{{"endure", SlowServerPolicy::Endure},
                                                      {"reconnect", SlowServerPolicy::Reconnect},
                                                      {"give-up", SlowServerPolicy::GiveUp}}};
}

/// How a harvester finds out which mailboxes exist.
struct HarvesterConfig
{
    std::vector<std::string> words =
        Field(&words, "words") | "Local parts of its dictionary, in the order of guessing.";
    std::uint32_t numbers = Field(&numbers, "numbers").Range(0, 1e6) |
                            "After the words alone, each of them with 1, then with 2, up to this.";
    std::string domain = Field(&domain, "domain").Required() | "Whose mailboxes it is after.";
    std::string hello = Field(&hello, "hello", "mail.example.net") | "Its name in HELO and EHLO.";
    bool extendedHello =
        Field(&extendedHello, "extended-hello", true) | "EHLO first, and HELO where it is refused.";
    std::string sender = Field(&sender, "sender", "news@example.net") |
                         "Sender of its messages, which it never sends; empty = `<>`.";
    std::uint32_t recipientsPerMessage =
        Field(&recipientsPerMessage, "recipients-per-message", 50).Range(1, 1e6) |
        "RCPT commands after one MAIL.";
    std::uint32_t guessesPerConnection =
        Field(&guessesPerConnection, "guesses-per-connection", 200).Range(1, 1e9) |
        "RCPT commands over one connection.";
    bool checksForCatchAll = Field(&checksForCatchAll, "checks-for-catch-all", true) |
                             "Asks for a nonsense mailbox first, and stops where that exists.";
    std::uint32_t suspicion = Field(&suspicion, "suspicion", 25).Range(0, 1e6) |
                              "Refusals in a row after which it asks for a mailbox that it has "
                              "found, to learn whether it is banned; 0 = never.";
    Nanoseconds banPause =
        Field(&banPause, "ban-pause").Range(0, 1e15) |
        "Pause after a ban, before it asks anew what the ban answered; 0 = it gives up.";
    std::uint32_t bans = Field(&bans, "bans", 3).Range(1, 1e6) | "Bans after which it gives up.";
    SlowServerPolicy whenSlow = Field(&whenSlow, "when-slow", SlowServerPolicy::Endure) |
                                "What it does about replies that are held back.";
    Nanoseconds slowReply =
        Field(&slowReply, "slow-reply", std::chrono::seconds(3)).Range(1e6, 3600e9) |
        "How long a slow reply takes.";
    std::uint32_t patience = Field(&patience, "patience", 3).Range(1, 1e6) |
                             "Slow replies in a row that it puts up with.";
    std::uint32_t slowConnections = Field(&slowConnections, "slow-connections", 3).Range(1, 1e6) |
                                    "Connections left for their slowness after which it gives up.";
    smtp::ThinkTime think =
        Field(&think, "think", {std::chrono::milliseconds(5), std::chrono::milliseconds(10)}) |
        "From a reply to the next command.";
    Nanoseconds timeout = Field(&timeout, "timeout", std::chrono::seconds(60)).Range(1e9, 3600e9) |
                          "How long a reply is awaited.";
    Nanoseconds reconnectPause =
        Field(&reconnectPause, "reconnect-pause", std::chrono::seconds(1)).Range(0, 86400e9) |
        "From the end of a connection to the next one.";
    std::uint32_t tries = Field(&tries, "tries", 2).Range(1, 100) |
                          "How often a guess is made that gets no answer, or a transient one.";
    std::uint32_t fruitlessConnections =
        Field(&fruitlessConnections, "fruitless-connections", 3).Range(1, 1000) |
        "Connections in a row without an answer to a guess before it gives up.";
};

/// What is wrong with a harvester beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckHarvester(const HarvesterConfig& config);

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_HARVESTER_CONFIG_H
