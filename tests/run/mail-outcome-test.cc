// No accepted mail is lost or doubled, from its sender's view and from its recipient's, whatever
// the line does.

#include "lab/truth/label-writer.h"
#include "tests/run/run-fixture.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::run;

BOOST_AUTO_TEST_SUITE(mail_outcome)

BOOST_AUTO_TEST_CASE(both_views_agree_under_loss)
{
    Runs runs;
    std::vector<RunSpec> specs;
    for (std::uint64_t seed = 1; seed <= 12; ++seed)
    {
        specs.push_back(runs.Spec("control",
                                  {"site.inside.1.loss-per-million=40000",
                                   "site.inside.2.loss-per-million=40000",
                                   "paths.japan.hops.5.loss-per-million=60000",
                                   "paths.west.hops.3.loss-per-million=80000",
                                   "mail.ordinary.limit=40",
                                   "duration=5000 s"},
                                  seed));
    }
    RunManyOptions options;
    options.jobs = 2;
    std::size_t messages = 0;
    for (const RunResult& result : RunMany(specs, options))
    {
        BOOST_REQUIRE_MESSAGE(result.status == 0, result.error);
        for (const Label& label : truth::ReadLabels(result.spec.out / "truth/labels.jsonl"))
        {
            if (label.kind != "message")
            {
                continue;
            }
            ++messages;
            const std::string view = Param(label, "sender_view");
            const std::string copies = Param(label, "copies");
            BOOST_TEST_CONTEXT(Param(label, "message_id") << " seed " << result.spec.seed)
            {
                // SMTP cannot exclude a second copy when the reply to the final dot was lost.
                BOOST_TEST((view == "delivered" ? copies != "0" : true));
                BOOST_TEST((view == "failed" ? copies == "0" : true));
                BOOST_TEST(view != "pending");
            }
        }
    }
    BOOST_TEST(messages >= 12U * 41U);
}

BOOST_AUTO_TEST_CASE(forged_replies_make_the_views_say_what_the_labels_say)
{
    Runs runs;
    for (const auto& [variant, view, copies] : {std::tuple{"error-500", "failed", "0"},
                                                std::tuple{"control", "delivered", "1"},
                                                std::tuple{"late", "failed", "0"},
                                                std::tuple{"late-short", "delivered", "1"},
                                                std::tuple{"genuine-551", "failed", "0"}})
    {
        bool found = false;
        const auto run = runs.Run(variant);
        for (const Label& label : truth::ReadLabels(run / "truth/labels.jsonl"))
        {
            if (label.kind == "message" &&
                Param(label, "recipient") == "kawamura@neptune.livedoor.com")
            {
                found = true;
                BOOST_TEST(Param(label, "sender_view") == view, variant);
                BOOST_TEST(Param(label, "copies") == copies, variant);
            }
        }
        BOOST_TEST(found, variant);
    }
}

BOOST_AUTO_TEST_SUITE_END()
