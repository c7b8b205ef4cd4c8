#ifndef BOUNCELAB_TESTS_SMTP_SERVER_FIXTURE_H
#define BOUNCELAB_TESTS_SMTP_SERVER_FIXTURE_H

#include "models/smtp/server-session.h"

#include "tests/smtp/recorder.h"

#include <string>

namespace bouncelab::smtp
{

/// A server with a persona that accepts everything, as mx.example.org.
struct Server
{
    explicit Server(ServerPersona p = {})
        : persona(std::move(p))
        , connection{"mx.example.org", "example.org", {}, {}, 40000, 25, 7, WallTime{}, 0}
        , session(persona, policy, recorder, connection, DrawKey(1, "server"))
    {
    }

    std::string Start()
    {
        session.Connected(Ms(0));
        return session.TakeOutput();
    }

    std::string Hear(std::string_view bytes, std::int64_t ms = 1)
    {
        session.Receive(bytes, Ms(ms));
        return session.TakeOutput();
    }

    ServerPersona persona;
    ServerPolicy policy;
    Recorder recorder;
    ConnectionInfo connection;
    ServerSession session;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_TESTS_SMTP_SERVER_FIXTURE_H
