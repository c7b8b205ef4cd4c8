#ifndef BOUNCELAB_TESTS_EVIDENCE_LOG_RIG_H
#define BOUNCELAB_TESTS_EVIDENCE_LOG_RIG_H

#include "lab/evidence/log-writer.h"
#include "tests/evidence/scratch-folder.h"
#include "tests/times.h"

#include <memory>
#include <string>

namespace bouncelab::test
{

constexpr std::int64_t SECOND = 1000000000;

/// A place with one session of a client, and the writer of a log that hears what happens there.
struct LogRig
{
    /// \param epoch the clock at simulated time 0, in ns since 1970
    LogRig(std::int64_t epoch, std::int64_t zoneSeconds, const std::string& hostname)
        : place{folder, {Reading(epoch), {}, Nanoseconds(1), zoneSeconds}}
    {
        place.name = "mail";
        place.hostname = hostname;
        place.address = *Ipv4::Parse("192.168.0.222");
        connection.client = *Ipv4::Parse("69.46.103.200");
        connection.server = place.address;
        connection.clientPort = 49760;
        session.connection = &connection;
    }

    template <class Dialect>
    void Open()
    {
        writer = Dialect::Writer(place);
    }

    /// In the session.
    template <class What>
    void Say(const What& what)
    {
        writer->OnEvent({place.name, SimTime(), &session, nullptr, &what});
    }

    /// In a session with another server.
    template <class What>
    void SayTo(const host::DeliveryInfo& server, const What& what)
    {
        writer->OnEvent({place.name, SimTime(), nullptr, &server, &what});
    }

    /// In the host's queue, or otherwise in no session.
    template <class What>
    void Tell(const What& what)
    {
        writer->OnEvent({place.name, SimTime(), nullptr, nullptr, &what});
    }

    /// What has been written into a file.
    std::string Text(const std::string& name)
    {
        writer->Close();
        folder.Close();
        return ReadFile(scratch / name);
    }

    ScratchFolder scratch;
    evidence::VantageFolder folder{scratch.GetPath()};
    evidence::LogPlace place;
    smtp::ConnectionInfo connection;
    connector::SessionInfo session;
    std::unique_ptr<evidence::LogWriter> writer;
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_EVIDENCE_LOG_RIG_H
