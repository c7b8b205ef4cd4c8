#include "lab/score/text-file.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::score;
using Words = std::vector<std::string>;

/// The arrows of docs/architecture.md: what a room may include besides formats and itself.
const std::map<std::string, Words> ARROWS{
    {"formats", {}},
    {"models/smtp", {}},
    {"models/tls", {"models/smtp"}},
    {"models/mail", {"models/smtp"}},
    {"models/probe", {"models/smtp"}},
    {"models/service", {}},
    {"models/connector", {"models/smtp", "models/service"}},
    {"models/provenance", {}},
    {"models/path", {"models/provenance"}},
    {"models/host",
     {"models/smtp",
      "models/mail",
      "models/probe",
      "models/service",
      "models/connector",
      "models/provenance",
      "models/path"}},
    {"models/middlebox",
     {"models/smtp", "models/mail", "models/host", "models/provenance", "models/path"}},
    {"detectors", {"models/smtp"}},
    {"lab/spec",
     {"models/smtp",
      "models/mail",
      "models/probe",
      "models/service",
      "models/connector",
      "models/host",
      "models/path",
      "models/middlebox"}},
    {"lab/evidence", {"models/mail", "models/service", "models/path", "models/provenance"}},
    {"lab/truth", {"models/mail", "models/provenance"}},
    {"lab/world",
     {"lab/spec",
      "models/smtp",
      "models/mail",
      "models/probe",
      "models/service",
      "models/connector",
      "models/host",
      "models/path",
      "models/middlebox",
      "models/provenance"}},
    {"lab/run",
     {"lab/spec",
      "lab/world",
      "lab/evidence",
      "lab/truth",
      "models/smtp",
      "models/mail",
      "models/service",
      "models/connector",
      "models/path",
      "models/provenance"}},
    {"lab/score", {"lab/spec", "lab/truth", "detectors"}},
    {"lab/live",
     {"lab/spec",
      "lab/world",
      "lab/evidence",
      "lab/run",
      "models/smtp",
      "models/mail",
      "models/path",
      "models/provenance",
      "models/tls"}},
    {"lab/report", {}},
    {"lab/cli", {"lab/live", "lab/report", "lab/run", "lab/score", "lab/spec"}}};

/// Of a room that may be included in part, the headers that may.
const std::map<std::pair<std::string, std::string>, std::regex> PARTS{
    {{"detectors", "models/smtp"},
     std::regex("models/smtp/(ascii|command|parameters|path|reply|reply-parser|line-reader|"
                "extensions)\\.h")},
    {{"models/connector", "models/service"}, std::regex(".*/directory-client\\.h")},
    {{"lab/spec", "models/smtp"}, std::regex(".*-(config|persona|policy)\\.h")},
    {{"lab/spec", "models/mail"}, std::regex(".*-(config|persona)\\.h")},
    {{"lab/spec", "models/probe"}, std::regex(".*-config\\.h")},
    {{"lab/spec", "models/service"}, std::regex(".*-config\\.h")},
    {{"lab/spec", "models/connector"}, std::regex(".*-config\\.h|.*/organization\\.h")},
    {{"lab/spec", "models/host"}, std::regex(".*/stack-profile\\.h|.*-config\\.h")},
    {{"lab/spec", "models/path"}, std::regex(".*-config\\.h")},
    {{"lab/spec", "models/middlebox"}, std::regex(".*-config\\.h")},
    {{"lab/score", "detectors"}, std::regex("detectors/readers/.*\\.h")},
    {{"lab/score", "lab/truth"}, std::regex("lab/truth/label-writer\\.h")}};

/// Rooms that compile and run without ns-3.
const Words WITHOUT_NS3{"formats",
                        "models/smtp",
                        "models/mail",
                        "models/probe",
                        "models/connector",
                        "detectors",
                        "lab/spec",
                        "lab/truth",
                        "lab/score"};

fs::path
Root()
{
    return tests::SourceDir();
}

/// The room that a file from the root lies in.
std::string
RoomOf(const std::string& file)
{
    const bool isNested = file.compare(0, 7, "models/") == 0 || file.compare(0, 4, "lab/") == 0;
    const std::size_t first = file.find('/');
    return file.substr(0, isNested ? file.find('/', first + 1) : first);
}

