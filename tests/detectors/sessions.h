#ifndef BOUNCELAB_TESTS_DETECTORS_SESSIONS_H
#define BOUNCELAB_TESTS_DETECTORS_SESSIONS_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/traceroute-reader.h"
#include "packet-script.h"

#include <cstdio>
#include <string>
#include <vector>

namespace bouncelab::test
{

constexpr std::int64_t MS = 1000000;

/// The packets of a case.
PacketScript ReadSession(const std::string& name, const std::string& file = "sessions.txt");

/// The packets of a script that a test made up.
PacketScript ScriptOf(const std::string& text);

/// The control session, whole and with one answer lost on its way, each in turn: the client repeats
/// its command after a second, and shortly after that the server repeats its answer to the first.
std::vector<PacketScript> LossySessions(bool timestamps);

/// The traceroute of cases/traceroute-japan: S003-51 to S003-65 with their smallest round trips.
detectors::TracedRoute DocumentedRoute();

/// What a command prints, whatever it ends with.
std::string OutputOf(const std::string& command);

/// Bytes as a file that can be read; the reader closes it.
std::FILE* OpenBytes(const std::string& bytes);

/// Packets that a capture's bytes hold.
std::vector<detectors::Packet> ReadPackets(const std::string& bytes,
                                           std::string* problem = nullptr);

/// The flow that the capture reader makes of packets; there has to be exactly one.
detectors::Flow FlowOf(const PacketScript& packets);

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_SESSIONS_H
