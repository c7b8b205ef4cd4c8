// A mail over nine hops. Someone at the seventh refuses the recipient in the server's name, and the
// mail bounces.
#include "models/connector/open-connector.h"
#include "models/host/sending-mta.h"
#include "models/host/smtp-server.h"
#include "models/middlebox/injector.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/boolean.h>
#include <ns3/core-module.h>

#include <iostream>

using namespace bouncelab;

// What passes the first hop, a line a packet.
void
Print(path::Direction, const path::WirePacket& packet)
{
    std::vector<std::uint8_t> octets;
    const auto segment = path::ReadSegment(packet, octets);
    const std::string text(segment ? segment->payload.Text() : "");
    std::cout << ns3::Simulator::Now().GetSeconds() << " " << packet.header.GetSource().ToString()
              << " > " << packet.header.GetDestination().ToString() << " ttl "
              << unsigned(packet.header.GetTtl())
              << (provenance::OriginOf(packet.payload).forged ? " FORGED " : " ")
              << text.substr(0, text.find('\r')) << "\n";
}

int
main()
{
    ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
    provenance::Ledger ledger;
    const std::uint64_t seed = 1;
    const Ipv4 here = *Ipv4::Parse("192.0.2.1");
    const Ipv4 there = *Ipv4::Parse("203.0.113.80");

    path::PathSetup setup{"line",
                          seed,
                          std::vector<path::HopConfig>(9),
                          there,
                          path::PathEnd::Far,
                          &ledger};
    for (std::size_t i = 0; i < 9; ++i)
    {
        setup.hops[i].address = i < 8 ? Ipv4{0xC6336401U + std::uint32_t(i)} : there;
        setup.hops[i].delay = Nanoseconds(2000000);
    }
    const auto line = path::NetworkPath::Make(path::PathForm::Channel, setup);
    line->ObserveAt(1, Print);

    host::StackProfile windows;
    windows.ttl = 128;
    host::Host client("client", here, windows, {}, {seed, ledger});
    host::Host mx("mx", there, {}, {}, {seed, ledger});
    client.SetWire([&](const path::WirePacket& packet)
                   { line->Enter(path::PathEnd::Near, packet); });
    mx.SetWire([&](const path::WirePacket& packet) { line->Enter(path::PathEnd::Far, packet); });
    line->SetHandler(path::PathEnd::Near,
                     [&](const path::WirePacket& packet) { client.Receive(packet); });
    line->SetHandler(path::PathEnd::Far,
                     [&](const path::WirePacket& packet) { mx.Receive(packet); });
    middlebox::Injector injector("censor", {}, *line, seed, ledger);

    host::SmtpServer server(mx,
                            {"mx.example.org"},
                            std::make_unique<connector::OpenConnector>(smtp::ServerPersona{}));
    host::SendingMta::Handlers handlers;
    handlers.resolve = [&](const mail::DeliveryOrder&, const host::SendingMta::RouteHandler& answer)
    { answer({{host::SendingMta::Peer{there}}}); };
    handlers.onQueueEvent = [](const mail::QueueEvent& event)
    {
        if (event.kind == mail::QueueEvent::Kind::DeliveryResult)
        {
            std::cout << event.recipient << ": " << event.text << "\n";
        }
    };
    mail::QueueStart start;
    start.localDomains = {"example.com"};
    mail::MtaPersona program;
    program.client.pipelining = false;
    host::SendingMta mta(client, "client.example.com", program, start, handlers);
    mta.Submit({{"jia@example.com", {"yi@example.org"}},
                std::make_shared<const std::string>("Subject: hello\n\nHello.\n")});
    ns3::Simulator::Stop(ns3::Minutes(1));
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();
}
