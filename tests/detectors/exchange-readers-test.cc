#include "detectors/analysis/smtp-session.h"
#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/text-file.h"
#include "formats/alert.h"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

/// Stays where it is: sessions point into it.
std::unique_ptr<ServerLogs>
ReadFiles(const std::vector<std::pair<std::string, std::string>>& files)
{
    auto logs = std::make_unique<ServerLogs>();
    for (auto [name, text] : files)
    {
        ServerLogReaders readers(*logs, name);
        std::vector<TextLineReader*> all;
        readers.Join(all);
        ReadText(fmemopen(text.data(), text.size(), "rb"), all);
    }
    logs->Finish();
    return logs;
}

std::unique_ptr<ServerLogs>
Read(const std::string& text)
{
    return ReadFiles({{"log", text}});
}

std::string
Row(int sequence, const std::string& rest, const std::string& id = "08CE6E5DA8B26408")
{
    return "2011-11-16T04:11:56.165Z,EX\\Default EX," + id + "," + std::to_string(sequence) +
           ",192.168.0.222:25,198.51.100.7:49760," + rest + "\r\n";
}

/// A row without its line end, as readers get it.
std::optional<ProtocolRow>
Parse(const std::string& row)
{
    return ParseProtocolRow(std::string_view(row).substr(0, row.find("\r\n")));
}

} // namespace

BOOST_AUTO_TEST_SUITE(exchange_readers)

BOOST_AUTO_TEST_CASE(ARowHasNineFields)
{
    const auto row = Parse(Row(3, "<,EHLO a.example,"));
    BOOST_REQUIRE(row);
    BOOST_TEST(FormatEveTime(row->time) == "2011-11-16T04:11:56.165000+0000");
    BOOST_TEST(row->connector == "EX\\Default EX");
    BOOST_TEST(row->session == 0x08CE6E5DA8B26408);
    BOOST_TEST(row->sequence == 3);
    BOOST_TEST(row->local.address.ToString() == "192.168.0.222");
    BOOST_TEST(row->remote.port == 49760);
    BOOST_TEST(row->event == '<');
    BOOST_TEST(row->data == "EHLO a.example");
    BOOST_TEST(row->context == "");
    BOOST_TEST(!row->cut);
}

BOOST_AUTO_TEST_CASE(DataMayHoldCommasInQuotesOrBare)
{
    for (const char* rest : {">,\"220 ex Microsoft ESMTP MAIL Service ready at Wed, 16 Nov 2011\",",
                             ">,220 ex Microsoft ESMTP MAIL Service ready at Wed, 16 Nov 2011,"})
    {
        const auto row = Parse(Row(2, rest));
        BOOST_REQUIRE(row);
        BOOST_TEST(row->data == "220 ex Microsoft ESMTP MAIL Service ready at Wed, 16 Nov 2011");
        BOOST_TEST(row->context == "");
    }
    const auto quotes = Parse(Row(2, ">,\"250 say \"\"hello\"\", please\",\"a, b\""));
    BOOST_TEST(quotes->data == "250 say \"hello\", please");
    BOOST_TEST(quotes->context == "a, b");
    const auto context = Parse(Row(2, "*,,\"TLS, done\""));
    BOOST_TEST(context->data == "");
    BOOST_TEST(context->context == "TLS, done");
    BOOST_TEST(Parse(Row(9, "-,,Remote(SocketError)"))->context == "Remote(SocketError)");
}

BOOST_AUTO_TEST_CASE(WhateverARowStillHasIsKept)
{
    const std::string whole = Row(20,
                                  "*,08CE6E5DA8B26408;2011-11-16T04:11:55.890Z;1,receiving "
                                  "message");
    std::size_t rows = 0;
    for (std::size_t length = 0; length <= whole.size(); ++length)
    {
        const auto row = ParseProtocolRow(whole.substr(0, length));
        rows += row ? 1 : 0;
        if (row)
        {
            BOOST_TEST(row->session == 0x08CE6E5DA8B26408);
            BOOST_TEST((row->cut || row->data == "08CE6E5DA8B26408;2011-11-16T04:11:55.890Z;1"));
        }
    }
    BOOST_TEST(rows > 60);
    BOOST_TEST(!ParseProtocolRow("2011-11-16T04:11:56.165Z,EX,08CE6E5DA8B2640,3,"));
    BOOST_TEST(!ParseProtocolRow("2011-13-16T04:11:56.165Z,EX,08CE6E5DA8B26408,3,"));
    BOOST_TEST(!ParseProtocolRow("2011-11-16T04:11:56.165Z,EX,08CE6E5DA8B26408,x,"));
    BOOST_TEST(!ParseProtocolRow("2011-11-16T04:11:56.165Z,EX,08CE6E5DA8B26408,99999999999,"));
}

