#include "packet-script.h"

#include "script-words.h"

#include "formats/alert.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace bouncelab::test
{

namespace
{

constexpr std::string_view LETTERS = "FSRP.UEW"; //!< Of the flags, from the lowest bit.

const std::map<std::string_view, TcpOptionKind> OPTIONS{{"eol", TcpOptionKind::End},
                                                        {"nop", TcpOptionKind::Nop},
                                                        {"mss", TcpOptionKind::Mss},
                                                        {"wscale", TcpOptionKind::WindowScale},
                                                        {"sackOK", TcpOptionKind::SackPermitted},
                                                        {"TS", TcpOptionKind::Timestamp}};

/// One who speaks: a host at a port, or another in its name.
struct Speaker
{
    std::string name; //!< Whose numbers count: its own, or of whom it speaks as.
    bool isOther = false;
    ScriptPacket habits; //!< What its packets have in common.
    bool stampsPackets = false;
    std::uint32_t ticks = 0; //!< Of its clock, when the script begins.
    std::int64_t tickNs = 0;
    std::vector<TcpOptionKind> synOptions;
    std::uint32_t initial = 1000;
    int nextId = 1;
    int idStep = 1;
    std::int64_t afterNs = 0; //!< How long after the packet above, where a line has no time.
    std::int64_t acksNs = 0;  //!< How long until it acknowledges an open text; 0 = it never does.

    std::uint32_t TicksAt(std::int64_t timeNs) const
    {
        return ticks + static_cast<std::uint32_t>(tickNs > 0 ? timeNs / tickNs : 0);
    }
};

/// What one side of a connection has sent.
struct Sent
{
    std::uint32_t next = 1; //!< Sequence number, counted from its SYN.
    std::uint32_t ticks = 0;
    bool isFirst = false;      //!< It spoke before the other did.
    std::int64_t ackDueNs = 0; //!< When it will acknowledge what it heard, 0 = nothing is due.
};

/// A packet while its line is read.
struct ScriptedLine
{
    ScriptPacket packet;
    Speaker now; //!< Its sender, with what it does otherwise here.
    bool hasOwnId = false;
    bool isCaptured = true;
};

class ScriptReader
{
  public:
    PacketScript Read(const std::vector<CaseLine>& lines);

  private:
    void Declare(const std::string& name, ScriptWords& words);
    bool TakeHostOption(Speaker& speaker, ScriptWords& words);
    bool TakeField(ScriptPacket& packet, Speaker& speaker, ScriptWords& words);
    void TakeOptions(ScriptPacket& packet, std::vector<TcpOptionKind>& kinds, ScriptWords& words);
    void TakePacket(ScriptWords& words);
    void AcknowledgeInTime(Speaker& from, const Speaker& to);
    std::int64_t TakeTime(ScriptWords& words);
    Speaker& TakeSpeaker(ScriptWords& words);
    std::uint8_t TakeFlags(ScriptWords& words);
    void Prepare(ScriptedLine& line, const Speaker& to);
    void TakeWord(ScriptedLine& line, ScriptWords& words);
    void Finish(ScriptedLine& line, Speaker& from, const Speaker& to);

    Sent& Of(const std::string& from, const std::string& to) { return m_sent[{from, to}]; }

    std::int64_t m_startNs = 0;
    std::string m_only; //!< Whose packets alone are captured; empty = everybody's.
    std::int64_t m_nowNs = 0;
    std::map<std::string, Speaker, std::less<>> m_speakers;
    std::map<std::string, std::int64_t, std::less<>> m_labels;
    std::map<std::pair<std::string, std::string>, Sent> m_sent;
    PacketScript m_packets;
};

/// A line that begins with a quote belongs to the one above it.
std::vector<CaseLine>
Joined(const std::vector<CaseLine>& lines)
{
    std::vector<CaseLine> joined;
    for (const CaseLine& line : lines)
    {
        const std::size_t first = line.text.find_first_not_of(" \t");
        if (!joined.empty() && first != std::string::npos && line.text[first] == '"')
        {
            joined.back().text += " " + line.text;
        }
        else
        {
            joined.push_back(line);
        }
    }
    return joined;
}

PacketScript
ScriptReader::Read(const std::vector<CaseLine>& lines)
{
    for (const CaseLine& line : Joined(lines))
    {
        ScriptWords words(line);
        if (words.IsEmpty() || words.IsNext('#'))
        {
            continue;
        }
        if (words.Take("start"))
        {
            const auto start = ParseEveTime(words.Peek());
            if (!start)
            {
                words.Fail("a time such as 2006-09-26T06:44:52.643691Z");
            }
            m_startNs = start->time_since_epoch().count();
        }
        else if (words.Take("only"))
        {
            m_only = words.Take();
        }
        else if (line.text.find(" > ") == std::string::npos)
        {
            Declare(std::string(words.Take()), words);
        }
        else
        {
            TakePacket(words);
        }
    }
    std::stable_sort(m_packets.begin(),
                     m_packets.end(),
                     [](const ScriptPacket& a, const ScriptPacket& b)
                     { return a.timeNs < b.timeNs; });
    return std::move(m_packets);
}

void
ScriptReader::Declare(const std::string& name, ScriptWords& words)
{
    Speaker speaker;
    if (words.Take("as"))
    {
        speaker = TakeSpeaker(words);
        speaker.isOther = true;
    }
    else
    {
        const std::string_view place = words.Peek();
        const std::size_t colon = std::min(place.rfind(':'), place.size());
        const bool isBracketed = place.substr(0, 1) == "[" && colon > 1 && place[colon - 1] == ']';
        const auto address =
            IpAddress::Parse(isBracketed ? place.substr(1, colon - 2) : place.substr(0, colon));
        const std::string expected = "ADDRESS:PORT or [IPV6]:PORT behind the name of a host";
        if (!address || colon == place.size() || isBracketed != address->IsIpv6())
        {
            words.Fail(expected);
        }
        speaker.name = name;
        speaker.habits.source = *address;
        speaker.habits.sourcePort =
            static_cast<std::uint16_t>(words.NumberIn(place.substr(colon + 1), expected));
        words.Take();
    }
    while (!words.IsEmpty())
    {
        if (!TakeHostOption(speaker, words) && !TakeField(speaker.habits, speaker, words))
        {
            words.Fail(
                "ttl, win, id, label, step, isn, syn, after, acks, clock, df, no-df or no-ts");
        }
    }
    speaker.nextId = speaker.habits.ipId;
    m_speakers[name] = std::move(speaker);
}

bool
ScriptReader::TakeHostOption(Speaker& speaker, ScriptWords& words)
{
    if (words.Take("step"))
    {
        speaker.idStep = words.TakeNumber<int>("how far IP IDs are apart");
    }
    else if (words.Take("isn"))
    {
        speaker.initial = words.TakeNumber<std::uint32_t>("an initial sequence number");
    }
    else if (words.Take("syn"))
    {
        TakeOptions(speaker.habits, speaker.synOptions, words);
    }
    else if (words.Take("after"))
    {
        speaker.afterNs = words.TakeDuration();
    }
    else if (words.Take("acks"))
    {
        speaker.acksNs = words.TakeDuration();
    }
    else if (words.Take("clock"))
    {
        speaker.stampsPackets = true;
        speaker.ticks = words.TakeNumber<std::uint32_t>("a timestamp");
        if (!words.Take("per"))
        {
            words.Fail("per and the length of a tick");
        }
        speaker.tickNs = words.TakeDuration();
    }
    else
    {
        return false;
    }
    return true;
}

bool
ScriptReader::TakeField(ScriptPacket& packet, Speaker& speaker, ScriptWords& words)
{
    if (words.Take("ttl"))
    {
        packet.ttl = words.TakeNumber<int>("a TTL");
    }
    else if (words.Take("win"))
    {
        packet.window = words.TakeNumber<int>("a window as it stands in the header");
    }
    else if (words.Take("id"))
    {
        packet.ipId = words.TakeNumber<int>("an IP ID");
    }
    else if (words.Take("label"))
    {
        packet.flowLabel = words.TakeNumber<std::uint32_t>("a flow label");
    }
    else if (words.Peek() == "df" || words.Peek() == "no-df")
    {
        packet.dontFragment = words.Take() == "df";
    }
    else if (words.Take("no-ts"))
    {
        speaker.stampsPackets = false;
    }
    else
    {
        return false;
    }
    return true;
}

void
ScriptReader::TakeOptions(ScriptPacket& packet,
                          std::vector<TcpOptionKind>& kinds,
                          ScriptWords& words)
{
    const std::string expected = "TCP options among eol, nop, mss N, wscale N, sackOK and TS";
    for (const std::string_view item : words.TakeList())
    {
        const std::size_t space = std::min(item.find(' '), item.size());
        const auto kind = OPTIONS.find(item.substr(0, space));
        if (kind == OPTIONS.end())
        {
            words.Fail(expected);
        }
        kinds.push_back(kind->second);
        if (space < item.size())
        {
            (kind->second == TcpOptionKind::Mss ? packet.mss : packet.windowScale) =
                words.NumberIn(item.substr(space + 1), expected);
        }
    }
}

/// "0", "+0.2ms" behind the packet above, or "ask+54ms" behind one with a label.
std::int64_t
ScriptReader::TakeTime(ScriptWords& words)
{
    const std::string_view word = words.Peek();
    const std::size_t plus = word.find('+');
    if (plus == std::string_view::npos)
    {
        return words.TakeDuration();
    }
    std::int64_t since = m_nowNs;
    if (plus > 0)
    {
        const auto label = m_labels.find(word.substr(0, plus));
        if (label == m_labels.end())
        {
            words.Fail("the label of a packet above in front of +");
        }
        since = label->second;
    }
    const std::int64_t ns = since + words.DurationIn(word.substr(plus + 1));
    words.Take();
    return ns;
}

Speaker&
ScriptReader::TakeSpeaker(ScriptWords& words)
{
    const auto known = m_speakers.find(words.Peek());
    if (known == m_speakers.end())
    {
        words.Fail("a name of a host above");
    }
    words.Take();
    return known->second;
}

void
ScriptReader::TakePacket(ScriptWords& words)
{
    std::string label;
    if (words.Peek().back() == ':')
    {
        label = words.Take();
        label.pop_back();
    }
    const auto afterwards = m_speakers.find(words.Peek());
    m_nowNs =
        afterwards == m_speakers.end() ? TakeTime(words) : m_nowNs + afterwards->second.afterNs;
    m_labels[label] = m_nowNs;
    const bool isHeard = m_only.empty() || words.Peek() == m_only;
    Speaker& from = TakeSpeaker(words);
    if (!words.Take(">"))
    {
        words.Fail("> and to whom it goes");
    }
    const Speaker& to = TakeSpeaker(words);
    AcknowledgeInTime(from, to);
    ScriptedLine line{from.habits, from};
    line.packet.label = label;
    line.packet.flags = TakeFlags(words);
    Prepare(line, to);
    while (!words.IsEmpty())
    {
        TakeWord(line, words);
    }
    line.isCaptured = line.isCaptured && isHeard;
    Finish(line, from, to);
}

/// What the sender has not answered when its acknowledgment is due it acknowledges by itself.
void
ScriptReader::AcknowledgeInTime(Speaker& from, const Speaker& to)
{
    const std::int64_t due = std::exchange(Of(from.name, to.name).ackDueNs, 0);
    if (due == 0 || due >= m_nowNs)
    {
        return;
    }
    const std::int64_t now = std::exchange(m_nowNs, due);
    ScriptedLine line{from.habits, from};
    line.packet.flags = tcp::ACK;
    Prepare(line, to);
    Finish(line, from, to);
    m_nowNs = now;
}

std::uint8_t
ScriptReader::TakeFlags(ScriptWords& words)
{
    if (words.IsEmpty() || words.Peek().find_first_not_of(LETTERS) != std::string_view::npos)
    {
        return tcp::ACK | tcp::PSH;
    }
    std::uint8_t flags = 0;
    for (const char letter : words.Take())
    {
        flags |= static_cast<std::uint8_t>(1U << LETTERS.find(letter));
    }
    return flags;
}

/// What a packet has if its line says nothing else; numbers are counted from the SYNs.
void
ScriptReader::Prepare(ScriptedLine& line, const Speaker& to)
{
    ScriptPacket& packet = line.packet;
    const bool isSyn = packet.flags & tcp::SYN;
    const Sent& own = Of(line.now.name, to.name);
    const Sent& other = Of(to.name, line.now.name);
    packet.timeNs = m_startNs + m_nowNs;
    packet.sequence = isSyn ? 0 : own.next;
    packet.ack = other.next;
    packet.ipId = line.now.nextId;
    packet.destination = to.habits.source;
    packet.destinationPort = to.habits.sourcePort;
    packet.timestampValue = line.now.TicksAt(m_nowNs);
    packet.timestampEcho = other.ticks;
    if (isSyn)
    {
        packet.options = line.now.synOptions;
    }
}

void
ScriptReader::TakeWord(ScriptedLine& line, ScriptWords& words)
{
    ScriptPacket& packet = line.packet;
    line.hasOwnId = line.hasOwnId || words.Peek() == "id";
    if (words.Take("uncaptured"))
    {
        line.isCaptured = false;
    }
    else if (words.Take("seq"))
    {
        packet.sequence = words.TakeNumber<std::uint32_t>("a number counted from the SYN");
    }
    else if (words.Take("ack"))
    {
        packet.ack = words.TakeNumber<std::uint32_t>("a number counted from the other's SYN");
    }
    else if (words.Take("ts"))
    {
        line.now.stampsPackets = true;
        packet.timestampValue = words.TakeNumber<std::uint32_t>("a timestamp");
        packet.timestampEcho = words.TakeNumber<std::uint32_t>("the timestamp that it echoes");
    }
    else if (words.IsNext('<'))
    {
        packet.options.clear();
        TakeOptions(packet, packet.options, words);
    }
    else if (words.IsNext('"') || words.Peek().find("*\"") != std::string_view::npos)
    {
        packet.payload += words.TakeText();
    }
    else if (!TakeField(packet, line.now, words))
    {
        words.Fail(
            "flags, seq, ack, ttl, id, label, win, df, no-df, ts, no-ts, <options>, uncaptured or "
            "a text in quotes");
    }
}

/// Captures the packet, counts what was sent, and makes the numbers those of the header.
void
ScriptReader::Finish(ScriptedLine& line, Speaker& from, const Speaker& to)
{
    ScriptPacket& packet = line.packet;
    Sent& own = Of(from.name, to.name);
    own.isFirst = own.isFirst || !Of(to.name, from.name).isFirst;
    packet.side = own.isFirst ? detectors::CLIENT : detectors::SERVER;
    from.nextId += line.hasOwnId ? 0 : from.idStep;
    if (line.now.stampsPackets && !packet.HasTimestamp())
    {
        packet.options.insert(packet.options.end(),
                              {TcpOptionKind::Nop, TcpOptionKind::Nop, TcpOptionKind::Timestamp});
    }
    if (!from.isOther)
    {
        own.next =
            std::max(own.next,
                     packet.sequence + static_cast<std::uint32_t>(packet.payload.size()) +
                         (packet.flags & tcp::SYN ? 1 : 0) + (packet.flags & tcp::FIN ? 1 : 0));
        own.ticks = packet.timestampValue;
    }
    if (to.acksNs > 0 && !packet.payload.empty())
    {
        Of(to.name, from.name).ackDueNs = m_nowNs + to.acksNs;
    }
    packet.sequence += from.initial;
    packet.ack = packet.flags & tcp::ACK ? packet.ack + to.initial : 0;
    if (line.isCaptured)
    {
        m_packets.push_back(std::move(packet));
    }
}

} // namespace

bool
ScriptPacket::HasTimestamp() const
{
    return std::find(options.begin(), options.end(), TcpOptionKind::Timestamp) != options.end();
}

void
ScriptPacket::DropTimestamp()
{
    options.erase(std::remove(options.begin(), options.end(), TcpOptionKind::Timestamp),
                  options.end());
}

PacketScript
ReadPacketScript(const std::vector<CaseLine>& lines)
{
    return ScriptReader().Read(lines);
}

} // namespace bouncelab::test
