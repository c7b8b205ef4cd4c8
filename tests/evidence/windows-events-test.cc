// Three forms of the same entries; the XML is judged by xmllint.

#include "tests/evidence/log-rig.h"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <string>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr std::int64_t EPOCH = 1262592000; // 2010-01-04T08:00:00Z

struct Fixture : LogRig
{
    Fixture()
        : LogRig(EPOCH * SECOND + 165123456, 28800, "hub2.example.com")
    {
        session.connector = "HUB2\\Default <hub2> & \"friends\"";
        Open<dialects::WindowsEvents>();
    }

    /// What xmllint makes of an XPath in a file, without its line end.
    std::string Find(const std::string& file, const std::string& path)
    {
        Text(file);
        const std::string command =
            "xmllint --xpath '" + path + "' " + (scratch / file).string() + " 2>&1";
        std::string output;
        FILE* pipe = popen(command.c_str(), "r");
        BOOST_REQUIRE(pipe);
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
        {
            output += static_cast<char>(c);
        }
        BOOST_TEST(pclose(pipe) == 0, output);
        return output.substr(0, output.find_last_not_of('\n') + 1);
    }
};

/// An element of an event, whatever its namespace is called.
std::string
Element(int event, const std::string& path)
{
    std::string wanted = "/Events/*[" + std::to_string(event) + "]";
    std::size_t from = 0;
    while (from < path.size())
    {
        const std::size_t slash = std::min(path.find('/', from), path.size());
        const std::string step = path.substr(from, slash - from);
        wanted +=
            step[0] == '@' || step[0] == '*' ? "/" + step : "/*[local-name()=\"" + step + "\"]";
        from = slash + 1;
    }
    return "string(" + wanted + ")";
}

} // namespace

BOOST_AUTO_TEST_SUITE(windows_events)

BOOST_AUTO_TEST_CASE(a_failed_logon_is_in_all_three_forms)
{
    Fixture fixture;
    fixture.Say(connector::LogonFailureEvent{{}, "IllegalMessage", "ExchangeAuth"});
    const std::string xml = "events/application.xml";
    const auto has = [&](const std::string& path, const std::string& value)
    { BOOST_TEST(fixture.Find(xml, Element(1, path)) == value, path); };
    BOOST_TEST(fixture.Find(xml, "namespace-uri(/Events/*)") ==
               "http://schemas.microsoft.com/win/2004/08/events/event");
    has("System/Provider/@Name", "MSExchangeTransport");
    has("System/EventID", "1035");
    has("System/EventID/@Qualifiers", "32772");
    has("System/Level", "3");
    has("System/Task", "1");
    // In UTC; a provider of the classic kind logs whole seconds.
    has("System/TimeCreated/@SystemTime", "2010-01-04T08:00:00.000000000Z");
    has("System/EventRecordID", "1");
    has("System/Channel", "Application");
    has("System/Computer", "hub2.example.com");
    has("EventData/*[1]", "IllegalMessage");
    has("EventData/*[2]", "Default <hub2> & \"friends\"");
    has("EventData/*[3]", "ExchangeAuth");
    has("EventData/*[4]", "69.46.103.200");
    const std::string described =
        "Inbound authentication failed with error IllegalMessage for Receive connector Default "
        "<hub2> & \"friends\". The authentication mechanism is ExchangeAuth. The source IP address "
        "of the client who tried to authenticate to Microsoft Exchange is [69.46.103.200].";
    BOOST_TEST(fixture.Text("events/application.txt") ==
               "Log Name:      Application\nSource:        MSExchangeTransport\nDate:          "
               "1/4/2010 4:00:00 PM\nEvent ID:      1035\nTask Category: SmtpReceive\nLevel:       "
               "  Warning\nKeywords:      Classic\nUser:          N/A\nComputer:      "
               "hub2.example.com\nDescription:\n" +
                   described + "\n\n");
    const std::string row = fixture.Text("events/application.csv");
    BOOST_TEST(row.find("Warning,1/4/2010 4:00:00 PM,MSExchangeTransport,1035,SmtpReceive,\"") !=
               row.npos);
}

BOOST_AUTO_TEST_CASE(entries_of_a_log_are_numbered_and_their_data_named)
{
    Fixture fixture;
    kerberos::TimeEvent time;
    time.source = "dc1.example.com";
    fixture.Tell(time);
    kerberos::ClientEvent refused;
    refused.kind = kerberos::ClientEvent::Kind::Failed;
    refused.error = kerberos::ErrorCode::ServiceUnknown;
    refused.service = "SMTPSVC/hub2.example.com";
    fixture.Tell(refused);
    const std::string xml = "events/system.xml";
    const auto has = [&](int event, const std::string& path, const std::string& value)
    { BOOST_TEST(fixture.Find(xml, Element(event, path)) == value, path); };
    has(1, "System/Provider/@Guid", "{06EDCFEB-0FD0-4E53-ACCA-A6F8BBF81BCB}");
    has(1, "System/EventID", "35");
    has(1, "System/EventID/@Qualifiers", "");
    has(1, "System/TimeCreated/@SystemTime", "2010-01-04T08:00:00.165123400Z");
    has(1, "System/Security/@UserID", "S-1-5-19");
    has(1, "EventData/*[@Name=\"TimeSource\"]", "dc1.example.com");
    has(2, "System/Provider/@EventSourceName", "Kerberos");
    has(2, "System/EventRecordID", "2");
    has(2, "EventData/*[@Name=\"ErrorCode\"]", "0x7");
    has(2, "EventData/*[@Name=\"ServerName\"]", "SMTPSVC/hub2.example.com");
    has(2, "EventData/*[@Name=\"ClientTime\"]", "");
    const std::string text = fixture.Text("events/system.txt");
    BOOST_TEST(text.find("Keywords:      \nUser:          LOCAL SERVICE\n") != text.npos);
    BOOST_TEST(text.find(" Error Code: 0x7 KDC_ERR_S_PRINCIPAL_UNKNOWN\n Server Name: "
                         "SMTPSVC/hub2.example.com\n") != text.npos);
}

BOOST_AUTO_TEST_SUITE_END()