BOOST_AUTO_TEST_CASE(SessionsAreSortedBySequenceAndGapsAreCounted)
{
    const std::string other = "08CE6E5DA8B26409";
    const auto logs = Read("#Log-type: SMTP Receive Protocol Log\n" + Row(0, "+,,") +
                           Row(0, "+,,", other) + Row(4, "-,,Local") + Row(1, ">,220 ex,") +
                           Row(1, ">,220 ex,") + Row(1, ">,220 ey,") + Row(1, "-,,Remote", other));
    const auto& all = logs->protocol.All();
    BOOST_REQUIRE_EQUAL(all.size(), 2);
    BOOST_REQUIRE_EQUAL(all[0].rows.size(), 3);
    BOOST_TEST(all[0].missing == 2);
    BOOST_TEST(all[0].conflicting == 1);
    BOOST_TEST(all[0].rows[2].event == '-');
    BOOST_TEST(all[0].Context(all[0].rows[2]) == "Local");
    BOOST_TEST(all[0].IsServerSide());
    BOOST_TEST(all[1].missing == 0);
    BOOST_TEST(all[1].id == 0x08CE6E5DA8B26409);
}

BOOST_AUTO_TEST_CASE(IdsOfOtherFoldersEndsAndStartsAreOtherSessions)
{
    const std::string first = Row(0, "+,,") + Row(1, ">,220 ex,") + Row(2, "<,EHLO a,");
    const std::string rest = Row(3, "<,QUIT,") + Row(4, "-,,Local");
    const auto instead = [](std::string text, const std::string& from, const std::string& to)
    {
        for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
        {
            text.replace(at, from.size(), to);
        }
        return text;
    };
    const std::string later = instead(first + rest, "04:11:56.165", "04:15:00.000");
    const std::string other = instead(first + rest, ":49760", ":50001");

    // It goes on in the next file.
    auto logs = ReadFiles({{"a/R-1.log", first}, {"a/R-2.log", rest}});
    BOOST_REQUIRE_EQUAL(logs->protocol.All().size(), 1);
    BOOST_TEST(logs->protocol.All()[0].rows.size() == 5);

    for (const std::string& second : {later, other})
    {
        for (const char* folder : {"a", "b"})
        {
            logs = ReadFiles(
                {{"a/R-1.log", first + rest}, {std::string(folder) + "/R-2.log", second}});
            const auto& all = logs->protocol.All();
            BOOST_REQUIRE_EQUAL(all.size(), 2);
            for (const LogSession& session : all)
            {
                BOOST_TEST(session.rows.size() == 5);
                BOOST_TEST(session.conflicting == 0);
                BOOST_TEST(session.missing == 0);
            }
        }
    }
    // Rows of both ends take turns.
    logs =
        Read(first + instead(first, ":49760", ":50001") + rest + instead(rest, ":49760", ":50001"));
    BOOST_REQUIRE_EQUAL(logs->protocol.All().size(), 2);
    BOOST_TEST(logs->protocol.All()[0].rows.size() == 5);
    BOOST_TEST(logs->protocol.All()[1].rows.size() == 5);

    // Copies, whole and in part.
    for (const char* folder : {"a", "b"})
    {
        logs = ReadFiles({{"a/R-1.log", first}, {std::string(folder) + "/copy.log", first + rest}});
        BOOST_REQUIRE_EQUAL(logs->protocol.All().size(), 1);
        const LogSession& session = logs->protocol.All()[0];
        BOOST_REQUIRE_EQUAL(session.rows.size(), 5);
        BOOST_TEST(session.Data(session.rows[2]) == "EHLO a");
        BOOST_TEST(session.Data(session.rows[3]) == "QUIT");
        BOOST_TEST(session.conflicting == 0);
    }
}

