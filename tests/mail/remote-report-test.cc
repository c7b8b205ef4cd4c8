#include "models/mail/remote-report.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using mail::DeliveryOutcome;
using smtp::Stage;

namespace
{

mail::DeliveryReport
Report(Stage stage, std::uint32_t code, const std::string& text, bool duplicate = false)
{
    mail::RemoteOutcome outcome;
    outcome.stage = stage;
    outcome.peer = *Ipv4::Parse("203.131.198.80");
    outcome.host = "example.jp";
    outcome.replyCode = code;
    outcome.replyText = text;
    outcome.possibleDuplicate = duplicate;
    return mail::RemoteReport(outcome);
}

} // namespace

BOOST_AUTO_TEST_SUITE(remote_report)

BOOST_AUTO_TEST_CASE(a_refused_recipient_gives_the_documented_three_lines)
{
    const auto report = Report(Stage::Recipient, 500, "500 error");
    BOOST_TEST((report.outcome == DeliveryOutcome::Failure));
    BOOST_TEST(report.text == "203.131.198.80 does not like recipient.\n"
                              "Remote host said: 500 error\n"
                              "Giving up on 203.131.198.80.\n");
    BOOST_TEST(
        Report(Stage::Recipient, 551, "551 User not local; please try <forward-path>\n").text ==
        "203.131.198.80 does not like recipient.\n"
        "Remote host said: 551 User not local; please try <forward-path>\n"
        "Giving up on 203.131.198.80.\n");
    BOOST_TEST((Report(Stage::Recipient, 450, "450 busy").outcome == DeliveryOutcome::Deferral));
}

BOOST_AUTO_TEST_CASE(every_stage_has_its_words)
{
    BOOST_TEST(Report(Stage::Resolve, 0, "").text ==
               "Sorry, I couldn't find any host named example.jp. (#5.1.2)\n");
    BOOST_TEST((Report(Stage::Resolve, 0, "").outcome == DeliveryOutcome::Failure));
    BOOST_TEST(Report(Stage::Connect, 0, "").text ==
               "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n");
    BOOST_TEST(Report(Stage::Greeting, 554, "554 no").text ==
               "Connected to 203.131.198.80 but greeting failed.\nRemote host said: 554 no\n");
    BOOST_TEST((Report(Stage::Greeting, 554, "").outcome == DeliveryOutcome::Deferral));
    BOOST_TEST((Report(Stage::Greeting, 250, "").outcome == DeliveryOutcome::Deferral));
    BOOST_TEST(
        Report(Stage::Hello, 550, "550 who").text ==
        "Connected to 203.131.198.80 but my name was rejected.\nRemote host said: 550 who\n");
    BOOST_TEST((Report(Stage::Hello, 550, "").outcome == DeliveryOutcome::Deferral));
    BOOST_TEST(Report(Stage::Mail, 553, "553 no").text ==
               "Connected to 203.131.198.80 but sender was rejected.\nRemote host said: 553 no\n");
    BOOST_TEST(Report(Stage::Data, 451, "451 no").text ==
               "203.131.198.80 failed on DATA command.\nRemote host said: 451 no\n");
    BOOST_TEST(Report(Stage::Message, 554, "554-a\n554 b\n").text ==
               "203.131.198.80 failed after I sent the message.\nRemote host said: 554-a\n554 b\n");
    const auto good = Report(Stage::Message, 250, "250 Ok: queued");
    BOOST_TEST((good.outcome == DeliveryOutcome::Success));
    BOOST_TEST(good.text == "203.131.198.80 accepted message.\nRemote host said: 250 Ok: queued\n");
}

BOOST_AUTO_TEST_CASE(a_lost_connection_says_so_and_warns_of_duplicates)
{
    const auto lost = Report(Stage::Recipient, 0, "");
    BOOST_TEST((lost.outcome == DeliveryOutcome::Deferral));
    BOOST_TEST(lost.text == "Connected to 203.131.198.80 but connection died. (#4.4.2)\n");
    BOOST_TEST(Report(Stage::Message, 0, "", true).text ==
               "Connected to 203.131.198.80 but connection died. Possible duplicate! (#4.4.2)\n");
}

BOOST_AUTO_TEST_CASE(a_peers_words_stay_words)
{
    BOOST_TEST(Report(Stage::Data, 554, std::string("554 {peer} \0x", 13)).text ==
               "203.131.198.80 failed on DATA command.\nRemote host said: 554 {peer} ?x\n");
    BOOST_TEST(mail::LocalDeliveryReport().text == "did 1+0+0\n");
}

BOOST_AUTO_TEST_SUITE_END()
