#include "tests/middlebox/relay-rig.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <cstdlib>

namespace bouncelab::middlebox
{

namespace
{

/// The same cases in every run, unless RC_PARAMS asks for others.
struct PropertySeed
{
    PropertySeed() { setenv("RC_PARAMS", "seed=1 max_success=400", 0); }
};

BOOST_TEST_GLOBAL_FIXTURE(PropertySeed);

/// Refuses some recipients for now and some for good, by their first letter.
struct Picky : smtp::ServerPolicy
{
    smtp::Decision OnRecipient(const smtp::ServerFacts&, const smtp::EnvelopeEntry& entry) override
    {
        smtp::Decision decision;
        const char first = entry.path.localPart[0];
        decision.reply = first == 'd' ? "451 4.2.1 later" : first == 'f' ? "550 5.1.1 never" : "";
        return decision;
    }
};

InterceptionProxyConfig
AnyConfig()
{
    auto config = GlobalSuite(*rc::gen::element(InterceptionMode::Relay,
                                                InterceptionMode::Mask,
                                                InterceptionMode::Strip));
    config.connect = *rc::gen::element(UpstreamTiming::OnAccept, UpstreamTiming::OnMail);
    config.keywords = *rc::gen::element(std::vector<std::string>{"PIPELINING", "SIZE"},
                                        std::vector<std::string>{"8BITMIME"});
    config.mask.hello =
        *rc::gen::element(MaskedHello::Refuse, MaskedHello::Helo, MaskedHello::Keywords);
    config.startTls.way = *rc::gen::element(StripMethod::Pass,
                                            StripMethod::Capabilities,
                                            StripMethod::InvalidCode,
                                            StripMethod::TemporaryError,
                                            StripMethod::Downgrade);
    config.answerDelay = {Nanoseconds(*rc::gen::inRange(0, 5000)), Nanoseconds(3000)};
    config.forwardDelay = {Nanoseconds(*rc::gen::inRange(0, 5000)), Nanoseconds(3000)};
    config.buffer = *rc::gen::element(4096U, 65536U);
    config.received = *rc::gen::element<std::string>("", "Received: by {hostname}; {date}");
    return config;
}

Triangle::Setting
AnySetting()
{
    Triangle::Setting s;
    s.config = AnyConfig();
    s.client.quit =
        *rc::gen::element(smtp::QuitPolicy::Wait, smtp::QuitPolicy::NoWait, smtp::QuitPolicy::None);
    s.server.keywords = *rc::gen::element(std::vector<std::string>{"PIPELINING", "STARTTLS"},
                                          std::vector<std::string>{"SIZE", "8BITMIME"});
    s.recipients = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("a@abc.com", "d@abc.com", "f@abc.com")));
    s.content =
        *rc::gen::container<std::string>(rc::gen::element('.', '\r', '\n', 'a', 'b', '\0', '\xff'));
    s.seed = *rc::gen::inRange<std::uint64_t>(1, 1ULL << 62);
    return s;
}

/// Whether a content is the client's, with or without fields before it and a last line end after.
bool
IsClients(const std::string& taken, const std::string& sent)
{
    const bool hasEnd = sent.size() >= 2 && sent.compare(sent.size() - 2, 2, "\r\n") == 0;
    const std::string whole = sent.empty() || hasEnd ? sent : sent + "\r\n";
    return taken.size() >= whole.size() &&
           taken.compare(taken.size() - whole.size(), whole.size(), whole) == 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(relay_property)

BOOST_AUTO_TEST_CASE(MailArrivesWholeInAnyPieces)
{
    BOOST_TEST(rc::check(
        []
        {
            Picky policy;
            Triangle t(AnySetting(), policy);
            RC_ASSERT(t.Run());
            RC_ASSERT(t.client.results.size() == 1u);
            const bool accepted =
                t.client.results[0].message.outcome == smtp::TransactionOutcome::Accepted;
            RC_ASSERT(t.server.messages.size() == (accepted ? 1u : 0u));
            for (const auto& message : t.server.messages)
            {
                RC_ASSERT(IsClients(message.content, t.setting.content));
                std::size_t good = 0;
                for (const std::string& recipient : t.setting.recipients)
                {
                    good += recipient[0] == 'a' ? 1 : 0;
                }
                RC_ASSERT(message.envelope.recipients.size() == good);
            }
        }));
}

BOOST_AUTO_TEST_CASE(NoMailIsLostAndMemoryStaysBoundedWhenConnectionsDie)
{
    BOOST_TEST(rc::check(
        []
        {
            Triangle::Setting setting = AnySetting();
            setting.deathPerMillion = 20000;
            Picky policy;
            Triangle t(setting, policy);
            RC_ASSERT(t.Run());
            RC_ASSERT(t.client.results.size() == 1u);
            const auto& result = t.client.results[0];
            if (result.message.outcome == smtp::TransactionOutcome::Accepted)
            {
                RC_ASSERT(t.server.messages.size() == 1u);
            }
            if (t.server.messages.size() == 1u)
            {
                RC_ASSERT(IsClients(t.server.messages[0].content, t.setting.content));
            }
            RC_ASSERT(t.widest <= 2u * t.setting.config.buffer);
        }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::middlebox
