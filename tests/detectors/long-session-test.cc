#include "detectors/analysis/session-table.h"
#include "detectors/readers/capture-reader.h"
#include "run-detector.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

// Sessions that are longer than what is judged at a time. What stands at their end, or where two
// windows meet, is judged as at the beginning, and once.

namespace
{

/// A session of a client beside the capture with a server 100 ms and 15 hops away.
class LongSession
{
  public:
    LongSession()
    {
        ScriptPacket& syn = Add(CLIENT, 1);
        syn.flags = tcp::SYN;
        m_next[CLIENT] += 1;
        ScriptPacket& answer = Add(SERVER, 100);
        answer.flags = tcp::SYN | tcp::ACK;
        m_next[SERVER] += 1;
        Add(CLIENT, 0);
        Say(SERVER, "220 mx.goal.example ESMTP\r\n", 100);
    }

    /// A packet that the side sends, so many milliseconds behind the one before.
    ScriptPacket& Add(Side side, std::int64_t afterMs)
    {
        m_timeNs += afterMs * MS;
        ScriptPacket& packet = packets.emplace_back();
        packet.timeNs = m_timeNs;
        packet.side = side;
        packet.source = side == CLIENT ? CLIENT_ADDRESS : SERVER_ADDRESS;
        packet.destination = side == CLIENT ? SERVER_ADDRESS : CLIENT_ADDRESS;
        packet.sourcePort = side == CLIENT ? 60661 : 25;
        packet.destinationPort = side == CLIENT ? 25 : 60661;
        packet.ttl = side == CLIENT ? 64 : 49;
        packet.ipId = ++m_ids[side] & 0xFFFF;
        packet.sequence = m_next[side];
        packet.ack = m_next[Other(side)];
        return packet;
    }

    void Say(Side side, const std::string& text, std::int64_t afterMs)
    {
        Add(side, afterMs).payload = text;
        m_next[side] += static_cast<std::uint32_t>(text.size());
    }

    void Ask(const std::string& command, const std::string& reply)
    {
        Say(CLIENT, command + "\r\n", 1);
        Say(SERVER, reply + "\r\n", 100);
    }

    /// Until there are so many packets.
    void Idle(std::size_t count)
    {
        while (packets.size() < count)
        {
            Ask("NOOP", "250 2.0.0 Ok");
        }
    }

    /// The command gets a forged answer before the server's own.
    void AskWithForgedReply()
    {
        Say(CLIENT, "RCPT TO:<eva@goal.example>\r\n", 1);
        Forge("500 error\r\n");
        Say(SERVER, "250 2.1.5 Ok\r\n", 50);
    }

    /// A reset in the server's name, while the server's answer is on its way.
    void AskWithForgedReset()
    {
        Say(CLIENT, "RCPT TO:<eva@goal.example>\r\n", 1);
        Forge("").flags = tcp::RST;
        Say(SERVER, "250 2.1.5 Ok\r\n", 50);
    }

    ScriptPacket& Forge(const std::string& text)
    {
        ScriptPacket& forged = Add(SERVER, 50);
        --m_ids[SERVER];
        forged.ttl = 57;
        forged.ipId = 64;
        forged.window = 0;
        forged.dontFragment = false;
        forged.payload = text;
        return forged;
    }

    PacketScript packets;

  private:
    static constexpr Ipv4 CLIENT_ADDRESS{0x0A040104};
    static constexpr Ipv4 SERVER_ADDRESS{0xC6336419};

    std::int64_t m_timeNs = 0;
    std::uint32_t m_next[2]{0x01000000, 0xFFFFF000}; // The server's wraps around.
    int m_ids[2]{1000, 30000};
};

/// A frame and the class of which it is accused.
using Accusation = std::pair<std::uint64_t, std::string>;

/// What is accused, each by any of the detectors and by none of them twice.
std::set<Accusation>
Accused(const PacketScript& packets)
{
    const EvidenceScratch scratch;
    scratch.Write("long.pcap", PcapOf(packets));
    std::vector<std::string> notes;
    std::set<Accusation> accused;
    std::set<std::pair<std::string, std::uint64_t>> told;
    for (const Alert& alert : JudgePath(scratch.Path(), "", &notes))
    {
        BOOST_TEST_CONTEXT(alert.detector << ": " << alert.evidence.explanation)
        {
            BOOST_TEST((alert.verdict == Verdict::Fault));
            BOOST_TEST(told.insert({alert.detector, alert.frame}).second);
        }
        accused.insert({alert.frame, std::string(alert.dottedClass)});
    }
    BOOST_TEST(notes.empty());
    return accused;
}

/// Whether that one thing is accused and nothing else.
bool
IsAccused(const PacketScript& packets, std::uint64_t frame, const std::string& dottedClass)
{
    return Accused(packets) == std::set<Accusation>{{frame, dottedClass}};
}

/// Calls take for each window of packets' flow.
void
ForWindows(const PacketScript& packets, const std::function<void(const Flow&)>& take)
{
    const CaptureSource source{"long.pcap", false};
    FlowTable table(source, [&](Flow& flow) { take(flow); });
    ReadCapture(OpenBytes(PcapOf(packets)), [&](const Packet& packet) { table.Add(packet); });
    table.Finish();
}

constexpr std::size_t LONG = 70000;
constexpr std::size_t WINDOW = 1 << 16; //!< Packets that are judged together.
constexpr std::size_t MARGIN = 1 << 12; //!< Behind which, from its end, the next window judges.

} // namespace

