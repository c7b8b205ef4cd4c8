#include "detectors/readers/mail-log-reader.h"
#include "detectors/readers/text-file.h"
#include "detectors/readers/traceroute-reader.h"

#include "formats/alert.h"

#include <boost/test/unit_test.hpp>

#include <cstdio>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

void
Feed(const std::string& text, TextLineReader& reader)
{
    ReadText(fmemopen(const_cast<char*>(text.data()), text.size(), "rb"), {&reader});
}

std::vector<TracedRoute>
Routes(const std::string& text)
{
    std::vector<TracedRoute> routes;
    TracerouteReader reader([&](const TracedRoute& route) { routes.push_back(route); });
    Feed(text, reader);
    return routes;
}

std::vector<LoggedRefusal>
Logged(const std::string& text)
{
    std::vector<LoggedRefusal> refusals;
    MailLogReader reader([&](const LoggedRefusal& refusal) { refusals.push_back(refusal); });
    Feed(text, reader);
    return refusals;
}

std::vector<LoggedRefusal>
Bounced(const std::string& text)
{
    std::vector<LoggedRefusal> refusals;
    BounceReader reader([&](const LoggedRefusal& refusal) { refusals.push_back(refusal); });
    Feed(text, reader);
    return refusals;
}

} // namespace

BOOST_AUTO_TEST_SUITE(text_readers)

BOOST_AUTO_TEST_CASE(ATracerouteInsideProse)
{
    const auto routes = Routes("To see where it is:\n"
                               "gw2# traceroute -n 198.51.100.25\n"
                               "traceroute to 198.51.100.25 (198.51.100.25), 64 hops max, 40 byte "
                               "packets\n"
                               " 1  203.0.113.1  0.722 ms  0.699 ms  0.612 ms\n"
                               "2 203.0.113.2 50.583 ms 50.207 ms 50.587 ms <- perhaps the sender\n"
                               "3 * * *\n"
                               "4 198.51.100.25 100.805 ms * 99.926 ms\n"
                               "gw2#\n"
                               "5 of us looked at 1.2.3.4 for 3 ms\n");
    BOOST_REQUIRE_EQUAL(routes.size(), 1);
    BOOST_REQUIRE_EQUAL(routes[0].hops.size(), 4);
    BOOST_TEST(*routes[0].hops[0].minimumNs == 612000);
    BOOST_TEST(*routes[0].hops[1].minimumNs == 50207000);
    BOOST_TEST(!routes[0].hops[2].minimumNs);
    BOOST_TEST(*routes[0].Length() == 4);
    BOOST_TEST(*routes[0].RoundTripNs() == 99926000);
}

BOOST_AUTO_TEST_CASE(WindowsTracesInAnyLanguage)
{
    constexpr const char* HOPS = "\n"
                                 "  1    <1 ms    <1 ms    <1 ms  203.0.113.1\n"
                                 "  2     *        *        *     Zeit\xC3\xBC"
                                 "berschreitung der Anforderung.\n"
                                 "  3    44 ms    45 ms    47 ms  mx.example.net [198.51.100.25]\n"
                                 "\n";
    constexpr const char* CHINESE = "\n"
                                    "  1    <1 \xE6\xAF\xAB\xE7\xA7\x92   <1 "
                                    "\xE6\xAF\xAB\xE7\xA7\x92   <1 "
                                    "\xE6\xAF\xAB\xE7\xA7\x92 203.0.113.1\n"
                                    "  2     *        *        *     (timed out)\n"
                                    "  3    44 ms    45 ms    47 ms  198.51.100.25\n";
    for (const std::string& text :
         {std::string("Tracing route to mx.example.net [198.51.100.25]\n"
                      "over a maximum of 30 hops:\n") +
              HOPS,
          std::string("Routenverfolgung zu mx.example.net [198.51.100.25]\n"
                      "\xC3\xBC"
                      "ber maximal 30 Hops:\n") +
              HOPS,
          std::string("C:\\>tracert -d 198.51.100.25\n") + CHINESE})
    {
        const auto routes = Routes(text + "Trace complete.\n1 of us read it\n");
        BOOST_TEST_CONTEXT(text)
        {
            BOOST_REQUIRE_EQUAL(routes.size(), 1);
            BOOST_TEST(routes[0].destination.ToString() == "198.51.100.25");
            BOOST_REQUIRE_EQUAL(routes[0].hops.size(), 3);
            BOOST_TEST(*routes[0].hops[0].minimumNs == 1000000);
            BOOST_TEST(!routes[0].hops[1].minimumNs);
            // Whole milliseconds: less than 45 ms, and no more is known.
            BOOST_TEST(*routes[0].RoundTripNs() == 45000000);
        }
    }
}

