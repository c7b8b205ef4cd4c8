#ifndef BOUNCELAB_DETECTORS_READERS_CAPS_H
#define BOUNCELAB_DETECTORS_READERS_CAPS_H

#include <cstddef>

namespace bouncelab::detectors
{

/**
 * The most that is kept of each thing that evidence may hold any number of. Whatever is beyond is
 * counted, and the evidence said to be cut (CutEvidence). Only tests set them.
 */
struct Caps
{
    std::size_t files = 10000; //!< Of a folder, in order of their names.
    std::size_t refusals = 100000;
    std::size_t routes = 1000;
    std::size_t records = 500000; //!< Of each kind that logs tell of.
    std::size_t sendmailEvents = 500000;
    std::size_t sendmailRecipients = 10000; //!< Of one message.
    std::size_t barracudaEvents = 500000;
    std::size_t postfixMessages = 500000;
    std::size_t eximMessages = 500000;
    std::size_t eximClients = 10000; //!< That are refused.
    std::size_t productSessions = 100000;
    std::size_t serviceSessions = 500000;
    std::size_t queuedMessages = 500000; //!< Whose replies are told by other rows than themselves.
    std::size_t replies = 100000;        //!< That one text reports.
    std::size_t dialogs = 10000;         //!< In one text, side by side.
    std::size_t handshakes = 10000;      //!< That fail in one log, and wait for their reason.
    std::size_t heldRows = 1 << 18;      //!< Of a list of packets, until its order shows.
    std::size_t snifferPackets = 1 << 17;
    std::size_t aggregateOctets = 8 << 20;              //!< Of one report.
    std::size_t tlsReportOctets = 1 << 20;              //!< Ditto.
    std::size_t logOctets = std::size_t{512} << 20;     //!< Of protocol logs, in memory.
    std::size_t flowOctets = std::size_t{256} << 20;    //!< Of connections that are open at a time.
    std::size_t sessionOctets = std::size_t{256} << 20; //!< Of captured sessions.
    std::size_t controls = 200000; //!< Connections by which others are compared.
    std::size_t resets = 20000;
    std::size_t resetHosts = 50000; //!< That show how they look elsewhere.
    std::size_t sightings = 10000;  //!< Accused packets whose sender is looked for.
    std::size_t probes = 20000;
    std::size_t printedLines = 200000; //!< Lines of packets, for what a text covers.
    std::size_t alerts = 100000;       //!< Of one detector.
};

inline Caps&
GetCaps()
{
    static Caps caps;
    return caps;
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_CAPS_H
