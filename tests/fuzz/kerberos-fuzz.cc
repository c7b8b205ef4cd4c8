// Octets of anybody against KDC, client, service and time service: the first octet chooses whom,
// the rest is what he hears. A message is written as it was read, everyone answers within bounds,
// and nobody takes for genuine what he did not ask for.

#include "models/kerberos/accept.h"
#include "models/kerberos/client.h"
#include "models/kerberos/domain.h"
#include "models/kerberos/framing.h"
#include "models/kerberos/kdc.h"
#include "models/kerberos/time-service.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace bouncelab;
using namespace bouncelab::kerberos;

namespace
{

constexpr WallTime CLOCK{std::chrono::seconds(1262304000)};
const PrincipalName SERVICE = PrincipalName::Parse("SMTPSVC/hub2.example.com");

void
Demand(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

const Domain&
OneController()
{
    static const Domain domain = []
    {
        DomainConfig config;
        config.realm = "EXAMPLE.COM";
        config.controllers["dc1"];
        config.accounts["HUB1$"].password = "one";
        config.accounts["HUB2$"].password = "two";
        config.accounts["HUB2$"].serviceNames = {SERVICE.ToString()};
        return Domain(config, DrawKey(1, "domain"));
    }();
    return domain;
}

void
CheckMessage(std::string_view octets)
{
    const auto message = ParseMessage(octets);
    if (message)
    {
        const std::string once = ToOctets(*message);
        const auto again = ParseMessage(once);
        Demand(again && ToOctets(*again) == once);
    }
}

void
AskKdc(std::string_view octets)
{
    Kdc kdc(KerberosPersona(), "EXAMPLE.COM", OneController().At("dc1"), DrawKey(1, "kdc"));
    for (const Transport transport : {Transport::Udp, Transport::Tcp})
    {
        const std::string answer = kdc.Answer(octets, transport, CLOCK);
        Demand(answer.empty() || ParseMessage(answer));
    }
}

void
AnswerClient(std::string_view octets)
{
    Client client(ClientPolicy(), "HUB1$", "EXAMPLE.COM", DrawKey(1, "client"));
    client.SetControllers({"dc1"});
    client.SetSecrets({{"HUB1$", "one"}});
    client.Obtain(SERVICE, {Nanoseconds(0), CLOCK});
    for (int i = 0; i < 5; ++i)
    {
        const auto send = client.TakeSend();
        if (send)
        {
            client.Receive(send->request, octets, {Nanoseconds(0), CLOCK});
        }
    }
    Demand(!client.Find(SERVICE, CLOCK));
}

void
AskService(std::string_view octets)
{
    Acceptor acceptor(AcceptPolicy(),
                      "EXAMPLE.COM",
                      PrincipalName::Parse("hub2$"),
                      DrawKey(1, "service"));
    const auto result = acceptor.Accept(octets, {{"HUB2$", "secret"}}, CLOCK);
    Demand(result.error != ErrorCode::None && ParseMessage(result.reply));
}

void
TellTime(std::string_view octets)
{
    DriftingClock clock(CLOCK, Nanoseconds(0), 0);
    TimeService service(TimeServiceConfig(), clock, 1105);
    service.SetSources({"dc1"});
    service.SetSecrets({{"HUB1$", "one"}});
    service.Advance(Nanoseconds(0));
    service.Receive("dc1", octets, Nanoseconds(0));
    Demand(clock.Offset(Nanoseconds(0)).count() == 0);
    const auto answer = AnswerTime(octets, {2, 0, CLOCK}, CLOCK, nullptr);
    Demand(!answer || NtpPacket::Parse(*answer));
}

void
ReadStream(std::string_view octets)
{
    FrameReader whole;
    FrameReader dripping;
    whole.Receive(octets);
    for (const char octet : octets)
    {
        dripping.Receive({&octet, 1});
    }
    for (auto message = whole.Take(); message; message = whole.Take())
    {
        Demand(dripping.Take() == message);
    }
    Demand(!dripping.Take());
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    constexpr void (*TARGETS[])(
        std::string_view) = {CheckMessage, AskKdc, AnswerClient, AskService, TellTime, ReadStream};
    TARGETS[data[0] % 6]({reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
}
