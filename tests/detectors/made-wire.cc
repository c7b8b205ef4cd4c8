#include "made-wire.h"

#include "made-capture.h"

#include "detectors/flow/flow-table.h"
#include "detectors/readers/capture-reader.h"
#include "detectors/readers/text-file.h"
#include "detectors/registry.h"
#include "formats/headers.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <list>

namespace bouncelab::test
{

namespace
{

using namespace detectors;

constexpr std::int64_t START_US = 1321416715000000; // 2011-11-16T04:11:55Z

void
Put16(std::vector<std::uint8_t>& out, unsigned value)
{
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

void
Put32(std::vector<std::uint8_t>& out, std::uint32_t value)
{
    Put16(out, value >> 16);
    Put16(out, value & 0xFFFF);
}

void
PutLittle32(std::string& out, std::uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
    {
        out += static_cast<char>(value >> shift);
    }
}

struct Frame
{
    std::int64_t timeUs;
    std::vector<std::uint8_t> bytes;
};

/// Writes the packets of one talk.
class Speaker
{
  public:
    Speaker(const MadeTalk& talk, std::vector<Frame>& frames)
        : m_talk(talk)
        , m_frames(frames)
    {
        m_next[CLIENT] = talk.initial[CLIENT];
        m_next[SERVER] = talk.initial[SERVER];
    }

    void Say(std::int64_t timeUs, Side side, unsigned flags, const std::string& text = "")
    {
        const bool syn = flags & tcpflag::SYN;
        const bool windows = m_talk.stack.windowScale >= 0;
        std::vector<std::uint8_t> options;
        if (syn)
        {
            options = {2, 4, 0x05, 0xB4};
            if (side == CLIENT || m_talk.stack.sack)
            {
                options.insert(options.end(), {4, 2, 1, 1});
            }
            if (side == CLIENT || windows)
            {
                const auto scale =
                    static_cast<std::uint8_t>(side == CLIENT ? 8 : m_talk.stack.windowScale);
                options.insert(options.end(), {1, 3, 3, scale});
            }
        }
        if (side == SERVER && m_talk.stack.timestamps)
        {
            options.insert(options.end(), {1, 1, 8, 10});
            Put32(options, static_cast<std::uint32_t>(timeUs / 1000));
            Put32(options, 1);
        }
        std::vector<std::uint8_t> tcp;
        const int ports[2]{m_talk.clientPort, m_talk.serverPort};
        Put16(tcp, static_cast<unsigned>(ports[side]));
        Put16(tcp, static_cast<unsigned>(ports[Other(side)]));
        Put32(tcp, m_next[side]);
        Put32(tcp, flags & tcpflag::ACK ? m_next[Other(side)] : 0);
        Put16(tcp, static_cast<unsigned>((20 + options.size()) / 4 << 12) | flags);
        Put16(tcp, static_cast<unsigned>(side == CLIENT ? 65535 : m_talk.stack.window));
        Put32(tcp, 0);
        tcp.insert(tcp.end(), options.begin(), options.end());
        tcp.insert(tcp.end(), text.begin(), text.end());
        const Ipv4 addresses[2]{*Ipv4::Parse(m_talk.client), *Ipv4::Parse(m_talk.server)};
        const std::uint16_t sum = TransportChecksum(addresses[side],
                                                    addresses[Other(side)],
                                                    protocol::TCP,
                                                    {tcp.data(), tcp.size()});
        tcp[16] = static_cast<std::uint8_t>(sum >> 8);
        tcp[17] = static_cast<std::uint8_t>(sum);

        std::vector<std::uint8_t> frame{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
        std::vector<std::uint8_t> ip;
        Put16(ip, 0x4500);
        Put16(ip, static_cast<unsigned>(20 + tcp.size()));
        Put16(ip, ++m_id);
        Put16(ip, side == CLIENT || m_talk.stack.dontFragment ? 0x4000 : 0);
        Put16(ip,
              static_cast<unsigned>(side == CLIENT ? 128 : m_talk.stack.ttl) << 8 | protocol::TCP);
        Put16(ip, 0);
        Put32(ip, addresses[side].value);
        Put32(ip, addresses[Other(side)].value);
        const std::uint16_t check = Ipv4Checksum({ip.data(), ip.size()});
        ip[10] = static_cast<std::uint8_t>(check >> 8);
        ip[11] = static_cast<std::uint8_t>(check);
        frame.insert(frame.end(), ip.begin(), ip.end());
        frame.insert(frame.end(), tcp.begin(), tcp.end());
        m_frames.push_back({timeUs, std::move(frame)});
        m_next[side] += static_cast<std::uint32_t>(text.size()) + (syn ? 1 : 0) +
                        (flags & tcpflag::FIN ? 1 : 0);
    }

    void Rewind(Side side) { m_next[side] = m_talk.initial[side]; }

  private:
    const MadeTalk& m_talk;
    std::vector<Frame>& m_frames;
    std::uint32_t m_next[2];
    unsigned m_id = 0;
};

std::string
OnWire(const std::string& reply)
{
    std::string text;
    for (const char c : reply)
    {
        text += c == '\n' ? "\r\n" : std::string(1, c);
    }
    return text + "\r\n";
}

void
Speak(const MadeTalk& talk, std::vector<Frame>& frames)
{
    constexpr unsigned PUSH = tcpflag::ACK | tcpflag::PSH;
    Speaker speaker(talk, frames);
    std::int64_t now = START_US + talk.startUs;
    speaker.Say(now, CLIENT, tcpflag::SYN);
    if (talk.resentSyn)
    {
        speaker.Rewind(CLIENT);
        now += 3000000;
        speaker.Say(now, CLIENT, tcpflag::SYN);
    }
    speaker.Say(now += talk.handshakeUs, SERVER, tcpflag::SYN | tcpflag::ACK);
    speaker.Say(now += talk.clientUs, CLIENT, tcpflag::ACK);
    for (const MadeTurn& turn : talk.turns)
    {
        if (!turn.command.empty())
        {
            now += talk.thinkUs;
            speaker.Say(now, CLIENT, PUSH, turn.command + "\r\n");
            if (talk.ackUs > 0 && talk.ackUs < turn.delayUs)
            {
                speaker.Say(now + talk.ackUs, SERVER, tcpflag::ACK);
            }
        }
        speaker.Say(now += turn.delayUs, SERVER, PUSH, OnWire(turn.reply));
    }
    speaker.Say(now += 300, SERVER, tcpflag::ACK | tcpflag::FIN);
    speaker.Say(now += 500, CLIENT, tcpflag::ACK | tcpflag::FIN);
    speaker.Say(now += talk.handshakeUs, SERVER, tcpflag::ACK);
}

class Collector : public AlertSink
{
  public:
    void Add(Alert alert) override { alerts.push_back(std::move(alert)); }

    std::vector<Alert> alerts;
};

const std::string GREETING = "220 EX.abc.com Microsoft ESMTP MAIL Service ready";
const std::string PROXY_ADDRESS = "69.46.103.200";

} // namespace

std::string
ExchangeEhlo(const std::string& client, bool whole)
{
    return "250-EX.abc.com Hello [" + client + "]\n250-SIZE\n250-PIPELINING\n250-DSN\n" +
           "250-ENHANCEDSTATUSCODES\n" +
           (whole ? "250-STARTTLS\n250-X-ANONYMOUSTLS\n250-AUTH NTLM LOGIN\n"
                    "250-X-EXPS GSSAPI NTLM\n"
                  : "") +
           "250-8BITMIME\n250 XSHADOW";
}

MadeTalk
StraightTalk(const std::string& hello)
{
    MadeTalk talk;
    talk.turns = {{"", GREETING},
                  {"EHLO " + hello, ExchangeEhlo(talk.client)},
                  {"AUTH LOGIN", "334 VXNlcm5hbWU6"},
                  {"amlh", "334 UGFzc3dvcmQ6"},
                  {"dHJhdmVs", "235 2.7.0 Authentication successful"},
                  {"MAIL FROM:<jia@abc.com>", "250 2.1.0 Sender OK"},
                  {"RCPT TO:<boss@abc.com>", "250 2.1.5 Recipient OK"},
                  {"DATA", "354 Start mail input; end with <CRLF>.<CRLF>"},
                  {"Subject: a\r\n\r\nb\r\n.",
                   "250 2.6.0 <1@x> [InternalId=1] Queued mail for delivery",
                   480000},
                  {"QUIT", "221 2.0.0 Service closing transmission channel"}};
    return talk;
}

MadeTalk
ProxiedTalk()
{
    MadeTalk talk;
    talk.handshakeUs = 18000;
    talk.ackUs = 18200;
    talk.stack = NEAR_STACK;
    talk.turns = {{"", "220 mail.globalsuite.net ESMTP", 18700},
                  {"EHLO JIA-PC", "250-mail.globalsuite.net\n250 8BITMIME", 18600},
                  {"MAIL FROM:<jia@abc.com>", "250 2.1.0 Sender OK", 570000},
                  {"RCPT TO:<boss@abc.com>", "250 2.1.5 Recipient OK", 157000},
                  {"DATA", "354 Start mail input; end with <CRLF>.<CRLF>", 157000},
                  {"Subject: a\r\n\r\nb\r\n.",
                   "250 2.6.0 <1@x> [InternalId=1] Queued mail for delivery",
                   480000},
                  {"QUIT", "221 2.0.0 Service closing transmission channel", 157000}};
    return talk;
}

MadeTalk
UpstreamTalk()
{
    MadeTalk talk;
    talk.client = PROXY_ADDRESS;
    talk.clientPort = 49760;
    talk.server = "192.168.0.222";
    talk.startUs = 131000;
    talk.handshakeUs = 350;
    talk.clientUs = 136500;
    talk.thinkUs = 137000;
    talk.initial[CLIENT] = 77000;
    talk.initial[SERVER] = 88000;
    talk.turns = {{"", GREETING, 1500},
                  {"EHLO mail.globalsuite.net", ExchangeEhlo(PROXY_ADDRESS), 1000},
                  {"MAIL FROM:<jia@abc.com>", "250 2.1.0 Sender OK", 1500},
                  {"RCPT TO:<boss@abc.com>", "250 2.1.5 Recipient OK", 1500},
                  {"DATA", "354 Start mail input; end with <CRLF>.<CRLF>", 1500},
                  {"Subject: a\r\n\r\nb\r\n.",
                   "250 2.6.0 <1@x> [InternalId=1] Queued mail for delivery",
                   327000},
                  {"QUIT", "221 2.0.0 Service closing transmission channel", 1000}};
    return talk;
}

std::string
PcapOf(const std::vector<MadeTalk>& talks)
{
    std::vector<Frame> frames;
    for (const MadeTalk& talk : talks)
    {
        Speak(talk, frames);
    }
    std::stable_sort(frames.begin(),
                     frames.end(),
                     [](const Frame& a, const Frame& b) { return a.timeUs < b.timeUs; });
    std::string out;
    for (const std::uint32_t word : {0xA1B2C3D4u, 0x00040002u, 0u, 0u, 65535u, 1u})
    {
        PutLittle32(out, word);
    }
    for (const Frame& frame : frames)
    {
        PutLittle32(out, static_cast<std::uint32_t>(frame.timeUs / 1000000));
        PutLittle32(out, static_cast<std::uint32_t>(frame.timeUs % 1000000));
        PutLittle32(out, static_cast<std::uint32_t>(frame.bytes.size()));
        PutLittle32(out, static_cast<std::uint32_t>(frame.bytes.size()));
        out.append(frame.bytes.begin(), frame.bytes.end());
    }
    return out;
}

std::string
ReceiveLogOf(const std::vector<MadeTalk>& talks)
{
    std::string text = "#Software: Microsoft Exchange Server\r\n#Version: 14.0.0.0\r\n"
                       "#Log-type: SMTP Receive Protocol Log\r\n#Date: 2011-11-16T04:11:55.000Z\r\n"
                       "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,"
                       "remote-endpoint,event,data,context\r\n";
    std::uint64_t id = 0x08CE6E5DA8B26408;
    for (const MadeTalk& talk : talks)
    {
        int sequence = 0;
        std::int64_t now = START_US + talk.startUs + talk.handshakeUs + talk.clientUs;
        const auto put = [&](const std::string& event, const std::string& data)
        {
            text += fmt::format("{}Z,EX\\Default EX,{:016X},{},{}:{},{}:{},{},{},\r\n",
                                FormatEveTime(now * 1000).substr(0, 23),
                                id,
                                sequence++,
                                talk.server,
                                talk.serverPort,
                                talk.client,
                                talk.clientPort,
                                event,
                                data);
        };
        put("+", "");
        for (const MadeTurn& turn : talk.turns)
        {
            const bool content = turn.command.find('\n') != turn.command.npos;
            const bool token = !turn.command.empty() && turn.reply.substr(0, 3) == "334" &&
                               turn.command.substr(0, 4) != "AUTH";
            if (!turn.command.empty())
            {
                now += talk.thinkUs;
                if (!content && !token && turn.reply.substr(0, 3) != "235")
                {
                    put("<", turn.command);
                }
            }
            now += turn.delayUs;
            std::size_t at = 0;
            while (at != std::string::npos)
            {
                const std::size_t end = turn.reply.find('\n', at);
                put(">", turn.reply.substr(at, end == std::string::npos ? end : end - at));
                at = end == std::string::npos ? end : end + 1;
            }
        }
        put("-", "");
        ++id;
    }
    return text;
}

void
AddLog(Surroundings& surroundings, std::string text, const std::string& name)
{
    ServerLogReaders readers(surroundings.logs, name);
    std::vector<TextLineReader*> all;
    readers.Join(all);
    ReadText(fmemopen(text.data(), text.size(), "rb"), all);
}

std::vector<Alert>
JudgeBoth(const std::string& detector,
          const std::vector<MadeTalk>& captured,
          const std::vector<MadeTalk>& logged)
{
    Surroundings surroundings;
    if (!logged.empty())
    {
        AddLog(surroundings, ReceiveLogOf(logged));
        surroundings.logs.Finish();
    }
    return JudgeCapture(PcapOf(captured), detector, surroundings);
}

std::vector<Alert>
JudgeLogs(const std::string& name, const Surroundings& surroundings)
{
    Collector collector;
    for (const auto& detector : AllDetectors())
    {
        if (detector->Name() == name)
        {
            detector->Conclude(surroundings, collector);
        }
    }
    return collector.alerts;
}

std::vector<Alert>
JudgeFiles(const std::string& name, const std::vector<std::vector<MadeTalk>>& captures)
{
    Collector collector;
    const Surroundings surroundings;
    std::list<Source> sources;
    for (const auto& detector : AllDetectors())
    {
        if (detector->Name() != name)
        {
            continue;
        }
        for (const std::vector<MadeTalk>& talks : captures)
        {
            sources.push_back({fmt::format("{}.pcap", sources.size()), false});
            std::string bytes = PcapOf(talks);
            FlowTable table(sources.back(),
                            [&](Flow& flow) {
                                detector->Judge({flow, surroundings}, collector);
                            });
            ReadCapture(fmemopen(bytes.data(), bytes.size(), "rb"),
                        [&](const Packet& packet) { table.Add(packet); });
            table.Finish();
        }
        detector->Conclude(surroundings, collector);
    }
    return collector.alerts;
}

} // namespace bouncelab::test
