#ifndef BOUNCELAB_TESTS_PROBE_CAMPAIGN_RIG_H
#define BOUNCELAB_TESTS_PROBE_CAMPAIGN_RIG_H

#include "tests/smtp/recorder.h"

#include "models/probe/campaign.h"
#include "models/smtp/server-session.h"

#include <functional>
#include <memory>
#include <string>

namespace bouncelab::probe
{

/// A server that a campaign comes back to, on a wire without delay whose octets arrive in pieces.
struct CampaignRig
{
    smtp::ServerPersona persona;
    smtp::ServerPolicy acceptsAll;
    smtp::ServerPolicy* policy = &acceptsAll;
    /// The server's side of a connection, in place of a ServerSession of persona and policy.
    std::function<std::unique_ptr<smtp::Session>(const smtp::ConnectionInfo&)> open;
    /// What connection n (from 1) meets: false = nobody listens.
    std::function<bool(int)> listens = [](int) { return true; };
    /// Octets after which the server vanishes in connection n; 0 = never.
    std::function<std::size_t(int)> dropsAfter = [](int) { return std::size_t(0); };
    Ipv4 server{0xC0000201};
    bool resets = false; //!< It vanishes by a reset.
    std::size_t pieces = smtp::Session::UNLIMITED;
    Nanoseconds now{0};
    int connections = 0;
    smtp::Recorder heard; //!< By the server.

    void Run(Campaign& campaign)
    {
        campaign.Start(now);
        while (const auto next = campaign.NextConnection())
        {
            now = std::max(now, *next);
            Connect(campaign);
        }
    }

  private:
    void Connect(Campaign& campaign)
    {
        const int n = ++connections;
        const std::unique_ptr<smtp::Session> client = campaign.Open();
        if (!listens(n))
        {
            campaign.ConnectFailed(now);
            return;
        }
        const smtp::ConnectionInfo info{"mail.example.org",
                                        "example.org",
                                        Ipv4{0xC6336401},
                                        server,
                                        40000,
                                        25,
                                        static_cast<std::uint64_t>(n),
                                        {},
                                        0};
        const std::unique_ptr<smtp::Session> opened =
            open ? open(info)
                 : std::make_unique<smtp::ServerSession>(persona,
                                                         *policy,
                                                         heard,
                                                         info,
                                                         DrawKey(1, "server"));
        smtp::Session& session = *opened;
        const std::size_t drop = dropsAfter(n);
        std::size_t spoken = 0;
        session.Connected(now);
        client->Connected(now);
        bool clientGone = false;
        bool serverGone = false;
        while (!clientGone || !serverGone)
        {
            std::string toClient = serverGone ? std::string() : session.TakeOutput();
            if (drop > 0 && spoken + toClient.size() > drop)
            {
                toClient.resize(drop - spoken);
                Feed(*client, toClient);
                client->PeerClosed(now, resets);
                return;
            }
            spoken += toClient.size();
            if (!clientGone)
            {
                Feed(*client, toClient);
            }
            const std::string toServer = client->TakeOutput();
            if (!serverGone)
            {
                Feed(session, toServer);
            }
            if (!clientGone && client->WantsClose())
            {
                clientGone = true;
                session.PeerClosed(now, false);
            }
            if (!serverGone && session.WantsClose())
            {
                serverGone = true;
                if (!clientGone)
                {
                    client->PeerClosed(now, false);
                    clientGone = client->WantsClose();
                }
            }
            if (toClient.empty() && toServer.empty() && !Advance(*client, session))
            {
                return;
            }
        }
    }

    void Feed(smtp::Session& session, std::string_view octets)
    {
        for (std::size_t at = 0; at < octets.size(); at += std::min(pieces, octets.size()))
        {
            session.Receive(octets.substr(at, pieces), now);
        }
    }

    bool Advance(smtp::Session& client, smtp::Session& other)
    {
        const auto a = client.NextTimer();
        const auto b = other.NextTimer();
        if (!a && !b)
        {
            return false;
        }
        now = std::max(now, !a ? *b : !b ? *a : std::min(*a, *b));
        client.Tick(now);
        other.Tick(now);
        return true;
    }
};

} // namespace bouncelab::probe

#endif // BOUNCELAB_TESTS_PROBE_CAMPAIGN_RIG_H
