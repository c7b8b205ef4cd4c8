#include "models/host/mail-truth.h"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

/// A mail server's queue as it would speak, and what is signed of it.
class Book : public provenance::ActionSink
{
  public:
    explicit Book(provenance::CauseId forgery = 0)
        : truth(1, m_ledger, {"backup.example"}, [forgery](std::string_view) { return forgery; })
    {
    }

    void Record(const provenance::Action& action) override { actions.push_back(action); }

    /// A message comes by SMTP.
    void Take(const std::string& user = {}, bool isClient = false)
    {
        truth.Expect({"192.0.2.7:40000", "10.10.10.10:25", user, isClient});
        mail::QueueEvent event = Event(mail::QueueEvent::Kind::NewMessage);
        event.content = std::make_shared<const std::string>("Message-ID: <a@b>\n\nbody\n");
        truth.OnQueueEvent(event);
    }

    void Deliver(const std::string& recipient,
                 std::uint64_t serial = 1,
                 mail::Channel channel = mail::Channel::Remote)
    {
        mail::QueueEvent event = Event(mail::QueueEvent::Kind::DeliveryResult, serial);
        event.recipient = recipient;
        event.channel = channel;
        truth.OnQueueEvent(event);
    }

    void Bounce()
    {
        mail::QueueEvent event = Event(mail::QueueEvent::Kind::Bounced);
        event.bounceSerial = 2;
        truth.OnQueueEvent(event);
    }

    static mail::QueueEvent Event(mail::QueueEvent::Kind kind, std::uint64_t serial = 1)
    {
        mail::QueueEvent event;
        event.kind = kind;
        event.serial = serial;
        return event;
    }

    std::vector<provenance::Action> actions;

  private:
    provenance::Ledger m_ledger{this};

  public:
    MailTruth truth;
};

} // namespace

BOOST_AUTO_TEST_SUITE(mail_truth)

BOOST_AUTO_TEST_CASE(AStrangersMailThatLeavesIsRelayed)
{
    Book book;
    book.Take();
    book.Deliver("user@remote.example");
    BOOST_REQUIRE(book.actions.size() == 1u);
    BOOST_TEST(book.actions[0].classLabel == "relay.mail");
    BOOST_TEST(book.actions[0].cause != 0u);
}

BOOST_AUTO_TEST_CASE(WhoIsAllowedToIsNoFault)
{
    Book account;
    account.Take("cora");
    account.Deliver("user@remote.example");
    Book backup;
    backup.Take();
    backup.Deliver("user@BACKUP.example");
    Book client;
    client.Take({}, true);
    client.Deliver("user@remote.example");
    for (const Book* book : {&account, &backup, &client})
    {
        BOOST_REQUIRE(book->actions.size() == 1u);
        BOOST_TEST(book->actions[0].classLabel == "ordinary");
        BOOST_TEST(book->actions[0].cause == 0u);
    }
}

BOOST_AUTO_TEST_CASE(MailboxesHereAndMailOfUsersHereAreNotRelayed)
{
    Book book;
    book.Take();
    book.Deliver("user@local.example", 1, mail::Channel::Local);
    book.Deliver("user@remote.example", 7);
    BOOST_TEST(book.actions.empty());
}

BOOST_AUTO_TEST_CASE(AReportIsBackscatterWhereTheSenderIsForged)
{
    Book forged(9);
    forged.Take();
    forged.Bounce();
    forged.Deliver("victim@remote.example", 2);
    BOOST_REQUIRE(forged.actions.size() == 2u); // The session that it came by, and the report's.
    for (const provenance::Action& action : forged.actions)
    {
        BOOST_TEST(action.classLabel == "backscatter.ndr");
        BOOST_TEST(action.cause == 9u);
    }
    Book genuine;
    genuine.Take();
    genuine.Bounce();
    genuine.Deliver("writer@remote.example", 2);
    BOOST_REQUIRE(genuine.actions.size() == 1u);
    BOOST_TEST(genuine.actions[0].classLabel == "ordinary");
}

BOOST_AUTO_TEST_SUITE_END()
