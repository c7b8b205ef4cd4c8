// What a host does with segments that its peer never sent (S003-28 to S003-33, facts N15 to N19).

#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

struct Forgery
{
    std::string payload = "500 error\r\n";
    std::uint16_t window = 0;
    std::uint8_t flags = tcp::PSH | tcp::ACK;
    std::int32_t sequenceOffset = 0;
    std::uint8_t ttl = 57; //!< The server's is 64.
    int copies = 1;
};

/// Forges an answer to RCPT, seen in the middle, towards the client.
void
ForgeAnswer(TwoHosts& hosts, const Seen& rcpt, const Forgery& forgery)
{
    TcpSegment s;
    s.sourcePort = rcpt.segment.destinationPort;
    s.destinationPort = rcpt.segment.sourcePort;
    s.sequence = rcpt.segment.acknowledgment + static_cast<std::uint32_t>(forgery.sequenceOffset);
    s.acknowledgment =
        rcpt.segment.sequence + static_cast<std::uint32_t>(rcpt.segment.payload.size);
    s.flags = forgery.flags;
    s.window = forgery.window;
    s.payload = ViewOf(forgery.payload);
    path::WirePacket p =
        path::PacketOf(s, {}, rcpt.header.GetDestination(), rcpt.header.GetSource());
    p.payload->AddPacketTag(
        provenance::OriginTag(hosts.ledger.Born(9, hosts.ledger.NewCause(), true)));
    p.header.SetTtl(forgery.ttl);
    p.header.SetIdentification(64);
    hosts.Inject(p, false);
}

struct ForgedCase
{
    explicit ForgedCase(Forgery forgery = {},
                        StackProfile client = FreeBsdProfile(),
                        StackProfile server = LinuxProfile())
        : hosts(client, server)
    {
        hosts.onSeen = [this, forgery](const Seen& s)
        {
            if (s.fromClient && s.Text().rfind("RCPT", 0) == 0 && !forged)
            {
                forged = true;
                for (int copy = 0; copy < forgery.copies; ++copy)
                {
                    ForgeAnswer(hosts, s, forgery);
                }
            }
        };
        dialog = std::make_unique<HostDialog>(
            hosts,
            std::vector<std::string>{"220 mx ready\r\n", "250 mx\r\n", "250 Ok\r\n", "250 Ok\r\n"},
            std::vector<std::string>{"HELO a\r\n",
                                     "MAIL FROM:<a@b>\r\n",
                                     "RCPT TO:<c@d>\r\n",
                                     "QUIT\r\n"});
        dialog->closesAfterLast = true;
        ns3::Simulator::Stop(ns3::Seconds(30));
        ns3::Simulator::Run();
    }

    const Seen* Find(const std::string& prefix) const
    {
        for (const Seen& s : hosts.seen)
        {
            if (s.Text().rfind(prefix, 0) == 0)
            {
                return &s;
            }
        }
        return nullptr;
    }

    /// The genuine answer to RCPT.
    const Seen* Genuine() const
    {
        const Seen* last = nullptr;
        for (const Seen& s : hosts.seen)
        {
            if (s.Text() == "250 Ok\r\n")
            {
                last = &s;
            }
        }
        return last;
    }

    TwoHosts hosts;
    std::unique_ptr<HostDialog> dialog;
    bool forged = false;
};

const std::string ALL_GENUINE = "220 mx ready\r\n250 mx\r\n250 Ok\r\n250 Ok\r\n";

Forgery
Reset(std::uint8_t flags, std::uint8_t ttl = 57)
{
    Forgery reset;
    reset.payload.clear();
    reset.flags = flags;
    reset.ttl = ttl;
    return reset;
}

/// Bare ACKs of the client.
int
AcksOf(const ForgedCase& forged)
{
    int acks = 0;
    for (const Seen& s : forged.hosts.seen)
    {
        acks += s.fromClient && s.segment.flags == tcp::ACK && s.segment.payload.size == 0 ? 1 : 0;
    }
    return acks;
}

/// What the client has read when a reset has come ahead of the last answer.
std::string
ReadDespite(const Forgery& reset, const StackProfile& profile)
{
    return ForgedCase(reset, profile).dialog->clientRead;
}

} // namespace

BOOST_AUTO_TEST_SUITE(forged_segment)

BOOST_AUTO_TEST_CASE(a_cautious_stack_ignores_resets_of_another_ttl)
{
    const std::string cut = "220 mx ready\r\n250 mx\r\n250 Ok\r\n";
    StackProfile profile = FreeBsdProfile();
    BOOST_TEST(ReadDespite(Reset(tcp::RST), profile) == cut);
    profile.resetTtlCheck = ResetTtlCheck::Bare;
    BOOST_TEST(ReadDespite(Reset(tcp::RST), profile) == ALL_GENUINE);
    BOOST_TEST(ReadDespite(Reset(tcp::RST, 63), profile) == cut); // a step of the route
    BOOST_TEST(ReadDespite(Reset(tcp::RST, 62), profile) == ALL_GENUINE);
    BOOST_TEST(ReadDespite(Reset(tcp::RST | tcp::ACK), profile) == cut);
    profile.resetTtlCheck = ResetTtlCheck::Any;
    BOOST_TEST(ReadDespite(Reset(tcp::RST | tcp::ACK), profile) == ALL_GENUINE);
}

