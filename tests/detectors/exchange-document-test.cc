#include "detectors/analysis/smtp-session.h"
#include "detectors/readers/evidence-folder.h"
#include "detectors/readers/exchange-stamp.h"
#include "run-detector.h"
#include "tests/skip.h"
#include "tests/times.h"

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// The article's surroundings: docs/documents/s000.md.
struct Article
{
    Article()
    {
        const auto problem = ReadEvidence(tests::SharedPath("documents/S000.txt"),
                                          context,
                                          {[](const Evidence&) {}, [](const std::string&) {}});
        BOOST_REQUIRE(!problem);
        BOOST_REQUIRE_EQUAL(context.logs.protocol.All().size(), 1);
    }

    const LogSession& Session() const { return context.logs.protocol.All()[0]; }

    EvidenceContext context;
};

} // namespace

/// Log lines of a real server inside an article's prose.
BOOST_FIXTURE_TEST_SUITE(exchange_document,
                         Article,
                         *boost::unit_test::precondition(tests::IfShared{"documents/S000.txt"}))

BOOST_AUTO_TEST_CASE(TheSession)
{
    const LogSession& logSession = Session();
    BOOST_TEST(logSession.connector == "WIN-TQTAID053PB\\Default WIN-TQTAID053PB");
    BOOST_TEST(logSession.id == 0x08CE6E5DA8B26408);
    BOOST_TEST(logSession.local.address.ToString() == "192.168.0.222");
    BOOST_TEST(logSession.local.port == 25);
    BOOST_TEST(logSession.remote.address.ToString() == "69.46.103.200");
    BOOST_TEST(logSession.remote.port == 49760);
    BOOST_TEST(logSession.IsServerSide());
    BOOST_TEST(logSession.local.address.IsPrivate());
    BOOST_REQUIRE_EQUAL(logSession.rows.size(), 18);
    BOOST_TEST(logSession.missing == 0);
    for (std::size_t i = 0; i < logSession.rows.size(); ++i)
    {
        BOOST_TEST(logSession.rows[i].sequence == i + 3);
    }
}

BOOST_AUTO_TEST_CASE(TheServiceStartedFiveDaysBefore)
{
    const WallTime start = *TicksToTime(Session().id);
    BOOST_TEST(FormatEveTime(start).substr(0, 19) == "2011-11-11T07:50:04");
    BOOST_TEST(start < Session().rows[0].time);
}

BOOST_AUTO_TEST_CASE(TheAnswerToEhlo)
{
    const LogSession& logSession = Session();
    BOOST_TEST(FormatEveTime(logSession.rows[0].time) == "2011-11-16T04:11:56.165000+0000");
    BOOST_TEST(logSession.Data(logSession.rows[0]) == "EHLO mail.globalsuite.net");
    std::size_t bytes = 0;
    for (std::size_t i = 1; i <= 15; ++i)
    {
        const LogRow& row = logSession.rows[i];
        BOOST_TEST(row.event == '>');
        BOOST_TEST((row.time - logSession.rows[0].time == Nanoseconds(1000000)));
        BOOST_TEST(logSession.Context(row) == "");
        bytes += logSession.Data(row).size() + 2;
    }
    BOOST_TEST(logSession.Data(logSession.rows[0]).size() + 2 == 27);
    BOOST_TEST(bytes == 271);
    BOOST_TEST(logSession.Data(logSession.rows[16]).size() + 2 == 25);
    const SmtpSession session = SessionOf(context.logs.protocol, logSession);
    BOOST_TEST(session.Find("EHLO")->reply ==
               "250-WIN-TQTAID053PB.abc.com Hello [69.46.103.200]\n250-SIZE\n250-PIPELINING\n"
               "250-DSN\n250-ENHANCEDSTATUSCODES\n250-STARTTLS\n250-X-ANONYMOUSTLS\n"
               "250-AUTH NTLM LOGIN\n250-X-EXPS GSSAPI NTLM\n250-8BITMIME\n250-BINARYMIME\n"
               "250-CHUNKING\n250-XEXCH50\n250-XRDST\n250 XSHADOW");
    BOOST_TEST(session.OffersAuth());
    BOOST_TEST(!session.TriesAuth());
    BOOST_TEST(session.incomplete);
}

BOOST_AUTO_TEST_CASE(TheNextCommandCame276MillisecondsLater)
{
    const LogSession& logSession = Session();
    BOOST_TEST((logSession.rows[16].time - logSession.rows[15].time == Nanoseconds(276000000)));
    const SmtpSession session = SessionOf(context.logs.protocol, logSession);
    BOOST_TEST(session.Find("MAIL")->mailbox == "jia@abc.com");
    BOOST_TEST(session.Find("MAIL")->code == 0);
    BOOST_TEST(session.turns.size() == 2);
}

BOOST_AUTO_TEST_CASE(TheCutLineIsKept)
{
    const LogRow& row = Session().rows[17];
    BOOST_TEST(row.event == '*');
    BOOST_TEST(row.cut);
    BOOST_TEST(Session().Data(row) == "08CE6E5DA8B26408;");
    BOOST_TEST(Session().Context(row) == "");
}

BOOST_AUTO_TEST_CASE(OneSessionAloneIsNotDecided)
{
    const auto alerts = JudgePath(tests::SharedPath("documents/S000.txt"));
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].detector == "proxy-helo");
    BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
    BOOST_TEST(alerts[0].source.ToString() == "69.46.103.200");
    BOOST_REQUIRE_EQUAL(alerts[0].evidence.log.size(), 3);
    BOOST_TEST(alerts[0].evidence.log[0].line == 26);
    BOOST_TEST(alerts[0].evidence.log[2].text == "08CE6E5DA8B26408,11,>,250-AUTH NTLM LOGIN,");
}

BOOST_AUTO_TEST_SUITE_END()
