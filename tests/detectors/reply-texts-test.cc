#include "detectors/analysis/reply-reason.h"
#include "sample-mail.h"
#include "tests/evidence/scratch-folder.h"
#include "tests/skip.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

using namespace bouncelab;
using namespace bouncelab::test;

// Detectors go by the reason of a refusal, not by the words of the server that the laboratory
// happens to have: with each text of tests/cases/reply-texts.tsv they say the same. What leaves the
// reason open makes them say less.

namespace
{

struct ReplyText
{
    std::string reason;
    bool isOpen = false; //!< It may have another reason.
    std::string source;
    std::string sisimai; //!< What that program takes it for.
    bool isDisputed = false;
    std::string reply; //!< Lines between LFs.
};

std::vector<ReplyText>
ReadReplyTexts()
{
    std::istringstream file(ReadFile(tests::SourceDir() / "tests/cases/reply-texts.tsv"));
    std::vector<ReplyText> texts;
    for (std::string line; std::getline(file, line);)
    {
        if (line.empty() || line[0] == '#')
        {
            continue;
        }
        std::istringstream fields(line);
        ReplyText text;
        std::getline(fields, text.reason, '\t');
        std::getline(fields, text.source, '\t');
        std::getline(fields, text.sisimai, '\t');
        std::getline(fields, text.reply);
        text.isOpen = text.reason.back() == '?';
        text.reason.resize(text.reason.size() - (text.isOpen ? 1 : 0));
        text.isDisputed = text.sisimai[0] == '!';
        text.sisimai.erase(0, text.isDisputed ? 1 : 0);
        for (std::size_t at = 0; (at = text.reply.find("\\n", at)) != std::string::npos;)
        {
            text.reply.replace(at, 2, "\n");
        }
        texts.push_back(text);
    }
    return texts;
}

const std::vector<ReplyText> TEXTS = ReadReplyTexts();

/// The laboratory's own words for a reason.
const std::map<std::string, std::string> OWN_WORDS{
    {"unknown-user", "550 5.1.1 User unknown"},
    {"relaying", "550 5.7.1 Unable to relay for bob@goal.example"},
    {"policy", "550 5.7.1 Access denied"},
    {"mailbox-full", "552 5.2.2 Mailbox full"}};

/// One client asks for so many recipients that exist and others that are refused, by turns, five in
/// a session.
std::vector<SampleDelivery>
Asking(const std::string& reply, int refused, int taken, bool sends = false)
{
    std::vector<SampleDelivery> all;
    for (int i = 0; i < refused + taken; ++i)
    {
        if (i % 5 == 0)
        {
            SampleDelivery session;
            session.client = "198.51.100.66";
            session.server = "203.0.113.10";
            session.sender = "news@spam.example";
            session.content = sends ? SampleContent("<n@x>", "News") : "";
            session.startMs = 60000 * static_cast<std::int64_t>(all.size());
            all.push_back(session);
        }
        const bool isTaken = (i + 1) * taken / (refused + taken) > i * taken / (refused + taken);
        const std::string mailbox = fmt::format("name{}@local.example", i);
        all.back().recipients.push_back(isTaken ? SampleRecipient{mailbox}
                                                : SampleRecipient{mailbox, reply});
    }
    return all;
}

/// Others reach two recipients that this client is refused, whoever it says that it sends for.
std::vector<SampleDelivery>
Banned(const std::string& reply)
{
    std::vector<SampleDelivery> all;
    for (int i = 0; i < 6; ++i)
    {
        SampleDelivery one;
        one.client = i < 2 ? "192.0.2.30" : "198.51.100.66";
        one.server = "203.0.113.10";
        one.sender = fmt::format("user{}@partner.example", i);
        one.startMs = 60000 * i;
        for (const char* name : {"anna", "bert"})
        {
            SampleRecipient recipient{std::string(name) + "@local.example"};
            recipient.reply = i < 2 ? recipient.reply : reply;
            one.recipients.push_back(recipient);
        }
        all.push_back(one);
    }
    return all;
}

/// A server takes mail for two foreign domains, each from two clients, passes it on, and refuses a
/// third domain.
std::vector<SampleDelivery>
BackupMx(const std::string& reply)
{
    std::vector<SampleDelivery> all;
    for (int i = 0; i < 4; ++i)
    {
        SampleDelivery in;
        in.client = fmt::format("198.51.100.{}", 60 + i);
        in.server = "203.0.113.10";
        in.sender = fmt::format("a@sender{}.example", i);
        in.recipients = {{fmt::format("bob@friend{}.example", i % 2)}};
        in.content = SampleContent(fmt::format("<{}@x>", i), "Hello");
        in.startMs = 60000 * i;
        SampleDelivery out = in;
        out.client = "203.0.113.10";
        out.server = "192.0.2.80";
        out.hello = "mail.local.example";
        out.greeting = "mx.friend.example";
        out.startMs += 5000;
        SampleDelivery refused = in;
        refused.recipients = {{"eva@other.example", reply}};
        refused.content.clear();
        refused.startMs += 20000;
        all.insert(all.end(), {in, out, refused});
    }
    return all;
}

/// One client asks for recipients of foreign domains, in the names of several senders.
std::vector<SampleDelivery>
Stranger(const std::string& reply)
{
    std::vector<SampleDelivery> all;
    for (int i = 0; i < 6; ++i)
    {
        SampleDelivery one;
        one.client = "198.51.100.66";
        one.server = "203.0.113.10";
        one.sender = fmt::format("user{}@partner.example", i);
        one.recipients = {{fmt::format("bob@foreign{}.example", i), reply}};
        one.startMs = 60000 * i;
        all.push_back(one);
    }
    return all;
}

/// What a detector says: 2 = fault, 1 = inconclusive, 0 = benign or nothing.
int
Strength(const std::string& detector, const std::vector<SampleDelivery>& world)
{
    int strongest = 0;
    for (const Alert& alert : JudgeBoth(detector, ToSessions(world)))
    {
        strongest = std::max(strongest,
                             alert.verdict == Verdict::Fault          ? 2
                             : alert.verdict == Verdict::Inconclusive ? 1
                                                                      : 0);
    }
    return strongest;
}

using World = std::vector<SampleDelivery> (*)(const std::string& reply);

/// All texts of a reason in a world, held against the laboratory's own; `own` is what that one has
/// to give. What leaves the reason open accuses nobody that the reason does not accuse.
void
SameByEach(const std::string& reason, const std::string& detector, World world, int own)
{
    BOOST_TEST(Strength(detector, world(OWN_WORDS.at(reason))) == own, reason);
    for (const ReplyText& text : TEXTS)
    {
        if (text.reason != reason)
        {
            continue;
        }
        const int said = Strength(detector, world(text.reply));
        BOOST_TEST((text.isOpen ? said <= std::max(own, 1) : said == own),
                   fmt::format("{} says {} instead of {}, {}: {}",
                               detector,
                               said,
                               own,
                               text.source,
                               text.reply));
    }
}

/// No text of another reason has a detector accuse anybody.
void
SilentByOthers(const std::string& reason, const std::string& detector, World world)
{
    for (const ReplyText& text : TEXTS)
    {
        if (text.reason != reason && !text.isOpen)
        {
            const int said = Strength(detector, world(text.reply));
            BOOST_TEST(said == 0,
                       fmt::format("{} says {}, {}: {}", detector, said, text.source, text.reply));
        }
    }
}

std::vector<SampleDelivery>
Dictionary(const std::string& reply)
{
    return Asking(reply, 36, 4);
}

std::vector<SampleDelivery>
Typist(const std::string& reply)
{
    return Asking(reply, 4, 16, true);
}

std::vector<SampleDelivery>
StaleList(const std::string& reply)
{
    return Asking(reply, 12, 60, true);
}

/// A report of Postfix with that reply.
std::string
Bounce(const std::string& reply, std::size_t number)
{
    std::string indented = reply;
    for (std::size_t at = 0; (at = indented.find('\n', at)) != std::string::npos; at += 5)
    {
        indented.replace(at, 1, "\n    ");
    }
    std::string flat = reply;
    std::replace(flat.begin(), flat.end(), '\n', ' ');
    const bool isEnhanced = reply.size() > 8 && reply[5] == '.' && reply[7] == '.';
    return fmt::format(
        "From MAILER-DAEMON Thu Apr 29 23:34:45 2010\nReturn-Path: <>\n"
        "From: MAILER-DAEMON@mail.home.example (Mail Delivery System)\nTo: a@home.example\n"
        "Subject: Undelivered Mail Returned to Sender\nDate: Thu, 29 Apr 2010 23:34:45 +0900\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n"
        "\tboundary=\"B\"\nMessage-Id: <{0}@mail.home.example>\n\n--B\n"
        "Content-Type: text/plain; charset=us-ascii\n\n"
        "This is the mail system at host mail.home.example.\n\n<r{0}@goal.example>: host "
        "mx.goal.example[192.0.2.1] said: {3} (in reply to RCPT TO command)\n\n--B\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.home.example\n\n"
        "Final-Recipient: rfc822; r{0}@goal.example\nAction: failed\nStatus: {1}\n"
        "Remote-MTA: dns; mx.goal.example\nDiagnostic-Code: smtp; {2}\n\n--B\n"
        "Content-Type: message/rfc822\n\nFrom: a@home.example\nTo: r{0}@goal.example\n"
        "Subject: Hello\n\nHello\n\n--B--\n\n",
        number,
        isEnhanced ? reply.substr(4, reply.find_first_of(" \n", 4) - 4)
                   : fmt::format("{}.0.0", reply[0]),
        indented,
        flat);
}

/// What Sisimai may call a reason; `onhold` says that it cannot tell.
const std::map<std::string, std::set<std::string>> SISIMAIS_WORDS{
    {"unknown-user", {"userunknown", "onhold"}},
    {"relaying", {"norelaying", "securityerror", "onhold"}},
    {"policy", {"rejected", "policyviolation", "securityerror", "onhold"}},
    {"rate", {"toomanyconn", "blocked", "notaccept", "onhold"}},
    {"content",
     {"contenterror",
      "spamdetected",
      "virusdetected",
      "policyviolation",
      "securityerror",
      "onhold"}},
    {"mailbox-full", {"mailboxfull", "onhold"}}};

const tests::IfRuns SISIMAI_RUNS{"perl -MSisimai -e 1", "libsisimai-perl"};

} // namespace

