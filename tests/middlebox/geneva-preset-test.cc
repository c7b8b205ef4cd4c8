#include "lab/scenario/text-tree.h"
#include "lab/scenario/yaml-reader.h"
#include "models/middlebox/censor.h"
#include "models/middlebox/injector.h"
#include "tests/middlebox/device-rig.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace bouncelab;
using namespace bouncelab::middlebox;

namespace
{

template <class Config>
Config
Preset(const std::string& name)
{
    const std::string folder = (::tests::SourceDir() / "models/personas").string();
    scenario::Marks marks;
    auto config = Defaults<Config>();
    scenario::YamlReader(nullptr, marks)
        .ReadStruct(
            scenario::LoadTree(folder + "/" + std::string(Config::FOLDER) + "/" + name + ".yaml"),
            "",
            ValueOf(config));
    config.watch.pattern = "keyword";
    return config;
}

constexpr std::uint32_t FIRST = 1000; //!< The client's first octet.

template <class Rig>
void
Open(Rig& rig)
{
    rig.Send(FIRST - 1, "", tcp::SYN);
    rig.Run();
    rig.Answer({4999, "", tcp::SYN | tcp::ACK, FIRST});
    rig.Run();
    rig.Send(FIRST, "");
    rig.Run();
}

/// What happens to a packet with the keyword, after a client has opened a connection and done
/// something.
struct Sensor
{
    explicit Sensor(const std::string& name)
        : rig(Preset<CensorConfig>(name))
    {
    }

    /// Whether it acts on the keyword at a sequence number.
    bool Bites(std::uint32_t sequence = FIRST)
    {
        const std::size_t before = rig.passed.size();
        rig.Send({sequence, "RCPT TO:<keyword>\r\n", tcp::ACK | tcp::PSH});
        rig.Run();
        return rig.passed.size() == before;
    }

    void Say(const HandMade& what)
    {
        rig.Send(what);
        rig.Run();
    }

    DeviceRig<Censor, CensorConfig> rig;
};

/// The same of one that forges: how many resets come to either side.
struct ResetSensor
{
    explicit ResetSensor(const std::string& name)
        : rig(Preset<InjectorConfig>(name))
    {
    }

    /// Resets for a packet with the keyword: to the client, and to the server.
    std::pair<std::size_t, std::size_t> Resets(const HandMade& keyword)
    {
        const std::size_t client = rig.arrived.size();
        const std::size_t server = rig.passed.size();
        rig.Send(keyword);
        rig.Run();
        return {rig.arrived.size() - client, rig.passed.size() - server - 1};
    }

    std::pair<std::size_t, std::size_t> Resets(std::uint32_t sequence = FIRST)
    {
        return Resets({sequence, "RCPT TO:<keyword>\r\n", tcp::ACK | tcp::PSH});
    }

