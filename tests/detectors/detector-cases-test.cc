#include "packet-script.h"
#include "run-detector.h"
#include "tests/cases/case-file.h"
#include "tests/tree.h"

#include "formats/endpoint.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::test;

const fs::path CASES = tests::SourceDir() / "tests" / "detectors" / "cases";

void
WriteFile(const EvidenceScratch& evidence, const std::string& name, const Case& file)
{
    if (!file.lines.empty())
    {
        evidence.Write(name,
                       fs::path(name).extension() == ".pcap" ? PcapOf(ReadPacketScript(file.lines))
                                                             : file.Text());
    }
}

/// A case is a folder: capture.pcap and what stands behind each "--- FILE".
void
WriteEvidence(const EvidenceScratch& evidence, const Case& described)
{
    const std::string MARK = "--- ";
    std::string name = "capture.pcap";
    Case file;
    for (const CaseLine& line : described.lines)
    {
        if (line.text.compare(0, MARK.size(), MARK) == 0)
        {
            WriteFile(evidence, name, file);
            name = line.text.substr(MARK.size());
            file.lines.clear();
        }
        else
        {
            file.lines.push_back(line);
        }
    }
    WriteFile(evidence, name, file);
}

/// An expected line's words; what stands in quotes is one.
std::vector<std::string>
WordsOf(const std::string& line)
{
    std::istringstream stream(line);
    std::vector<std::string> words;
    while (stream >> std::ws && stream.good())
    {
        std::string word;
        if (stream.peek() == '"')
        {
            stream.get();
            std::getline(stream, word, '"');
            word.insert(0, 1, '"');
        }
        else
        {
            stream >> word;
        }
        words.push_back(word);
    }
    return words;
}

std::string
FramesOf(const Alert& alert)
{
    return fmt::format("{}", fmt::join(alert.evidence.frames, ","));
}

std::string
HopsOf(const Alert& alert)
{
    return alert.where.hops ? fmt::format("{}-{}", alert.where.hops->after, alert.where.hops->to)
                            : "none";
}

bool
Assumes(const Alert& alert, const std::string& phrase)
{
    const auto& all = alert.where.assuming;
    return std::find(all.begin(), all.end(), phrase) != all.end();
}

/// Holds an alert against the words behind `DETECTOR: `.
void
CheckAlert(const Alert& alert, const std::vector<std::string>& words)
{
    BOOST_TEST(NameOf(alert.verdict) == words.at(0));
    const std::map<std::string, std::string> said{
        {"frame", std::to_string(alert.frame)},
        {"frames", FramesOf(alert)},
        {"hops", HopsOf(alert)},
        {"score", fmt::format("{}", alert.score)},
        {"from", EndpointText(alert.source, alert.sourcePort)},
        {"to", EndpointText(alert.destination, alert.destinationPort)},
        {"in", alert.evidence.file},
        {"count", std::to_string(alert.evidence.count)},
        {"quotes", std::to_string(alert.evidence.log.size())}};
    for (std::size_t i = 1; i < words.size(); ++i)
    {
        const std::string& word = words[i];
        if (word[0] == '"')
        {
            BOOST_TEST(alert.evidence.explanation.find(word.substr(1)) != std::string::npos,
                       "explained as: " << alert.evidence.explanation
                                        << "\nexpected in it: " << word.substr(1));
        }
        else if (word == "without")
        {
            const std::string part = words.at(++i).substr(1);
            BOOST_TEST(alert.evidence.explanation.find(part) == std::string::npos,
                       "explained as: " << alert.evidence.explanation
                                        << "\nnot expected in it: " << part);
        }
        else if (word == "by")
        {
            BOOST_TEST(alert.where.by == words.at(++i).substr(1));
        }
        else if (word == "assuming")
        {
            const std::string phrase = words.at(++i).substr(1);
            BOOST_TEST(Assumes(alert, phrase), "not assumed: " << phrase);
        }
        else if (const auto member = said.find(word); member != said.end())
        {
            const std::string value = words.at(++i);
            BOOST_TEST(member->second == value,
                       word << " " << member->second << ", expected " << value);
        }
        else
        {
            BOOST_TEST(alert.dottedClass == word);
        }
    }
}

void
CheckCase(const Case& described)
{
    BOOST_TEST_CONTEXT(described.at)
    {
        std::map<std::string, std::vector<std::vector<std::string>>> expected;
        for (const std::string& line : described.expected)
        {
            std::vector<std::string> words = WordsOf(line);
            std::string detector = words.at(0);
            BOOST_REQUIRE_MESSAGE(detector.back() == ':', "expected DETECTOR: in " << line);
            detector.pop_back();
            words.erase(words.begin());
            auto& lines = expected[detector];
            if (words.at(0) != "silent")
            {
                lines.push_back(std::move(words));
            }
        }
        const EvidenceScratch evidence;
        WriteEvidence(evidence, described);
        for (const auto& [detector, lines] : expected)
        {
            const std::vector<Alert> alerts = JudgePath(evidence.Path(), detector);
            BOOST_TEST(alerts.size() == lines.size(),
                       detector << " said " << alerts.size() << " lines, expected "
                                << lines.size());
            for (std::size_t i = 0; i < std::min(alerts.size(), lines.size()); ++i)
            {
                BOOST_TEST_CONTEXT(detector << ": " << ToJsonLine(alerts[i]))
                {
                    CheckAlert(alerts[i], lines[i]);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE(detector_cases)

using boost::unit_test::test_suite;

void
Add(test_suite& suite, const std::string& name, const std::function<void()>& check)
{
    suite.add(boost::unit_test::make_test_case(check, name, __FILE__, __LINE__));
}

/// Every case that expects anything is a test of its own: detector_cases/early-reply/NAME.
void
AddCases(test_suite& all)
{
    std::map<std::string, test_suite*> suites;
    for (const Case& described : ReadCasesIn(CASES))
    {
        if (described.expected.empty())
        {
            continue;
        }
        const std::string file = described.at.substr(0, described.at.find('.'));
        test_suite*& suite = suites[file];
        if (!suite)
        {
            suite = new test_suite(file, __FILE__, __LINE__);
            all.add(suite);
        }
        Add(*suite, described.name, [described] { CheckCase(described); });
    }
}

const bool ARE_ADDED = []
{
    test_suite& all = boost::unit_test::framework::current_auto_test_suite();
    try
    {
        AddCases(all);
    }
    catch (const std::runtime_error& error)
    {
        Add(all, "can-be-read", [said = std::string(error.what())] { BOOST_FAIL(said); });
    }
    return true;
}();

BOOST_AUTO_TEST_SUITE_END()

} // namespace
