#include "formats/text.h"
#include "lab/score/fidelity/measures.h"
#include "lab/score/label-param.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

/// What a relay tester was told, what left the server, and what came back (S004).
namespace bouncelab::score
{

namespace
{

namespace fs = std::filesystem;

constexpr unsigned DOCUMENTED_TESTS = 7;
constexpr std::string_view SAID = ">>> ";
constexpr std::string_view ANSWERED = "<<< ";

/// Every file of the evidence whose name begins and ends so, in the order of their paths.
std::vector<fs::path>
FilesLike(const RunFolder& run, std::string_view start, std::string_view end)
{
    std::vector<fs::path> found;
    const fs::path evidence = run.Root() / "evidence";
    for (const std::string& file : FilesBelow(evidence))
    {
        const std::string name = fs::path(file).filename().string();
        if (StartsWith(name, start) && EndsWith(name, end))
        {
            found.push_back(evidence / file);
        }
    }
    return found;
}

/// One test as the tester's transcript has it; a test that was begun anew is the last try.
struct TestTold
{
    std::string recipient;
    std::string reset = "none";
    std::string mail = "none";
    std::string rcpt = "none";

    bool IsAccepted() const { return rcpt[0] == '2'; }
};

std::map<unsigned, TestTold>
TestsTold(const Subject& subject)
{
    const std::vector<fs::path> transcripts = FilesLike(subject.Run(), "relay-test-", ".txt");
    if (transcripts.empty())
    {
        throw NotMeasurable("no vantage holds a relay tester's transcript");
    }
    constexpr std::string_view TITLE = "Relay test ";
    std::map<unsigned, TestTold> tests;
    TestTold* test = nullptr;
    std::string* answer = nullptr;
    const std::string transcript = ReadTextFile(transcripts.front());
    for (const std::string_view view : LinesOf(transcript))
    {
        const std::string line(view);
        if (StartsWith(line, TITLE))
        {
            const auto number =
                static_cast<unsigned>(std::strtoul(line.c_str() + TITLE.size(), nullptr, 10));
            test = number == 0 ? nullptr : &(tests[number] = TestTold{});
            answer = nullptr;
        }
        else if (test && StartsWith(line, SAID))
        {
            const std::string verb = line.substr(SAID.size(), 4);
            answer = verb == "RSET"                     ? &test->reset
                     : verb == "MAIL" || verb == "mail" ? &test->mail
                     : verb == "RCPT" || verb == "rcpt" ? &test->rcpt
                                                        : nullptr;
            if (answer == &test->rcpt)
            {
                const std::size_t open = line.find('<');
                test->recipient = line.substr(open + 1, line.rfind('>') - open - 1);
            }
        }
        else if (answer && StartsWith(line, ANSWERED))
        {
            *answer = Trim(std::string_view(line).substr(ANSWERED.size()), LINE_BLANKS);
        }
    }
    return tests;
}

/// By the truth: whether the message that a test sent left the server for the foreign domain.
bool
Left(const Subject& subject, unsigned test)
{
    const std::string start = fmt::format("<relay-test-{}-", test);
    const auto& labels = subject.Run().Labels();
    return std::any_of(labels.begin(),
                       labels.end(),
                       [&](const Label& label) {
                           return ParamOf(label, "did") == "relayed" &&
                                  StartsWith(ParamOf(label, "message_id"), start);
                       });
}

/// Quoted-printable as it was meant, for text in one piece.
std::string
Decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] != '=' || i + 1 >= text.size())
        {
            out += text[i];
        }
        else if (text[i + 1] == '\n')
        {
            ++i;
        }
        else
        {
            const std::string digits(text.substr(i + 1, 2));
            out += static_cast<char>(std::strtoul(digits.c_str(), nullptr, 16));
            i += 2;
        }
    }
    return out;
}

/// The non-delivery report on a test's message, as its lines for people; empty = none came.
std::vector<std::string>
ReportOn(const Subject& subject, unsigned test)
{
    const std::string id = fmt::format("<relay-test-{}-", test);
    constexpr std::string_view FIRST = "Your message did not reach";
    for (const fs::path& mailbox : FilesLike(subject.Run(), "", ".mbox"))
    {
        const std::string text = ReadTextFile(mailbox);
        std::size_t begin = 0;
        while (begin != std::string::npos)
        {
            const std::size_t next = text.find("\nFrom ", begin + 1);
            const std::string message = text.substr(begin, next - begin);
            const std::size_t first = message.find(FIRST);
            if (first != std::string::npos && message.find(id) != std::string::npos)
            {
                const std::string report =
                    Decoded(message.substr(first, message.find("\n--", first) - first));
                std::vector<std::string> lines;
                for (const std::string_view line : LinesOf(report))
                {
                    lines.push_back(std::string(Trim(line, LINE_BLANKS)));
                }
                return lines;
            }
            begin = next;
        }
    }
    return {};
}

Facts
RelayTestFacts(const Subject& subject, unsigned number)
{
    const auto tests = TestsTold(subject);
    const auto test = tests.find(number);
    if (test == tests.end())
    {
        throw NotMeasurable(fmt::format("the transcript has no test {}", number));
    }
    return {{"RSET", test->second.reset},
            {"MAIL", test->second.mail},
            {"RCPT", test->second.rcpt},
            {"tester says", test->second.IsAccepted() ? "open relay" : "pass"},
            YesNo("left the server", Left(subject, number)),
            YesNo("reported", !ReportOn(subject, number).empty())};
}

