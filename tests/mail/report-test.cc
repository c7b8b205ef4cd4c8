#include "tests/draw-sequence.h"
#include "tests/mail/report-driver.h"
#include "tests/mail/sisimai.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;
using mail::DeliveryOrder;

namespace
{

const std::string RELAY_TEST_6 = "relaytest%example.org@northwindtraders.com";
const std::string REPLY = "550 5.1.1 <user@example.org>: User unknown";

/// The report after the mailbox turned out not to exist.
std::string
Unknown(const std::string& persona, const std::string& recipient = RELAY_TEST_6)
{
    ReportDriver driver(persona);
    const auto report =
        driver.Try(ReportDriver::Message({recipient}),
                   [&](const DeliveryOrder& order) { return driver.Unknown(order); });
    return *report.value().content;
}

/// The report after a server said this to RCPT.
std::string
Refused(const std::string& persona, const std::string& reply = REPLY)
{
    ReportDriver driver(persona);
    const auto report =
        driver.Try(ReportDriver::Message({"user@example.org"}),
                   [&](const DeliveryOrder& order) { return driver.Said(order, reply); });
    return *report.value().content;
}

/// The reports, with their ages in seconds, about a server that never answers.
std::vector<std::pair<std::int64_t, std::string>>
Unreachable(const std::string& persona)
{
    ReportDriver driver(persona);
    const auto dead = [&](const DeliveryOrder& order) { return driver.Said(order, ""); };
    std::vector<std::pair<std::int64_t, std::string>> reports;
    auto report = driver.Try(ReportDriver::Message({"user@example.org"}), dead);
    BOOST_TEST(!report);
    while ((report = driver.TryOn(dead)))
    {
        reports.emplace_back(driver.Now().time_since_epoch() / std::chrono::seconds(1),
                             *report->content);
    }
    BOOST_TEST(driver.Queue().GetMessageCount() == 0U);
    return reports;
}

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(report)

BOOST_AUTO_TEST_CASE(the_ndr_of_exchange_2000_has_the_documented_words)
{
    const std::string ndr = Unknown("exchange-2000");
    // The subject is not ASCII (S004-14), so the text is in quoted-printable.
    BOOST_TEST(Has(ndr,
                   "Your message did not reach some or all of the intended recipients.\n"
                   "\n"
                   "      Subject:\t=E4=B8=AD=E7=BB=A7=E6=B5=8B=E8=AF=95 6\n"
                   "      Sent:\t3/22/2002 5:47 PM\n"
                   "\n"
                   "The following recipient(s) could not be reached:\n"
                   "\n"
                   "      relaytest%example.org@northwindtraders.com on 3/22/2002 5:00 PM\n"
                   "            The e-mail account does not exist at the organization this mess=\n"
                   "age was sent to. Check the e-mail address, or contact the recipient directl=\n"
                   "y to find out the correct address.\n"
                   "            <exch.northwindtraders.com #5.1.1>\n"));
    BOOST_TEST(Has(ndr,
                   "Reporting-MTA: dns;exch.northwindtraders.com\n"
                   "Arrival-Date: Fri, 22 Mar 2002 17:00:00 -0500\n"
                   "\n"
                   "Final-Recipient: RFC822;relaytest%example.org@northwindtraders.com\n"
                   "Action: failed\n"
                   "Status: 5.1.1\n"));
    BOOST_TEST(Has(ndr, "Content-Type: message/rfc822\n\nReceived: from desk7"));
    BOOST_TEST(Has(Unknown("exchange-2000", "\"relaytest@example.org\"@northwindtraders.com"),
                   "      \"relaytest@example.org\"@northwindtraders.com on 3/22/2002 5:00 PM\n"));
}

BOOST_AUTO_TEST_CASE(a_message_without_subject_and_date_is_reported_too)
{
    ReportDriver driver("exchange-2000");
    mail::Submission submission = ReportDriver::Message({RELAY_TEST_6});
    submission.content = std::make_shared<const std::string>("\nbody\n");
    const auto report =
        driver.Try(submission, [&](const DeliveryOrder& order) { return driver.Unknown(order); });
    BOOST_TEST(Has(*report.value().content, "\nSubject: Undeliverable: \n"));
    BOOST_TEST(Has(*report->content, "      Subject:\t\n      Sent:\t3/22/2002 5:00 PM\n"));
}

BOOST_AUTO_TEST_CASE(postfix_speaks_as_bounce_does)
{
    const std::string bounce = Refused("postfix");
    BOOST_TEST(Has(bounce,
                   "This is the mail system at host exch.northwindtraders.com.\n"
                   "\n"
                   "I'm sorry to have to inform you that your message could not\n"
                   "be delivered to one or more recipients. It's attached below.\n"));
    BOOST_TEST(Has(bounce,
                   "<user@example.org>: host mx.example.org[203.0.113.25] said: 550 5.1.1\n"
                   "    <user@example.org>: User unknown (in reply to RCPT TO command)\n"));
    BOOST_TEST(Has(bounce,
                   "Final-Recipient: rfc822; user@example.org\n"
                   "Action: failed\n"
                   "Status: 5.1.1\n"
                   "Remote-MTA: dns; mx.example.org\n"
                   "Diagnostic-Code: smtp; 550 5.1.1 <user@example.org>: User unknown\n"));
    BOOST_TEST(Has(Unknown("postfix"),
                   "Diagnostic-Code: X-Postfix; unknown user: \"relaytest%example.org\"\n"));
}

BOOST_AUTO_TEST_CASE(the_same_report_has_the_same_bytes)
{
    for (const char* persona : {"postfix", "sendmail", "exchange-2000", "exchange-2010", "qmail"})
    {
        BOOST_TEST(Unknown(persona) == Unknown(persona), persona);
    }
}

BOOST_AUTO_TEST_CASE(the_class_of_a_status_is_that_of_the_action)
{
    BOOST_TEST(Has(Refused("postfix", "550 4.7.1 try again"), "Status: 5.7.1\n"));
    BOOST_TEST(Has(Refused("postfix", "550 no"), "Status: 5.0.0\n"));
    BOOST_TEST(Has(Refused("postfix", "550 5.1.10x no"), "Status: 5.0.0\n"));
    BOOST_TEST(Has(Refused("postfix", "550-5.7.1 one\n550 5.7.1 two"),
                   "Diagnostic-Code: smtp; 550-5.7.1 one 550 5.7.1 two\n"));
}

BOOST_AUTO_TEST_CASE(delay_notices_and_expiry_come_at_the_times_of_the_persona)
{
    const auto postfix = Unreachable("postfix");
    BOOST_REQUIRE(postfix.size() == 1U);
    BOOST_TEST(postfix[0].first >= 432000);
    BOOST_TEST(postfix[0].first <= 432000 + 4000 + 200);
    const auto exchange = Unreachable("exchange-2010");
    BOOST_REQUIRE(exchange.size() == 2U);
    BOOST_TEST(exchange[0].first >= 4 * 3600);
    BOOST_TEST(exchange[0].first < 4 * 3600 + 700);
    BOOST_TEST(Has(exchange[0].second, "Action: delayed\nStatus: 4.4.1\n"));
    BOOST_TEST(exchange[1].first >= 48 * 3600);
    BOOST_TEST(exchange[1].first < 48 * 3600 + 700);
    BOOST_TEST(Has(exchange[1].second,
                   "Action: failed\nStatus: 4.4.7\n"
                   "Diagnostic-Code: smtp;550 4.4.7 QUEUE.Expired; message expired\n"));
    const auto sendmail = Unreachable("sendmail");
    BOOST_REQUIRE(sendmail.size() == 2U);
    BOOST_TEST(
        Has(sendmail[0].second, "Subject: Warning: could not send message for past 4 hours"));
    BOOST_TEST(Has(sendmail[0].second, "Will-Retry-Until: Wed, 27 Mar 2002 17:00:00 -0500\n"));
    BOOST_TEST(Has(sendmail[1].second, "Message could not be delivered for 5 days\n"));
}

BOOST_AUTO_TEST_CASE(the_sender_gets_what_it_asked_for)
{
    const auto bounce = [](const std::string& returned,
                           const std::string& notify,
                           const std::string& envelopeId,
                           const std::string& original)
    {
        ReportDriver driver("postfix");
        mail::Submission submission = ReportDriver::Message({"user@example.org"});
        submission.envelope.dsn.returned = returned;
        submission.envelope.dsn.envelopeId = envelopeId;
        submission.envelope.dsn.recipients = {{notify, original}};
        const auto report = driver.Try(submission,
                                       [&](const DeliveryOrder& order)
                                       {
                                           BOOST_TEST(order.dsn.recipients.at(0).notify == notify);
                                           BOOST_TEST(order.dsn.envelopeId == envelopeId);
                                           return driver.Said(order, REPLY);
                                       });
        return report ? *report->content : std::string();
    };
    BOOST_TEST(bounce("", "NEVER", "", "").empty());
    BOOST_TEST(bounce("", "SUCCESS,delay", "", "").empty());
    BOOST_TEST(Has(bounce("", "success,Failure", "", ""), "Action: failed"));
    const std::string header =
        bounce("HDRS", "", "QQ314159+2B+0A", "rfc822;User+2BTag@example.org");
    BOOST_TEST(Has(header, "Content-Type: text/rfc822-headers\n"));
    BOOST_TEST(!Has(header, "\nbody\n"));
    BOOST_TEST(Has(header, "Original-Envelope-Id: QQ314159+?\n"));
    BOOST_TEST(Has(header, "Original-Recipient: rfc822;User+Tag@example.org\n"));
    BOOST_TEST(Has(bounce("FULL", "", "", ""), "\nbody\n"));
}

BOOST_AUTO_TEST_CASE(success_is_told_where_it_was_asked_for)
{
    const auto told = [](const std::string& to, bool passedOn)
    {
        ReportDriver driver("postfix");
        mail::Submission submission = ReportDriver::Message({to});
        submission.envelope.dsn.recipients = {{"SUCCESS", ""}};
        const auto report = driver.Try(submission,
                                       [&](const DeliveryOrder& order)
                                       {
                                           auto done = mail::LocalDeliveryReport();
                                           done.note.passedOn = passedOn;
                                           static_cast<void>(order);
                                           return done;
                                       });
        return report ? *report->content : std::string();
    };
    BOOST_TEST(
        Has(told("staff@northwindtraders.com", false), "Action: delivered\nStatus: 2.0.0\n"));
    BOOST_TEST(Has(told("user@example.org", false), "Action: relayed\n"));
    BOOST_TEST(told("user@example.org", true).empty());
}

BOOST_AUTO_TEST_CASE(a_large_message_does_not_come_back_whole)
{
    ReportDriver driver("postfix");
    mail::Submission submission = ReportDriver::Message({"user@example.org"});
    submission.content =
        std::make_shared<const std::string>("Subject: large\n\n" + std::string(60000, 'x') + "\n");
    const auto report =
        driver.Try(submission,
                   [&](const DeliveryOrder& order) { return driver.Said(order, REPLY); });
    BOOST_TEST(report.value().content->size() < 5000U);
    BOOST_TEST(Has(*report->content, "Content-Type: text/rfc822-headers\n"));
}

BOOST_AUTO_TEST_CASE(a_message_that_loops_is_bounced_at_once)
{
    for (const char* persona : {"postfix", "sendmail", "exchange-2000", "exchange-2010"})
    {
        ReportDriver driver(persona);
        std::string content = "Subject: loop\n\nbody\n";
        for (std::uint32_t hop = 0; hop < driver.Persona().queue.hopLimit; ++hop)
        {
            content.insert(0, "Received: by a;\n\tFri, 22 Mar 2002 16:59:00 -0500\n");
        }
        mail::Submission submission = ReportDriver::Message({"user@example.org"});
        const auto tried = [&](const DeliveryOrder& order) { return driver.Said(order, REPLY); };
        submission.content = std::make_shared<const std::string>(content);
        BOOST_TEST(Has(*driver.Try(submission, tried).value().content, "User unknown"), persona);
        submission.content = std::make_shared<const std::string>("Received: by b\n" + content);
        const auto refuse = [](const DeliveryOrder&) -> mail::DeliveryReport
        { throw std::logic_error("tried"); };
        BOOST_TEST(Has(*driver.Try(submission, refuse).value().content, "Status: 5.4.6\n"),
                   persona);
        submission.envelope.sender.clear();
        const auto second = driver.Try(submission, refuse);
        BOOST_TEST((!second || second->recipient == "postmaster@exch.northwindtraders.com"),
                   persona);
    }
}

BOOST_AUTO_TEST_CASE(a_message_of_any_octets_is_reported_and_puts_no_field_into_the_report)
{
    tests::DrawSequence random(1, "octets");
    for (const char* persona : {"postfix", "sendmail", "exchange-2000", "exchange-2010"})
    {
        for (int round = 0; round < 50; ++round)
        {
            std::string content = "Subject: =?UTF-8?Q?a=0AX-Planted:_b?= ";
            for (auto count = random.Below(400); count > 0; --count)
            {
                content += static_cast<char>(random.Chance(50000) ? '\n' : random.Below(256));
            }
            content +=
                "\nDate: " + std::string(1, static_cast<char>(random.Below(256))) + "\n\nbody\n";
            ReportDriver driver(persona);
            mail::Submission submission = ReportDriver::Message({"user@example.org"});
            submission.content = std::make_shared<const std::string>(content);
            const auto report =
                driver.Try(submission,
                           [&](const DeliveryOrder& order) { return driver.Said(order, REPLY); });
            BOOST_TEST(!Has(*report.value().content, "\nX-Planted"));
            BOOST_TEST(Has(*report->content, "body\n"));
        }
    }
}

BOOST_AUTO_TEST_CASE(sisimai_names_the_program_and_the_reason,
                     *boost::unit_test::precondition(SISIMAI_IS_HERE))
{
    const std::string local = "|userunknown|" + RELAY_TEST_6 + "|5.1.1\n";
    const std::string remote = "|userunknown|user@example.org|5.1.1\n";
    const std::pair<std::string, std::string> families[] = {{"postfix", "Postfix"},
                                                            {"sendmail", "Sendmail"},
                                                            {"exchange-2010", "Exchange2007"},
                                                            {"qmail", "qmail"},
                                                            // It knows no NDR of this form.
                                                            {"exchange-2000", "RFC3464"},
                                                            {"exchange-2003", "RFC3464"}};
    for (const auto& [persona, agent] : families)
    {
        BOOST_TEST(Sisimai(Unknown(persona), "deliverystatus") == agent + local);
        BOOST_TEST(Sisimai(Refused(persona), "deliverystatus") == agent + remote);
    }
    BOOST_TEST(Sisimai(Unreachable("postfix").back().second, "deliverystatus") ==
               "Postfix|expired|user@example.org|4.4.1\n");
    BOOST_TEST(Sisimai(Unreachable("sendmail").back().second, "deliverystatus") ==
               "Sendmail|expired|user@example.org|4.4.7\n");
    BOOST_TEST(Sisimai(Unreachable("exchange-2010").back().second, "deliverystatus") ==
               "Exchange2007|expired|user@example.org|4.4.7\n");
    BOOST_TEST(Sisimai(Refused("postfix", "552 5.2.2 Mailbox full"), "deliverystatus") ==
               "Postfix|mailboxfull|user@example.org|5.2.2\n");
    BOOST_TEST(Sisimai(Refused("sendmail", "552 5.2.2 Mailbox full"), "deliverystatus") ==
               "Sendmail|mailboxfull|user@example.org|5.2.2\n");
    BOOST_TEST(Sisimai(Refused("exchange-2010", "552 5.2.2 Mailbox full"), "deliverystatus") ==
               "Exchange2007|mailboxfull|user@example.org|5.2.2\n");
}

BOOST_AUTO_TEST_SUITE_END()
