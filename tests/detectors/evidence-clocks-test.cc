#include "detectors/analysis/evidence-clocks.h"

#include "detectors/evidence.h"
#include "sample-wire.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <functional>
#include <string>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace
{

/// What a clock is ahead of true time.
using Course = std::function<Nanoseconds(WallTime)>;

const WallTime START(seconds(1262592000)); // 2010-01-04T08:00:00Z
constexpr const char* SEND = "hub1/SEND20100104-1.log";
constexpr const char* RECV = "hub2/RECV20100104-1.log";

Course
Always(Nanoseconds ahead)
{
    return [ahead](WallTime) { return ahead; };
}

std::string
HeadOf(const std::string& type)
{
    return "#Software: Microsoft Exchange Server\r\n#Version: 14.0.0.0\r\n#Log-type: " + type +
           "\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,"
           "remote-endpoint,event,data,context\r\n";
}

/// The logs of a sender and a receiver, whose connections need 13 ms for either way.
class TwoLogs
{
  public:
    TwoLogs(Course client, Course server)
        : m_client(std::move(client))
        , m_server(std::move(server))
    {
    }

    void Session(WallTime time)
    {
        ++m_id;
        m_port = 1024 + m_id;
        constexpr milliseconds WAY(13);
        m_sequence = 0;
        Client(time + WAY, "+", "");
        Client(time + 2 * WAY, "<", "220 hub2.example.com");
        Client(time + 3 * WAY, ">", "EHLO hub1.example.com");
        Client(time + 5 * WAY, "<", "250 X-EXPS");
        m_sequence = 0;
        Server(time + WAY, "+", "");
        Server(time + WAY, ">", "220 hub2.example.com");
        Server(time + 4 * WAY, "<", "EHLO hub1.example.com");
        Server(time + 4 * WAY, ">", "250 X-EXPS");
    }

    std::optional<ClockEstimate> Ahead(WallTime trueTime, bool isReceiversLost = false) const
    {
        EvidenceContext context;
        AddLog(context, HeadOf("SMTP Send Protocol Log") + m_sent, SEND);
        if (!isReceiversLost)
        {
            AddLog(context, HeadOf("SMTP Receive Protocol Log") + m_taken, RECV);
        }
        context.logs.Finish();
        SessionTable table;
        return EvidenceClocks(table, context, {}).Ahead(RECV, SEND, trueTime + m_client(trueTime));
    }

  private:
    void Client(WallTime time, const std::string& event, const std::string& data)
    {
        m_sent += fmt::format("{},Intra,{:016X},{},10.1.1.25:{},10.2.1.25:25,{},{},\r\n",
                              UtcStamp(time + m_client(time)),
                              m_id,
                              m_sequence++,
                              m_port,
                              event,
                              data);
    }

    void Server(WallTime time, const std::string& event, const std::string& data)
    {
        m_taken +=
            fmt::format("{},HUB2\\Default HUB2,{:016X},{},10.2.1.25:25,10.1.1.25:{},{},{},\r\n",
                        UtcStamp(time + m_server(time)),
                        m_id + 0x100000,
                        m_sequence++,
                        m_port,
                        event,
                        data);
    }

    Course m_client;
    Course m_server;
    std::string m_sent;
    std::string m_taken;
    int m_id = 0;
    int m_port = 0;
    int m_sequence = 0;
};

/// A request to a controller, which a capture saw.
KerberosExchange
Exchange(const std::string& file, std::uint16_t port, WallTime time, int ms)
{
    KerberosExchange seen;
    seen.file = file;
    seen.client = *HostAddress::Parse("10.1.1.25");
    seen.clientPort = port;
    seen.server = *HostAddress::Parse("10.1.2.10");
    seen.time = time;
    seen.answerTime = time + milliseconds(ms);
    seen.request.emplace();
    seen.answer.emplace();
    return seen;
}

/// Whether the estimate at a time holds what is so then, and says not more than that by much.
void
Expect(const TwoLogs& logs, WallTime time, Nanoseconds ahead, Nanoseconds widest)
{
    const auto estimate = logs.Ahead(time);
    BOOST_REQUIRE(estimate);
    BOOST_TEST(estimate->ahead.least.count() <= ahead.count());
    BOOST_TEST(estimate->ahead.most.count() >= ahead.count());
    BOOST_TEST(estimate->ahead.Width().count() <= widest.count());
}

} // namespace

BOOST_AUTO_TEST_SUITE(evidence_clocks)

