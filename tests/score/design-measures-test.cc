#include "formats/label.h"
#include "formats/smtp-service-fields.h"
#include "lab/score/text-file.h"
#include "tests/score/documented-run.h"
#include "tests/score/scenario-measures.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;
namespace fs = std::filesystem;

/// A row of the SMTP service's log. \param rest from cs-method to time-taken
std::string
Row(const std::string& client, const std::string& rest)
{
    return "2006-03-12 09:00:01 " + client + " x SMTPSVC1 EX 10.0.0.2 0 " + rest +
           " SMTP - - - -\r\n";
}

/// Whether a measurement of a scenario gives documented values.
void
CheckMeasured(const std::string& scenario,
              const std::string& check,
              const std::string& documented,
              const std::string& rows,
              const std::string& labels = "",
              const std::string& load = "")
{
    const TemporaryFolder folder;
    const fs::path server = folder.Path() / "evidence/server";
    fs::create_directories(server / "SmtpSvc1");
    fs::create_directories(folder.Path() / "truth");
    WriteTextFile(folder.Path() / "manifest.json",
                  R"({"scenario": "s", "variant": "v", "seed": 1, "parameters": {"hosts": {},
"mail": {"messages": {}}, "vantages": {"server": {"exchange-logs": true, "union-of": []}}}}
)");
    WriteTextFile(server / "SmtpSvc1/ex060312.log",
                  "#Fields: " + std::string(fields::smtpsvc::FIELD_LIST) + "\r\n" + rows);
    WriteTextFile(folder.Path() / "truth/labels.jsonl", labels);
    if (!load.empty())
    {
        WriteTextFile(server / "directory-load.csv", load);
    }
    BOOST_TEST(Simulated(RunFolder(folder.Path()), MeasuresOf(scenario), check, documented) ==
               documented);
}

const std::string A = "203.0.113.90";

BOOST_AUTO_TEST_SUITE(design_measures)

BOOST_AUTO_TEST_CASE(AHarvesterLearnsWhereRepliesDiffer)
{
    const std::string taken =
        Row(A, "RCPT - +TO:<a@x> 250 0 9 9 0") + Row("192.0.2.9", "RCPT - +TO:<d@x> 550 0 9 9 0");
    CheckMeasured("directory-harvest",
                  "harvest-yield",
                  "asked for: 3 | refused: 2 | given away: 1 | replies tell who exists: yes",
                  taken + Row(A, "RCPT - +TO:<b@x> 550 0 9 9 0") +
                      Row(A, "RCPT - +TO:<c@x> 550 0 9 9 0"));
    CheckMeasured("directory-harvest",
                  "harvest-yield",
                  "asked for: 2 | refused: 0 | given away: 0 | replies tell who exists: no",
                  taken + Row(A, "RCPT - +TO:<b@x> 250 0 9 9 0"));
}

BOOST_AUTO_TEST_CASE(BackscatterIsWhatTheTruthSays)
{
    Label label;
    label.kind = "flow";
    label.runId = "s/v/1";
    label.classLabel = "backscatter.ndr";
    label.causeId = 1;
    label.actor = "exchange";
    label.did = TruthEvent::Reported;
    label.params = {{"client", A + ":1025"}};
    std::string labels;
    AppendLabel(labels, label);
    AppendLabel(labels, label);
    const std::string rows =
        Row(A, "DATA - +<1@x> 250 0 9 700 15") + Row(A, "DATA - +<2@x> 250 0 9 800 15") +
        Row(A, "DATA - - 503 0 9 4 0") + Row("192.0.2.9", "DATA - +<3@x> 250 0 9 900 15");
    CheckMeasured(
        "backscatter",
        "backscatter-volume",
        "reports to people who did not write: 2 | messages that caused them: 2 | octets of "
        "these: 1500 | accepting first causes them: yes",
        rows,
        labels);
    CheckMeasured("backscatter", "backscatter-volume", "accepting first causes them: no", rows);
}

BOOST_AUTO_TEST_CASE(WhoLooksUpWaitsForTheDirectory)
{
    const std::string load =
        "date-time,interval-ms,lookups,answered,busy,unavailable,timed-out,worked,mean-ms,longest-"
        "queue,replicas-up\n"
        "2006-03-12T09:00:00.000Z,10000,9,4,1,2,3,4,100,7,1\n"
        "2006-03-12T09:00:10.000Z,10000,1,1,0,0,0,1,2,1,1\n";
    CheckMeasured("directory-overload",
                  "lookup-load",
                  "lookups failed: 6 | longest queue: 7 | recipients answered late: 1 | recipients "
                  "deferred: 1 | clients wait for the directory: yes",
                  Row(A, "RCPT - +TO:<a@x> 250 0 9 9 499") +
                      Row(A, "RCPT - +TO:<b@x> 451 0 9 9 10000"),
                  "",
                  load);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