BOOST_AUTO_TEST_SUITE(reply_texts)

BOOST_AUTO_TEST_CASE(TenSourcesHaveTheirWords)
{
    std::set<std::string> sources;
    for (const ReplyText& text : TEXTS)
    {
        sources.insert(text.source);
        BOOST_TEST(SISIMAIS_WORDS.count(text.reason) == 1U, text.reason);
    }
    for (const char* source : {"RFC 5321",
                               "Postfix",
                               "Exim",
                               "Exchange",
                               "Sendmail",
                               "qmail",
                               "Gmail",
                               "Outlook",
                               "QQ",
                               "163"})
    {
        BOOST_TEST(sources.count(source) == 1U, source);
    }
}

BOOST_AUTO_TEST_CASE(AnotherJudgeTakesThemForTheSame, *boost::unit_test::precondition(SISIMAI_RUNS))
{
    const ScratchFolder scratch;
    std::ofstream mailbox(scratch / "bounces.mbox");
    for (std::size_t i = 0; i < TEXTS.size(); ++i)
    {
        mailbox << Bounce(TEXTS[i].reply, i);
    }
    mailbox.close();
    std::istringstream said(Shell("perl -MSisimai -e 'for (@{ Sisimai->make($ARGV[0]) }) { print "
                                  "$_->recipient->address, \" \", $_->reason, \"\\n\"; }' " +
                                  (scratch / "bounces.mbox").string()));
    std::map<std::string, std::string> reasons;
    for (std::string recipient, reason; said >> recipient >> reason;)
    {
        reasons[recipient] = reason;
    }
    for (std::size_t i = 0; i < TEXTS.size(); ++i)
    {
        const ReplyText& text = TEXTS[i];
        BOOST_TEST(reasons[fmt::format("r{}@goal.example", i)] == text.sisimai, text.reply);
        BOOST_TEST((SISIMAIS_WORDS.at(text.reason).count(text.sisimai) == 0) == text.isDisputed,
                   text.reply);
    }
}

