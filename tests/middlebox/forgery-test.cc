#include "models/middlebox/forgery.h"

#include "formats/vocabulary.h"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace bouncelab;
using namespace bouncelab::middlebox;

namespace
{

const DrawKey DRAWS(1, "device/injector");

/// A command of 20 octets at 1000, answered up to 5000.
const Trigger COMMAND{1020, 5000, 1014, 57, 4711, 33304, 57, 50};

ForgedPacket
Copy(const ForgedPacketConfig& config, std::uint32_t copy, std::uint64_t number = 1)
{
    return Forge(config, COMMAND, number, copy, DRAWS, number * 100 + copy);
}

} // namespace

BOOST_AUTO_TEST_SUITE(forgery)

BOOST_AUTO_TEST_CASE(numbers_fit_the_side_that_it_is_for)
{
    ForgedPacketConfig config;
    config.kind = ForgedKind::ResetAck;
    BOOST_TEST(Copy(config, 0).segment.sequence == 5000U);
    BOOST_TEST(Copy(config, 0).segment.acknowledgment == 1014U);
    config.toward = ForgedToward::Server;
    BOOST_TEST(Copy(config, 0).segment.sequence == 1020U);
    BOOST_TEST(Copy(config, 0).segment.acknowledgment == 5000U);
    config.sequenceOffset = 1460;
    config.sequenceStep = 2920;
    BOOST_TEST(Copy(config, 1).segment.sequence == 1020U + 4380);
    config.sequenceOffset = -21;
    BOOST_TEST(Copy(config, 0).segment.sequence == 999U);
    config.ackRule = AckRule::Zero;
    BOOST_TEST(Copy(config, 0).segment.acknowledgment == 0U);
}

BOOST_AUTO_TEST_CASE(a_bare_reset_acknowledges_nothing)
{
    ForgedPacketConfig config;
    config.kind = ForgedKind::Reset;
    BOOST_TEST(Copy(config, 0).segment.flags == tcp::RST);
    BOOST_TEST(Copy(config, 0).segment.acknowledgment == 0U);
    BOOST_TEST(Copy(config, 0).segment.payload.size == 0U);
    config.carries = true;
    config.payload = "x";
    BOOST_TEST(Copy(config, 0).segment.payload.Text() == "x");
}

BOOST_AUTO_TEST_CASE(flags_and_classes)
{
    const auto flags = [](ForgedKind kind, bool push = true)
    {
        ForgedPacketConfig config;
        config.kind = kind;
        config.push = push;
        return Copy(config, 0).segment.flags;
    };
    BOOST_TEST(flags(ForgedKind::Data) == (tcp::PSH | tcp::ACK));
    BOOST_TEST(flags(ForgedKind::Data, false) == tcp::ACK);
    BOOST_TEST(flags(ForgedKind::ResetAck) == (tcp::RST | tcp::ACK));
    BOOST_TEST(flags(ForgedKind::Finish) == (tcp::FIN | tcp::ACK));
    BOOST_TEST(flags(ForgedKind::SynAck) == (tcp::SYN | tcp::ACK));

    ForgedPacketConfig config;
    BOOST_TEST(ClassOf(config) == classes::FORGED_REPLY);
    config.toward = ForgedToward::Server;
    BOOST_TEST(ClassOf(config) == classes::FORGED_DATA);
    config.kind = ForgedKind::Reset;
    BOOST_TEST(ClassOf(config) == classes::FORGED_RESET);
}

BOOST_AUTO_TEST_CASE(a_ttl_comes_from_where_its_rule_says)
{
    ForgedPacketConfig config;
    BOOST_TEST(Copy(config, 0).ttl == 64);
    config.ttlRule = TtlRule::Trigger;
    BOOST_TEST(Copy(config, 0).ttl == 57);
    config.ttlRule = TtlRule::Sender;
    BOOST_TEST(Copy(config, 0).ttl == 50);
    config.toward = ForgedToward::Server;
    BOOST_TEST(Copy(config, 0).ttl == 57);
    Trigger first = COMMAND;
    first.clientTtl = 0;
    BOOST_TEST(Forge(config, first, 1, 0, DRAWS, 1).ttl == 64); // nothing to copy from yet
    config.ttlRule = TtlRule::Scattered;
    config.ttl = 200;
    std::set<int> seen;
    for (std::uint32_t copy = 0; copy < 200; ++copy)
    {
        const int ttl = Copy(config, copy).ttl;
        BOOST_TEST(ttl >= 200);
        seen.insert(ttl);
    }
    BOOST_TEST(seen.size() > 40U);
}

