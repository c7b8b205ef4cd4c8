// Octets of both sides against a relay: the first octet chooses mode and policies, the second the
// pieces that the rest arrives in, and each following run is a length and its octets, for the two
// sides in turn. Memory stays within the buffers, and pieces do not change what is passed on unless
// the server speaks out of turn: then the moment decides which command it has answered.

#include "models/middlebox/smtp-relay.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace bouncelab;
using namespace bouncelab::middlebox;

namespace
{

InterceptionProxyConfig
ConfigFor(std::uint8_t knobs)
{
    constexpr InterceptionMode MODES[] = {InterceptionMode::Relay,
                                          InterceptionMode::Mask,
                                          InterceptionMode::Strip};
    constexpr StripMethod WAYS[] = {StripMethod::Pass,
                                    StripMethod::Capabilities,
                                    StripMethod::InvalidCode,
                                    StripMethod::Inject,
                                    StripMethod::Downgrade};
    constexpr MaskedHello HELLOS[] = {MaskedHello::Refuse,
                                      MaskedHello::Helo,
                                      MaskedHello::Keywords};
    InterceptionProxyConfig config;
    config.mode = MODES[knobs % 3];
    config.mask.hello = HELLOS[knobs / 3 % 3];
    config.startTls.way = WAYS[knobs / 3 % 5];
    config.auth.way = WAYS[knobs / 15 % 5];
    config.mask.arguments = knobs & 1;
    config.connect = knobs & 2 ? UpstreamTiming::OnAccept : UpstreamTiming::OnMail;
    config.commandLine = 64;
    config.buffer = 4096;
    config.received = "Received: by {hostname} from {helo}\n\tfor x";
    return config;
}

struct StrayWatch : public ProxyObserver
{
    void OnTruth(TruthEvent did, std::string_view) override
    {
        seen = seen || did == TruthEvent::StrayReply;
    }

    bool seen = false;
};

/// What both sides heard; empty if that depends on the pieces.
std::string
Play(const InterceptionProxyConfig& config, std::string_view bytes, std::size_t step)
{
    StrayWatch observer;
    const smtp::ConnectionInfo connection{"", "", Ipv4{1}, Ipv4{2}, 3, 25, 1, WallTime{}, 0};
    const auto relay =
        SmtpRelay::Make(config, config.mode, connection, observer, DrawKey(1, "fuzz"));
    Nanoseconds now{0};
    std::string heard[2];
    const auto settle = [&]
    {
        for (int i = 0; i < 2; ++i)
        {
            if (relay->WantsServer())
            {
                relay->ServerOpening();
                relay->Connected(RelaySide::Server, now);
            }
            heard[0] += relay->TakeOutput(RelaySide::Client);
            heard[1] += relay->TakeOutput(RelaySide::Server);
        }
    };
    relay->Connected(RelaySide::Client, now);
    settle();
    for (int turn = 0; !bytes.empty(); ++turn)
    {
        const std::size_t length = static_cast<std::uint8_t>(bytes.front());
        std::string_view run = bytes.substr(1, length);
        bytes.remove_prefix(1 + run.size());
        const RelaySide side = turn % 2 == 0 ? RelaySide::Client : RelaySide::Server;
        while (!run.empty())
        {
            const std::string_view piece = run.substr(0, step);
            // A side that has no room is left alone: what it says is lost in both plays alike only
            // if nothing is lost at all.
            if (relay->ReceiveRoom(side) < piece.size())
            {
                return {};
            }
            relay->Receive(side, piece, now);
            run.remove_prefix(piece.size());
            settle();
        }
        if (relay->Unread(RelaySide::Client) > config.buffer ||
            relay->Unread(RelaySide::Server) > config.buffer)
        {
            std::abort();
        }
    }
    relay->PeerClosed(RelaySide::Client, now, false);
    settle();
    relay->PeerClosed(RelaySide::Server, now, false);
    // What the client had said in full may ask for the server again; it is gone.
    while (relay->WantsServer())
    {
        relay->ServerOpening();
        relay->ConnectFailed(now);
    }
    heard[0] += relay->TakeOutput(RelaySide::Client);
    heard[1] += relay->TakeOutput(RelaySide::Server);
    if (!relay->WantsClose(RelaySide::Client) || !relay->WantsClose(RelaySide::Server))
    {
        std::abort();
    }
    return observer.seen ? std::string() : heard[0] + "|" + heard[1];
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
    {
        return 0;
    }
    const InterceptionProxyConfig config = ConfigFor(data[0]);
    const std::size_t step = data[1] % 32 + 1;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::string whole = Play(config, bytes, bytes.size() + 1);
    const std::string pieces = Play(config, bytes, step);
    if (!whole.empty() && !pieces.empty() && whole != pieces)
    {
        std::abort();
    }
    return 0;
}
