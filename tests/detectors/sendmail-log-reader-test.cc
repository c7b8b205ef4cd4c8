#include "detectors/readers/sendmail-log-reader.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

std::vector<TrackedEvent>
EventsOf(const std::vector<std::string>& lines)
{
    std::vector<TrackedEvent> events;
    SendmailLogReader reader([&](const TrackedEvent& event) { events.push_back(event); });
    std::uint32_t number = 0;
    for (const std::string& line : lines)
    {
        reader.Line(++number, "Mar 22 17:47:00 mail sendmail[1086]: g2MHl08K001086: " + line);
    }
    reader.End();
    return events;
}

const std::string FROM = "from=<a@example.com>, size=1, nrcpts=1, msgid=<1@desk>, proto=ESMTP, "
                         "relay=mx.example.com [192.0.2.7]";

std::string
To(int recipient)
{
    return fmt::format("to=<r{}@example.net>, mailer=esmtp, relay=mx.example.net [192.0.2.8], "
                       "stat=Sent (ok)",
                       recipient);
}

using Names = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(sendmail_log_reader)

BOOST_AUTO_TEST_CASE(AReceiptHasTheRecipientsOfItsMessage)
{
    const auto events = EventsOf({FROM, To(1), To(2)});
    BOOST_REQUIRE(events.size() == 3u);
    BOOST_TEST(events[0].event == "RECEIVE");
    BOOST_TEST(events[0].recipients == (Names{"r1@example.net", "r2@example.net"}),
               boost::test_tools::per_element());
    BOOST_TEST(events[1].event == "SEND");
    BOOST_TEST(events[1].messageId == "<1@desk>");
}

BOOST_AUTO_TEST_CASE(ARecipientBeforeItsReceiptGoesToTheFirst)
{
    const auto events = EventsOf({To(1), FROM, To(2)});
    BOOST_REQUIRE(events.size() == 3u);
    BOOST_TEST(events[1].recipients == (Names{"r1@example.net", "r2@example.net"}),
               boost::test_tools::per_element());
}

/// However lines repeat, each `to=` line adds its one recipient to one receipt.
BOOST_AUTO_TEST_CASE(RecipientsAreHeldOnce)
{
    std::vector<std::string> lines;
    for (int i = 0; i < 300; ++i)
    {
        lines.push_back(FROM);
        lines.push_back(To(i));
    }
    std::size_t held = 0;
    for (const TrackedEvent& event : EventsOf(lines))
    {
        held += event.event == "RECEIVE" ? event.recipients.size() : 0;
    }
    BOOST_TEST(held == 300u);
}

BOOST_AUTO_TEST_SUITE_END()
