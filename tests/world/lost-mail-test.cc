// The variants of lost-mail, by the fates of their messages: what a loss of power, a full disk and
// a program that is stopped in the middle do to mail.

#include "lab/scenario/load.h"
#include "lab/world/world.h"
#include "tests/tree.h"
#include "tests/world/mail-fates.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr std::size_t QUEUE_ID_LENGTH = 14; //!< Of sendmail's: "i4I7VUui024825".

/// A run of a variant, and what is counted in it.
class Lost : private provenance::ActionSink
{
  public:
    explicit Lost(const std::string& variant, const std::vector<std::string>& settings = {})
    {
        const scenario::PersonaLibrary personas(tests::SourceDir().string());
        const auto file = scenario::ScenarioFile::Load(
            (tests::SourceDir() / "scenarios/lost-mail/scenario.yaml").string());
        const scenario::Scenario scenario = file.Resolve(variant, personas, settings);
        provenance::Ledger ledger(this);
        host::EventStream events;
        events.Subscribe([this](const host::Event& event) { OnEvent(event); });
        world::World world(scenario, 1, ledger, events);
        world.Run();
        for (const MailFate& fate : m_fates.All())
        {
            BOOST_TEST(fate.Fault() == "", variant << ' ' << fate.messageId);
            lost += fate.lost;
            delivered += fate.delivered;
            copies += fate.Copies();
        }
    }

    std::size_t Count(TruthEvent did, std::string_view classLabel) const
    {
        return static_cast<std::size_t>(std::count_if(m_actions.begin(),
                                                      m_actions.end(),
                                                      [&](const provenance::Action& action) {
                                                          return action.did == did &&
                                                                 action.classLabel == classLabel;
                                                      }));
    }

    std::uint32_t lost = 0;
    std::uint32_t delivered = 0;
    std::uint32_t copies = 0;
    std::uint32_t stops = 0;
    std::uint32_t putOff = 0;   //!< For want of room.
    std::uint32_t accepted = 0; //!< Replies that take a message.
    std::uint32_t named = 0;    //!< Of these, with what the queue calls it.

  private:
    void Record(const provenance::Action& action) override { m_actions.push_back(action); }

    void OnEvent(const host::Event& event)
    {
        m_fates.OnEvent(event);
        const auto* refusal = event.As<connector::RefusalEvent>();
        putOff += refusal && refusal->refusal == connector::Refusal::DiskFull ? 1 : 0;
        const auto* queue = event.As<mail::QueueEvent>();
        stops += queue && queue->kind == mail::QueueEvent::Kind::Stopped ? 1 : 0;
        if (queue && queue->kind == mail::QueueEvent::Kind::NewMessage)
        {
            m_ids.insert(queue->id);
        }
        if (queue && queue->kind == mail::QueueEvent::Kind::DeliveryResult)
        {
            CountReply(queue->text);
        }
    }

    void CountReply(const std::string& text)
    {
        const std::size_t end = text.find(" Message accepted for delivery");
        if (end != text.npos && end >= QUEUE_ID_LENGTH)
        {
            ++accepted;
            named += m_ids.count(text.substr(end - QUEUE_ID_LENGTH, QUEUE_ID_LENGTH)) > 0 ? 1 : 0;
        }
    }

    MailFates m_fates;
    std::vector<provenance::Action> m_actions;
    std::set<std::string> m_ids; //!< Of messages at all hosts.
};

constexpr std::uint32_t MESSAGES = 31;

} // namespace

BOOST_AUTO_TEST_SUITE(lost_mail)

BOOST_AUTO_TEST_CASE(without_sync_power_takes_mail_along_and_the_truth_has_its_cause)
{
    const Lost run("no-sync");
    BOOST_TEST(run.lost > 0U);
    BOOST_TEST(run.lost + run.delivered == MESSAGES + run.copies);
    BOOST_TEST(run.Count(TruthEvent::PowerLost, "lost.power") == 1U);
    BOOST_TEST(run.Count(TruthEvent::PowerReturned, "lost.power") == 1U);
    BOOST_TEST(run.stops == 1U);
}

BOOST_AUTO_TEST_CASE(what_has_been_written_back_is_not_lost)
{
    const Lost run("no-sync", {"hosts.backup.disk.write-back=0 s"});
    BOOST_TEST(run.lost == 0U);
    BOOST_TEST(run.Count(TruthEvent::PowerLost, "ordinary") == 1U);
}

BOOST_AUTO_TEST_CASE(with_sync_all_arrives)
{
    const Lost run("control");
    BOOST_TEST(run.lost == 0U);
    BOOST_TEST(run.delivered == MESSAGES + run.copies);
    BOOST_TEST(run.Count(TruthEvent::PowerLost, "ordinary") == 1U);
}

BOOST_AUTO_TEST_CASE(a_reply_calls_a_message_what_the_queue_does)
{
    const Lost run("control");
    BOOST_TEST(run.accepted > MESSAGES); // some by way of the backup host
    BOOST_TEST(run.named == run.accepted);
}

BOOST_AUTO_TEST_CASE(a_full_disk_puts_mail_off_until_there_is_room)
{
    const Lost run("disk-full");
    BOOST_TEST(run.putOff > 0U);
    BOOST_TEST(run.Count(TruthEvent::Refused, "overload.disk") == run.putOff);
    BOOST_TEST(run.delivered == MESSAGES);
    BOOST_TEST(Lost("disk-full", {"hosts.backup.disk.capacity=0", "hosts.backup.disk.other-use=[]"})
                   .putOff == 0U);
}

BOOST_AUTO_TEST_CASE(a_stop_between_content_and_answer_makes_copies)
{
    const Lost run("interrupted");
    BOOST_TEST(run.copies > 0U);
    BOOST_TEST(run.lost == 0U);
    BOOST_TEST(run.delivered == MESSAGES + run.copies);
    BOOST_TEST(run.Count(TruthEvent::Stopped, "ordinary") == 1U);
    BOOST_TEST(run.Count(TruthEvent::Started, "ordinary") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
