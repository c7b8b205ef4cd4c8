#include "formats/clock.h"
#include "lab/truth/label-writer.h"
#include "tests/evidence/scratch-folder.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

provenance::Action
Act(SimTime time,
    const std::string& kind,
    const std::string& classLabel,
    provenance::CauseId cause,
    provenance::ActorId actor,
    const std::vector<std::pair<std::string, std::string>>& params)
{
    provenance::Action action;
    action.time = time;
    action.kind = kind;
    action.classLabel = classLabel;
    action.cause = cause;
    action.actor = actor;
    action.params = params;
    return action;
}

} // namespace

BOOST_AUTO_TEST_SUITE(label_writer)

BOOST_AUTO_TEST_CASE(actions_and_frames_become_lines_in_order)
{
    const ScratchFolder scratch;
    const auto path = scratch / "labels.jsonl";
    truth::LabelWriter writer(path, "run-1");
    provenance::Ledger ledger(&writer);
    writer.SetLedger(&ledger);
    const auto host = ledger.RegisterActor("mail-host");
    const auto injector = ledger.RegisterActor("injector");
    const auto cause = ledger.NewCause();
    provenance::Action forging = Act(At(1000),
                                     "event",
                                     "forged.reply",
                                     cause,
                                     injector,
                                     {{"hop", "7"}, {"command", "RCPT"}});
    forging.did = TruthEvent::Forged;
    ledger.Record(forging);
    writer.Packet("gateway-inside", 1, At(900), ledger.Born(host));
    writer.Packet("gateway-inside", 2, At(1100), ledger.Born(injector, cause, true));
    writer.Packet("gateway-inside", 3, At(1200), ledger.Born(host, cause));
    writer.Close();
    BOOST_TEST(
        ReadFile(path) ==
        R"({"kind":"event","run_id":"run-1","t_ns":1000,"class":"forged.reply","cause_id":1,"actor":"injector","hop":7,"params":{"did":"forged","command":"RCPT"}})"
        "\n"
        R"({"kind":"packet","run_id":"run-1","t_ns":900,"class":"ordinary","cause_id":0,"actor":"mail-host","hop":null,"params":{},"vantage":"gateway-inside","frame":1,"true_origin":"mail-host","forged":false,"affected":false})"
        "\n"
        R"({"kind":"packet","run_id":"run-1","t_ns":1100,"class":"forged.reply","cause_id":1,"actor":"injector","hop":7,"params":{},"vantage":"gateway-inside","frame":2,"true_origin":"injector","forged":true,"affected":false})"
        "\n"
        R"({"kind":"packet","run_id":"run-1","t_ns":1200,"class":"forged.reply","cause_id":1,"actor":"injector","hop":7,"params":{},"vantage":"gateway-inside","frame":3,"true_origin":"mail-host","forged":false,"affected":true})"
        "\n");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back)
{
    const ScratchFolder scratch;
    const auto path = scratch / "labels.jsonl";
    truth::LabelWriter writer(path, "run \"quoted\"");
    provenance::Ledger ledger(&writer);
    writer.SetLedger(&ledger);
    const auto actor = ledger.RegisterActor("a\\b\n\x01 \xE4\xBD\xA0");
    ledger.Record(
        Act(At(-5), "message", "tarpit", 0, actor, {{"hop", "seven"}, {"z", "1"}, {"a", "\t"}}));
    writer.Packet("v", 18446744073709551615u, At(7), ledger.Born(actor));
    writer.Close();
    const auto labels = truth::ReadLabels(path);
    BOOST_REQUIRE_EQUAL(labels.size(), 2);
    BOOST_TEST(labels[0].runId == "run \"quoted\"");
    BOOST_TEST(labels[0].time == At(-5));
    BOOST_TEST(labels[0].actor == "a\\b\n\x01 \xE4\xBD\xA0");
    BOOST_TEST(!labels[0].hop);
    BOOST_REQUIRE_EQUAL(labels[0].params.size(), 3);
    BOOST_TEST(labels[0].params[0].first == "hop");
    BOOST_TEST(labels[0].params[2].second == "\t");
    BOOST_TEST(labels[0].vantage.empty());
    BOOST_TEST(labels[1].frame == 18446744073709551615u);
    BOOST_TEST(labels[1].trueOrigin == labels[0].actor);
    std::string again;
    AppendLabel(again, labels[0]);
    AppendLabel(again, labels[1]);
    BOOST_TEST(again == ReadFile(path));
}

BOOST_AUTO_TEST_CASE(every_event_is_read_back)
{
    for (const auto& [name, event] : EnumNames(TruthEvent{}))
    {
        Label label;
        label.kind = "event";
        label.did = event;
        std::string line;
        AppendLabel(line, label);
        BOOST_TEST((ParseLabel(line).did == event), name);
    }
}