BOOST_AUTO_TEST_CASE(sessions_of_both_logs_tell_the_offset)
{
    for (const Nanoseconds ahead : {Nanoseconds(0),
                                    Nanoseconds(milliseconds(400)),
                                    Nanoseconds(minutes(-7)),
                                    Nanoseconds(hours(5)),
                                    Nanoseconds(hours(-72) + seconds(17))})
    {
        TwoLogs logs(Always(milliseconds(70)), Always(ahead + milliseconds(70)));
        for (int i = 0; i < 5; ++i)
        {
            logs.Session(START + i * minutes(20));
        }
        Expect(logs, START + minutes(40), ahead, milliseconds(30));
        Expect(logs, START - hours(1), ahead, seconds(1));
        BOOST_TEST(logs.Ahead(START)->Basis() == "5 sessions that both saw");
    }
}

BOOST_AUTO_TEST_CASE(clocks_that_drift_are_told_for_a_time)
{
    const Course drifting = [](WallTime time) { return (time - START) / 20000 + minutes(1); };
    TwoLogs logs(Always({}), drifting);
    for (int i = 0; i < 18; ++i)
    {
        logs.Session(START + i * minutes(20));
    }
    for (int i = 0; i < 36; ++i)
    {
        const WallTime time = START + i * minutes(10);
        Expect(logs, time, drifting(time), milliseconds(250));
    }
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_is_told_on_either_side)
{
    const WallTime set = START + minutes(65);
    TwoLogs logs(Always({}),
                 [set](WallTime time) { return time < set ? minutes(10) : minutes(0); });
    for (int i = 0; i < 8; ++i)
    {
        logs.Session(START + i * minutes(20));
    }
    Expect(logs, START + minutes(59), minutes(10), seconds(1));
    Expect(logs, START + minutes(81), minutes(0), seconds(1));
    // In between nobody saw it, and both may be.
    Expect(logs, set, minutes(10), minutes(11));
    Expect(logs, set, minutes(0), minutes(11));
}

BOOST_AUTO_TEST_CASE(what_only_one_log_has_tells_nothing)
{
    TwoLogs logs(Always({}), Always({}));
    logs.Session(START);
    BOOST_TEST(logs.Ahead(START).has_value());
    BOOST_TEST(!logs.Ahead(START, true).has_value());
}

BOOST_AUTO_TEST_CASE(a_message_that_both_tracked_tells_it_as_far_as_it_stayed)
{
    const std::string fields =
        "#Software: Microsoft Exchange Server\r\n#Fields: date-time,client-ip,"
        "server-ip,source,event-id,internal-message-id,message-id,"
        "recipient-address,sender-address\r\n";
    EvidenceContext context;
    AddLog(context,
           fields + "2010-01-04T08:00:00.000Z,,10.1.1.25,STOREDRIVER,RECEIVE,1,<a@x>,b@y,a@x\r\n"
                    "2010-01-04T08:00:30.000Z,,10.2.1.25,SMTP,SEND,1,<a@x>,b@y,a@x\r\n",
           "hub1/MSGTRK20100104-1.log");
    AddLog(context,
           fields + "2010-01-04T13:00:20.000Z,10.1.1.25,10.2.1.25,SMTP,RECEIVE,9,<a@x>,b@y,a@x\r\n",
           "hub2/MSGTRK20100104-1.log");
    context.logs.Finish();
    SessionTable table;
    const auto estimate =
        EvidenceClocks(table, context, {})
            .Ahead("hub2/MSGTRK20100104-1.log", "hub1/MSGTRK20100104-1.log", START);
    BOOST_REQUIRE(estimate);
    BOOST_TEST(estimate->ahead.least.count() ==
               Nanoseconds(hours(5) - seconds(10) - milliseconds(4)).count());
    BOOST_TEST(estimate->ahead.most.count() ==
               Nanoseconds(hours(5) + seconds(20) + milliseconds(4)).count());
    BOOST_TEST(estimate->Basis() == "1 message that both saw");
}

BOOST_AUTO_TEST_CASE(captures_are_compared_by_way_of_others)
{
    EvidenceContext context;
    SessionTable table;
    const EvidenceClocks clocks(table,
                                context,
                                {Exchange("a", 1025, START, 10),
                                 Exchange("b", 1025, START + hours(1), 6),
                                 Exchange("b", 1026, START + hours(2), 10),
                                 Exchange("c", 1026, START + hours(5), 4)});
    const auto estimate = clocks.Ahead("c", "a", START);
    BOOST_REQUIRE(estimate);
    BOOST_TEST(estimate->Basis() == "2 requests by way of b");
    BOOST_TEST((estimate->ahead.IsWithin(hours(4) + seconds(2)) &&
                !estimate->ahead.IsWithin(hours(4) - seconds(2))));
    BOOST_TEST(
        (clocks.Ahead("a", "c", START + hours(4))->ahead + estimate->ahead).IsWithin(seconds(4)));
    BOOST_TEST(!clocks.Ahead("c", "d", START).has_value());
}

