#include "detectors/readers/windows-event-reader.h"

#include "detectors/readers/windows-stamp.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

/// What a text tells: "line source id computer time", and "line error by mechanism from source".
std::vector<std::string>
Told(std::string_view text)
{
    std::vector<std::string> told;
    WindowsEventReader reader({[&](const WindowsEvent& event)
                               {
                                   told.push_back(
                                       fmt::format("{} {} {} {} {}",
                                                   event.line,
                                                   event.source,
                                                   event.id,
                                                   event.computer,
                                                   event.time ? UtcStamp(*event.time) : "never"));
                               },
                               [&](const AuthFailure& failure)
                               {
                                   told.push_back(fmt::format("{} {} by {} from {}",
                                                              failure.line,
                                                              failure.error,
                                                              failure.mechanism,
                                                              failure.source.ToString()));
                               }});
    std::uint32_t number = 0;
    while (!text.empty())
    {
        const std::size_t end = text.find('\n');
        reader.Line(++number, text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    reader.End();
    return told;
}

const std::string SENTENCE =
    "Inbound authentication failed with error IllegalMessage for Receive connector Default hub2. "
    "The authentication mechanism is ExchangeAuth. The source IP address of the client who tried "
    "to authenticate to Microsoft Exchange is [10.1.1.25].";

const std::string VIEWER = "Log Name:      Application\n"
                           "Source:        MSExchangeTransport\n"
                           "Date:          1/4/2010 8:20:00 AM\n"
                           "Event ID:      1035\n"
                           "Task Category: SmtpReceive\n"
                           "Level:         Warning\n"
                           "Keywords:      Classic\n"
                           "User:          N/A\n"
                           "Computer:      hub2.example.com\n"
                           "Description:\n" +
                           SENTENCE + "\n";

const std::string XML = "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n"
                        "  <System>\n"
                        "    <Provider Name=\"MSExchangeTransport\" />\n"
                        "    <EventID Qualifiers=\"32772\">1035</EventID>\n"
                        "    <Level>3</Level>\n"
                        "    <TimeCreated SystemTime=\"2010-01-04T08:20:00.000Z\" />\n"
                        "    <Computer>hub2.example.com</Computer>\n"
                        "  </System>\n"
                        "  <EventData>\n"
                        "    <Data>IllegalMessage</Data>\n"
                        "    <Data>Default hub2</Data>\n"
                        "    <Data>ExchangeAuth</Data>\n"
                        "    <Data>10.1.1.25</Data>\n"
                        "  </EventData>\n"
                        "</Event>\n";

std::string
InOneLine(std::string text)
{
    std::string flat;
    for (const char c : text)
    {
        flat += c == '\n' ? "" : std::string(1, c);
    }
    return flat + "\n";
}

using Lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(windows_event_reader)

BOOST_AUTO_TEST_CASE(as_the_viewer_shows_it)
{
    const Lines expected{"11 IllegalMessage by ExchangeAuth from 10.1.1.25",
                         "11 MSExchangeTransport 1035 hub2.example.com 2010-01-04T08:20:00.000Z"};
    BOOST_TEST(Told(VIEWER) == expected, boost::test_tools::per_element());
    BOOST_TEST(Told(VIEWER + "\nAnd what now?\n") == expected, boost::test_tools::per_element());
    BOOST_TEST(Told(VIEWER + "\n" + VIEWER).size() == 4u);
}

BOOST_AUTO_TEST_CASE(labels_in_another_order)
{
    const Lines told = Told("Event ID:      11\n"
                            "Computer:      dc1.example.com\n"
                            "Source:        Microsoft-Windows-Kerberos-Key-Distribution-Center\n"
                            "Date:          2010-01-04 08:10:00\n"
                            "Description:   The KDC encountered duplicate names.\n");
    BOOST_TEST(told == (Lines{"5 Microsoft-Windows-Kerberos-Key-Distribution-Center 11 "
                              "dc1.example.com 2010-01-04T08:10:00.000Z"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_old_servers)
{
    const Lines told = Told("Event Type:\tError\nEvent Source:\tKDC\nEvent Category:\tNone\n"
                            "Event ID:\t11\nDate:\t\t1/4/2010\nTime:\t\t8:10:00 PM\n"
                            "User:\t\tN/A\nComputer:\tDC1\nDescription:\nThere are multiple "
                            "accounts with name SMTPSVC/hub2 of type DS_SERVICE_PRINCIPAL_NAME.\n");
    BOOST_TEST(told == (Lines{"10 KDC 11 DC1 2010-01-04T20:10:00.000Z"}),
               boost::test_tools::per_element());
}

// S001-04 to S001-09: one line, and an address of three groups.
BOOST_AUTO_TEST_CASE(of_the_document)
{
    const Lines told =
        Told("Event Type: Error Event Source: MSExchangeTransport Event Category: SmtpReceive "
             "Event ID: 1035 Description: Inbound authentication failed with error IllegalMessage "
             "for Receive connector Default <Server>. The authentication mechanism is "
             "ExchangeAuth. The source IP address of the client who tried to authenticate to "
             "Microsoft Exchange is [xxx.xxx.xxx].\n");
    BOOST_TEST(told == (Lines{"1 IllegalMessage by ExchangeAuth from xxx.xxx.xxx",
                              "1 MSExchangeTransport 1035  never"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(as_xml)
{
    BOOST_TEST(Told(XML) ==
                   (Lines{"10 IllegalMessage by ExchangeAuth from 10.1.1.25",
                          "10 MSExchangeTransport 1035 hub2.example.com 2010-01-04T08:20:00.000Z"}),
               boost::test_tools::per_element());
    const Lines flat{"1 IllegalMessage by ExchangeAuth from 10.1.1.25",
                     "1 MSExchangeTransport 1035 hub2.example.com 2010-01-04T08:20:00.000Z"};
    BOOST_TEST(Told(InOneLine(XML)) == flat, boost::test_tools::per_element());
    BOOST_TEST(Told(InOneLine("<Events>" + XML + "</Events>")) == flat,
               boost::test_tools::per_element());
    BOOST_TEST(Told(InOneLine(XML + XML)).size() == 4u);
}

BOOST_AUTO_TEST_CASE(text_and_xml_of_one_event_are_one)
{
    BOOST_TEST(Told(VIEWER + "Event Xml:\n" + XML).size() == 2u);
    BOOST_TEST(Told(VIEWER + "\n" + XML).size() == 3u); // Not said to be the same.
}

BOOST_AUTO_TEST_CASE(as_saved)
{
    const std::string rows =
        "Level,Date and Time,Source,Event ID,Task Category\n"
        "Warning,1/4/2010 8:20:00 AM,MSExchangeTransport,1035,SmtpReceive," +
        SENTENCE +
        "\n"
        "Error,1/4/2010 8:21:00 AM,Microsoft-Windows-Security-Kerberos,3,None,\"A Kerberos Error "
        "Message was received:\n Error Code: 0x7 KDC_ERR_S_PRINCIPAL_UNKNOWN\n Server Name: "
        "SMTPSVC/hub2\"\n"
        "the end\n"
        "Warning,1/4/2010 8:22:00 AM,MSExchangeTransport,1035,SmtpReceive,\n";
    const Lines expected{"2 IllegalMessage by ExchangeAuth from 10.1.1.25",
                         "2 MSExchangeTransport 1035  2010-01-04T08:20:00.000Z",
                         "3 Microsoft-Windows-Security-Kerberos 3  2010-01-04T08:21:00.000Z"};
    BOOST_TEST(Told(rows) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_part_of_an_event_makes_more_of_it)
{
    for (const std::string& whole : {VIEWER, XML, InOneLine(XML)})
    {
        const std::size_t all = Told(whole).size();
        for (std::size_t length = 0; length < whole.size(); ++length)
        {
            BOOST_TEST(Told(whole.substr(0, length)).size() <= all);
        }
    }
    // Cut off before its end it is told as far as it goes.
    BOOST_TEST(Told(XML.substr(0, XML.find("</Event>"))) == Told(XML));
}

BOOST_AUTO_TEST_CASE(mail_is_no_event)
{
    BOOST_TEST(Told("Date: Mon, 4 Jan 2010 08:20:00 +0000\nSource: a book\nLevel: high\nUser: me\n"
                    "Description: none\n")
                   .empty());
}

BOOST_AUTO_TEST_CASE(stamps)
{
    const auto stamp = [](std::string_view text)
    {
        const auto time = ParseWindowsStamp(text);
        return time ? UtcStamp(*time) : std::string();
    };
    BOOST_TEST(stamp("1/4/2010 8:20:00 AM") == "2010-01-04T08:20:00.000Z");
    BOOST_TEST(stamp("1/4/2010 12:20:00 AM") == "2010-01-04T00:20:00.000Z");
    BOOST_TEST(stamp("1/4/2010 12:20:00 PM.") == "2010-01-04T12:20:00.000Z");
    BOOST_TEST(stamp("04.01.2010 08:20:00") == "2010-01-04T08:20:00.000Z");
    BOOST_TEST(stamp("2010/1/4 8:20:00") == "2010-01-04T08:20:00.000Z");
    BOOST_TEST(stamp("2010-01-04T10:00:00.006Z") == "2010-01-04T10:00:00.006Z");
    for (const char* text : {"", "1/4", "13/4/2010 8:00:00 AM", "1/4/2010", "1/4-2010 8:00", "x"})
    {
        BOOST_TEST(stamp(text) == "", text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
