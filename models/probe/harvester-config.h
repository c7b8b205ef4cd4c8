#ifndef BOUNCELAB_MODELS_PROBE_HARVESTER_CONFIG_H
#define BOUNCELAB_MODELS_PROBE_HARVESTER_CONFIG_H

#include "models/smtp/think-time.h"

#include "formats/describe.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::probe
{

/// What a harvester does about replies that are held back.
enum class SlowHabit
{
    Endure,    //!< Waits, as long as its timeout lasts.
    Reconnect, //!< Leaves without QUIT and comes back, in the hope of a faster session.
    GiveUp,
};

constexpr auto
EnumNames(SlowHabit)
{
    return std::array<EnumName<SlowHabit>, 3>{{{"endure", SlowHabit::Endure},
                                               {"reconnect", SlowHabit::Reconnect},
                                               {"give-up", SlowHabit::GiveUp}}};
}

/// How somebody goes about finding out which mailboxes exist.
struct HarvesterConfig
{
    std::vector<std::string> words;
    std::uint32_t numbers = 0;
    std::string domain;
    std::string hello = "mail.example.net";
    bool extendedHello = true;
    std::string sender = "news@example.net";
    std::uint32_t recipientsPerMessage = 50;
    std::uint32_t guessesPerConnection = 200;
    bool checksForCatchAll = true;
    std::uint32_t suspicion = 25;
    Nanoseconds banPause{0};
    std::uint32_t bans = 3;
    SlowHabit whenSlow = SlowHabit::Endure;
    Nanoseconds slowReply = std::chrono::seconds(3);
    std::uint32_t patience = 3;
    std::uint32_t slowConnections = 3;
    smtp::ThinkTime think{std::chrono::milliseconds(5), std::chrono::milliseconds(10)};
    Nanoseconds timeout = std::chrono::seconds(60);
    Nanoseconds reconnectPause = std::chrono::seconds(1);
    std::uint32_t tries = 2;
    std::uint32_t fruitlessConnections = 3;
};

template <class Visitor>
void
Describe(Visitor& v, HarvesterConfig& c)
{
    v.Field("words", c.words, {"Local parts of its dictionary, in the order of guessing."});
    v.Field("numbers",
            c.numbers,
            {"After the words alone, each of them with 1, then with 2, up to this.", "", 0, 1e6});
    v.Field("domain", c.domain, {"Whose mailboxes it is after.", "", 0, 0, true});
    v.Field("hello", c.hello, {"Its name in HELO and EHLO."});
    v.Field("extended-hello", c.extendedHello, {"EHLO first, and HELO where it is refused."});
    v.Field("sender", c.sender, {"Sender of its messages, which it never sends; empty = `<>`."});
    v.Field("recipients-per-message",
            c.recipientsPerMessage,
            {"RCPT commands after one MAIL.", "", 1, 1e6});
    v.Field("guesses-per-connection",
            c.guessesPerConnection,
            {"RCPT commands over one connection.", "", 1, 1e9});
    v.Field("checks-for-catch-all",
            c.checksForCatchAll,
            {"Asks for a nonsense mailbox first, and stops where that exists."});
    v.Field("suspicion",
            c.suspicion,
            {"Refusals in a row after which it asks for a mailbox that it has found, to learn "
             "whether it is banned; 0 = never.",
             "",
             0,
             1e6});
    v.Field("ban-pause",
            c.banPause,
            {"Pause after a ban, before it asks anew what the ban answered; 0 = it gives up.",
             "",
             0,
             1e15});
    v.Field("bans", c.bans, {"Bans after which it gives up.", "", 1, 1e6});
    v.Field("when-slow", c.whenSlow, {"What it does about replies that are held back."});
    v.Field("slow-reply", c.slowReply, {"How long a slow reply takes.", "", 1e6, 3600e9});
    v.Field("patience", c.patience, {"Slow replies in a row that it puts up with.", "", 1, 1e6});
    v.Field("slow-connections",
            c.slowConnections,
            {"Connections left for their slowness after which it gives up.", "", 1, 1e6});
    v.Field("think", c.think, {"From a reply to the next command."});
    v.Field("timeout", c.timeout, {"How long a reply is awaited.", "", 1e9, 3600e9});
    v.Field("reconnect-pause",
            c.reconnectPause,
            {"From the end of a connection to the next one.", "", 0, 86400e9});
    v.Field("tries",
            c.tries,
            {"How often a guess is made that gets no answer, or a transient one.", "", 1, 100});
    v.Field("fruitless-connections",
            c.fruitlessConnections,
            {"Connections in a row without an answer to a guess before it gives up.", "", 1, 1000});
}

/// What is wrong with a harvester beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckHarvester(const HarvesterConfig& config);

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_HARVESTER_CONFIG_H