BOOST_AUTO_TEST_CASE(TheirReasonIsTold)
{
    const std::map<std::string, std::vector<std::string>> classes{
        {"unknown-user", {"refused.recipient"}},
        {"relaying", {"refused.relaying"}},
        {"policy", {"refused.policy"}},
        {"rate", {"deferred.rate", "refused.rate", "deferred.recipient"}},
        {"content", {"refused.content"}},
        {"mailbox-full", {"refused.mailbox-full"}}};
    for (const ReplyText& text : TEXTS)
    {
        const detectors::FoundReply found = detectors::ReadReplyAt(text.reply, 0);
        detectors::ReportedReply reply;
        reply.code = found.code;
        reply.enhanced = found.enhanced;
        reply.reply = found.words;
        const detectors::ReplyReason& told = detectors::ReasonOf(reply);
        const auto& fitting = classes.at(text.reason);
        const bool fits =
            std::find(fitting.begin(), fitting.end(), told.dottedClass) != fitting.end();
        // What is left open accuses nobody but whom the reason accuses.
        BOOST_TEST((fits || (text.isOpen && told.verdict != Verdict::Fault) ||
                    (text.isOpen && text.reason == "relaying")),
                   text.source << ": " << text.reply << " is " << told.dottedClass);
    }
}

BOOST_AUTO_TEST_CASE(AHarvesterByWhateverWords)
{
    SameByEach("unknown-user", "harvest", Dictionary, 2);
    SilentByOthers("unknown-user", "harvest", Dictionary);
}