/// "accept iff the domain of RCPT is local" (S004-12).
Facts
RelayRule(const Subject& subject)
{
    constexpr std::string_view LOCAL = "@northwindtraders.com";
    std::int64_t accepted = 0;
    std::int64_t refused = 0;
    bool onlyLocal = true;
    for (const auto& [number, test] : TestsTold(subject))
    {
        const std::string& recipient = test.recipient;
        const bool isBare = recipient.find('@') == std::string::npos || recipient.back() == '"';
        const bool isLocal =
            isBare ||
            (recipient.size() > LOCAL.size() &&
             recipient.compare(recipient.size() - LOCAL.size(), LOCAL.size(), LOCAL) == 0);
        (test.IsAccepted() ? accepted : refused) += 1;
        onlyLocal = onlyLocal && isLocal == test.IsAccepted();
    }
    return {Count("accepted", accepted),
            Count("refused", refused),
            YesNo("accepted where the domain is local, and only there", onlyLocal)};
}

/// How recipients were turned away (S004-10): codes and sentences, without the addresses.
Facts
RelayRefusals(const Subject& subject)
{
    std::int64_t refused = 0;
    std::set<std::string> codes;
    bool saysRelaying = true;
    for (const auto& [number, test] : TestsTold(subject))
    {
        if (test.IsAccepted())
        {
            continue;
        }
        ++refused;
        const bool isEnhanced = test.rcpt.size() > 5 && test.rcpt[5] == '.';
        codes.insert(test.rcpt.substr(0, isEnhanced ? test.rcpt.find(' ', 4) : 3));
        std::string lower = test.rcpt;
        std::transform(lower.begin(),
                       lower.end(),
                       lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        saysRelaying = saysRelaying && lower.find("relay") != std::string::npos;
    }
    std::string all;
    for (const std::string& code : codes)
    {
        all += (all.empty() ? "" : ", ") + code;
    }
    return {Count("refused", refused),
            {"code", all.empty() ? "none" : all},
            YesNo("all speak of relaying", refused > 0 && saysRelaying)};
}

Facts
RelayVerdicts(const Subject& subject)
{
    std::int64_t accepted = 0;
    std::int64_t left = 0;
    std::int64_t reported = 0;
    for (const auto& [number, test] : TestsTold(subject))
    {
        accepted += test.IsAccepted() ? 1 : 0;
        left += Left(subject, number) ? 1 : 0;
        reported += ReportOn(subject, number).empty() ? 0 : 1;
    }
    return {Count("accepted", accepted),
            Count("left the server", left),
            Count("reported", reported),
            YesNo("replies say open", accepted > 0),
            YesNo("relays", left > 0)};
}

Facts
ReportText(const Subject& subject, unsigned number)
{
    const std::vector<std::string> lines = ReportOn(subject, number);
    if (lines.empty())
    {
        throw NotMeasurable(fmt::format("no mailbox holds a report on test {}", number));
    }
    Facts facts{{"first line", lines.front()},
                {"Subject", "none"},
                {"Sent", "none"},
                {"heading", "none"},
                {"recipient", "none"},
                {"failed", "none"},
                {"explanation", "none"},
                {"last line", "none"}};
    for (std::size_t i = 1; i < lines.size(); ++i)
    {
        const std::string& line = lines[i];
        const std::size_t on = line.find(" on ");
        if (StartsWith(line, "Subject:"))
        {
            facts[1].value = std::string(Trim(line.substr(8), LINE_BLANKS));
        }
        else if (StartsWith(line, "Sent:"))
        {
            facts[2].value = std::string(Trim(line.substr(5), LINE_BLANKS));
        }
        else if (StartsWith(line, "The following"))
        {
            facts[3].value = line;
        }
        else if (facts[4].value == "none" && on != std::string::npos && facts[3].value != "none")
        {
            facts[4].value = line.substr(0, on);
            facts[5].value = line.substr(on + 4);
        }
        else if (facts[4].value != "none" && !line.empty())
        {
            facts[line.front() == '<' ? 7 : 6].value = line;
        }
    }
    return facts;
}

} // namespace

void
AddRelayMeasures(MeasureTable& table)
{
    for (unsigned number = 1; number <= DOCUMENTED_TESTS; ++number)
    {
        table[fmt::format("relay-test-{}", number)] = {
            fmt::format("What test {} of the relay tester was answered, and whether its mail left.",
                        number),
            {"RSET", "MAIL", "RCPT", "tester says", "left the server", "reported"},
            [number](const Subject& subject) { return RelayTestFacts(subject, number); }};
    }
    for (const unsigned number : {6U, 7U})
    {
        table[fmt::format("relay-report-{}", number)] = {
            fmt::format("The non-delivery report on test {}, in the first mailbox that has it.",
                        number),
            {"first line",
             "Subject",
             "Sent",
             "heading",
             "recipient",
             "failed",
             "explanation",
             "last line"},
            [number](const Subject& subject) { return ReportText(subject, number); }};
    }
    table["relay-rule"] = {
        "Which of the tester's recipients were accepted.",
        {"accepted", "refused", "accepted where the domain is local, and only there"},
        RelayRule};
    table["relay-refusals"] = {"How the tester's recipients were turned away.",
                               {"refused", "code", "all speak of relaying"},
                               RelayRefusals};
    table["relay-verdicts"] = {
        "The verdict of replies beside that of what left the server.",
        {"accepted", "left the server", "reported", "replies say open", "relays"},
        RelayVerdicts};
}

} // namespace bouncelab::score
