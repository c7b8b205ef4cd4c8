#ifndef BOUNCELAB_MODELS_PROBE_RELAY_TESTER_CONFIG_H
#define BOUNCELAB_MODELS_PROBE_RELAY_TESTER_CONFIG_H

#include "models/probe/relay-catalog.h"
#include "models/smtp/think-time.h"

#include "formats/field.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::probe
{

/// How a relay tester goes about it. The defaults are nmap's names, and nmap's patience.
struct RelayTesterConfig
{
    RelaySuite suite = Field(&suite, "suite", RelaySuite::All) | "Whose list of tests it runs.";
    std::string hello = Field(&hello, "hello", "nmap.scanme.org") | "Its name in HELO and EHLO.";
    bool extendedHello =
        Field(&extendedHello, "extended-hello", true) | "EHLO first, and HELO where it is refused.";
    std::string sender = Field(&sender, "sender", "antispam") | "Local part of the senders.";
    std::string user =
        Field(&user, "user", "relaytest") | "Local part of the mailbox that the mail is for.";
    std::string foreignDomain = Field(&foreignDomain, "foreign-domain", "nmap.scanme.org") |
                                "Its domain, and that of foreign senders: not the server's.";
    std::string serverName =
        Field(&serverName, "server-name") |
        "The server's name in the tests; empty = the first word of its greeting.";
    std::string localDomain = Field(&localDomain, "local-domain") |
                              "The server's mail domain in the tests; empty = the server's name.";
    IpAddress serverAddress =
        Field(&serverAddress, "server-address") |
        "The server's address in the tests; 0.0.0.0 = the one that it is reached at.";
    bool sendMail =
        Field(&sendMail, "send-mail") |
        "Sends a message wherever the recipient is accepted: the only proof of relaying.";
    std::string subject = Field(&subject, "subject", "Relay test {number}") |
                          "Subject of those messages; `{number}` and `{id}` stand for the test's.";
    smtp::ThinkTime think =
        Field(&think, "think", {std::chrono::milliseconds(20), std::chrono::milliseconds(10)}) |
        "From a reply to the next command.";
    smtp::ThinkTime betweenTests =
        Field(&betweenTests, "between-tests") | "On top of it before each test after the first.";
    Nanoseconds timeout = Field(&timeout, "timeout", std::chrono::seconds(10)).Range(1e9, 3600e9) |
                          "How long a reply is awaited.";
    Nanoseconds reconnectPause =
        Field(&reconnectPause, "reconnect-pause", std::chrono::seconds(5)).Range(0, 86400e9) |
        "Before it connects again after a connection was lost.";
    std::uint32_t tries = Field(&tries, "tries", 2).Range(1, 100) |
                          "Connections that one test may use up before it counts as unanswered.";
    std::uint32_t fruitlessConnections =
        Field(&fruitlessConnections, "fruitless-connections", 3).Range(1, 1000) |
        "Connections in a row that do not get past the greeting before it gives up.";
};

/// What is wrong with a tester beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckRelayTester(const RelayTesterConfig& config);

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_RELAY_TESTER_CONFIG_H
