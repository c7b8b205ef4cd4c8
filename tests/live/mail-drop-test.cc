#include "lab/live/mail-drop.h"

#include "lab/live/descriptor.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

#include <sys/inotify.h>
#include <unistd.h>

namespace
{

using namespace bouncelab;
using namespace bouncelab::live;

mail::Submission
Message(const std::string& text)
{
    mail::Submission message;
    message.envelope.sender = "a@one.example";
    message.envelope.recipients = {"b@two.example", "c@two.example"};
    message.content = std::make_shared<const std::string>(text);
    return message;
}

std::string
TextOf(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(file)), {});
}

BOOST_AUTO_TEST_SUITE(mail_drop)

BOOST_AUTO_TEST_CASE(AMessageIsATextAndItsEnvelope)
{
    const cli::Scratch scratch;
    MailDrop drop(scratch.Path());
    const std::string text = "Message-ID: <1@one.example>\n\n.\nFrom here\n";
    drop.Put(Message(text));
    drop.Put(Message("Subject: none\n\n"));
    BOOST_TEST(TextOf(scratch.Path() / "0001.eml") == text);
    const auto envelope = nlohmann::json::parse(TextOf(scratch.Path() / "0001.json"));
    BOOST_TEST(envelope["id"] == "<1@one.example>");
    BOOST_TEST(envelope["from"] == "a@one.example");
    BOOST_TEST(envelope["to"] == (nlohmann::json{"b@two.example", "c@two.example"}));
    BOOST_TEST(nlohmann::json::parse(TextOf(scratch.Path() / "0002.json"))["id"] == "");
    // Nothing half done is left.
    BOOST_TEST(std::distance(std::filesystem::directory_iterator(scratch.Path()), {}) == 4);
}

BOOST_AUTO_TEST_CASE(NamesThatAReaderLooksForAppearWhole)
{
    const cli::Scratch scratch;
    const Descriptor watch(inotify_init1(IN_NONBLOCK));
    BOOST_REQUIRE(inotify_add_watch(watch.Get(), scratch.Path().c_str(), IN_CREATE | IN_MOVED_TO) >=
                  0);
    MailDrop(scratch.Path()).Put(Message("Subject: one\n\n"));

    std::vector<char> buffer(4096);
    const ssize_t size = read(watch.Get(), buffer.data(), buffer.size());
    std::vector<std::string> whole;
    for (ssize_t at = 0; at < size;)
    {
        inotify_event event{};
        std::memcpy(&event, &buffer[at], sizeof event);
        const std::string name = &buffer[at + sizeof event];
        const std::string extension = std::filesystem::path(name).extension();
        if (event.mask & IN_MOVED_TO)
        {
            whole.push_back(name);
        }
        else
        {
            BOOST_TEST((extension != ".json" && extension != ".eml"), name);
        }
        at += sizeof event + event.len;
    }
    BOOST_TEST(whole == (std::vector<std::string>{"0001.eml", "0001.json"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AFolderThatIsGoneIsAnError)
{
    MailDrop drop("/nowhere/at/all");
    BOOST_CHECK_THROW(drop.Put(Message("x\n")), LiveError);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