BOOST_AUTO_TEST_CASE(AReportOfMtr)
{
    const auto routes =
        Routes("$ mtr -rn 198.51.100.25\n"
               "Start: 2016-02-03T10:11:12+0100\n"
               "HOST: mail             Loss%   Snt   Last   Avg  Best  Wrst StDev\n"
               "  1.|-- 203.0.113.1     0.0%    10    0.4   0.4   0.3   0.6   0.1\n"
               "  2.|-- ???            100.0    10    0.0   0.0   0.0   0.0   0.0\n"
               "  3.|-- 198.51.100.25  10.0%    10   44.1  44.5  43.9  46.0   0.6\n");
    BOOST_REQUIRE_EQUAL(routes.size(), 1);
    BOOST_TEST(routes[0].destination.ToString() == "198.51.100.25");
    BOOST_REQUIRE_EQUAL(routes[0].hops.size(), 3);
    BOOST_TEST(!routes[0].hops[1].minimumNs);
    BOOST_TEST(*routes[0].RoundTripNs() == 43900000);
}

BOOST_AUTO_TEST_CASE(ATracerouteOfTcp)
{
    const auto routes = Routes(
        "Tracing the path to mx.example.net (198.51.100.25) on TCP port 25 (smtp), 30 hops max\n"
        " 1  203.0.113.1  0.512 ms  0.411 ms  0.399 ms\n"
        " 2  mx.example.net (198.51.100.25) [open]  2.210 ms  2.198 ms  2.301 ms\n");
    BOOST_REQUIRE_EQUAL(routes.size(), 1);
    BOOST_TEST(*routes[0].RoundTripNs() == 2198000);
}

BOOST_AUTO_TEST_CASE(ATracerouteWithNames)
{
    const auto routes = Routes("traceroute to mx.example.net (198.51.100.25), 30 hops max, 60 byte "
                               "packets\n"
                               " 1  gw.example.com (203.0.113.1)  0.7 ms  0.6 ms  0.6 ms\n"
                               " 2  mx.example.net (198.51.100.25)  9.1 ms !X  9.0 ms  9.2 ms\n");
    BOOST_REQUIRE_EQUAL(routes.size(), 1);
    BOOST_TEST(*routes[0].Length() == 2);
    BOOST_TEST(*routes[0].RoundTripNs() == 9000000);
}

BOOST_AUTO_TEST_CASE(ATracerouteThatDidNotArrive)
{
    const auto routes = Routes("traceroute to 198.51.100.25 (198.51.100.25), 30 hops max, 60 byte "
                               "packets\n 1  203.0.113.1  0.7 ms  0.6 ms  0.6 ms\n 2  * * *\n");
    BOOST_REQUIRE_EQUAL(routes.size(), 1);
    BOOST_TEST(!routes[0].Length());
    BOOST_TEST(!routes[0].RoundTripNs());
}

BOOST_AUTO_TEST_CASE(TheDocumentedLogLine)
{
    const auto refusals =
        Logged("Sep 26 14:46:23 livedoor qmail: 1159253183.972578 delivery 118310: failure: "
               "198.51.100.25_does_not_like_recipient./Remote_host_said:_500_error/"
               "Giving_up_on_198.51.100.25./\n");
    BOOST_REQUIRE_EQUAL(refusals.size(), 1);
    BOOST_TEST(refusals[0].reply == "500 error");
    BOOST_TEST(refusals[0].remote->ToString() == "198.51.100.25");
    BOOST_TEST(FormatEveTime(*refusals[0].time) == "2006-09-26T06:46:23.972578+0000");
    BOOST_TEST((refusals[0].zone == std::chrono::hours(8)));
}

BOOST_AUTO_TEST_CASE(OtherStampsAndMaskedHosts)
{
    const auto refusals = Logged("@40000000451900cb39f8a1d4 delivery 3: failure: "
                                 "x.x_does_not_like_recipient./Remote_host_said:_550_no/\n"
                                 "1159253183.5 delivery 4: failure: 10.0.0.1_does_not_like_"
                                 "recipient./Remote_host_said:_551_User_not_local;_please_try_"
                                 "<forward-path>/Giving_up_on_10.0.0.1./\n"
                                 "delivery 5: success: 10.0.0.1_accepted_message./\n"
                                 "delivery 6: deferral: no/\n");
    BOOST_REQUIRE_EQUAL(refusals.size(), 2);
    BOOST_TEST(!refusals[0].remote);
    BOOST_TEST(refusals[0].reply == "550 no");
    BOOST_TEST(SecondFraction(*refusals[0].time) == 0x39f8a1d4);
    BOOST_TEST(refusals[1].reply == "551 User not local; please try <forward-path>");
    BOOST_TEST(!refusals[1].zone);
}

BOOST_AUTO_TEST_CASE(ABounce)
{
    const auto refusals = Bounced("Hi. This is the qmail-send program at mail.example.com.\n\n"
                                  "<bob@mx.example.net>:\n"
                                  "198.51.100.25 does not like recipient.\n"
                                  "Remote host said: 551 User not local;\n"
                                  "please try\n"
                                  "Giving up on 198.51.100.25.\n\n"
                                  "--- Below this line is a copy of the message.\n");
    BOOST_REQUIRE_EQUAL(refusals.size(), 1);
    BOOST_TEST(refusals[0].reply == "551 User not local; please try");
    BOOST_TEST(refusals[0].remote->ToString() == "198.51.100.25");
    BOOST_TEST(!refusals[0].time);
}

BOOST_AUTO_TEST_SUITE_END()
