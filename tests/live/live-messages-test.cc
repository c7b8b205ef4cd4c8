#include "lab/live/live-messages.h"

#include "tests/cli/program.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace
{

using namespace bouncelab;
using namespace bouncelab::live;

mail::Content
Text(const std::string& id)
{
    return std::make_shared<const std::string>("Message-ID: " + id + "\n\nHello\n");
}

mail::Submission
Message(const std::string& id, const std::string& to)
{
    mail::Submission message;
    message.envelope.sender = "a@ours.example";
    message.envelope.recipients = {to};
    message.content = Text(id);
    return message;
}

void
Accept(LiveMessages& messages,
       const std::string& host,
       const std::string& id,
       const std::string& to)
{
    smtp::Envelope envelope;
    smtp::EnvelopeEntry recipient;
    const std::size_t sign = to.find('@');
    recipient.path.localPart = to.substr(0, sign);
    recipient.path.domain = to.substr(sign + 1);
    envelope.recipients.push_back(recipient);
    messages.OnAccepted(host, {Nanoseconds(5), envelope, Text(id), "250 OK"});
}

mail::MessageOutcome
DeliveredMail(const std::string& id, const std::string& to)
{
    mail::MessageOutcome outcome;
    outcome.messageId = id;
    mail::RecipientOutcome recipient;
    recipient.recipient = to;
    recipient.sender = mail::SenderView::Delivered;
    recipient.report = "250 OK";
    outcome.recipients = {recipient};
    return outcome;
}

void
Write(const std::filesystem::path& path, const std::string& text)
{
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

LiveMessages
Ours()
{
    return LiveMessages({"ours"}, {"ours.example"});
}

BOOST_AUTO_TEST_SUITE(live_messages)

BOOST_AUTO_TEST_CASE(WhatWentOutIsSeenFromBothSides)
{
    const cli::Scratch scratch;
    LiveMessages messages = Ours();
    messages.OnSubmitted("ours", test::At(3), Message("<1@x>", "B@there.example"));
    messages.OnSubmitted("ours", test::At(4), Message("<2@x>", "c@there.example"));
    Accept(messages, "there", "<1@x>", "b@there.example");
    Accept(messages, "there", "<1@x>", "b@there.example");
    Write(scratch.Path() / "messages.jsonl",
          "{\"message_id\":\"<1@x>\",\"recipient\":\"b@there.example\",\"state\":\"bounced\","
          "\"reply\":\"500 no\"}\nnonsense\n[]\n{\"message_id\":7}\n");
    messages.ReadFolder("ours", scratch.Path());
    const auto all = messages.All();
    BOOST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[0].from == "ours");
    BOOST_TEST(all[0].sent == test::At(3));
    BOOST_TEST(all[0].senderSaw == "bounced");
    BOOST_TEST(all[0].reply == "500 no");
    BOOST_TEST(all[0].accepted == (std::vector<std::string>{"there", "there"}),
               boost::test_tools::per_element());
    BOOST_TEST(all[0].copies == -1);
    BOOST_TEST(all[1].senderSaw.empty());
    BOOST_TEST(all[1].accepted.empty());
}

BOOST_AUTO_TEST_CASE(WhatCameInIsCountedInTheMailboxes)
{
    const cli::Scratch scratch;
    LiveMessages messages = Ours();
    messages.OnOutcome("there", DeliveredMail("<1@x>", "b@ours.example"));
    messages.OnOutcome("there", DeliveredMail("<2@x>", "c@ours.example"));
    Write(scratch.Path() / "mbox",
          "From a\nDelivered-To: B@ours.example\nDelivered-To: b@ours.example\nMESSAGE-ID: "
          "<1@x>\n\nMessage-ID: <1@x>\n\n"
          "From a\nDelivered-To: b@ours.example\nDelivered-To: d@ours.example\n"
          "Message-Id: <1@x>\n\n>From a\nDelivered-To: c@ours.example\n\n"
          "From a\nDelivered-To: b@ours.example\nMessage-ID: <2@x>\n\n");
    messages.ReadFolder("ours", scratch.Path());
    const auto all = messages.All();
    BOOST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[0].from == "there");
    BOOST_TEST(all[0].senderSaw == "sent");
    BOOST_TEST(all[0].copies == 2);
    BOOST_TEST(all[1].copies == 0);
}

BOOST_AUTO_TEST_CASE(WhatTheReceiverMadeOfItIsNotWhatTheSenderSaw)
{
    const cli::Scratch sender;
    const cli::Scratch receiver;
    LiveMessages messages({"ours", "theirs"}, {"ours.example", "theirs.example"});
    messages.OnSubmitted("ours", test::At(3), Message("<1@x>", "b@theirs.example"));
    const std::string record = "{\"message_id\":\"<1@x>\",\"recipient\":\"b@theirs.example\",";
    Write(sender.Path() / "messages.jsonl",
          record + "\"state\":\"bounced\",\"reply\":\"500 no\"}\n");
    Write(sender.Path() / "mbox", "");
    Write(receiver.Path() / "messages.jsonl", record + "\"state\":\"sent\",\"reply\":\"local\"}\n");
    Write(receiver.Path() / "mbox",
          "From a\nDelivered-To: b@theirs.example\nMessage-ID: <1@x>\n\n");
    messages.ReadFolder("ours", sender.Path());
    messages.ReadFolder("theirs", receiver.Path());
    const auto all = messages.All();
    BOOST_REQUIRE(all.size() == 1u);
    BOOST_TEST(all[0].senderSaw == "bounced");
    BOOST_TEST(all[0].reply == "500 no");
    BOOST_TEST(all[0].copies == 1);
}

BOOST_AUTO_TEST_CASE(MailboxesAreCountedInWhateverOrderTheyAreRead)
{
    const cli::Scratch first;
    const cli::Scratch second;
    LiveMessages messages({"ours", "theirs"}, {"ours.example", "theirs.example"});
    messages.OnOutcome("there", DeliveredMail("<1@x>", "b@theirs.example"));
    Write(first.Path() / "mbox", "From a\nDelivered-To: b@theirs.example\nMessage-ID: <1@x>\n\n");
    Write(second.Path() / "mbox", "");
    messages.ReadFolder("theirs", first.Path());
    messages.ReadFolder("ours", second.Path());
    BOOST_TEST(messages.All().at(0).copies == 1);
}

BOOST_AUTO_TEST_CASE(WhoPassesAMessageOnIsNotItsSender)
{
    LiveMessages messages = Ours();
    Accept(messages, "relay", "<1@x>", "b%there@relay.example");
    messages.OnOutcome("relay", DeliveredMail("<1@x>", "b@there.example"));
    Accept(messages, "there", "<1@x>", "b@there.example");
    const auto all = messages.All();
    BOOST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[0].from.empty());
    BOOST_TEST(all[0].senderSaw.empty());
    BOOST_TEST(all[1].accepted == std::vector<std::string>{"there"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(MailAmongSimulatedHostsIsNotShown)
{
    LiveMessages messages = Ours();
    Accept(messages, "there", "<1@x>", "b@there.example");
    Accept(messages, "there", "<2@x>", "b@there.example");
    messages.OnOutcome("elsewhere", DeliveredMail("<1@x>", "b@there.example"));
    const auto all = messages.All();
    BOOST_REQUIRE(all.size() == 1u);
    BOOST_TEST(all[0].messageId == "<2@x>");
    BOOST_TEST(all[0].from.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