BOOST_AUTO_TEST_SUITE(long_session)

BOOST_AUTO_TEST_CASE(AnHonestOneIsQuiet)
{
    LongSession session;
    session.Idle(LONG);
    session.Ask("QUIT", "221 Bye");
    BOOST_TEST(Accused(session.packets).empty());
}

BOOST_AUTO_TEST_CASE(AForgedReplyAtTheEndIsFound)
{
    LongSession session;
    session.Idle(LONG);
    session.AskWithForgedReply();
    BOOST_TEST(IsAccused(session.packets, session.packets.size() - 1, "forged.reply"));
}

BOOST_AUTO_TEST_CASE(AForgedResetAtTheEndIsFound)
{
    LongSession session;
    session.Idle(LONG);
    session.AskWithForgedReset();
    BOOST_TEST(IsAccused(session.packets, session.packets.size() - 1, "forged.reset"));
}

BOOST_AUTO_TEST_CASE(WhereTwoWindowsMeetItIsFoundOnce)
{
    // The forged reply is the last that the one judges, the first that the other does, the last
    // that the one holds, and at the first that the other holds.
    for (const std::size_t before :
         {WINDOW - MARGIN - 2, WINDOW - MARGIN, WINDOW - 2, WINDOW - 2 * MARGIN})
    {
        LongSession session;
        session.Idle(before);
        session.AskWithForgedReply();
        const std::size_t forged = session.packets.size() - 1;
        session.Idle(LONG);
        BOOST_TEST_CONTEXT("frame " << forged)
        BOOST_TEST(IsAccused(session.packets, forged, "forged.reply"));
    }
}

BOOST_AUTO_TEST_CASE(EachPacketIsJudgedInOneWindow)
{
    LongSession session;
    session.Idle(2 * LONG);
    std::vector<std::size_t> judged(session.packets.size() + 1);
    std::vector<bool> ends;
    ForWindows(session.packets,
               [&](const Flow& flow)
               {
                   BOOST_TEST(flow.window.number == ends.size());
                   BOOST_TEST(flow.segments.size() <= WINDOW);
                   BOOST_TEST(flow.port[SERVER] == 25);
                   ends.push_back(flow.window.isLast);
                   for (const Segment& segment : flow.segments)
                   {
                       judged[segment.frame] += flow.window.Judges(segment.frame) ? 1 : 0;
                   }
               });
    BOOST_TEST(ends == std::vector<bool>({false, false, true}));
    BOOST_TEST(std::count(judged.begin() + 1, judged.end(), 1) ==
               static_cast<std::ptrdiff_t>(session.packets.size()));
}

BOOST_AUTO_TEST_CASE(ADialogGoesOnFromWindowToWindow)
{
    LongSession session;
    session.Idle(LONG);
    session.Ask("QUIT", "221 Bye");
    SessionTable table;
    ForWindows(session.packets, [&](const Flow& flow) { table.Add(flow); });
    const auto& sessions = table.Complete({});
    BOOST_REQUIRE_EQUAL(sessions.size(), 1);
    const std::vector<Turn>& turns = sessions[0].turns;
    BOOST_TEST(turns.size() == 1 + (session.packets.size() - 4) / 2);
    BOOST_TEST(std::count_if(turns.begin(),
                             turns.end(),
                             [](const Turn& turn) {
                                 return turn.Is("NOOP") && turn.code == 250;
                             }) == static_cast<std::ptrdiff_t>(turns.size() - 2));
    BOOST_TEST(!sessions[0].incomplete);
}

BOOST_AUTO_TEST_CASE(ContentThatSpansWindowsIsNoDialog)
{
    LongSession session;
    session.Ask("HELO mail.own.example", "250 mx.goal.example");
    session.Ask("MAIL FROM:<a@own.example>", "250 2.1.0 Ok");
    session.Ask("RCPT TO:<eva@goal.example>", "250 2.1.5 Ok");
    session.Ask("DATA", "354 End data with <CR><LF>.<CR><LF>");
    std::string text;
    while (text.size() < 1400)
    {
        text += "These lines are content, and no commands.\r\nQUIT\r\n";
    }
    for (std::size_t octets = 0; octets < 9 << 20; octets += text.size())
    {
        session.Say(CLIENT, text, 1);
        session.Add(SERVER, 0);
    }
    session.Ask(".", "250 2.0.0 Ok");
    session.Ask("QUIT", "221 Bye");
    SessionTable table;
    std::size_t windows = 0;
    ForWindows(session.packets,
               [&](const Flow& flow)
               {
                   ++windows;
                   table.Add(flow);
               });
    BOOST_TEST(windows > 2);
    const auto& sessions = table.Complete({});
    BOOST_REQUIRE_EQUAL(sessions.size(), 1);
    std::string verbs;
    for (const Turn& turn : sessions[0].turns)
    {
        verbs += turn.verb + " " + std::to_string(turn.code) + ", ";
    }
    verbs = verbs.substr(0, 200);
    BOOST_TEST(verbs == " 220, HELO 250, MAIL 250, RCPT 250, DATA 354, . 250, QUIT 221, ");
    BOOST_TEST(!sessions[0].incomplete);
    BOOST_TEST(Accused(session.packets).empty());
}

BOOST_AUTO_TEST_SUITE_END()