BOOST_AUTO_TEST_CASE(OpenWordsForADictionaryAreNotPassedOver)
{
    BOOST_TEST(Strength("harvest",
                        Dictionary("550 Requested action not taken: mailbox unavailable")) == 1);
    // Where nobody else is accepted meanwhile, it may be the client that is refused.
    BOOST_TEST(Strength("harvest",
                        Asking("550 Requested action not taken: mailbox unavailable", 40, 0)) == 0);
}

BOOST_AUTO_TEST_CASE(NumbersFromWhichOpenWordsAreWorthADoubt)
{
    const auto judge = [](int refused, int taken) {
        return Strength("harvest",
                        Asking("550 Mailbox unavailable or access denied", refused, taken));
    };
    BOOST_TEST(judge(9, 6) == 0);
    BOOST_TEST(judge(10, 6) == 1);
    BOOST_TEST(judge(12, 8) == 1); // six of ten
    BOOST_TEST(judge(12, 9) == 0);
}

BOOST_AUTO_TEST_CASE(TypistsAndStaleListsByWhateverWords)
{
    SameByEach("unknown-user", "harvest", Typist, 0);
    SameByEach("unknown-user", "harvest", StaleList, 0);
}

BOOST_AUTO_TEST_CASE(ABanIsNoMatterOfTheRecipient)
{
    SameByEach("policy", "dha-ban", Banned, 2);
    SameByEach("mailbox-full", "dha-ban", Banned, 0);
    SameByEach("unknown-user", "dha-ban", Dictionary, 0);
    SameByEach("relaying", "dha-ban", Stranger, 0);
}

BOOST_AUTO_TEST_CASE(ABackupMxByWhateverWords)
{
    BOOST_TEST(Strength("relay-egress", BackupMx("250 ok")) == 1);
    SameByEach("relaying", "relay-egress", BackupMx, 0);
}

BOOST_AUTO_TEST_SUITE_END()
