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

BOOST_AUTO_TEST_CASE(SaysWhoMayHaveDoneItAndForHowManyItStands)
{
    Alert alert = Example();
    alert.where.by = "unknown";
    alert.evidence.count = 14333;
    alert.evidence.last = alert.time + std::chrono::seconds(1);
    const std::string line = ToJsonLine(alert);
    BOOST_TEST(line.find(R"("by":"unknown"})") != std::string::npos, line);
    BOOST_TEST(line.find(R"("count":14333,"last":"2006-09-26T06:44:54.103763+0000"})") !=
                   std::string::npos,
               line);
    std::string error;
    const auto back = AlertFromJsonLine(line, error);
    BOOST_REQUIRE_MESSAGE(back, error);
    BOOST_TEST(ToJsonLine(*back) == line);
    alert.evidence.count = 1;
    BOOST_TEST(ToJsonLine(alert).find("last") == std::string::npos);
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
    BOOST_TEST(ErrorOf("nonsense") == "expected one JSON object");
    BOOST_TEST(ErrorOf("[]") == "expected one JSON object");
    const std::pair<const char*, const char*> wrong[] = {
        {R"("timestamp":"yesterday")",
         R"(timestamp "yesterday": expected the form 2006-09-26T06:44:53.103763+0000)"},
        {R"("timestamp":1159253093)", "timestamp 1159253093: expected a string"},
        {R"("verdict":"guilty")", R"(verdict "guilty": expected fault, benign or inconclusive)"},
        {R"("score":2)", "score 2: expected a number from 0 to 1"},
        {R"("score":"1")", R"(score "1": expected a number from 0 to 1)"},
        {R"("class":"weather.bad")",
         R"(class "weather.bad": expected a class whose first word is a family of classes)"},
        {R"("class":["forged.reply"],"verdict":"fault")",
         R"(class ["forged.reply"]: expected a string)"},
        {R"("src_port":70000)", "src_port 70000: expected a whole number from 0 to 65535"},
        {R"("src_port":-1)", "src_port -1: expected a whole number from 0 to 65535"},
        {R"("dest_port":25.5)", "dest_port 25.5: expected a whole number from 0 to 65535"},
        {R"("dest_port":"smtp")", R"(dest_port "smtp": expected a whole number from 0 to 65535)"},
        {R"("src_ip":"gateway")", R"(src_ip "gateway": expected an IPv4 or IPv6 address)"},
        {R"("src_ip":167772161)", "src_ip 167772161: expected a string"},
        {R"("pcap_cnt":-1)", "pcap_cnt -1: expected a whole number from 0 to 18446744073709551615"},
        {R"("evidence":{"frames":[1,-1]})",
         "frames -1: expected a whole number from 1 to 18446744073709551615"},
        {R"("evidence":{"frames":[1e300]})",
         "frames 1e+300: expected a whole number from 1 to 18446744073709551615"},
        {R"("evidence":{"frames":7})", "frames 7: expected a list"},
        {R"("evidence":{"log":["a line"]})", R"(log "a line": expected an object)"},
        {R"("evidence":"x")", R"(evidence "x": expected an object)"},
        {R"("alert":[1])", "alert [1]: expected an object"},
        {R"("alert":{"severity":3.5})", "severity 3.5: expected a whole number from 0 to 255"},
        {R"("where":7)", "where 7: expected an object"},
        {R"("where":{"hops":{"after":1}})",
         R"(hops {"after":1}: expected the members after and to)"},
        {R"("where":{"hops":{"after":9,"to":2}})",
         R"(hops {"after":9,"to":2}: expected after no greater than to)"},
        {R"("where":{"hops":{"after":1,"to":256}})",
         "to 256: expected a whole number from 0 to 255"},
        {R"("detector":{})", "detector {}: expected a string"},
    };
    for (const auto& [member, message] : wrong)
    {
        BOOST_TEST(ErrorOf(std::string("{") + member + "}") == message);
    }
}

BOOST_AUTO_TEST_CASE(ALineIsOneObjectWhoseMembersStandOnce)
{
    const std::string start = R"({"class":"forged.reply","verdict":"fault","pcap_cnt":1)";
    std::string error;
    BOOST_TEST(AlertFromJsonLine(start + "}\r", error).has_value(), error);
    for (const std::string& line : {std::string(),
                                    std::string(" "),
                                    start,
                                    start + "} x",
                                    start + "}" + start + "}",
                                    start + R"(,"score":NaN})",
                                    start + R"(,"score":Infinity})",
                                    start + R"(,"score":1e999})",
                                    start + R"(,"src_port":0x19})",
                                    start + R"(,"a":"\xFF"})",
                                    start + R"(,"a":'b'})",
                                    start + ",}"})
    {
        BOOST_TEST(ErrorOf(line) == "expected one JSON object", line);
    }
    BOOST_TEST(ErrorOf(start + R"(,"pcap_cnt":18446744073709551616})") ==
               R"(the member "pcap_cnt" stands there twice: expected one)");
    BOOST_TEST(ErrorOf(start + R"(,"evidence":{"log":[{"line":1},{"line":1,"li\u006ee":2}]}})") ==
               R"(the member "line" stands there twice: expected one)");
    BOOST_TEST(ErrorOf(start + R"(,"src_port":18446744073709551616})") ==
               "src_port 1.8446744073709552e+19: expected a whole number from 0 to 65535");
    const std::string deep(200000, '[');
    BOOST_TEST(ErrorOf(start + ",\"a\":" + deep + "}") == "expected one JSON object");
}

BOOST_AUTO_TEST_CASE(RefusesWhatTellsNothing)
{
    const std::string empty = "an alert without class: expected one such as forged.reply; only "
                              "lines of Suricata's, which name a signature, go without";
    BOOST_TEST(ErrorOf("{}") == empty);
    BOOST_TEST(ErrorOf(R"({"event_type":"alert"})") == empty);
    BOOST_TEST(ErrorOf(R"({"src_ip":"10.0.0.1","dest_ip":"10.0.0.2"})") == empty);
    const std::string placeless =
        "an alert without a place: expected src_ip and dest_ip, pcap_cnt, "
        "or evidence with frames, lines or log";
    const std::string start = R"({"class":"forged.reply","verdict":"fault",)";
    BOOST_TEST(ErrorOf(start + R"("score":1})") == placeless);
    BOOST_TEST(ErrorOf(start + R"("src_ip":"10.0.0.1"})") == placeless);
    BOOST_TEST(ErrorOf(R"({"class":"forged.reply","pcap_cnt":1})") ==
               "an alert without verdict: expected fault, benign or inconclusive");
    for (const char* place : {R"("pcap_cnt":1)",
                              R"("src_ip":"10.0.0.1","dest_ip":"10.0.0.2")",
                              R"("evidence":{"frames":[1]})",
                              R"("evidence":{"lines":[1]})",
                              R"("evidence":{"log":[{"text":"a line"}]})"})
    {
        std::string error;
        BOOST_TEST(AlertFromJsonLine(start + place + "}", error).has_value(), error);
    }
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
    BOOST_TEST(!ParseEveTime("2261-12-31T23:59:59-0100"));
    BOOST_TEST(!ParseEveTime("1678-01-01T00:00:00+0100"));
}

BOOST_AUTO_TEST_SUITE_END()
