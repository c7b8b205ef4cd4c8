#include "tests/score/documented-relay.h"

#include "lab/score/text-file.h"
#include "tests/score/scenario-measures.h"

#include <fmt/format.h>

namespace bouncelab::score
{

namespace
{

namespace fs = std::filesystem;

struct Row
{
    const char* id;
    const char* check;
    const char* documented;
};

constexpr Row ROWS[] = {
    {"S004-01",
     "relay-test-1",
     "RSET: 250 2.0.0 Resetting | MAIL: 250 2.1.0 user@example.net....Sender OK | RCPT: 550 5.7.1 "
     "Unable to relay for relaytest@example.net | tester says: pass | left the server: no"},
    {"S004-02", "relay-test-2", "tester says: pass | left the server: no"},
    {"S004-03", "relay-test-3", "MAIL: 250 2.1.0 <>....Sender OK | tester says: pass"},
    {"S004-04", "relay-test-4", "tester says: pass | left the server: no"},
    {"S004-05", "relay-test-5", "MAIL: 250 2.1.0 user@[10.10.10.10]....Sender OK"},
    {"S004-06",
     "relay-test-6",
     "RCPT: 250 2.1.5 relaytest%example.net@northwindtraders.com | tester says: open relay | left "
     "the server: no | reported: yes"},
    {"S004-07",
     "relay-test-7",
     "RSET: none | RCPT: 250 2.1.5 \"relaytest@example.net\"@northwindtraders.com | tester says: "
     "open relay"},
    {"S004-10", "relay-refusals", "refused: 5 | code: 550 5.7.1 | all speak of relaying: yes"},
    {"S004-12",
     "relay-rule",
     "accepted: 2 | refused: 5 | accepted where the domain is local, and only there: yes"},
    {"S004-14",
     "relay-report-6",
     "first line: Your message did not reach some or all of the intended recipients. | Subject: "
     "中继测试 6 | Sent: 3/22/2002 5:47 PM | failed: 3/12/2002 12:30 PM | last line: none"},
    {"S004-15", "relay-report-7", "Sent: 3/13/2002 12:30 PM | failed: 3/13/2002 12:30 PM"},
    {"S004-21",
     "relay-verdicts",
     "accepted: 2 | left the server: 0 | replies say open: yes | relays: no"}};

std::string
TestText(int number, const std::string& sender, const std::string& shown)
{
    return fmt::format("Relay test {0}\n>>> RSET\n<<< 250 2.0.0 Resetting\n"
                       ">>> MAIL FROM:<{1}>\n<<< 250 2.1.0 {2}....Sender OK\n"
                       ">>> RCPT TO:<relaytest@example.net>\n"
                       "<<< 550 5.7.1 Unable to relay for relaytest@example.net\n",
                       number,
                       sender,
                       shown);
}

std::string
ReportText(int number,
           const std::string& recipient,
           const std::string& sent,
           const std::string& failed)
{
    return fmt::format("From MAILER-DAEMON Fri Mar 22 17:47:14 2002\n"
                       "Delivered-To: user@example.net\nMessage-ID: <report-{0}@exch1>\n"
                       "Subject: Undeliverable\nMIME-Version: 1.0\n"
                       "Content-Type: multipart/report; boundary=\"boundary\"\n\n--boundary\n"
                       "Content-Type: text/plain; charset=utf-8\n"
                       "Content-Transfer-Encoding: quoted-printable\n\n"
                       "Your message did not reach some or all of the intended recipients.\n\n"
                       "      Subject:\t=E4=B8=AD=E7=BB=A7=E6=B5=8B=E8=AF=95 {0}\n"
                       "      Sent:\t{2}\n\n"
                       "The following recipient(s) could not be reached:\n\n"
                       "      {1} on {3}\n"
                       "            The e-mail account does not exist at the organi=\n"
                       "zation this message was sent to.\n\n"
                       "--boundary\nContent-Type: message/rfc822\n\n"
                       "Message-ID: <relay-test-{0}-x.1@example.net>\n\nbody\n--boundary--\n\n",
                       number,
                       recipient,
                       sent,
                       failed);
}

} // namespace

std::string
DocumentedRelayTests()
{
    return TestText(1, "user@example.net", "user@example.net") +
           TestText(2, "user", "user@northwindtraders.com") + TestText(3, "", "<>") +
           TestText(4, "user@northwindtraders.com", "user@northwindtraders.com") +
           TestText(5, "user@[10.10.10.10]", "user@[10.10.10.10]") +
           "Relay test 6\n>>> RSET\n<<< 250 2.0.0 Resetting\n"
           ">>> MAIL FROM:<user@example.net>\n<<< 250 2.1.0 user@example.net....Sender OK\n"
           ">>> RCPT TO:<relaytest%example.net@northwindtraders.com>\n"
           "<<< 250 2.1.5 relaytest%example.net@northwindtraders.com \n"
           "Relay test 7\n>>> mail from: <user@example.net>\n"
           "<<< 250 2.1.0 user@example.net....Sender OK\n"
           ">>> rcpt to: <\"relaytest@example.net\">\n"
           "<<< 250 2.1.5 \"relaytest@example.net\"@northwindtraders.com \n"
           "Relay test result\nTest 6 accepted: relaytest%example.net@northwindtraders.com\n";
}

std::string
DocumentedReport()
{
    return ReportText(6,
                      "relaytest%example.net@northwindtraders.com",
                      "3/22/2002 5:47 PM",
                      "3/12/2002 12:30 PM") +
           ReportText(7,
                      "\"relaytest@example.net\"@northwindtraders.com",
                      "3/13/2002 12:30 PM",
                      "3/13/2002 12:30 PM");
}

void
DocumentedRelay::Write(const fs::path& root) const
{
    fs::create_directories(root / "evidence/tester/mailboxes");
    fs::create_directories(root / "truth");
    WriteTextFile(root / "manifest.json",
                  R"({"scenario": "relay-tests", "variant": "accept-then-ndr", "seed": 1,
"parameters": {"hosts": {}, "mail": {"messages": {}},
  "vantages": {"tester": {"relay-transcripts": true, "union-of": []}}}}
)");
    WriteTextFile(root / "evidence/tester/relay-test-third-party.txt", transcript);
    WriteTextFile(root / "evidence/tester/mailboxes/user@example.net.mbox", mailbox);
    WriteTextFile(root / "truth/labels.jsonl", labels);
}

scenario::Expectations
DocumentedRelayClaims()
{
    scenario::Expectations expectations = MeasuresOf("relay-tests");
    for (const Row& row : ROWS)
    {
        scenario::Claim claim;
        claim.check = row.check;
        claim.documented = row.documented;
        expectations.claims[row.id] = claim;
    }
    return expectations;
}

} // namespace bouncelab::score