BOOST_AUTO_TEST_CASE(a_word_that_names_no_event_is_refused)
{
    const ScratchFolder scratch;
    const auto path = scratch / "labels.jsonl";
    std::ofstream(path)
        << R"({"kind":"flow","run_id":"r","t_ns":0,"class":"ordinary","cause_id":0,"actor":"a",)"
        << R"("hop":null,"params":{"did":"reachd"}})"
        << "\n";
    BOOST_CHECK_EXCEPTION(truth::ReadLabels(path),
                          std::runtime_error,
                          [&](const std::runtime_error& error)
                          {
                              return error.what() ==
                                     path.string() +
                                         ":1: \"did\": found \"reachd\", which is no event "
                                         "(formats/truth-event.h)";
                          });
}

BOOST_AUTO_TEST_CASE(a_genuine_packet_that_is_discarded_later_is_affected)
{
    const ScratchFolder scratch;
    const auto path = scratch / "labels.jsonl";
    truth::LabelWriter writer(path, "r");
    provenance::Ledger ledger(&writer);
    writer.SetLedger(&ledger);
    const auto server = ledger.RegisterActor("server");
    const auto host = ledger.RegisterActor("mail-host");
    const auto cause = ledger.NewCause();
    provenance::Action forging = Act(At(0), "event", "forged.reply", cause, host, {});
    ledger.Record(forging);
    const provenance::Origin genuine = ledger.Born(server);
    writer.Packet("v", 1, At(1000), genuine);
    forging.time = At(2000);
    forging.packet = genuine.serial;
    forging.displaced = true;
    ledger.Record(forging);
    // Long after, the writer has forgotten it; the line stays what it was.
    for (std::uint64_t frame = 2; frame < 10; ++frame)
    {
        writer.Packet("v",
                      frame,
                      At(static_cast<std::int64_t>(frame) * NANOSECONDS_PER_SECOND),
                      ledger.Born(server));
    }
    BOOST_TEST(!writer.Explain(genuine).affected);
    writer.Close();
    for (const Label& label : truth::ReadLabels(path))
    {
        if (!label.vantage.empty())
        {
            BOOST_TEST(label.affected == (label.frame == 1));
            BOOST_TEST(label.causeId == (label.frame == 1 ? cause : 0));
            BOOST_TEST(label.classLabel == (label.frame == 1 ? "forged.reply" : "ordinary"));
            BOOST_TEST(!label.forged);
        }
    }
}

BOOST_AUTO_TEST_CASE(any_bytes_become_a_json_string)
{
    for (unsigned first = 0; first < 256; ++first)
    {
        for (unsigned second = 0; second < 256; ++second)
        {
            const std::string text{static_cast<char>(first), static_cast<char>(second), 'x'};
            std::string json;
            AppendJsonString(json, text);
            const auto parsed = nlohmann::json::parse(json, nullptr, false);
            BOOST_REQUIRE_MESSAGE(parsed.is_string(), first << " " << second);
            if (first < 128 && second < 128)
            {
                BOOST_REQUIRE_EQUAL(parsed.get<std::string>(), text);
            }
        }
    }
    std::string json;
    AppendJsonString(json, "\xF0\x9F\x93\xA7\xED\xA0\x80");
    BOOST_TEST(nlohmann::json::parse(json).get<std::string>() ==
               "\xF0\x9F\x93\xA7\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(bad_lines_are_named)
{
    const ScratchFolder scratch;
    const auto path = scratch / "labels.jsonl";
    const auto message = [&path](const std::string& text)
    {
        std::ofstream(path) << text;
        try
        {
            truth::ReadLabels(path);
        }
        catch (const std::runtime_error& error)
        {
            return std::string(error.what()).substr(path.string().size());
        }
        return std::string("no error");
    };
    const std::string good = R"({"kind":"event","run_id":"r","t_ns":1,"class":"c","cause_id":0,)";
    BOOST_TEST(message("[]\n") == ":1: this is not a JSON object");
    BOOST_TEST(message("{\"kind\"") == ":1: this is not a JSON object");
    BOOST_TEST(message(good + R"("actor":"a","hop":null,"params":{}})" + "\n" + good +
                       "\"hop\":1}") == ":2: the key \"actor\" is missing");
    BOOST_TEST(message(good + R"("actor":3,"hop":null,"params":{}})") ==
               ":1: \"actor\" has the wrong type: number");
    BOOST_TEST(message(good + R"("actor":"a","params":[]})") ==
               ":1: \"params\" has to be an object of strings");
    BOOST_CHECK_THROW(truth::ReadLabels(scratch / "nothing"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error)
{
    truth::LabelWriter writer("/dev/full", "r");
    provenance::Ledger ledger(&writer);
    writer.SetLedger(&ledger);
    ledger.Record({});
    BOOST_CHECK_THROW(writer.Close(), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
