#include "formats/dialects.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <set>

using namespace bouncelab;

namespace
{

std::string
TextOf(const std::string& file)
{
    std::ifstream stream(tests::SourceDir() / file);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string
Quoted(std::string_view word)
{
    return word.empty() ? "" : " `" + std::string(word) + "`";
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects)

BOOST_AUTO_TEST_CASE(kinds_are_told_by_name_at_any_depth)
{
    BOOST_TEST(KindOfEvidence("capture.pcap") == kinds::PACKETS);
    BOOST_TEST(KindOfEvidence("operator/gateway/snort/203.131.198.80/TCP:60661-25") ==
               kinds::PACKETS);
    BOOST_TEST(KindOfEvidence("traceroute-planned.txt") == kinds::ROUTES);
    BOOST_TEST(KindOfEvidence("qmail.log") == kinds::MAIL_LOG);
    BOOST_TEST(KindOfEvidence("server/maillog") == kinds::TRACKING_LOG);
    BOOST_TEST(KindOfEvidence("RECV20111116-1.log") == kinds::SERVER_LOG);
    BOOST_TEST(KindOfEvidence("SEND20111116-1.log") == kinds::SEND_LOG);
    BOOST_TEST(KindOfEvidence("a/b/SmtpSvc1/ex100702.log") == kinds::SERVER_LOG);
    BOOST_TEST(KindOfEvidence("mailboxes/a@b.mbox") == kinds::MAILBOXES);
    BOOST_TEST(KindOfEvidence("directory-load.csv") == "");
    BOOST_TEST(KindOfEvidence("dc/query.log") == kinds::NAME_LOG);
    BOOST_TEST(KindOfEvidence("list-pages/192.0.2.1.txt") == kinds::LIST_PAGE);
    BOOST_TEST(KindOfEvidence("tcpdump.txt") == kinds::PACKETS);
    BOOST_TEST(KindOfEvidence("firewall/firewall.log") == kinds::FIREWALL_LOG);
    BOOST_TEST(KindOfEvidence("ex100702.log") == "");
    BOOST_TEST(KindOfEvidence("readme") == "");
}

BOOST_AUTO_TEST_CASE(names_are_unique_and_documented)
{
    const std::string page = TextOf("docs/formats.md");
    std::set<std::string_view> names;
    bouncelab::dialects::ForEach(
        [&](auto dialect)
        {
            const Dialect& format = decltype(dialect)::FORMAT;
            BOOST_TEST(names.insert(format.name).second, format.name);
            const bool isNoKey = format.key == "traceroutes";
            const std::string row = "|" + Quoted(format.files) + " |" + Quoted(format.kind) + " |" +
                                    Quoted(isNoKey ? "" : format.key) + " |";
            BOOST_TEST(page.find("\n" + row) != std::string::npos,
                       "docs/formats.md has no line " << row);
        });
}

BOOST_AUTO_TEST_CASE(personas_decide_by_pattern)
{
    BOOST_TEST(bouncelab::dialects::SmtpService::FORMAT.IsOf("iis-5"));
    BOOST_TEST(!bouncelab::dialects::SmtpService::FORMAT.IsOf("exchange"));
    BOOST_TEST(bouncelab::dialects::Filter::FORMAT.IsOf("exchange"));
}

BOOST_AUTO_TEST_SUITE_END()
