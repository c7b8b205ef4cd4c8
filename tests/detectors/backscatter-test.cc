#include "sample-mail.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

const std::string SERVER = "203.0.113.10";

struct ForgedCampaign
{
    int messages = 10;
    int reported = 10;
    int sources = 1;
    bool forged = true; //!< Each message has another sender's domain.
    int victims = 1000; //!< Or one of so many.
    int own = 0;        //!< The first messages are not forged.
    bool showsIncoming = true;
    std::size_t octets = 1000;   //!< Of a message.
    std::size_t returned = 1000; //!< Of a report.
};

std::vector<Alert>
Judge(const ForgedCampaign& campaign)
{
    std::vector<SampleDelivery> all;
    for (int i = 0; i < campaign.messages; ++i)
    {
        const std::string number = std::to_string(i);
        const std::string sender =
            campaign.forged && i >= campaign.own
                ? "user@victim" + std::to_string(i % campaign.victims) + ".example"
                : "list@client.example";
        const std::string id = "<m" + number + "@x>";
        const std::string recipient = "nobody" + number + "@local.example";
        SampleDelivery in;
        in.client = "198.51.100." + std::to_string(60 + i % campaign.sources);
        in.server = SERVER;
        in.hello = "out.client.example";
        in.sender = sender;
        in.recipients = {{recipient}};
        in.content = SampleContent(id, "Buy", campaign.octets);
        in.startMs = i * 60000;
        if (campaign.showsIncoming)
        {
            all.push_back(in);
        }
        if (i >= campaign.reported)
        {
            continue;
        }
        SampleDelivery out;
        out.client = SERVER;
        out.server = "192.0.2." + std::to_string(10 + i);
        out.sender = "";
        out.recipients = {{sender}};
        out.content = SampleReport("<r" + number + "@l>", recipient, id, campaign.returned);
        out.startMs = in.startMs + 10000;
        all.push_back(out);
    }
    return JudgeBoth("backscatter", ToSessions(all));
}

void
Expect(const ForgedCampaign& campaign, Verdict verdict, const std::string& words)
{
    const auto alerts = Judge(campaign);
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    const std::string& said = alerts[0].evidence.explanation;
    BOOST_TEST((alerts[0].verdict == verdict), said);
    BOOST_TEST(alerts[0].dottedClass == "backscatter.ndr", said);
    BOOST_TEST(said.find(words) != std::string::npos, said);
    BOOST_TEST(alerts[0].source.ToString() == SERVER);
    BOOST_TEST(alerts[0].destination.ToString() == "192.0.2.10");
}

} // namespace

BOOST_AUTO_TEST_SUITE(backscatter)

BOOST_AUTO_TEST_CASE(ForgedSendersGetTheReports)
{
    Expect({}, Verdict::Fault, "10 reports went out on 10 of 10 messages");
    Expect({}, Verdict::Fault, "octets out for ");
}

BOOST_AUTO_TEST_CASE(TheScoreGrowsWithTheRatio)
{
    ForgedCampaign small;
    small.octets = 10000;
    const auto few = Judge(small);
    const auto many = Judge({});
    BOOST_REQUIRE_EQUAL(few.size() + many.size(), 2);
    BOOST_TEST(few[0].score < 0.65);
    BOOST_TEST(many[0].score > 0.9);
}

BOOST_AUTO_TEST_CASE(AHerdOfClientsIsOneCampaign)
{
    ForgedCampaign herd;
    herd.messages = herd.reported = 24;
    herd.sources = 12;
    Expect(herd, Verdict::Fault, "12 addresses together");
}

BOOST_AUTO_TEST_CASE(TypingErrorsComeBackToTheirSenders)
{
    ForgedCampaign own;
    own.forged = false;
    own.reported = 2;
    BOOST_TEST(Judge(own).empty());
    own.reported = 4;
    Expect(own, Verdict::Benign, "go back to where the mail came from");
}

BOOST_AUTO_TEST_CASE(ASmarthostsManySenders)
{
    ForgedCampaign smarthost;
    smarthost.messages = 40;
    smarthost.reported = 4;
    Expect(smarthost, Verdict::Benign, "many people send through");
    smarthost.messages = 1200;
    smarthost.reported = 60;
    Expect(smarthost, Verdict::Benign, "many people send through");
}

