#include "lab/score/fidelity/fidelity.h"
#include "lab/score/text-file.h"
#include "tests/score/documented-exchange.h"
#include "tests/score/documented-run.h"
#include "tests/score/scenario-measures.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>

#include <set>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

const std::string BAN = "550 5.2.1 Mailbox unavailable. Too many invalid delivery attempts were "
                        "received from your IP address.";

std::vector<FidelityRow>
Rows(const DocumentedExchange& documented)
{
    const TemporaryFolder folder;
    documented.Write(folder.Path());
    return MeasureClaims(RunFolder(folder.Path()), DocumentedExchangeClaims());
}

void
CheckAllHold(const DocumentedExchange& documented)
{
    for (const FidelityRow& row : Rows(documented))
    {
        BOOST_TEST(row.held,
                   row.id << " " << row.check << ": documented " << row.documented << ", simulated "
                          << row.simulated << " " << row.reason);
    }
}

/// \param documented names the values that are wanted
std::string
Measured(const DocumentedExchange& run, const std::string& check, const std::string& documented)
{
    const TemporaryFolder folder;
    run.Write(folder.Path());
    return Simulated(RunFolder(folder.Path()),
                     MeasuresOf("intercepted-submission"),
                     check,
                     documented);
}

void
CheckMeasured(const DocumentedExchange& run,
              const std::string& check,
              const std::string& documented)
{
    BOOST_TEST(Measured(run, check, documented) == documented);
}

std::set<std::string>
MissedAfter(const std::string& from, const std::string& to)
{
    DocumentedExchange run;
    for (std::size_t at = run.log.find(from); at != std::string::npos;
         at = run.log.find(from, at + to.size()))
    {
        run.log.replace(at, from.size(), to);
    }
    std::set<std::string> missed;
    for (const FidelityRow& row : Rows(run))
    {
        if (!row.held)
        {
            missed.insert(row.id);
        }
    }
    return missed;
}

using Ids = std::set<std::string>;

BOOST_AUTO_TEST_SUITE(exchange_measures)

BOOST_AUTO_TEST_CASE(TheDocumentsLinesHold)
{
    CheckAllHold({});
}

/// The log inside the document's prose.
BOOST_AUTO_TEST_CASE(TheDocumentHolds,
                     *boost::unit_test::precondition(tests::IfShared{"documents/S000.txt"}))
{
    DocumentedExchange run;
    run.log = ReadTextFile(tests::SharedPath("documents/S000.txt"));
    CheckAllHold(run);
}

BOOST_AUTO_TEST_CASE(AnotherNameIsSeen)
{
    BOOST_TEST((MissedAfter("EHLO mail.globalsuite.net", "EHLO JIA-PC.abc.com") ==
                Ids{"S000-10", "S000-17", "S000-20"}));
}

BOOST_AUTO_TEST_CASE(AnotherAddressIsSeen)
{
    BOOST_TEST((MissedAfter("69.46.103.200:49760", "10.46.103.200:1025") ==
                Ids{"S000-09", "S000-19", "S000-20", "S000-22"}));
}

BOOST_AUTO_TEST_CASE(ALaterCommandIsSeen)
{
    BOOST_TEST((MissedAfter("11:56.442Z", "11:56.542Z") == Ids{"S000-15", "S000-16"}));
}

BOOST_AUTO_TEST_CASE(AKeywordIsSeen)
{
    BOOST_TEST((MissedAfter("250-AUTH NTLM LOGIN", "250-AUTH GSSAPI NTLM LOGIN") ==
                Ids{"S000-12", "S000-17"}));
}

BOOST_AUTO_TEST_CASE(AGapIsSeen)
{
    BOOST_TEST((MissedAfter("6408,20,", "6408,21,") == Ids{"S000-08", "S000-18"}));
}

BOOST_AUTO_TEST_CASE(AnAnswerInPiecesIsSeen)
{
    const Ids missed =
        MissedAfter("166Z,WIN-TQTAID053PB\\Default WIN-TQTAID053PB,08CE6E5DA8B26408,18",
                    "167Z,WIN-TQTAID053PB\\Default WIN-TQTAID053PB,08CE6E5DA8B26408,18");
    BOOST_TEST((missed == Ids{"S000-14", "S000-16"}));
}

BOOST_AUTO_TEST_CASE(WithoutTheSenderNothingIsMeasured)
{
    DocumentedExchange run;
    run.log.replace(run.log.find("jia@abc.com"), 11, "abc@jia.com");
    for (const FidelityRow& row : Rows(run))
    {
        BOOST_TEST((row.held || !row.reason.empty()), row.id);
        BOOST_TEST((!row.held || row.check == "log-fields"), row.id);
    }
}

