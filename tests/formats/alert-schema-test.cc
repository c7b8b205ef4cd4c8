#include "formats/alert.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <fstream>

namespace
{

using namespace bouncelab;

const nlohmann::json&
Document()
{
    static const nlohmann::json document = []
    {
        std::ifstream file(tests::SourceDir() / "docs/schema/alert.json");
        return nlohmann::json::parse(file);
    }();
    return document;
}

bool
FitsSchema(const std::string& line)
{
    valijson::Schema schema;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    valijson::adapters::NlohmannJsonAdapter document(Document());
    parser.populateSchema(document, schema);
    const nlohmann::json value = nlohmann::json::parse(line);
    valijson::adapters::NlohmannJsonAdapter adapter(value);
    return valijson::Validator().validate(schema, adapter, nullptr);
}

bool
IsRead(const std::string& line)
{
    std::string error;
    return AlertFromJsonLine(line, error).has_value();
}

BOOST_AUTO_TEST_SUITE(alert_schema)

BOOST_AUTO_TEST_CASE(TheExampleIsReadAndFits)
{
    const std::string line = Document().at("examples").at(0).dump();
    BOOST_TEST(FitsSchema(line));
    std::string error;
    const auto alert = AlertFromJsonLine(line, error);
    BOOST_REQUIRE(alert);
    BOOST_TEST(alert->where.hops->to == 7);
}

BOOST_AUTO_TEST_CASE(SchemaAndReaderAgree)
{
    const std::string start = R"({"class":"forged.reply","verdict":"fault")";
    for (const char* rest :
         {R"(,"pcap_cnt":1})",
          R"(,"src_ip":"10.0.0.1","dest_ip":"10.0.0.2"})",
          R"(,"evidence":{"frames":[3]}})",
          R"(,"evidence":{"lines":[3]},"score":0.5})",
          R"(,"evidence":{"log":[{"file":"a","line":3}]},"timestamp":"2006-09-26T06:44:53Z"})"})
    {
        BOOST_TEST(IsRead(start + rest), rest);
        BOOST_TEST(FitsSchema(start + rest), rest);
    }
    for (const std::string& line :
         {start + "}",
          start + R"(,"pcap_cnt":0})",
          start + R"(,"src_ip":"10.0.0.1"})",
          start + R"(,"evidence":{"frames":[]}})",
          start + R"(,"pcap_cnt":1,"score":2})",
          start + R"(,"pcap_cnt":1,"src_port":70000})",
          start + R"(,"pcap_cnt":1,"where":{"hops":{"after":1}}})",
          start + R"(,"pcap_cnt":1,"timestamp":"yesterday"})",
          std::string(R"({"verdict":"fault","pcap_cnt":1})"),
          std::string(R"({"class":"forged.reply","pcap_cnt":1})"),
          std::string(R"({"class":"weather","verdict":"fault","pcap_cnt":1})"),
          std::string(R"({"class":"forged.reply","verdict":"guilty","pcap_cnt":1})")})
    {
        BOOST_TEST(!IsRead(line), line);
        BOOST_TEST(!FitsSchema(line), line);
    }
}

BOOST_AUTO_TEST_CASE(EveryFamilyIsInIt)
{
    for (const std::string_view family : CLASS_FAMILIES)
    {
        const std::string line =
            R"({"class":")" + std::string(family) + R"(","verdict":"fault","pcap_cnt":1})";
        BOOST_TEST(FitsSchema(line), line);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
