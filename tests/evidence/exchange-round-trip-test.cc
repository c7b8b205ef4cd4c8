#include "detectors/readers/server-logs.h"
#include "detectors/readers/text-file.h"
#include "lab/evidence/exchange-protocol-log.h"
#include "lab/evidence/exchange-texts.h"
#include "tests/evidence/scratch-folder.h"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace bouncelab;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(exchange_round_trip)

/// What the writer wrote the reader reads, whatever the data hold and however sessions interleave.
BOOST_AUTO_TEST_CASE(what_is_written_is_read)
{
    const ScratchFolder scratch;
    evidence::VantageFolder vantage(scratch.GetPath());
    evidence::ProtocolLogOptions options;
    options.maxBytes = 20000;
    const HostClock clock{1321416715890000000, 0, 1, 0};
    evidence::ExchangeProtocolLog log(vantage, clock, evidence::ProtocolLogKind::Receive, options);
    std::minstd_rand random(7);
    constexpr std::string_view PIECES[] =
        {"RCPT TO:<a@b>", ",", "\"", "250 ok", ";", " ", "'", "550 5.1.1", "\xE4\xB8\xAD"};

    struct Written
    {
        char event;
        std::string data;
        std::string context;
        std::int64_t timeNs;
    };

    std::map<std::uint64_t, std::vector<Written>> all;
    for (int i = 0; i < 3000; ++i)
    {
        evidence::ProtocolLogRecord record;
        record.session = 0x08CE6E5DA8B26400 + random() % 20;
        record.timeNs = i * 7000000LL;
        record.connector = "EX, the second\\Default";
        record.local = {Ipv4{0xC0A800DE}, 25};
        record.remote = {Ipv4{0xC6336407}, 49760};
        record.event = "+><*"[random() % 4];
        std::string data;
        for (std::size_t pieces = random() % 5; pieces > 0; --pieces)
        {
            data += PIECES[random() % std::size(PIECES)];
        }
        // Spaces at the end of a line are nobody's.
        const std::string context = random() % 3 == 0 ? "a, \"context\"" : "";
        record.data = data;
        record.context = context;
        log.Write(record);
        all[record.session].push_back({record.event, data, context, clock.Read(record.timeNs)});
    }
    log.Close();
    BOOST_TEST(vantage.List().size() > 5);

    detectors::ServerLogs logs;
    for (const std::string& name : vantage.List())
    {
        detectors::ServerLogReaders readers(logs, name);
        std::vector<detectors::TextLineReader*> line;
        readers.Join(line);
        detectors::ReadText(std::fopen((scratch / name).c_str(), "rb"), line);
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
            BOOST_TEST(row.timeNs == written[i].timeNs / 1000000 * 1000000);
            BOOST_TEST(session.Data(row) == written[i].data);
            BOOST_TEST(session.Context(row) == written[i].context);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
