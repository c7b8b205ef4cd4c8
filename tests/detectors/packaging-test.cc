#include "detectors/readers/evidence-folder.h"
#include "detectors/readers/log-records.h"
#include "run-detector.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <gmime/gmime.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>
#include <zlib.h>

using namespace bouncelab;
using namespace bouncelab::test;
namespace fs = std::filesystem;

namespace
{

using Wrap = std::function<std::string(const std::string&)>;

std::string
EachLine(const std::string& text, const std::function<std::string(const std::string&)>& change)
{
    std::istringstream in(text);
    std::string out;
    for (std::string line; std::getline(in, line);)
    {
        out += change(line) + "\n";
    }
    return out;
}

std::string
Replaced(std::string text, const std::string& what, const std::string& with)
{
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
    {
        text.replace(at, what.size(), with);
    }
    return text;
}

Wrap
Prefixed(const std::string& prefix)
{
    return [prefix](const std::string& text)
    { return EachLine(text, [&](const std::string& line) { return prefix + line; }); };
}

std::string
Wide(const std::string& text, std::size_t unit, bool big)
{
    std::string out;
    for (const char c : text)
    {
        std::string zeros(unit - 1, '\0');
        out += big ? zeros + c : c + zeros;
    }
    return out;
}

std::string
Gzipped(const std::string& text)
{
    z_stream stream{};
    BOOST_REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(text.size() + 200, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    BOOST_REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string
WrappedAt78(const std::string& text)
{
    return EachLine(text,
                    [](const std::string& line)
                    {
                        std::string out = line.substr(0, 78);
                        for (std::size_t at = 78; at < line.size(); at += 78)
                        {
                            out += "\n" + line.substr(at, 78);
                        }
                        return out;
                    });
}

std::string
InAPage(const std::string& text)
{
    return "<html><pre>\n" +
           Replaced(Replaced(Replaced(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;") +
           "</pre></html>\n";
}

std::string
OfASpreadsheet(const std::string& text)
{
    static const std::regex stamp(R"(^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)\.\d+Z)");
    return EachLine(text,
                    [](const std::string& line)
                    { return std::regex_replace(line, stamp, "$3/$2/$1 $4"); });
}

std::string
Numbered(const std::string& text)
{
    int number = 0;
    return EachLine(text,
                    [&](const std::string& line)
                    { return "maillog.1:" + std::to_string(++number) + ":" + line; });
}

std::string
Headless(const std::string& text)
{
    std::string out;
    EachLine(text,
             [&](const std::string& line)
             {
                 out += line.empty() || line[0] != '#' ? line + "\n" : "";
                 return line;
             });
    return out;
}

std::string
WithJournalStamps(const std::string& text)
{
    static const std::regex stamp(R"(^([A-Z][a-z]{2}) +(\d+) (\d\d:\d\d:\d\d) )");
    return EachLine(text,
                    [](const std::string& line)
                    {
                        std::smatch parts;
                        if (!std::regex_search(line, parts, stamp))
                        {
                            return line;
                        }
                        const std::string months = "JanFebMarAprMayJunJulAugSepOctNovDec";
                        const auto month = static_cast<int>(months.find(parts[1]) / 3) + 1;
                        const int day = std::stoi(parts[2]);
                        const std::string date = (month < 10 ? "2016-0" : "2016-") +
                                                 std::to_string(month) + (day < 10 ? "-0" : "-") +
                                                 std::to_string(day) + "T";
                        return date + parts[3].str() + ".000000+00:00 " + parts.suffix().str();
                    });
}

using Row = std::function<std::string(const std::smatch&)>;

/// Rows of syslog ("stamp", host, program, process, text) as something else hands them on.
Wrap
OfSyslog(const Row& row)
{
    return [row](const std::string& text)
    {
        static const std::regex form(R"(^(\S+) (\S+) ([a-z/]+)\[(\d+)\]: (.*)$)");
        return EachLine(WithJournalStamps(text),
                        [&](const std::string& line)
                        {
                            std::smatch parts;
                            return std::regex_search(line, parts, form) ? row(parts) : line;
                        });
    };
}

/// A file attached to a mail, or its text.
std::string
Mailed(const std::string& text, GMimeContentEncoding encoding, const std::string& type)
{
    GMimeEncoding encoder;
    g_mime_encoding_init_encode(&encoder, encoding);
    std::string encoded(g_mime_encoding_outlen(&encoder, text.size()), '\0');
    encoded.resize(g_mime_encoding_flush(&encoder, text.data(), text.size(), encoded.data()));
    return "From: helpdesk@shop.example\nTo: me@shop.example\nSubject: the log\nMIME-Version: 1.0\n"
           "Content-Type: multipart/mixed; boundary=\"Part-1\"\n\n--Part-1\n"
           "Content-Type: text/plain\n\nHere it is.\n\n--Part-1\nContent-Type: " +
           type +
           "\nContent-Disposition: attachment; filename=\"a.LOG\"\nContent-Transfer-Encoding: " +
           g_mime_content_encoding_to_string(encoding) + "\n\n" + encoded + "\n--Part-1--\n";
}

const std::pair<const char*, Wrap> PACKAGINGS[] = {
    {"base64 in a mail",
     [](const std::string& t)
     { return Mailed(t, GMIME_CONTENT_ENCODING_BASE64, "application/octet-stream"); }},
    {"quoted-printable in a mail",
     [](const std::string& t)
     { return Mailed(t, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, "text/plain; charset=utf-8"); }},
    {"entities by number",
     [](const std::string& t)
     {
         return "<html><pre>\n" +
                Replaced(
                    Replaced(Replaced(Replaced(t, "&", "&#38;"), "<", "&#x3C;"), "'", "&#x27;"),
                    "@",
                    "&#64;") +
                "</pre></html>\n";
     }},
    {"UTF-16LE", [](const std::string& t) { return "\xFF\xFE" + Wide(t, 2, false); }},
    {"UTF-16BE without a mark", [](const std::string& t) { return Wide(t, 2, true); }},
    {"UTF-32LE", [](const std::string& t) { return Wide(t, 4, false); }},
    {"a byte-order mark", [](const std::string& t) { return "\xEF\xBB\xBF" + t; }},
    {"tabs", [](const std::string& t) { return Replaced(t, ",", "\t"); }},
    {"quoting", Prefixed("> ")},
    {"items in backquotes",
     [](const std::string& t)
     { return EachLine(t, [](const std::string& line) { return "- `" + line + "`"; }); }},
    {"a block of code", [](const std::string& t) { return "```\n" + t + "```\n"; }},
    {"one span of code", [](const std::string& t) { return "`" + t + "`\n"; }},
    {"corner brackets",
     [](const std::string& t)
     {
         return EachLine(t,
                         [](const std::string& line)
                         { return "\xE3\x80\x8C" + line + "\xE3\x80\x8D"; });
     }},
    {"a page", InAPage},
    {"wrapped lines", WrappedAt78},
    {"gzip", Gzipped},
    {"two members of gzip",
     [](const std::string& t)
     { return Gzipped(t.substr(0, t.size() / 2)) + Gzipped(t.substr(t.size() / 2)); }},
    {"a spreadsheet's dates", OfASpreadsheet},
    {"findstr", Prefixed("RECV20111116-1.LOG:")},
    {"grep -n", Numbered},
    {"indentation", Prefixed("    ")},
    {"no header", Headless},
    {"CR", [](const std::string& t) { return Replaced(t, "\n", "\r"); }},
    {"no-break spaces", [](const std::string& t) { return Replaced(t, " ", "\xC2\xA0"); }},
    {"angle quotes",
     [](const std::string& t)
     { return Replaced(Replaced(t, "<", "\xE2\x80\xB9"), ">", "\xE2\x80\xBA"); }},
    {"typographic quotes", [](const std::string& t) { return Replaced(t, "\"", "\xE2\x80\x9D"); }},
    {"one NUL", [](const std::string& t) { return t.substr(0, 200) + '\0' + t.substr(200); }},
    {"compose", Prefixed("mail_1  | ")},
    {"docker", Prefixed("2020-05-01T21:25:51.123456789Z ")},
    {"stamps of RFC 3339", WithJournalStamps},
};

/// What transports of logs make of rows.
const std::pair<const char*, Wrap> RECORDS[] = {
    {"RFC 5424",
     OfSyslog(
         [](const std::smatch& row)
         {
             return "<22>1 " + row.str(1) + " " + row.str(2) + " " + row.str(3) + " " + row.str(4) +
                    " - - " + row.str(5);
         })},
    {"RFC 5424 with octets counted and data",
     OfSyslog(
         [](const std::smatch& row)
         {
             return "214 <22>1 " + row.str(1) + " " + row.str(2) + " " + row.str(3) + " " +
                    row.str(4) + " ID47 [meta sequenceId=\"4]\"][origin ip=\"192.0.2.1\"] " +
                    row.str(5);
         })},
    {"Filebeat",
     [](const std::string& t)
     {
         return EachLine(t,
                         [](const std::string& line)
                         {
                             return nlohmann::json{{"@timestamp", "2024-05-14T09:00:03.112Z"},
                                                   {"message", line},
                                                   {"log", {{"file", {{"path", "/var/log/x"}}}}},
                                                   {"host", {{"name", "mx1"}}}}
                                 .dump();
                         });
     }},
    {"fields of ECS",
     OfSyslog(
         [](const std::smatch& row)
         {
             return nlohmann::json{{"@timestamp", row.str(1)},
                                   {"message", row.str(5)},
                                   {"process", {{"name", row.str(3)}, {"pid", 204}}},
                                   {"host", {{"hostname", row.str(2)}}}}
                 .dump();
         })},
    {"Fluentd",
     OfSyslog(
         [](const std::smatch& row)
         {
             return nlohmann::json{{"host", row.str(2)},
                                   {"ident", row.str(3)},
                                   {"pid", row.str(4)},
                                   {"message", row.str(5)}}
                 .dump();
         })},
};

/// Detector, class and verdict of each alert.
std::multiset<std::string>
Verdicts(const std::vector<Alert>& alerts)
{
    std::multiset<std::string> verdicts;
    for (const Alert& alert : alerts)
    {
        verdicts.insert(alert.detector + " " + alert.dottedClass + " " +
                        std::string(NameOf(alert.verdict)));
    }
    return verdicts;
}

std::string
Joined(const std::multiset<std::string>& verdicts)
{
    std::string text;
    for (const std::string& verdict : verdicts)
    {
        text += verdict + "; ";
    }
    return text;
}

template <std::size_t N>
void
CheckIn(const std::pair<const char*, Wrap> (&packagings)[N],
        const std::string& name,
        const std::string& text)
{
    const EvidenceScratch scratch;
    scratch.Write("plain", text);
    const auto plain = Verdicts(JudgePath(scratch.Path() / "plain"));
    BOOST_TEST(!plain.empty(), name);
    for (const auto& [packaging, wrap] : packagings)
    {
        scratch.Write("wrapped", wrap(text));
        const auto wrapped = Verdicts(JudgePath(scratch.Path() / "wrapped"));
        BOOST_TEST(Joined(wrapped) == Joined(plain), name << " in " << packaging);
    }
}

void
CheckAll(const std::string& name, const std::string& text)
{
    CheckIn(PACKAGINGS, name, text);
}

// In Postfix's form, with invented names.
constexpr const char* POSTFIX =
    "May  1 21:25:51 mail postfix/qmgr[176]: E999732CF7F: from=<me@shop.example>, size=3112, "
    "nrcpt=1 "
    "(queue active)\n"
    "May  1 21:25:53 mail postfix/smtp[204]: E999732CF7F: to=<pal@mail.example>, "
    "relay=mx.mail.example[198.51.100.26]:25, delay=1.4, delays=0.44/0.08/0.61/0.23, dsn=5.7.26, "
    "status=bounced (host mx.mail.example[198.51.100.26] said: 550 5.7.26 Unauthenticated email "
    "from "
    "shop.example is not accepted due to domain's DMARC policy. i7si73126 - gsmtp (in reply to end "
    "of "
    "DATA command))\n"
    "May  1 21:26:06 mail postfix/qmgr[176]: E999732CF7F: removed\n";

// What only Postfix's own reader makes something of.
constexpr const char* POSTFIXS_OWN =
    "May  1 21:25:53 mail postfix/smtp[204]: E999732CF7F: to=<pal@mail.example>, "
    "relay=mx.mail.example[198.51.100.26]:25, delay=1.4, delays=0.44/0.08/0.61/0.23, dsn=4.4.2, "
    "status=deferred (lost connection with mx.mail.example[198.51.100.26] while receiving the "
    "initial server greeting)\n"
    "May  1 21:26:06 mail postfix/smtpd[211]: NOQUEUE: reject: RCPT from "
    "unknown[203.0.113.201]: 554 5.7.1 <eve@far.example>: Relay access denied; "
    "from=<x@bulk.example> to=<eve@far.example> proto=ESMTP helo=<pc>\n";

// In the form of Exchange's Receive connectors, with invented names.
constexpr const char* EXCHANGE =
    "#Software: Microsoft Exchange Server\n#Version: 14.0.0.0\n"
    "#Log-type: SMTP Receive Protocol Log\n#Date: 2013-09-24T17:00:01.221Z\n"
    "#Fields: "
    "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,"
    "data,context\n"
    "2013-09-24T17:09:35.723Z,SRV\\Internet Receive "
    "SRV,08D072FC7C4ACF6A,21,192.0.2.10:25,198.51.100.31:41022,*,Tarpit for '0.00:00:00.312' due "
    "to "
    "'DelayedAck',Delivered\n";

} // namespace

BOOST_AUTO_TEST_SUITE(packaging)

BOOST_AUTO_TEST_CASE(TheSameIsSaidOfALogHoweverItArrives)
{
    CheckAll("Postfix", POSTFIX);
    CheckAll("Exchange", EXCHANGE);
}

BOOST_AUTO_TEST_CASE(TheSameIsSaidOfThoseOfOthers,
                     *boost::unit_test::precondition(tests::IfShared{"cases/texts"}))
{
    for (const char* name : {"15-backscatter-postfix-journal/input.log",
                             "16-dictionary-postfix-wrapped/input.log",
                             "17-greylist-pool-sendmail/input.log",
                             "20-exchange-receive-delayedack/input.log",
                             "22-provider-port25-timeouts/input.log",
                             "08-iis-smtpsvc-421-asterisks/input.txt"})
    {
        std::ifstream file(tests::SharedPath("cases/texts") / name, std::ios::binary);
        CheckAll(name, std::string(std::istreambuf_iterator<char>(file), {}));
    }
}

BOOST_AUTO_TEST_CASE(AnOrdinaryTextIsLeftAsItIs)
{
    const EvidenceScratch scratch;
    scratch.Write("e/a.txt",
                  "> a quoted line\nand prose with 5 > 3 & 2 < 4\nsee mail.log: nothing\n");
    BOOST_TEST(JudgePath(scratch.Path() / "e").empty());
    // It is listed among what was read, as not understood.
    std::string listed;
    detectors::EvidenceHandler handler;
    handler.flow = [](const detectors::Evidence&) {};
    handler.note = [](const std::string&) {};
    handler.file = [&](const detectors::FileReading& reading)
    { listed += reading.name + ": " + reading.problem; };
    detectors::EvidenceContext context;
    detectors::ReadEvidence(scratch.Path() / "e", context, handler);
    BOOST_TEST(listed == "a.txt: nothing in it was recognized");
}

BOOST_AUTO_TEST_CASE(TheSameIsSaidOfTheRowsInRecords)
{
    CheckIn(RECORDS, "Postfix", POSTFIX);
    CheckIn(RECORDS, "Postfix's own", POSTFIXS_OWN);
}

BOOST_AUTO_TEST_CASE(ARecordMayHoldSeveralRows)
{
    nlohmann::json events = nlohmann::json::array();
    EachLine(POSTFIX,
             [&](const std::string& line)
             {
                 events.push_back({{"timestamp", 1715677203112}, {"message", line}});
                 return line;
             });
    const EvidenceScratch scratch;
    scratch.Write("plain", POSTFIX);
    const std::string plain = Joined(Verdicts(JudgePath(scratch.Path() / "plain")));
    for (const char* list : {"events", "logEvents"})
    {
        scratch.Write("wrapped", nlohmann::json{{list, events}}.dump() + "\n");
        BOOST_TEST(Joined(Verdicts(JudgePath(scratch.Path() / "wrapped"))) == plain, list);
    }
}

BOOST_AUTO_TEST_CASE(AProgramsOwnErrorIsNoRow)
{
    std::set<std::string> undone;
    BOOST_TEST(detectors::RowsInRecord("{\"@timestamp\":\"2024-05-14T09:00:03Z\",\"message\":"
                                       "\"could not send\",\"stack_trace\":\"x\"}",
                                       undone)
                   .empty());
    BOOST_TEST(
        detectors::RowsInRecord("1 2024-05-14T09:00:03Z and some more words", undone).empty());
    BOOST_TEST(undone.empty());
}

BOOST_AUTO_TEST_CASE(ABombIsCutOffAndTheDetectorsSaySo)
{
    const EvidenceScratch scratch;
    std::string row = POSTFIX;
    std::string much;
    while (much.size() < (40u << 20))
    {
        much += "an idle line that compresses very well, again and again\n";
    }
    scratch.Write("a.log.gz", Gzipped(row + much));
    const std::vector<Alert> alerts = JudgePath(scratch.Path() / "a.log.gz", "refusals");
    BOOST_TEST(alerts.size() == 2u);
    BOOST_TEST(alerts.back().dottedClass == classes::INSUFFICIENT);
}

BOOST_AUTO_TEST_SUITE_END()
