// Octets from the net against everything that reads DNS: what can be read is written and read again
// as the same; servers answer or say nothing; a resolver takes responses of any content, comes to
// an end, and asks nobody for ever. The first octet chooses the knobs.

#include "models/dns/resolver.h"
#include "models/dns/zone.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

using namespace bouncelab;
using namespace bouncelab::dns;

namespace
{

void
Demand(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

Authority
Servers()
{
    ZoneConfig config;
    config.records = {"@ MX 10 mail", "mail A 192.0.2.1", "www CNAME mail", "*.w TXT x", "d NS e."};
    Authority authority;
    authority.Add(std::make_unique<Zone>("example.org", config));
    return authority;
}

void
ReadAndWrite(std::string_view octets)
{
    const auto message = Decode(octets);
    if (!message)
    {
        Demand(ResponseToGarbage(ResponseToGarbage(octets)).empty());
        return;
    }
    const auto again = Decode(Encode(*message));
    Demand(again && again->answers == message->answers && again->authority == message->authority &&
           again->additional == message->additional && again->question == message->question);
    const Message response = Servers().Answer(*message, {});
    const std::string small = Encode(response, LARGEST_DATAGRAM);
    Demand(small.size() <= LARGEST_DATAGRAM && Decode(small));
}

/// Whatever is asked, the answer is what follows the header of the input.
void
Resolve(std::uint8_t knobs, std::string_view octets)
{
    ResolverConfig config;
    (knobs & 1 ? config.servers : config.roots) = {Ipv4{0xC0000201}};
    Resolver resolver(config, DrawKey(1, "fuzz"));
    const auto given = Decode(octets);
    Nanoseconds now{0};
    resolver.Ask(given ? given->question : Question{"example.org", RecordType::Mx}, now);
    int requests = 0;
    while (resolver.OpenQuestions() > 0)
    {
        while (const auto request = resolver.TakeRequest())
        {
            Demand(++requests < 1000);
            if (given)
            {
                Message response = *given;
                const auto query = Decode(request->octets);
                Demand(query.has_value());
                response.id = query->id;
                response.isResponse = true;
                response.operation = 0;
                response.question = query->question;
                resolver.Receive(request->number, Encode(response), now);
            }
            resolver.Receive(request->number, octets, now);
        }
        if (const auto timer = resolver.NextTimer())
        {
            now = *timer;
            resolver.Advance(now);
        }
    }
    Demand(resolver.TakeAnswer().has_value() && !resolver.TakeAnswer() && !resolver.NextTimer());
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 1)
    {
        return 0;
    }
    const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
    ReadAndWrite(octets);
    Resolve(data[0], octets);
    std::string arrived(octets);
    while (TakeFrame(arrived))
    {
    }
    return 0;
}