/// What the fix brings: AUTH, and the client's own name.
BOOST_AUTO_TEST_CASE(AnAuthenticatedSession)
{
    const std::string inside = "192.168.0.90:49152";
    DocumentedExchange run;
    int sequence = 0;
    run.log.clear();
    const auto add = [&](char event, const std::string& data)
    { run.log += LogRowText("12:00.000", "6409", sequence++, event, data, inside); };
    add('+', "");
    add('>', "220 WIN-TQTAID053PB.abc.com Microsoft ESMTP MAIL Service ready");
    add('<', "EHLO JIA-PC");
    add('>', "250-WIN-TQTAID053PB.abc.com Hello [192.168.0.90]");
    add('>', "250 AUTH NTLM LOGIN");
    add('<', "AUTH LOGIN");
    add('>', "334 <authentication response>");
    add('>', "334 <authentication response>");
    run.log += LogRowText("12:00.000", "6409", sequence++, '*', "ABC\\jia,authenticated", inside);
    run.log.erase(run.log.size() - 3, 1);
    add('>', "235 2.7.0 Authentication successful");
    add('<', "MAIL FROM:<jia@abc.com>");
    add('>', "250 2.1.0 Sender OK");
    CheckMeasured(
        run,
        "own-session",
        "AUTH lines: 1 | authenticated as: ABC\\jia | EHLO name: JIA-PC | own name: yes | "
        "from inside: yes | port: 25");
    CheckMeasured(run,
                  "authentication",
                  "client wants AUTH: yes | server offers AUTH: yes | AUTH lines: 1 | "
                  "authenticated as: ABC\\jia");
    CheckMeasured(run, "next-command", "AUTH between: yes");
    CheckMeasured(run, "local-sender", "authenticated: yes");
    run.wantsAuth = false;
    CheckMeasured(run, "authentication", "client wants AUTH: no");
}

BOOST_AUTO_TEST_CASE(ARefusalByTheFilter)
{
    DocumentedExchange run;
    run.log += ",\r\n" + LogRowText("11:56.443", "6408", 21, '>', "250 2.1.0 Sender OK") +
               LogRowText("11:56.700", "6408", 22, '<', "RCPT TO:<boss@abc.com>") +
               LogRowText("11:56.702", "6408", 23, '>', BAN);
    run.clientErrors = "The following recipient(s) cannot be reached:\n"
                       "\n"
                       "      'other@abc.com' on 11/16/2011 12:10 PM\n"
                       "            Server error: '550 5.1.1 User unknown'\n"
                       "      'boss@abc.com' on 11/16/2011 12:11 PM\n"
                       "            Server error: '" +
                       BAN + "'\n";
    const std::string start = "2011-11-16T04:11:56.700Z\tbefore-arrival\t";
    const std::string client = "\t69.46.103.200\t-\tmail.globalsuite.net\t";
    run.filterLog = start + "sender-whitelist\twhitelist" + client +
                    "jia@abc.com\tboss@abc.com\t-\t-\t-\n" + start + "dha-protection\treject" +
                    client + "jia@abc.com\tboss@abc.com\t-\t" + BAN + "\t-\n" + start +
                    "recipient\treject" + client + "desk@hotel.example\tx@abc.com\tABC\\x\t-\t-\n";
    CheckMeasured(run,
                  "refusal",
                  "reply: " + BAN + " | to: RCPT | after: 2.000 ms | user is shown: " + BAN);
    CheckMeasured(run,
                  "filter-record",
                  "decisions: 2 | authenticated: none | sender whitelisted: yes | "
                  "rejected by: dha-protection");
    BOOST_CHECK_THROW(Measured(run, "tarpit-delay", "first delay: none"), NotMeasurable);
}

BOOST_AUTO_TEST_CASE(ATarpitAfterErrors)
{
    const auto guess = [](const std::string& minute,
                          const std::string& session,
                          const std::string& port,
                          bool delayed)
    {
        const std::string unknown = "550 5.1.1 User unknown";
        const std::string remote = "69.46.103.200:" + port;
        std::string log =
            LogRowText(minute + ":00.100", session, 0, '>', "220 ready", remote) +
            LogRowText(minute + ":00.200", session, 1, '<', "RCPT TO:<x@abc.com>", remote);
        if (delayed)
        {
            log += LogRowText(minute + ":00.200",
                              session,
                              2,
                              '*',
                              "Tarpit for '0.00:00:05' due to '" + unknown + "'",
                              remote);
        }
        return log + LogRowText(minute + (delayed ? ":05.201" : ":00.201"),
                                session,
                                3,
                                '>',
                                unknown,
                                remote);
    };
    DocumentedExchange run;
    run.log =
        guess("08", "6401", "49700", false) + guess("09", "6402", "49701", true) +
        LogRowText("10:00.000", "6403", 0, '*', "Tarpit for '0.00:00:00.327' due to 'DelayedAck'") +
        LogRowText("10:01.000", "6404", 0, '*', "Tarpit for '0.00:00:05' due to '220 ready'") +
        LogRowText("10:02.000",
                   "6405",
                   0,
                   '*',
                   "Tarpit for '0.00:01:00' due to '220 ready'",
                   "192.0.2.1:1") +
        DocumentedLog();
    CheckMeasured(run,
                  "tarpit-delay",
                  "first delay: 5000.000 ms | held: 5001.000 ms | reply: 550 5.1.1 User unknown | "
                  "errors before: 1 | replies before: 3 | delays: 2 | delays of good replies: 1 | "
                  "only with errors or after: yes");
    // The first reply of all is delayed: that is no tarpit by errors.
    run.log =
        LogRowText("07:00.000", "6400", 0, '*', "Tarpit for '0.00:00:05' due to '220 ready'") +
        run.log;
    CheckMeasured(run, "tarpit-delay", "only with errors or after: no");
}

BOOST_AUTO_TEST_CASE(TheWholeRowOfAMessage)
{
    DocumentedExchange run;
    run.log = LogRowText("11:55.890", "6408", 2, '+', "") + run.log +
              "2011-11-16T04:11:55.890Z;1,receiving message\r\n";
    CheckMeasured(run,
                  "receiving-message",
                  "event: * | seq: 20 | begins: 08CE6E5DA8B26408; | id;time;count: yes | "
                  "time is the session's start: yes | context: receiving message");
    CheckMeasured(run, "log-fields", "fields: 9 | rows with fewer: 0");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