BOOST_AUTO_TEST_CASE(a_counted_ttl_begins_again_beyond_255_and_takes_the_window_along)
{
    ForgedPacketConfig config;
    config.ttl = 250;
    config.ttlStep = 4;
    config.windowRule = WindowRule::Ttl;
    config.window = 1375;
    BOOST_TEST(Copy(config, 0, 1).ttl == 250);
    BOOST_TEST(Copy(config, 2, 1).ttl == 250);
    BOOST_TEST(Copy(config, 0, 2).ttl == 254);
    BOOST_TEST(Copy(config, 0, 2).segment.window == 254 + 1375);
    BOOST_TEST(Copy(config, 0, 3).ttl == 252); // 258: six values, 250 to 255
    config.ttlCopyStep = 1;
    BOOST_TEST(Copy(config, 1, 1).ttl == 251);
}

BOOST_AUTO_TEST_CASE(identification_and_window_by_their_rules)
{
    ForgedPacketConfig config;
    config.ipIdStep = 1;
    config.window = 1980;
    config.windowStep = 1;
    BOOST_TEST(Copy(config, 2).ipId == 66);
    BOOST_TEST(Copy(config, 2).segment.window == 1982);
    config.ipIdRule = IpIdRule::Trigger;
    config.ipId = -26;
    config.ipIdStep = 0;
    config.windowRule = WindowRule::Trigger;
    config.windowStep = 0;
    BOOST_TEST(Copy(config, 0).ipId == 4711 - 26);
    BOOST_TEST(Copy(config, 0).segment.window == 33304);
    Trigger low = COMMAND;
    low.ipId = 5;
    BOOST_TEST(Forge(config, low, 1, 0, DRAWS, 1).ipId == 65536 + 5 - 26);
    config.ipIdRule = IpIdRule::Random;
    BOOST_TEST(Copy(config, 0).ipId == Copy(config, 0).ipId);
    BOOST_TEST(Copy(config, 0).ipId != Copy(config, 1).ipId);
}

BOOST_AUTO_TEST_CASE(a_device_counts_its_packets_in_identification_and_window)
{
    ForgedPacketConfig config;
    config.ipId = 0x12FE;
    config.ipIdRule = IpIdRule::Counter;
    config.window = 1500;
    config.windowRule = WindowRule::Counter;
    config.windowStep = 3;
    const auto made = [&config](std::uint64_t before)
    { return Forge(config, COMMAND, 1, 0, DRAWS, before + 1); };
    BOOST_TEST(made(0).ipId == 0x12FE);
    BOOST_TEST(made(3).ipId == 0x1301);
    BOOST_TEST(made(0).segment.window == 1500);
    BOOST_TEST(made(3).segment.window == 1509);
    config.ipIdRule = IpIdRule::SwappedCounter;
    BOOST_TEST(made(0).ipId == 0xFE12);
    BOOST_TEST(made(3).ipId == 0x0113);
}

BOOST_AUTO_TEST_CASE(timestamps_are_none_wrong_ones_or_the_senders)
{
    Trigger trigger = COMMAND;
    trigger.timestamps = {700, 900};
    ForgedPacketConfig config;
    const auto options = [&] { return Forge(config, trigger, 1, 0, DRAWS, 1).segment.options; };
    BOOST_TEST(!options().timestamp);
    config.timestampRule = TimestampRule::Value;
    config.timestamp = 5;
    BOOST_TEST(options().timestamp);
    BOOST_TEST(options().timestampValue == 5U);
    BOOST_TEST(options().timestampEcho == 0U);
    config.timestampRule = TimestampRule::Sender;
    BOOST_TEST(options().timestampValue == 900U);
    BOOST_TEST(options().timestampEcho == 700U);
    config.toward = ForgedToward::Server;
    BOOST_TEST(options().timestampValue == 700U);
    BOOST_TEST(options().timestampEcho == 900U);
    trigger.timestamps = {}; // The connection has none.
    BOOST_TEST(!options().timestamp);
}

BOOST_AUTO_TEST_SUITE_END()