BOOST_AUTO_TEST_CASE(a_cautious_stack_ignores_resets_without_a_timestamp)
{
    StackProfile profile = FreeBsdProfile();
    profile.resetsNeedTimestamp = true;
    BOOST_TEST(ReadDespite(Reset(tcp::RST | tcp::ACK, 64), profile) == ALL_GENUINE);
    profile.timestamps = false; // none was negotiated
    BOOST_TEST(ReadDespite(Reset(tcp::RST | tcp::ACK, 64), profile) != ALL_GENUINE);
}

BOOST_AUTO_TEST_CASE(a_stack_that_holds_early_segments_takes_what_comes_later)
{
    StackProfile profile = FreeBsdProfile();
    profile.holdsEarlySegments = true;
    BOOST_TEST(ForgedCase({}, profile).dialog->clientRead == ALL_GENUINE);
    BOOST_TEST(ReadDespite(Reset(tcp::RST, 64), profile) == ALL_GENUINE);

    // An acknowledgment behind a reset is enough; the answer comes much later.
    StackProfile quick = LinuxProfile();
    quick.quickAcks = 64;
    TwoHosts hosts(profile, quick);
    hosts.onSeen = [&hosts](const Seen& s)
    {
        if (s.fromClient && s.Text().rfind("RCPT", 0) == 0)
        {
            ForgeAnswer(hosts, s, Reset(tcp::RST, 64));
        }
    };
    HostDialog dialog(hosts,
                      {"220 mx ready\r\n", "250 mx\r\n", "250 Ok\r\n"},
                      {"HELO a\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"});
    ns3::Simulator::Schedule(ns3::Seconds(5),
                             [&] { WriteText(dialog.serverSocket, "250 Ok\r\n"); });
    ns3::Simulator::Stop(ns3::Seconds(30));
    ns3::Simulator::Run();
    BOOST_TEST(dialog.clientRead == ALL_GENUINE);
}

