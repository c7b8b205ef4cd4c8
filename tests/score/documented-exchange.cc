#include "tests/score/documented-exchange.h"

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
    const char* kind;
    const char* check;
    const char* documented;
};

// clang-format off
constexpr Row ROWS[] = {
    {"S000-03", "emergent", "authentication",
     "client wants AUTH: yes | server offers AUTH: yes | AUTH lines: 0 | authenticated as: none"},
    {"S000-05", "emergent", "log-fields",
     "fields: 9 | rows with fewer: 1 | empty context ends in a comma: yes"},
    {"S000-06", "input", "connector-id",
     "WIN-TQTAID053PB\\Default WIN-TQTAID053PB"},
    {"S000-07", "input", "session-id",
     "id: 08CE6E5DA8B26408"},
    {"S000-08", "emergent", "log-sequence",
     "first: 3 | last: 20 | gaps: 0 | repeated: 0 | sessions with gaps: 0"},
    {"S000-09", "input", "log-endpoints",
     "local: 192.168.0.222:25 | remote: 69.46.103.200:49760 | ephemeral port: yes"},
    {"S000-10", "emergent", "hello-line",
     "stamp: 2011-11-16T04:11:56.165Z | time of day: 15116.165 s | event: < | seq: 3 | text: EHLO mail.globalsuite.net"},
    {"S000-11", "emergent", "hello-answer",
     "text: 250-WIN-TQTAID053PB.abc.com Hello [69.46.103.200] | name: WIN-TQTAID053PB.abc.com"},
    {"S000-12", "input", "keywords",
     "list: SIZE, PIPELINING, DSN, ENHANCEDSTATUSCODES, STARTTLS, X-ANONYMOUSTLS, AUTH NTLM LOGIN, X-EXPS GSSAPI NTLM, 8BITMIME, BINARYMIME, CHUNKING, XEXCH50, XRDST, XSHADOW | keywords: 14 | lines: 15 | first seq: 4 | last seq: 18 | last: 250 XSHADOW"},
    {"S000-13", "input", "size-keyword",
     "text: 250-SIZE | value: none"},
    {"S000-14", "fitted", "answer-times",
     "lines: 15 | stamps: 1 | after EHLO: 1 ms"},
    {"S000-15", "emergent", "next-command",
     "stamp: 2011-11-16T04:11:56.442Z | time of day: 15116.442 s | event: < | seq: 19 | text: MAIL FROM:<jia@abc.com> | commands between: 0 | AUTH between: no | STARTTLS between: no"},
    {"S000-16", "fitted", "turn-round",
     "276 ms"},
    {"S000-17", "emergent", "line-sizes",
     "EHLO: 27 B | answer: 271 B | MAIL: 25 B"},
    {"S000-18", "emergent", "receiving-message",
     "event: * | seq: 20 | begins: 08CE6E5DA8B26408; | id;time;count: no | context: none"},
    {"S000-19", "emergent", "local-sender",
     "sender's domain: abc.com | server's own: yes | authenticated: no | from outside: yes"},
    {"S000-20", "emergent", "identity-triple",
     "HELO: mail.globalsuite.net | sender's domain: abc.com | address: 69.46.103.200 | HELO is of the sender's domain: no"},
    {"S000-21", "input", "session-date",
     "date: 2011-11-16 | weekday: Wed | UTC: 04:11:56 | at UTC+8: 12:11:56"},
    {"S000-22", "input", "server-address",
     "address: 192.168.0.222 | private: yes | reached from outside: yes"},
    {"S000-26", "input", "session-id-ticks",
     "start: 2011-11-11T07:50:04Z | before the first line: yes | days before: 5 | rising: yes | sessions: 1"},
};
// clang-format on

constexpr const char* KEYWORDS[] = {"SIZE",
                                    "PIPELINING",
                                    "DSN",
                                    "ENHANCEDSTATUSCODES",
                                    "STARTTLS",
                                    "X-ANONYMOUSTLS",
                                    "AUTH NTLM LOGIN",
                                    "X-EXPS GSSAPI NTLM",
                                    "8BITMIME",
                                    "BINARYMIME",
                                    "CHUNKING",
                                    "XEXCH50",
                                    "XRDST"};

} // namespace

std::string
LogRowText(const std::string& stamp,
           const std::string& session,
           int sequence,
           char event,
           const std::string& data,
           const std::string& remote)
{
    return fmt::format("2011-11-16T04:{}Z,WIN-TQTAID053PB\\Default WIN-TQTAID053PB,08CE6E5DA8B2{},"
                       "{},192.168.0.222:25,{},{},{},\r\n",
                       stamp,
                       session,
                       sequence,
                       remote,
                       event,
                       data);
}

std::string
DocumentedLog()
{
    std::string log = LogRowText("11:56.165", "6408", 3, '<', "EHLO mail.globalsuite.net");
    int sequence = 4;
    const auto answer = [&](const std::string& line)
    { log += LogRowText("11:56.166", "6408", sequence++, '>', line); };
    answer("250-WIN-TQTAID053PB.abc.com Hello [69.46.103.200]");
    for (const char* keyword : KEYWORDS)
    {
        answer(std::string("250-") + keyword);
    }
    answer("250 XSHADOW");
    log += LogRowText("11:56.442", "6408", 19, '<', "MAIL FROM:<jia@abc.com>");
    const std::string whole = LogRowText("11:56.442", "6408", 20, '*', "08CE6E5DA8B26408;");
    return log + whole.substr(0, whole.size() - std::string(",\r\n").size());
}

void
DocumentedExchange::Write(const fs::path& root) const
{
    for (const char* folder : {"evidence/server", "evidence/client", "truth"})
    {
        fs::create_directories(root / folder);
    }
    const auto vantage = [](const char* name, const char* kind)
    { return fmt::format(R"("{}": {{"{}": true, "union-of": []}})", name, kind); };
    WriteTextFile(
        root / "manifest.json",
        fmt::format(R"({{"scenario": "intercepted-submission", "variant": "ip-ban", "seed": 1,
"parameters": {{
  "hosts": {{"laptop": {{"address": "198.51.100.77", "hostname": "JIA-PC",
                        "sends": {{"client": {{"auth": {{"wanted": {}}}}}}}}}}},
  "mail": {{"messages": {{"case": {{"from": "jia@abc.com", "to": "boss@abc.com", "via": "laptop"}}}}}},
  "vantages": {{{}, {}}}}}}}
)",
                    wantsAuth,
                    vantage("client", "client-errors"),
                    vantage("server", "exchange-logs")));
    WriteTextFile(root / "evidence/server/RECV20111116-1.log", log);
    WriteTextFile(root / "evidence/server/filter.log", filterLog);
    WriteTextFile(root / "evidence/client/outlook-errors.txt", clientErrors);
    WriteTextFile(root / "truth/labels.jsonl", "");
}

scenario::Expectations
DocumentedExchangeClaims()
{
    scenario::Expectations expectations = MeasuresOf("intercepted-submission");
    for (const Row& row : ROWS)
    {
        scenario::Claim claim;
        for (const auto& [name, kind] : EnumNames(scenario::ClaimKind{}))
        {
            claim.kind = name == row.kind ? kind : claim.kind;
        }
        claim.check = row.check;
        claim.documented = row.documented;
        expectations.claims[row.id] = claim;
    }
    return expectations;
}

} // namespace bouncelab::score
