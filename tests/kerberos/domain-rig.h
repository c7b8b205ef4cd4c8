#ifndef BOUNCELAB_TESTS_KERBEROS_DOMAIN_RIG_H
#define BOUNCELAB_TESTS_KERBEROS_DOMAIN_RIG_H

#include "models/kerberos/accept.h"
#include "models/kerberos/client.h"
#include "models/kerberos/domain.h"
#include "models/kerberos/drifting-clock.h"
#include "models/kerberos/kdc.h"

#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::kerberos
{

inline std::ostream&
operator<<(std::ostream& out, ErrorCode code)
{
    return out << static_cast<std::int64_t>(code) << " " << NameOf(code);
}

constexpr std::string_view HUB2 = "SMTPSVC/hub2.example.com";
constexpr WallTime START{std::chrono::seconds(1262304000)}; // 2010-01-01
constexpr std::chrono::minutes QUARTER(15);

/// Two hubs, a user and two controllers, in two sites; each fetches from the other.
inline DomainConfig
TwoControllers()
{
    DomainConfig config;
    config.realm = "EXAMPLE.COM";
    config.controllers["dc1"].site = "near";
    config.controllers["dc2"].site = "far";
    config.accounts["HUB1$"].machine = true;
    config.accounts["HUB2$"].machine = true;
    config.accounts["HUB2$"].serviceNames = {std::string(HUB2)};
    config.accounts["HUB3$"].machine = true;
    config.accounts["jia"].password = "secret";
    config.replication.resize(2);
    config.replication[0].from = config.replication[1].to = "dc1";
    config.replication[0].to = config.replication[1].from = "dc2";
    return config;
}

/// What passed between a client and the KDCs.
struct WireMessage
{
    bool fromClient;
    Transport transport;
    std::string controller;
    std::string octets;
};

/// How an attempt to authenticate ended.
struct Attempt
{
    ErrorCode client = ErrorCode::None;  //!< Why there was no ticket.
    ErrorCode service = ErrorCode::None; //!< Why the service refused the token.
    bool mutual = false;                 //!< The service has proved itself, too.
    std::string controller;              //!< That gave the ticket.
    Nanoseconds took{0};
};

/// HUB1$ authenticates to HUB2$, with every clock, key and way between them in the test's hands.
struct DomainRig
{
    explicit DomainRig(const DomainConfig& config = TwoControllers(),
                       const KerberosPersona& hosts = {})
        : persona(hosts)
        , domain(config, DrawKey(1, "domain"))
        , client(persona.client, "HUB1$", config.realm, DrawKey(1, "hub1"))
        , acceptor(persona.accept, config.realm, PrincipalName::Parse(HUB2), DrawKey(1, "hub2"))
        , hub1(domain.At("dc1").Find("HUB1$")->secret.value, persona.earlierSecrets)
        , hub2(domain.At("dc1").Find("HUB2$")->secret.value, persona.earlierSecrets)
    {
        for (const char* host : {"hub1", "hub2"})
        {
            SetClock(host, std::chrono::seconds(0));
        }
        for (const auto& [name, controller] : config.controllers)
        {
            SetClock(name, std::chrono::seconds(0));
            kdcs.emplace(name, Kdc(persona, config.realm, domain.At(name), DrawKey(1, name)));
        }
        client.SetControllers({"dc1", "dc2"});
        client.SetSecrets(hub1.NewestFirst());
    }

    void SetClock(const std::string& host, Nanoseconds offset)
    {
        clocks.insert_or_assign(host, DriftingClock(START, offset, 0));
    }

    Moment At(const std::string& host) const { return {now, clocks.at(host).Read(now)}; }

    void Wait(Nanoseconds duration)
    {
        now += duration;
        domain.Advance(now);
    }

    void ChangeHub2(const std::string& controller)
    {
        hub2.Change(domain.ChangeSecret(controller, "HUB2$", now));
    }

    /// Carries a request to its controller, and the answer back.
    void Carry(const KdcSend& send)
    {
        wire.push_back({true, send.transport, send.controller, send.octets});
        if (rejected.count({send.controller, send.transport}) > 0)
        {
            client.Fail(send.request, At("hub1"));
        }
        if (dropped.count({send.controller, send.transport}) > 0)
        {
            return;
        }
        Wait(std::chrono::milliseconds(1));
        const std::string answer =
            kdcs.at(send.controller).Answer(send.octets, send.transport, At(send.controller).clock);
        wire.push_back({false, send.transport, send.controller, answer});
        Wait(std::chrono::milliseconds(1));
        client.Receive(send.request, answer, At("hub1"));
    }

    /// Until the client has a ticket or has given up.
    ClientEvent Obtain(std::string_view service = HUB2)
    {
        client.Obtain(PrincipalName::Parse(service), At("hub1"));
        while (true)
        {
            while (const auto event = client.TakeEvent())
            {
                events.push_back(*event);
                if (event->kind == ClientEvent::Kind::Obtained ||
                    event->kind == ClientEvent::Kind::Failed)
                {
                    return *event;
                }
            }
            if (const auto send = client.TakeSend())
            {
                Carry(*send);
                continue;
            }
            Wait(*client.NextTimer() - now);
            client.Advance(At("hub1"));
        }
    }

    /// A whole authentication; a refused ticket is not used a second time.
    Attempt Authenticate(std::string_view service = HUB2)
    {
        const Nanoseconds start = now;
        Attempt attempt;
        const ClientEvent ticket = Obtain(service);
        attempt.client = ticket.error;
        attempt.controller = ticket.controller;
        if (ticket.kind == ClientEvent::Kind::Obtained)
        {
            const PrincipalName name = PrincipalName::Parse(service);
            const ApToken token = client.MakeToken(name, At("hub1").clock);
            accepted = acceptor.Accept(token.octets, hub2.NewestFirst(), At("hub2").clock);
            tokens.push_back({true, Transport::Tcp, "hub2", token.octets});
            tokens.push_back({false, Transport::Tcp, "hub2", accepted.reply});
            attempt.service = accepted.error;
            attempt.mutual = Answers(token, accepted.reply);
            if (accepted.error != ErrorCode::None)
            {
                client.Forget(name);
            }
        }
        attempt.took = now - start;
        return attempt;
    }

    /// The error codes of all answers of the KDCs so far, "0" where a ticket was given.
    std::string Codes() const
    {
        std::string codes;
        for (const WireMessage& message : wire)
        {
            if (!message.fromClient)
            {
                const auto parsed = ParseMessage(message.octets);
                const auto* error = parsed ? std::get_if<KrbError>(&*parsed) : nullptr;
                const auto code = error ? error->code : ErrorCode::None;
                codes += (codes.empty() ? "" : " ") + std::to_string(static_cast<int>(code));
            }
        }
        return codes;
    }

    /// Events of one kind that the KDCs have told since the last question.
    std::vector<KdcEvent> Told(KdcEvent::Kind kind)
    {
        std::vector<KdcEvent> told;
        for (auto& [name, kdc] : kdcs)
        {
            while (const auto event = kdc.TakeEvent())
            {
                if (event->kind == kind)
                {
                    told.push_back(*event);
                }
            }
        }
        return told;
    }

    KerberosPersona persona;
    Domain domain;
    Client client;
    Acceptor acceptor;
    OwnSecrets hub1;
    OwnSecrets hub2;
    std::map<std::string, DriftingClock> clocks;
    std::map<std::string, Kdc> kdcs;
    std::set<std::pair<std::string, Transport>> dropped;
    std::set<std::pair<std::string, Transport>> rejected;
    std::vector<WireMessage> wire;
    std::vector<WireMessage> tokens; //!< Between the hubs.
    std::vector<ClientEvent> events;
    AcceptResult accepted;
    Nanoseconds now{0};
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_TESTS_KERBEROS_DOMAIN_RIG_H
