#include "detectors/readers/server-logs.h"
#include "detectors/readers/text-file.h"
#include "tests/evidence/log-rig.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace bouncelab;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(exchange_round_trip)

/// What the writer wrote the reader reads, whatever the data hold and however sessions interleave.
BOOST_AUTO_TEST_CASE(what_is_written_is_read)
{
    LogRig rig(1321416715890000000, 0, "ex.example.org");
    rig.Open<dialects::ExchangeProtocol>();
    rig.session.connector = "EX, the second\\Default";
    std::minstd_rand random(7);
    constexpr std::string_view PIECES[] =
        {"RCPT TO:<a@b>", ",", "\"", "250 ok", ";", " ", "'", "550 5.1.1", "\xE4\xB8\xAD"};

    struct Written
    {
        char event;
        std::string data;
        WallTime time;
    };

    std::map<std::uint64_t, std::vector<Written>> all;
    for (int i = 0; i < 3000; ++i)
    {
        rig.session.id = 0x08CE6E5DA8B26400 + random() % 20;
        const Nanoseconds time(i * 7000000LL);
        std::string data;
        for (std::size_t pieces = random() % 5; pieces > 0; --pieces)
        {
            data += PIECES[random() % std::size(PIECES)];
        }
        const bool isReply = random() % 2 == 0;
        if (isReply)
        {
            rig.Say(smtp::ReplyEvent{time, smtp::Step::Neutral, 250, data});
        }
        else
        {
            rig.Say(smtp::CommandEvent{time, smtp::Verb::Noop, data});
        }
        all[rig.session.id].push_back(
            {isReply ? '>' : '<', data, rig.place.clock.Read(SimTime(time))});
    }
    rig.writer->Close();

    detectors::ServerLogs logs;
    for (const std::string& name : rig.folder.List())
    {
        detectors::ServerLogReaders readers(logs, name);
        std::vector<detectors::TextLineReader*> line;
        readers.Join(line);
        detectors::ReadText(std::fopen((rig.scratch / name).c_str(), "rb"), line);
    }
    BOOST_TEST(logs.Finish() == 0);
    BOOST_REQUIRE_EQUAL(logs.protocol.All().size(), all.size());
    for (const detectors::LogSession& session : logs.protocol.All())
    {
        const std::vector<Written>& written = all[session.id];
        BOOST_REQUIRE_EQUAL(session.rows.size(), written.size());
        BOOST_TEST(session.missing == 0);
        BOOST_TEST(session.conflicting == 0);
        BOOST_TEST(session.connector == "EX, the second\\Default");
        BOOST_TEST(session.remote.port == 49760);
        for (std::size_t i = 0; i < written.size(); ++i)
        {
            const detectors::LogRow& row = session.rows[i];
            BOOST_TEST(row.sequence == i);
            BOOST_TEST(row.event == written[i].event);
            BOOST_TEST(row.time ==
                       WallTime(std::chrono::floor<std::chrono::milliseconds>(written[i].time)));
            BOOST_TEST(session.Data(row) == written[i].data);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