    DeviceRig<Injector, InjectorConfig> rig;
};

using Pair = std::pair<std::size_t, std::size_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(geneva_preset)

BOOST_AUTO_TEST_CASE(geneva_1_drops_all_of_the_client_and_loses_it_by_a_false_syn)
{
    Sensor plain("geneva-1");
    Open(plain.rig);
    BOOST_TEST(plain.Bites());
    plain.Say({2000, "", tcp::SYN, 0, 40001}); // another connection of the same client
    BOOST_TEST(plain.rig.passed.size() == 2U);
    plain.rig.Answer({5000, "220 hello\r\n", tcp::ACK, FIRST}); // the server's pass
    plain.rig.Run();
    BOOST_TEST(plain.rig.arrived.size() == 2U);

    Sensor lost("geneva-1");
    Open(lost.rig);
    lost.Say({70000, "", tcp::SYN, 0});
    lost.Say({FIRST, "", tcp::ACK});
    BOOST_TEST(!lost.Bites());

    Sensor unordered("geneva-1");
    Open(unordered.rig);
    BOOST_TEST(!unordered.Bites(FIRST + 100));

    Sensor reset("geneva-1"); // forgets nothing
    Open(reset.rig);
    reset.Say({FIRST, "", tcp::RST});
    BOOST_TEST(reset.Bites());
}

BOOST_AUTO_TEST_CASE(geneva_2_3_and_5_send_five_resets_to_one_side_or_both)
{
    for (const auto& [name, resets] :
         {std::pair("geneva-2", Pair(5, 0)), {"geneva-3", Pair(5, 5)}, {"geneva-5", Pair(0, 5)}})
    {
        ResetSensor sensor(name);
        Open(sensor.rig);
        BOOST_TEST((sensor.Resets() == resets), name);
        // The next packet without the keyword passes in peace.
        BOOST_TEST((sensor.Resets({FIRST + 19, "DATA\r\n"}) == Pair(0, 0)), name);
    }
}

BOOST_AUTO_TEST_CASE(geneva_4_finds_the_client_again_by_its_next_ack)
{
    Sensor sensor("geneva-4");
    Open(sensor.rig);
    sensor.Say({70000, "", tcp::SYN, 0});
    sensor.Say({FIRST, "", tcp::ACK});
    BOOST_TEST(sensor.Bites());
}

BOOST_AUTO_TEST_CASE(geneva_6_forgets_by_address)
{
    Sensor sensor("geneva-6");
    Open(sensor.rig);
    sensor.Say({1, "", tcp::RST, 0, 50000}); // other ports, any number
    BOOST_TEST(!sensor.Bites());
    Sensor normal("geneva-6"); // an ordinary end does not
    Open(normal.rig);
    normal.Say({FIRST, "", tcp::FIN | tcp::ACK});
    BOOST_TEST(normal.Bites());
}

BOOST_AUTO_TEST_CASE(geneva_7_forgets_by_tuple)
{
    Sensor other("geneva-7");
    Open(other.rig);
    other.Say({1, "", tcp::RST, 0, 50000});
    BOOST_TEST(other.Bites());
    Sensor own("geneva-7");
    Open(own.rig);
    own.Say({1, "", tcp::RST | tcp::ACK, 0}); // its own ports, any number
    BOOST_TEST(!own.Bites());
}

BOOST_AUTO_TEST_CASE(geneva_8_forgets_by_tuple_and_sequence)
{
    Sensor wrong("geneva-8");
    Open(wrong.rig);
    wrong.Say({1, "", tcp::RST, 0});
    BOOST_TEST(wrong.Bites());
    Sensor right("geneva-8");
    Open(right.rig);
    right.Say({FIRST, "", tcp::RST, 0});
    BOOST_TEST(!right.Bites());
}

BOOST_AUTO_TEST_CASE(geneva_9_resynchronizes_where_8_forgets)
{
    Sensor sensor("geneva-9");
    Open(sensor.rig);
    sensor.Say({FIRST, "", tcp::RST, 0});
    sensor.Say({90000, "x", tcp::ACK}); // a decoy that it takes for the client's next packet
    BOOST_TEST(!sensor.Bites());
    Sensor next("geneva-9");
    Open(next.rig);
    next.Say({FIRST, "", tcp::RST, 0});
    BOOST_TEST(next.Bites());
}

BOOST_AUTO_TEST_CASE(geneva_10_overlooks_wrong_checksums_and_answers_all_that_follows)
{
    ResetSensor sensor("geneva-10");
    Open(sensor.rig);
    HandMade spoiled{FIRST, "RCPT TO:<keyword>\r\n", tcp::ACK | tcp::PSH};
    spoiled.spoilsChecksum = true;
    BOOST_TEST((sensor.Resets(spoiled) == Pair(0, 0)));
    // A RST of a wrong checksum, which models 6 to 9 would heed.
    HandMade reset{FIRST, "", tcp::RST, 0};
    reset.spoilsChecksum = true;
    sensor.rig.Send(reset);
    sensor.rig.Send({90000, "x", tcp::ACK});
    sensor.rig.Run();
    BOOST_TEST((sensor.Resets() == Pair(5, 5)));
    BOOST_TEST((sensor.Resets({FIRST + 19, "DATA\r\n"}) == Pair(5, 5)));
    BOOST_TEST((sensor.Resets({2000, "", tcp::SYN, 0, 40001}) == Pair(5, 5)));
}

BOOST_AUTO_TEST_CASE(geneva_11_finds_the_client_again_by_its_ack_too)
{
    for (const bool isEleven : {false, true})
    {
        ResetSensor sensor(isEleven ? "geneva-11" : "geneva-10");
        Open(sensor.rig);
        sensor.rig.Send({70000, "", tcp::SYN, 0});
        sensor.rig.Send({FIRST, "", tcp::ACK});
        sensor.rig.Run();
        BOOST_TEST((sensor.Resets() == (isEleven ? Pair(5, 5) : Pair(0, 0))));
    }
}

BOOST_AUTO_TEST_SUITE_END()