BOOST_AUTO_TEST_CASE(SendLogsTellTheOtherWayRound)
{
    const auto logs =
        Read("#log-type: SMTP Send Protocol Log\n" + Row(0, "+,,") + Row(1, "<,220 mx,") +
             Row(2, ">,EHLO ex,") + Row(3, "<,250-mx,") + Row(4, "<,250 SIZE,") +
             Row(5, ">,MAIL FROM:<A@Example.com> SIZE=5,") + Row(6, "<,250 ok,"));
    BOOST_REQUIRE_EQUAL(logs->protocol.All().size(), 1);
    const SmtpSession session = SessionOf(logs->protocol, logs->protocol.All()[0]);
    BOOST_TEST(!session.atServer);
    BOOST_TEST(session.server.ToString() == "198.51.100.7");
    BOOST_REQUIRE_EQUAL(session.turns.size(), 3);
    BOOST_TEST(session.turns[1].reply == "250-mx\n250 SIZE");
    BOOST_TEST(session.turns[2].mailbox == "a@example.com");
    BOOST_TEST(session.turns[2].code == 250);
}

BOOST_AUTO_TEST_CASE(PipelinesAndAuthArePaired)
{
    const auto logs =
        Read(Row(0, ">,220 ex.example ready,") + Row(1, "<,EHLO me,") +
             Row(2, ">,250-ex Hello [198.51.100.7],") + Row(3, ">,250 AUTH NTLM LOGIN,") +
             Row(4, "<,AUTH LOGIN,") + Row(5, ">,334 <authentication response>,") +
             Row(6, ">,334 <authentication response>,") +
             Row(7, "*,SMTPSubmit,Set Session Permissions") + Row(8, "*,ABC\\jia,authenticated") +
             Row(9, ">,235 2.7.0 Authentication successful,") + Row(10, "<,MAIL FROM:<a@b.c>,") +
             Row(11, "<,RCPT TO:<d@e.f>,") + Row(12, "<,DATA,") + Row(13, ">,250 2.1.0 ok,") +
             Row(14, ">,550 5.1.1 User unknown,") + Row(15, ">,354 go,") +
             Row(16, "*,Tarpit for '0.00:00:25.639' due to 'DelayedAck',Delivered") +
             Row(17, ">,250 2.6.0 queued,"));
    const SmtpSession session = SessionOf(logs->protocol, logs->protocol.All().at(0));
    BOOST_TEST(session.OffersAuth());
    BOOST_TEST(session.IsAuthenticated());
    BOOST_TEST(session.authenticated == "abc\\jia");
    BOOST_TEST(session.Find("AUTH")->code == 235);
    BOOST_TEST(session.Find("RCPT")->code == 550);
    BOOST_TEST(session.Find("DATA")->code == 354);
    BOOST_TEST(session.Find(".")->code == 250);
    BOOST_REQUIRE_EQUAL(session.announced.size(), 1);
    BOOST_TEST(session.announced[0].delayNs == 25639000000);
    BOOST_TEST(session.announced[0].reason == "DelayedAck");
}

BOOST_AUTO_TEST_CASE(AnnouncedDelays)
{
    const auto five = ParseTarpit("Tarpit for '0.00:00:05' due to '550 5.1.1 User unknown'");
    BOOST_REQUIRE(five);
    BOOST_TEST(five->delayNs == 5000000000);
    BOOST_TEST(five->reason == "550 5.1.1 User unknown");
    BOOST_TEST(ParseTarpit("Tarpit for '0.00:00:00.312' due to 'DelayedAck'")->delayNs ==
               312000000);
    BOOST_TEST(ParseTarpit("Tarpit for '00:01:00'")->delayNs == 60000000000);
    BOOST_TEST(ParseTarpit("Tarpit for '0.00:00:05' 550 5.1.1 User unknown")->reason ==
               "550 5.1.1 User unknown");
    BOOST_TEST(!ParseTarpit("Tarpit for '0.00:00'"));
    BOOST_TEST(!ParseTarpit("Tarpit for '"));
    BOOST_TEST(!ParseTarpit("Tarpit for '99999999999.00:00:05'"));
}

