#include "formats/alert.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

Alert
Example()
{
    Alert alert;
    alert.time = Reading(1159253093103763000);
    alert.source = *Ipv4::Parse("198.51.100.25");
    alert.sourcePort = 25;
    alert.destination = *Ipv4::Parse("10.4.1.4");
    alert.destinationPort = 60661;
    alert.frame = 7;
    alert.signatureId = 1100001;
    alert.signature = "BOUNCELAB reply earlier than the path allows";
    alert.category = "Forged traffic";
    alert.detector = "early-reply";
    alert.dottedClass = "forged.reply";
    alert.score = 0.987;
    alert.where.hops = HopInterval{6, 7};
    alert.where.assuming = {"initial TTL 64", "symmetric path"};
    alert.evidence.frames = {6, 7, 8};
    alert.evidence.log = {{"qmail.log", 3, "failure"}};
    alert.evidence.explanation = "It came 54.053 ms after its command.";
    return alert;
}

std::string
ErrorOf(const std::string& line)
{
    std::string error;
    BOOST_TEST(!AlertFromJsonLine(line, error));
    return error;
}

} // namespace

BOOST_AUTO_TEST_SUITE(alert)

BOOST_AUTO_TEST_CASE(GoesThereAndBack)
{
    const std::string line = ToJsonLine(Example());
    BOOST_TEST(line.back() == '\n');
    BOOST_TEST(line.find("\"where\":{\"hops\":{\"after\":6,\"to\":7},\"assuming\":[\"initial TTL "
                         "64\",\"symmetric path\"]}") != std::string::npos,
               line);
    std::string error;
    const auto back = AlertFromJsonLine(line, error);
    BOOST_REQUIRE_MESSAGE(back, error);
    BOOST_TEST(ToJsonLine(*back) == line);
}

BOOST_AUTO_TEST_CASE(HasTheShapeOfEve)
{
    const auto json = ToJson(Example());
    BOOST_TEST(json["event_type"] == "alert");
    BOOST_TEST(json["timestamp"] == "2006-09-26T06:44:53.103763+0000");
    BOOST_TEST(json["pcap_cnt"] == 7);
    BOOST_TEST(json["src_ip"] == "198.51.100.25");
    BOOST_TEST(json["dest_port"] == 60661);
    BOOST_TEST(json["alert"]["signature_id"] == 1100001);
    BOOST_TEST(json["verdict"] == "fault");
}

BOOST_AUTO_TEST_CASE(ReadsSuricatasOwnLine)
{
    std::string error;
    const auto alert = AlertFromJsonLine(
        R"({"timestamp":"2016-07-13T22:42:07.573174+0200","flow_id":1,"pcap_cnt":9,)"
        R"("event_type":"alert","src_ip":"1.1.1.1","src_port":12345,"dest_ip":"2.2.2.2",)"
        R"("dest_port":8080,"proto":"TCP","alert":{"action":"allowed","gid":1,)"
        R"("signature_id":2210050,"rev":2,"signature":"SURICATA STREAM reassembly overlap with )"
        R"(different data","category":"Generic Protocol Command Decode","severity":3},"stream":0})",
        error);
    BOOST_REQUIRE_MESSAGE(alert, error);
    BOOST_TEST(alert->frame == 9);
    BOOST_TEST(alert->signatureId == 2210050);
    BOOST_TEST((alert->verdict == Verdict::Fault));
    BOOST_TEST(alert->score == 1.0);
    BOOST_TEST(alert->dottedClass == "");
    BOOST_TEST(FormatEveTime(alert->time) == "2016-07-13T20:42:07.573174+0000");
}

BOOST_AUTO_TEST_CASE(PassesOverOtherEvents)
{
    std::string error;
    BOOST_TEST(!AlertFromJsonLine(R"({"event_type":"flow","timestamp":1})", error));
    BOOST_TEST(error == "");
}

BOOST_AUTO_TEST_CASE(NamesWhatIsWrong)
{
    const std::string start = R"({"timestamp":"2006-09-26T06:44:53Z")";
    BOOST_TEST(ErrorOf("nonsense") == "expected one JSON object");
    BOOST_TEST(ErrorOf("[]") == "expected one JSON object");
    BOOST_TEST(ErrorOf(R"({"timestamp":"yesterday"})").find("yesterday") != std::string::npos);
    BOOST_TEST(ErrorOf(start + R"(,"verdict":"guilty"})").find("guilty") != std::string::npos);
    BOOST_TEST(ErrorOf(start + R"(,"score":2})").find("expected 0 to 1") != std::string::npos);
    BOOST_TEST(ErrorOf(start + R"(,"class":"weather.bad"})").find("weather") != std::string::npos);
    BOOST_TEST(ErrorOf(start + R"(,"src_port":"x"})").find("wrong type") != std::string::npos);
    BOOST_TEST(ErrorOf(start + R"(,"where":{"hops":{}}})").find("wrong type") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(QuotesWhatIsNoUtf8)
{
    Alert alert = Example();
    alert.evidence.log[0].text = "\xFF\xFE";
    BOOST_TEST(ToJsonLine(alert).find("\xEF\xBF\xBD") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(TimesGoThereAndBack)
{
    for (const std::int64_t ns : {std::int64_t{0},
                                  std::int64_t{1},
                                  std::int64_t{-1},
                                  std::int64_t{951782399999999999},
                                  std::int64_t{951782400000000000},
                                  std::int64_t{1159253093103763000}})
    {
        const auto back = ParseEveTime(FormatEveTime(Reading(ns)));
        BOOST_REQUIRE(back);
        BOOST_TEST(*back == Reading(ns));
    }
    BOOST_TEST(FormatEveTime(Reading(951782400000000000)) == "2000-02-29T00:00:00.000000+0000");
    BOOST_TEST(*ParseEveTime("2006-09-26T14:44:53.5+08:00") == Reading(1159253093500000000));
    BOOST_TEST(!ParseEveTime("2006-09-26T14:44:53.5"));
    BOOST_TEST(!ParseEveTime("2006-13-26T14:44:53Z"));
    BOOST_TEST(!ParseEveTime(""));
}

BOOST_AUTO_TEST_SUITE_END()