BOOST_AUTO_TEST_CASE(AFloodOfReportsIsNoMistyping)
{
    ForgedCampaign flood;
    flood.messages = 400;
    flood.reported = 90;
    Expect(flood, Verdict::Fault, "the reports go to people who sent nothing");
}

BOOST_AUTO_TEST_CASE(TooFewOrUnseenIsInconclusive)
{
    ForgedCampaign few;
    few.messages = few.reported = 4;
    Expect(few, Verdict::Inconclusive, "MX and SPF");
    ForgedCampaign unseen;
    unseen.showsIncoming = false;
    unseen.messages = unseen.reported = 12;
    Expect(unseen, Verdict::Inconclusive, "a log of incoming mail would decide");
}

BOOST_AUTO_TEST_CASE(NumbersFromWhichSendersAreForged)
{
    ForgedCampaign senders;
    senders.messages = senders.reported = 2;
    BOOST_TEST(Judge(senders).empty());
    senders.messages = senders.reported = 3;
    Expect(senders, Verdict::Inconclusive, "too few");
    senders.messages = senders.reported = 4;
    Expect(senders, Verdict::Inconclusive, "too few");
    senders.messages = senders.reported = 5;
    Expect(senders, Verdict::Fault, "in the names of 5 senders");
    ForgedCampaign two;
    two.victims = 2;
    two.messages = two.reported = 19;
    Expect(two, Verdict::Inconclusive, "too few");
    two.messages = two.reported = 20;
    Expect(two, Verdict::Fault, "in the names of 2 senders");
    two.victims = 1;
    Expect(two, Verdict::Inconclusive, "too few");
    ForgedCampaign herd;
    herd.messages = herd.reported = herd.sources = 9;
    BOOST_TEST(Judge(herd).empty());
    herd.messages = herd.reported = herd.sources = 10;
    Expect(herd, Verdict::Fault, "10 addresses together");
}

BOOST_AUTO_TEST_CASE(SharesFromWhichSendersAreForged)
{
    ForgedCampaign half;
    half.reported = 5;
    Expect(half, Verdict::Fault, "5 of 10 messages");
    half.messages = 11;
    Expect(half, Verdict::Benign, "many people send through");
    ForgedCampaign flood;
    flood.messages = 400;
    flood.reported = 50;
    Expect(flood, Verdict::Fault, "50 of 400 messages");
    flood.messages = 401;
    Expect(flood, Verdict::Benign, "many people send through");
    flood.messages = 392;
    flood.reported = 49;
    Expect(flood, Verdict::Benign, "many people send through");
    ForgedCampaign mixed;
    mixed.own = 4;
    mixed.messages = mixed.reported = 8;
    Expect(mixed, Verdict::Benign, "go back to where the mail came from");
    mixed.own = 3;
    mixed.messages = mixed.reported = 7;
    Expect(mixed, Verdict::Inconclusive, "too few");
}

BOOST_AUTO_TEST_CASE(TypingErrorsFromWhichThereIsSomethingToTell)
{
    ForgedCampaign own;
    own.forged = false;
    own.reported = 3;
    Expect(own, Verdict::Benign, "go back to where the mail came from");
    ForgedCampaign unseen;
    unseen.showsIncoming = false;
    unseen.messages = unseen.reported = 9;
    BOOST_TEST(Judge(unseen).empty());
    unseen.messages = unseen.reported = 10;
    Expect(unseen, Verdict::Inconclusive, "10 reports");
    unseen.victims = 2;
    BOOST_TEST(Judge(unseen).empty());
    unseen.victims = 3;
    Expect(unseen, Verdict::Inconclusive, "3 domains");
}

BOOST_AUTO_TEST_CASE(ReportsThatComeInAreNone)
{
    std::vector<SampleDelivery> all;
    for (int i = 0; i < 20; ++i)
    {
        SampleDelivery in;
        in.client = "192.0.2." + std::to_string(10 + i);
        in.server = SERVER;
        in.sender = "";
        in.recipients = {{"list-owner@local.example"}};
        in.content =
            SampleReport("<r" + std::to_string(i) + "@l>", "gone@partner.example", "<l@l>");
        in.startMs = i * 60000;
        all.push_back(in);
    }
    BOOST_TEST(JudgeBoth("backscatter", ToSessions(all)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