BOOST_AUTO_TEST_CASE(SessionIdsAreTicks)
{
    BOOST_TEST(FormatEveTime(*TicksToTime(0x08CE6E5DA8B26408)).substr(0, 19) ==
               "2011-11-11T07:50:04");
    BOOST_TEST(!TicksToTime(0));
    BOOST_TEST(!TicksToTime(~std::uint64_t{0}));
}

BOOST_AUTO_TEST_CASE(Organizations)
{
    BOOST_TEST(SameOrganization("mail.abc.com", "ABC.com."));
    BOOST_TEST(SameOrganization("a.abc.co.uk", "b.abc.co.uk"));
    BOOST_TEST(!SameOrganization("abc.co.uk", "xyz.co.uk"));
    BOOST_TEST(SameOrganization("mx.abc.cn", "abc.cn"));
    BOOST_TEST(!SameOrganization("mail.globalsuite.net", "abc.com"));
    BOOST_TEST(!SameOrganization("", ""));
}

BOOST_AUTO_TEST_CASE(TrackingColumnsAreFoundByName)
{
    const std::string header = "#Log-type: Message Tracking Log\n"
                               "#Fields: date-time,client-ip,client-hostname,event-id,"
                               "network-message-id,internal-message-id,message-id,"
                               "recipient-address,recipient-status\n";
    const std::string row = "2011-11-16T04:11:57.000Z,198.51.100.7,mail.example.net,FAIL,x,7,"
                            "<a@b>,c@d.e;f@g.h,\"550 5.1.1 no, sorry\"\n";
    BOOST_TEST(Read(row)->tracked.empty());
    const auto logs = Read(header + row);
    BOOST_REQUIRE_EQUAL(logs->tracked.size(), 1);
    const TrackedEvent& event = logs->tracked[0].record;
    BOOST_TEST(event.event == "FAIL");
    BOOST_TEST(event.client->ToString() == "198.51.100.7");
    BOOST_TEST(event.internalId == "7");
    BOOST_REQUIRE_EQUAL(event.recipients.size(), 2);
    BOOST_TEST(event.recipients[1] == "f@g.h");
    BOOST_TEST(event.statuses.at(0) == "550 5.1.1 no, sorry");
}

BOOST_AUTO_TEST_CASE(FilterAndClient)
{
    const auto logs =
        Read("2011-11-16T04:11:57.000Z\tbefore-arrival\tdha-protection\tban\t198.51.100.7\t-\t"
             "mail.example.net\ta@b.c\n"
             "2011-11-16T04:11:57.000Z\tbefore-arrival\tdha-protection\tdance\t198.51.100.7\n"
             "Your message did not reach some or all of the intended recipients.\n\n"
             "The following recipient(s) cannot be reached:\n\n"
             "      'd@e.f' on 11/16/2011 12:12 PM\n"
             "            Server error: '550 5.2.1 Mailbox unavailable.'\n\n"
             "Task 'a@b.c - Sending' reported error (0x800CCC78) : 'The server responded: 530 "
             "5.7.1 Client was not authenticated'\n");
    BOOST_REQUIRE_EQUAL(logs->filtered.size(), 1);
    BOOST_TEST(logs->filtered[0].record.sender == "a@b.c");
    BOOST_TEST(logs->filtered[0].record.ptr == "");
    BOOST_REQUIRE_EQUAL(logs->clientErrors.size(), 2);
    BOOST_TEST(logs->clientErrors[0].record.recipient == "d@e.f");
    BOOST_TEST(logs->clientErrors[0].record.reply == "550 5.2.1 Mailbox unavailable.");
    BOOST_TEST(logs->clientErrors[1].record.recipient == "");
    BOOST_TEST(logs->clientErrors[1].record.reply == "530 5.7.1 Client was not authenticated");
}

BOOST_AUTO_TEST_SUITE_END()
