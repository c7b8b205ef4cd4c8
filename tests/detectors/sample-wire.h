#ifndef BOUNCELAB_TESTS_DETECTORS_SAMPLE_WIRE_H
#define BOUNCELAB_TESTS_DETECTORS_SAMPLE_WIRE_H

#include "detectors/evidence.h"
#include "formats/alert.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// What a server's SYN-ACK shows.
struct SampleStack
{
    int ttl = 116;
    int window = 8192;
    int windowScale = 8; //!< -1 = none.
    bool sack = true;
    bool timestamps = false;
    bool dontFragment = true;
};

/// A near Linux against a far Windows.
constexpr SampleStack NEAR_STACK{62, 5792, 0, true, false, true};

/// A command and the reply to it; lines of a reply between LFs.
struct SampleTurn
{
    std::string command; //!< "" for the greeting.
    std::string reply;
    std::int64_t delayUs = 154000; //!< From the command to its reply.
};

/// One SMTP session as seen at one place.
struct SampleSession
{
    std::string client = "198.51.100.77";
    int clientPort = 49152;
    std::string server = "203.0.113.10";
    int serverPort = 25;
    std::int64_t startUs = 0;
    std::int64_t handshakeUs = 154000; //!< SYN to SYN-ACK.
    std::int64_t clientUs = 700;       //!< SYN-ACK to the client's ACK.
    std::int64_t ackUs = 0;      //!< Command to a segment that only acknowledges it; 0 = none.
    std::int64_t thinkUs = 2500; //!< Reply to the next command.
    std::uint32_t initial[2]{1000, 5000};
    bool resentSyn = false; //!< The SYN was lost once.
    SampleStack stack;
    std::vector<SampleTurn> turns;
};

/// Exchange's EHLO reply with, or without, STARTTLS and AUTH, greeting the address.
std::string ExchangeEhlo(const std::string& client, bool whole = true);

/// jia@abc.com sends one message to boss@abc.com straight through Exchange, by this name.
SampleSession DirectSession(const std::string& hello = "JIA-PC");

/// The same by way of a proxy that relays each command from MAIL on, at the client.
SampleSession ProxiedSession();

/// The proxy's own session of that mail, at the server, 203.0.113.10 inside.
SampleSession UpstreamSession();

/// A capture of all the sessions.
std::string PcapOf(const std::vector<SampleSession>& sessions);

/// The receive protocol log of a server with these sessions.
std::string ReceiveLogOf(const std::vector<SampleSession>& sessions);

/// Adds what a log says.
void AddLog(detectors::EvidenceContext& context,
            std::string text,
            const std::string& name = "server/RECV20111116-1.log");

/// What a detector says of a capture and the log of a server.
std::vector<Alert> JudgeBoth(const std::string& detector,
                             const std::vector<SampleSession>& captured,
                             const std::vector<SampleSession>& logged = {});

/// What a detector says of several captures that one folder holds.
std::vector<Alert> JudgeFiles(const std::string& detector,
                              const std::vector<std::vector<SampleSession>>& captures);

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_SAMPLE_WIRE_H