namespace
{

constexpr const char* EVENTS = "hub2/events/application.txt";

/// The events of refusals, by a clock of another zone, beside the log of the sessions.
std::optional<ClockEstimate>
AheadByRefusals(const std::vector<int>& minutesOfSessions,
                const std::vector<int>& minutesOfEvents,
                Nanoseconds ahead)
{
    std::string log = HeadOf("SMTP Receive Protocol Log");
    for (const int minute : minutesOfSessions)
    {
        log += fmt::format("{},HUB2\\Default HUB2,{:016X},5,10.2.1.25:25,10.1.1.25:{},>,454 4.7.0 "
                           "Temporary authentication failure,\r\n",
                           UtcStamp(START + minutes(minute) + milliseconds(400)),
                           0x100000 + minute,
                           1024 + minute);
    }
    std::string events;
    for (const int minute : minutesOfEvents)
    {
        const CivilTime at = CivilFromSeconds(UnixSeconds(START + minutes(minute) + ahead));
        events += fmt::format(
            "Log Name:      Application\r\nSource:        MSExchangeTransport\r\n"
            "Date:          {}/{}/{} {:02}:{:02}:{:02}\r\nEvent ID:      1035\r\n"
            "Level:         Warning\r\nComputer:      hub2.example.com\r\nDescription:\r\n"
            "Inbound authentication failed with error IllegalMessage for Receive connector Default "
            "hub2. The authentication mechanism is ExchangeAuth. The source IP address of the "
            "client who tried to authenticate to Microsoft Exchange is [10.1.1.25].\r\n\r\n",
            at.month,
            at.day,
            at.year,
            at.hour,
            at.minute,
            at.second);
    }
    EvidenceContext context;
    AddLog(context, log, RECV);
    AddLog(context, events, EVENTS);
    context.logs.Finish();
    SessionTable table;
    return EvidenceClocks(table, context, {}).Ahead(EVENTS, RECV, START + minutes(10));
}

const std::vector<int> RETRIES{10, 11, 12, 13, 14, 19, 24, 29, 34, 39, 44, 54};

} // namespace

BOOST_AUTO_TEST_CASE(an_event_log_is_tied_to_the_sessions_that_its_host_refused)
{
    for (const Nanoseconds zone :
         {Nanoseconds(0), Nanoseconds(hours(8)), Nanoseconds(minutes(-210))})
    {
        const auto estimate = AheadByRefusals(RETRIES, RETRIES, zone);
        BOOST_REQUIRE(estimate);
        BOOST_TEST(estimate->Basis() == "12 refused log-ons that both saw");
        BOOST_TEST((estimate->ahead + ClockInterval{-zone, -zone}).IsWithin(seconds(12)));
        BOOST_TEST((estimate->ahead.least <= zone && estimate->ahead.most >= zone));
    }
}

BOOST_AUTO_TEST_CASE(refusals_that_fit_at_several_distances_tie_nothing)
{
    // Every ten minutes: three of these periods are a zone as well.
    std::vector<int> regular;
    for (int i = 0; i < 40; ++i)
    {
        regular.push_back(10 * i);
    }
    BOOST_TEST(!AheadByRefusals(regular, regular, hours(8)));
    BOOST_TEST(!AheadByRefusals(RETRIES, RETRIES, minutes(10))); // No zone.
    BOOST_TEST(!AheadByRefusals(RETRIES, {10, 11}, {}));         // Too few.
}

/// At 08:00 by a's clock it is nine by b's, when c's clock had been set back.
BOOST_AUTO_TEST_CASE(each_clock_on_the_way_is_asked_at_its_own_time)
{
    EvidenceContext context;
    SessionTable table;
    const EvidenceClocks clocks(table,
                                context,
                                {Exchange("a", 1025, START, 10),
                                 Exchange("b", 1025, START + hours(1), 6),
                                 Exchange("b", 1026, START + minutes(10), 10),
                                 Exchange("c", 1026, START + minutes(10) + hours(7), 4),
                                 Exchange("b", 1027, START + minutes(50), 10),
                                 Exchange("c", 1027, START + minutes(50) + hours(3), 4)});
    const auto estimate = clocks.Ahead("c", "a", START);
    BOOST_REQUIRE(estimate);
    BOOST_TEST((estimate->ahead.IsWithin(hours(4) + seconds(2)) &&
                !estimate->ahead.IsWithin(hours(4) - seconds(2))));
}

BOOST_AUTO_TEST_SUITE_END()