BOOST_AUTO_TEST_CASE(what_nobody_contradicts_is_taken_a_round_trip_later)
{
    for (const bool holds : {false, true})
    {
        StackProfile profile = FreeBsdProfile();
        profile.holdsEarlySegments = holds;
        Forgery open;
        open.window = 5792;
        TwoHosts hosts(profile);
        std::int64_t forgedNs = 0;
        std::int64_t quitNs = 0;
        // The server never has the command.
        hosts.drops = [](const Seen& s) { return s.Text().rfind("RCPT", 0) == 0; };
        hosts.onSeen = [&](const Seen& s)
        {
            if (s.Text().rfind("RCPT", 0) == 0 && forgedNs == 0)
            {
                forgedNs = s.ns;
                ForgeAnswer(hosts, s, open);
            }
            quitNs = s.Text().rfind("QUIT", 0) == 0 && quitNs == 0 ? s.ns : quitNs;
        };
        HostDialog dialog(hosts,
                          {"220 mx ready\r\n", "250 mx\r\n", "250 Ok\r\n"},
                          {"HELO a\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "QUIT\r\n"});
        ns3::Simulator::Stop(ns3::Seconds(30));
        ns3::Simulator::Run();
        BOOST_TEST(dialog.clientRead == "220 mx ready\r\n250 mx\r\n250 Ok\r\n500 error\r\n");
        const std::int64_t waited = quitNs - forgedNs - 2 * TwoHosts::HALF_NS - 125000;
        BOOST_TEST(waited >= (holds ? 4 * TwoHosts::HALF_NS : 0));
        BOOST_TEST(waited < (holds ? 4 * TwoHosts::HALF_NS : 0) + 1000);
    }
}

BOOST_AUTO_TEST_CASE(a_reply_without_the_negotiated_timestamp_is_read_where_the_profile_takes_it)
{
    ForgedCase run;
    BOOST_TEST(run.dialog->clientRead == "220 mx ready\r\n250 mx\r\n250 Ok\r\n500 error\r\n");

    StackProfile strict = FreeBsdProfile();
    strict.acceptsMissingTimestamp = false;
    ForgedCase refused({}, strict);
    BOOST_TEST(refused.dialog->clientRead == "220 mx ready\r\n250 mx\r\n250 Ok\r\n250 Ok\r\n");
}

BOOST_AUTO_TEST_CASE(window_zero_holds_quit_until_the_genuine_reply_reopens_it)
{
    ForgedCase run;
    const Seen* quit = run.Find("QUIT");
    const Seen* genuine = run.Genuine();
    BOOST_REQUIRE(quit);
    BOOST_REQUIRE(genuine);
    BOOST_TEST(quit->ns - genuine->ns == 2 * TwoHosts::HALF_NS);
    BOOST_TEST(quit->segment.flags == (tcp::PSH | tcp::ACK | tcp::FIN));
    BOOST_TEST(quit->segment.acknowledgment == genuine->segment.sequence + 11);
    BOOST_TEST(quit->origin.cause != 0U);
}

BOOST_AUTO_TEST_CASE(an_open_window_lets_quit_go_at_once)
{
    Forgery open;
    open.window = 5792;
    ForgedCase run(open);
    const Seen* quit = run.Find("QUIT");
    const Seen* rcpt = run.Find("RCPT");
    BOOST_REQUIRE(quit);
    BOOST_TEST(quit->ns - rcpt->ns == 2 * TwoHosts::HALF_NS + 125000 + 1);
    BOOST_TEST(!quit->segment.Has(tcp::FIN));
}

BOOST_AUTO_TEST_CASE(a_trimmed_segment_leaves_the_echo_old_or_refreshes_it_by_profile)
{
    ForgedCase trimmed;
    const Seen* quit = trimmed.Find("QUIT");
    BOOST_TEST(quit->segment.options.timestampEcho <
               trimmed.Genuine()->segment.options.timestampValue);

    StackProfile refreshing = FreeBsdProfile();
    refreshing.timestampEcho = TimestampEcho::BeforeTrim;
    ForgedCase refreshed({}, refreshing);
    BOOST_TEST(refreshed.Find("QUIT")->segment.options.timestampEcho ==
               refreshed.Genuine()->segment.options.timestampValue);
}

BOOST_AUTO_TEST_CASE(an_ack_of_unsent_data_is_processed_or_refused_by_profile)
{
    ForgedCase processed;
    BOOST_TEST(processed.dialog->serverRead.find("QUIT") != std::string::npos);

    StackProfile discarding = LinuxProfile();
    discarding.ackOfUnsent = AckOfUnsent::Discard;
    ForgedCase refused({}, FreeBsdProfile(), discarding);
    BOOST_TEST(refused.dialog->serverRead.find("QUIT") == std::string::npos);
    int repeats = 0;
    for (const Seen& s : refused.hosts.seen)
    {
        repeats += s.Text() == "QUIT\r\n" ? 1 : 0;
    }
    BOOST_TEST(repeats > 1);
}

BOOST_AUTO_TEST_CASE(two_ends_that_disagree_on_what_was_sent_answer_each_other_without_end)
{
    StackProfile discarding = LinuxProfile();
    discarding.ackOfUnsent = AckOfUnsent::Discard;
    ForgedCase storm({}, FreeBsdProfile(), discarding);
    StackProfile challenging = LinuxProfile();
    challenging.ackOfUnsent = AckOfUnsent::Challenge;
    ForgedCase limited({}, FreeBsdProfile(), challenging);
    ForgedCase processed;
    BOOST_TEST(storm.hosts.seen.size() > 10 * limited.hosts.seen.size());
    BOOST_TEST(limited.hosts.seen.size() > processed.hosts.seen.size());
}

BOOST_AUTO_TEST_CASE(resets_are_checked_by_profile)
{
    Forgery reset;
    reset.payload = "";
    reset.flags = tcp::RST;
    ForgedCase exact(reset);
    BOOST_TEST(exact.dialog->clientClosed);

    reset.sequenceOffset = 100;
    ForgedCase inWindow(reset);
    BOOST_TEST(inWindow.dialog->clientClosed);

    StackProfile modern = FreeBsdProfile();
    modern.resetCheck = ResetCheck::Challenge;
    ForgedCase challenged(reset, modern);
    BOOST_TEST(challenged.dialog->clientRead.find("250 Ok\r\n250 Ok\r\n") != std::string::npos);

    reset.sequenceOffset = -100;
    ForgedCase below(reset);
    BOOST_TEST(below.dialog->clientRead.find("250 Ok\r\n250 Ok\r\n") != std::string::npos);
}

// RFC 5961 3.2 and 7, and net.ipv4.tcp_invalid_ratelimit.
BOOST_AUTO_TEST_CASE(resets_in_the_window_are_challenged_once_in_half_a_second_and_others_never)
{
    StackProfile modern = FreeBsdProfile();
    modern.resetCheck = ResetCheck::Challenge;
    Forgery reset = Reset(tcp::RST);
    reset.sequenceOffset = -100;
    const int quiet = AcksOf(ForgedCase(reset, modern));
    reset.sequenceOffset = 1000000;
    BOOST_TEST(AcksOf(ForgedCase(reset, modern)) == quiet);
    reset.sequenceOffset = 100;
    BOOST_TEST(AcksOf(ForgedCase(reset, modern)) == quiet + 1);
    reset.copies = 3;
    BOOST_TEST(AcksOf(ForgedCase(reset, modern)) == quiet + 1);
}

BOOST_AUTO_TEST_SUITE_END()
