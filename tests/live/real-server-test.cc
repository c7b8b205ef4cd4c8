#include "tests/live/live-program.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::live;

/// A peer made for this test: a mail server of a few lines of Python.
const char* const SERVER = R"(#!/usr/bin/python3
import json, os, pathlib, socket, threading
work = pathlib.Path(os.environ["BOUNCELAB_WORK"])
facts = json.load(open(os.environ["BOUNCELAB_SPEC"]))

def serve(connection):
    stream = connection.makefile("rwb", buffering=0)
    def say(text):
        stream.write(text.encode() + b"\r\n")
    say("220 %s ready" % facts["hostname"])
    for line in stream:
        verb = line[:4].upper()
        if verb == b"DATA":
            say("354 go on")
            text = b""
            while (line := stream.readline()) not in (b".\r\n", b""):
                text += line.removeprefix(b".")
            with open(work / "out/mbox", "ab") as box:
                box.write(b"From somebody\nDelivered-To: orders@partner.example\n" +
                          text.replace(b"\r\n", b"\n") + b"\n")
        say("221 bye" if verb == b"QUIT" else "250 fine")
        if verb == b"QUIT":
            connection.close()
            return

listener = socket.create_server(("", 25))
os.write(3, b"ready\n")
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
)";

const char* const COLLECT = R"(#!/bin/sh
echo "test server 1.0" >"$BOUNCELAB_WORK/out/version.txt"
ls "$BOUNCELAB_MAIL" >"$BOUNCELAB_WORK/out/submitted.txt"
)";

/// A data folder that has one more peer than the source tree.
fs::path
DataWithPeer(const fs::path& folder, const std::string& collect)
{
    const fs::path source = tests::SourceDir();
    const fs::path peer = folder / "peers" / "test-server";
    fs::create_directories(peer);
    fs::create_directories(folder / "models");
    fs::create_symlink(source / "scenarios", folder / "scenarios");
    fs::create_symlink(source / "models" / "personas", folder / "models" / "personas");
    std::ofstream(peer / "run") << SERVER;
    std::ofstream(peer / "collect") << collect;
    for (const char* program : {"run", "collect"})
    {
        fs::permissions(peer / program, fs::perms::owner_exec, fs::perm_options::add);
    }
    return folder;
}

cli::ChildEnd
LiveIn(const fs::path& data, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(),
                     {"env",
                      "-C",
                      data.string(),
                      "BOUNCELAB_DATA=" + data.string(),
                      tests::BinaryDir().string() + "/bin/bouncelab",
                      "live",
                      "relay-tests/open-relay"});
    return cli::RunChild(arguments, std::chrono::minutes(2));
}

BOOST_AUTO_TEST_SUITE(real_server)

BOOST_AUTO_TEST_CASE(ASimulatedClientDeliversToARealServer,
                     *boost::unit_test::precondition(LiveRunsArePossible))
{
    const cli::Scratch scratch;
    const fs::path data = DataWithPeer(scratch.Path(), COLLECT);
    const cli::ChildEnd end = LiveIn(data,
                                     {"--replace",
                                      "partner=test-server",
                                      "--set",
                                      "mail.messages.case.at=500 ms",
                                      "--set",
                                      "mail.messages.case.bytes=200000",
                                      "--set",
                                      "mail.ordinary.per-minute=0",
                                      "--set",
                                      "mail.sources.business.per-minute=600",
                                      "--duration",
                                      "4 s",
                                      "--json"});
    const fs::path folder = data / "results/live/relay-tests/open-relay/partner-test-server";
    BOOST_REQUIRE_MESSAGE(end.status == 0, end.error << TextOf(folder / "live/partner/output.log"));
    const auto report = nlohmann::json::parse(end.output);
    BOOST_TEST(report["machines"][0]["version"] == "test server 1.0");
    BOOST_TEST(report["machines"][0]["taken"] == 1);
    BOOST_TEST(report["machines"][0]["ended"].is_null());
    const auto isCase = [](const nlohmann::json& message)
    { return message["recipient"] == "orders@partner.example"; };
    const auto message = std::find_if(report["messages"].begin(), report["messages"].end(), isCase);
    BOOST_REQUIRE(message != report["messages"].end());
    BOOST_TEST((*message)["from"] == "exchange");
    BOOST_TEST((*message)["sender_saw"] == "sent");
    BOOST_TEST((*message)["copies"] == 1);
    BOOST_TEST(TextOf(folder / "live/partner/mbox").size() > 200000u);

    // What users of the replaced host write is handed to it, and nobody sends it.
    const std::string submitted = TextOf(folder / "live/partner/submitted.txt");
    BOOST_TEST(submitted.find("0001.eml\n0001.json\n") == 0u);
    BOOST_TEST(report["machines"][0]["opened"] == 0);
}

BOOST_AUTO_TEST_CASE(APeerThatFailsIsSaidSo, *boost::unit_test::precondition(LiveRunsArePossible))
{
    const cli::Scratch scratch;
    const fs::path data = DataWithPeer(scratch.Path(), "#!/bin/sh\nexit 7\n");
    const cli::ChildEnd bad =
        LiveIn(data, {"--replace", "partner=test-server", "--duration", "1 s"});
    BOOST_TEST(bad.status == 1);
    BOOST_TEST(bad.output.find("collect failed") != std::string::npos, bad.output);

    std::ofstream(data / "peers/test-server/run") << "#!/bin/sh\necho no such file >&2\nexit 5\n";
    const cli::ChildEnd dead = LiveIn(data, {"--replace", "tester=test-server"});
    BOOST_TEST(dead.status == 2);
    BOOST_TEST(dead.error == "bouncelab: test-server at tester ended with status 5 before it was "
                             "ready; it wrote:\nno such file\n");
    BOOST_TEST(!fs::exists(data / "results/live/relay-tests/open-relay/tester-test-server"));
}

BOOST_AUTO_TEST_CASE(ResultsAreNotReplacedUnasked,
                     *boost::unit_test::precondition(LiveRunsArePossible))
{
    const cli::Scratch scratch;
    const fs::path data = DataWithPeer(scratch.Path(), COLLECT);
    const std::vector<std::string> call{"--replace", "partner=true", "--duration", "200 ms"};
    BOOST_TEST(LiveIn(data, call).status == 0);
    const cli::ChildEnd again = LiveIn(data, call);
    BOOST_TEST(again.status == 2);
    BOOST_TEST(again.error.find("--force") != std::string::npos, again.error);
    std::vector<std::string> forced = call;
    forced.emplace_back("--force");
    BOOST_TEST(LiveIn(data, forced).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