bool
IsSource(const std::string& file)
{
    const fs::path extension = fs::path(file).extension();
    return extension == ".h" || extension == ".cc";
}

Words
SourcesOf(const std::string& room)
{
    Words sources;
    for (const std::string& file : FilesBelow(Root() / room))
    {
        if (IsSource(file))
        {
            sources.push_back(room + "/" + file);
        }
    }
    return sources;
}

/// What stands between the signs of a file's #include lines.
Words
IncludesOf(const std::string& file, char open, char close)
{
    static std::map<std::string, std::string> texts;
    auto text = texts.find(file);
    if (text == texts.end())
    {
        text = texts.emplace(file, ReadTextFile(Root() / file)).first;
    }
    Words includes;
    for (const std::string_view line : LinesOf(text->second))
    {
        const std::size_t start = line.find(open);
        if (line.compare(0, 8, "#include") == 0 && start != std::string_view::npos)
        {
            includes.emplace_back(line.substr(start + 1, line.find(close, start + 1) - start - 1));
        }
    }
    return includes;
}

BOOST_AUTO_TEST_SUITE(include)

BOOST_AUTO_TEST_CASE(EveryRoomIsKnown)
{
    std::set<std::string> rooms{"formats", "detectors"};
    for (const char* storey : {"models", "lab"})
    {
        for (const auto& entry : fs::directory_iterator(Root() / storey))
        {
            const std::string room = std::string(storey) + "/" + entry.path().filename().string();
            if (entry.is_directory() && !SourcesOf(room).empty())
            {
                rooms.insert(room);
            }
        }
    }
    for (const std::string& room : rooms)
    {
        BOOST_TEST(ARROWS.count(room) == 1, room << " has no line in the table of arrows");
    }
}

BOOST_AUTO_TEST_CASE(IncludesFollowTheArrows)
{
    std::size_t count = 0;
    for (const auto& [room, allowed] : ARROWS)
    {
        for (const std::string& file : SourcesOf(room))
        {
            for (const std::string& include : IncludesOf(file, '"', '"'))
            {
                ++count;
                BOOST_TEST(fs::exists(Root() / include),
                           file << " includes " << include << ", which is not from the root");
                const std::string target = RoomOf(include);
                const bool isOpen = target == room || target == "formats" ||
                                    std::count(allowed.begin(), allowed.end(), target) > 0;
                BOOST_TEST(isOpen, file << " includes " << include);
                const auto part = PARTS.find({room, target});
                BOOST_TEST((part == PARTS.end() || std::regex_match(include, part->second)),
                           file << " includes " << include << ", which is not the open part");
            }
        }
    }
    BOOST_TEST(count > 300);
}

/// Through any number of headers.
BOOST_AUTO_TEST_CASE(CoresDoNotReachNs3)
{
    for (const std::string& room : WITHOUT_NS3)
    {
        Words waiting = SourcesOf(room);
        std::set<std::string> seen(waiting.begin(), waiting.end());
        while (!waiting.empty())
        {
            const std::string file = waiting.back();
            waiting.pop_back();
            for (const std::string& include : IncludesOf(file, '<', '>'))
            {
                BOOST_TEST(include.compare(0, 4, "ns3/") != 0,
                           room << " reaches <" << include << "> through " << file);
            }
            for (const std::string& include : IncludesOf(file, '"', '"'))
            {
                if (seen.insert(include).second && fs::exists(Root() / include))
                {
                    waiting.push_back(include);
                }
            }
        }
    }
}

/// Evidence has one file that knows ns-3's packets: the tap.
BOOST_AUTO_TEST_CASE(OnlyTheTapOfEvidenceKnowsNs3)
{
    for (const std::string& file : SourcesOf("lab/evidence"))
    {
        for (const std::string& include : IncludesOf(file, '"', '"'))
        {
            BOOST_TEST((include != "models/path/wire-packet.h" ||
                        file.compare(0, 28, "lab/evidence/wire-serializer") == 0),
                       file);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
