#ifndef BOUNCELAB_MODELS_PROBE_RELAY_TESTER_CONFIG_H
#define BOUNCELAB_MODELS_PROBE_RELAY_TESTER_CONFIG_H

#include "models/probe/relay-test.h"
#include "models/smtp/think-time.h"

#include "formats/describe.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::probe
{

/// How a relay tester goes about it. The defaults are nmap's names, and nmap's patience.
struct RelayTesterConfig
{
    RelaySuite suite = RelaySuite::All;
    std::string hello = "nmap.scanme.org";
    bool extendedHello = true;
    std::string sender = "antispam";
    std::string user = "relaytest";
    std::string foreignDomain = "nmap.scanme.org";
    std::string serverName;
    std::string localDomain;
    Ipv4 serverAddress;
    bool sendMail = false;
    std::string subject = "Relay test {number}";
    smtp::ThinkTime think{std::chrono::milliseconds(20), std::chrono::milliseconds(10)};
    smtp::ThinkTime betweenTests;
    Nanoseconds timeout = std::chrono::seconds(10);
    Nanoseconds reconnectPause = std::chrono::seconds(5);
    std::uint32_t tries = 2;
    std::uint32_t fruitlessConnections = 3;
};

template <class Visitor>
void
Describe(Visitor& v, RelayTesterConfig& c)
{
    v.Field("suite", c.suite, {"Whose list of tests it runs."});
    v.Field("hello", c.hello, {"Its name in HELO and EHLO."});
    v.Field("extended-hello", c.extendedHello, {"EHLO first, and HELO where it is refused."});
    v.Field("sender", c.sender, {"Local part of the senders."});
    v.Field("user", c.user, {"Local part of the mailbox that the mail is for."});
    v.Field("foreign-domain",
            c.foreignDomain,
            {"Its domain, and that of foreign senders: not the server's."});
    v.Field("server-name",
            c.serverName,
            {"The server's name in the tests; empty = the first word of its greeting."});
    v.Field("local-domain",
            c.localDomain,
            {"The server's mail domain in the tests; empty = the server's name."});
    v.Field("server-address",
            c.serverAddress,
            {"The server's address in the tests; 0.0.0.0 = the one that it is reached at."});
    v.Field("send-mail",
            c.sendMail,
            {"Sends a message wherever the recipient is accepted: the only proof of relaying."});
    v.Field("subject",
            c.subject,
            {"Subject of those messages; `{number}` and `{id}` stand for the test's."});
    v.Field("think", c.think, {"From a reply to the next command."});
    v.Field("between-tests", c.betweenTests, {"On top of it before each test after the first."});
    v.Field("timeout", c.timeout, {"How long a reply is awaited.", "", 1e9, 3600e9});
    v.Field("reconnect-pause",
            c.reconnectPause,
            {"Before it connects again after a connection was lost.", "", 0, 86400e9});
    v.Field("tries",
            c.tries,
            {"Connections that one test may use up before it counts as unanswered.", "", 1, 100});
    v.Field("fruitless-connections",
            c.fruitlessConnections,
            {"Connections in a row that do not get past the greeting before it gives up.",
             "",
             1,
             1000});
}

/// What is wrong with a tester beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckRelayTester(const RelayTesterConfig& config);

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_RELAY_TESTER_CONFIG_H
