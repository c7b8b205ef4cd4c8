#ifndef BOUNCELAB_TESTS_SMTP_DIALOG_H
#define BOUNCELAB_TESTS_SMTP_DIALOG_H

#include "tests/smtp/recorder.h"

#include "models/smtp/client-session.h"
#include "models/smtp/server-session.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::smtp
{

/// A client and a server that talk to each other over a wire without delay, in pieces of `step`.
struct Dialog
{
    /// What went over the wire, in order: from the client or not, and the octets.
    using Flight = std::pair<bool, std::string>;

    Dialog(const ClientPersona& c,
           const ServerPersona& s,
           ServerPolicy& policy,
           Transaction transaction,
           std::size_t pieces = Session::UNLIMITED)
        : clientPersona(c)
        , serverPersona(s)
        , connection{"mx.example.org", "example.org", {}, {}, 40000, 25, 7, {}, 0}
        , server(serverPersona, policy, heard, connection, DrawKey(1, "server"))
        , client(clientPersona,
                 std::move(transaction),
                 "client.example.com",
                 told,
                 DrawKey(1, "client"))
        , step(pieces)
    {
    }

    /// Up to the end of both, or until nothing moves.
    void Run()
    {
        server.Connected(now);
        client.Connected(now);
        for (bool moved = true; moved;)
        {
            moved = Carry(server, client, false);
            moved |= Carry(client, server, true);
        }
        if (client.WantsClose())
        {
            server.PeerClosed(now, false);
        }
        if (server.WantsClose())
        {
            client.PeerClosed(now, false);
        }
    }

    bool Carry(Session& from, Session& to, bool fromClient)
    {
        const std::string octets = from.TakeOutput();
        if (octets.empty())
        {
            return false;
        }
        wire.emplace_back(fromClient, octets);
        now += Ms(1);
        for (std::size_t at = 0; at < octets.size(); at += std::min(step, octets.size()))
        {
            to.Receive(std::string_view(octets).substr(at, step), now);
        }
        return true;
    }

    /// All that one side has sent.
    std::string Sent(bool byClient) const
    {
        std::string all;
        for (const auto& [fromClient, octets] : wire)
        {
            all += fromClient == byClient ? octets : std::string();
        }
        return all;
    }

    ClientPersona clientPersona;
    ServerPersona serverPersona;
    ConnectionInfo connection;
    Recorder heard;
    Recorder told;
    ServerSession server;
    ClientSession client;
    std::vector<Flight> wire;
    std::size_t step;
    Nanoseconds now{0};
};

inline Transaction
SmallMail(std::string content = "Subject: x\r\n\r\nhello\r\n")
{
    return {"a@example.com",
            {"b@example.org"},
            std::make_shared<const std::string>(std::move(content)),
            {},
            "mx.example.org",
            {}};
}

/// Knows one user, jia of EXAMPLE with the password "secret", by any name that ends so.
struct Accounts : ServerPolicy
{
    Decision OnAuthenticate(const ServerFacts&, const Credentials& credentials) override
    {
        const std::string_view name = credentials.identity;
        const bool known = name == "jia" || name == "EXAMPLE\\jia" || name == "jia@example.com";
        if (!known || !credentials.Proves("secret"))
        {
            return {"535 5.7.3 Authentication unsuccessful"};
        }
        Decision decision;
        decision.user = "EXAMPLE\\jia";
        return decision;
    }
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_TESTS_SMTP_DIALOG_H
