#include "lab/scenario/expectations.h"

#include "formats/text.h"
#include "lab/scenario/load.h"
#include "lab/scenario/yaml-reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

namespace bouncelab::scenario
{

bool
IsEvidenceId(std::string_view text)
{
    const auto isWord = [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; };
    const bool isFact = text.size() >= 3 && (text[0] == 'F' || text[0] == 'I') &&
                        IsDigit(text[1]) && IsDigit(text[2]) &&
                        (text.size() == 3 || (text.size() > 4 && text[3] == '-' &&
                                              std::all_of(text.begin() + 4, text.end(), isWord)));
    return isFact || (text.size() >= 6 && text.size() <= 9 && text[0] == 'S' && text[4] == '-' &&
                      std::all_of(text.begin() + 1, text.begin() + 4, IsDigit) &&
                      std::all_of(text.begin() + 5, text.end(), IsDigit));
}

namespace
{

/// Reads `count`, which depends on the verdict beside it.
void
ReadCount(ExpectedVerdict& expected, const std::string& path, const Marks& marks)
{
    const auto need = [&](bool condition, const char* wanted)
    {
        if (!condition)
        {
            const std::string key = JoinPath(path, "count");
            throw ScenarioError(marks.Find(key),
                                key,
                                fmt::format("found {} with verdict `{}`, expected {}",
                                            Quote(expected.count),
                                            NameOf(expected.verdict),
                                            wanted));
        }
    };
    const std::optional<LineCount> lines = LineCount::Parse(expected.count);
    need(lines.has_value(), "a number, `every-event`, `each SELECTION.FIELD` or LEAST to MOST");
    const bool isSilent = expected.verdict != ExpectedWord::Fault &&
                          expected.verdict != ExpectedWord::Benign &&
                          expected.verdict != ExpectedWord::Inconclusive;
    const bool isByRun = lines->isEveryEvent || !lines->each.empty();
    need(!isSilent || (lines->most == 0 && !isByRun), "0: silence has no lines");
    need(isSilent || lines->least > 0 || isByRun, "1 or more");
    need(lines->least <= lines->most, "no more at least than at most");
    need(!lines->isEveryEvent || expected.verdict == ExpectedWord::Fault,
         "`fault`: only faults are events");
    need(lines->isEveryEvent || expected.except.empty(), "`every-event` beside `except`");
    expected.lines = *lines;
}

/// The key path of a verdict, by the names under which it is written.
std::string
PathOf(const std::string& detector, const std::string& vantage)
{
    return JoinPath(JoinPath("verdicts", detector), vantage);
}

/// A whole number of at most 18 digits.
std::optional<std::uint64_t>
ParseUnsigned(std::string_view text)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && text.size() < 19
               ? std::optional(number)
               : std::nullopt;
}

/// What looks like one of the lab's own ids is one; users have theirs.
void
CheckClaimId(const std::string& id, const std::string& key, const Marks& marks)
{
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto isPlain = [&](char c) { return isLetter(c) || IsDigit(c) || c == '-'; };
    const bool looksOwn = id.size() > 1 && (id[0] == 'S' || id[0] == 'F' || id[0] == 'I') &&
                          (IsDigit(id[1]) || id[1] == '-');
    const bool isOthers =
        !looksOwn && !id.empty() && isLetter(id[0]) && std::all_of(id.begin(), id.end(), isPlain);
    if (!IsEvidenceId(id) && !isOthers)
    {
        throw ScenarioError(marks.Find(key),
                            key,
                            "found " + Quote(id) +
                                ", expected an evidence id such as S003-20, a fact's such as F78 "
                                "or I12-block, or one of your own such as my-claim");
    }
}

void
CheckVantages(const Expectations& expectations, const Scenario& scenario)
{
    std::vector<std::string_view> places;
    for (const auto& entry : scenario.vantages)
    {
        places.push_back(entry.first);
    }
    for (const auto& [detector, vantages] : expectations.verdicts)
    {
        for (const auto& entry : vantages)
        {
            if (entry.first != EVERY_OTHER && scenario.vantages.count(entry.first) == 0)
            {
                const std::string key = PathOf(detector, entry.first);
                throw ScenarioError(expectations.marks.Find(key),
                                    key,
                                    "found no vantage " + Quote(entry.first) +
                                        Suggest(entry.first, places));
            }
        }
    }
}

void
CheckIsClaimed(const std::string& id,
               const std::string& key,
               const std::set<std::string>& claimed,
               const Marks& marks)
{
    if (claimed.count(id) == 0)
    {
        throw ScenarioError(marks.Find(key),
                            key,
                            "found no claim " + Quote(id) +
                                Suggest(id, {claimed.begin(), claimed.end()}));
    }
}

/// That a variant's broken worlds can be had, and that what they miss is claimed somewhere.
void
CheckBreaks(const Expectations& expectations,
            const std::set<std::string>& claimed,
            const std::string& variant,
            const ScenarioFile& scenario,
            const PersonaLibrary& personas)
{
    for (const auto& [name, broken] : expectations.breaks)
    {
        const std::string key = JoinPath("breaks", name);
        for (const auto& [list, ids] :
             {std::pair("misses", broken.misses), std::pair("unmeasured", broken.unmeasured)})
        {
            for (const std::string& id : ids)
            {
                CheckIsClaimed(id, JoinPath(key, list), claimed, expectations.marks);
            }
        }
        if (expectations.Claimed(broken.misses).empty())
        {
            continue;
        }
        try
        {
            scenario.Resolve(variant, personas, {broken.set});
        }
        catch (const ScenarioError& error)
        {
            const std::string set = JoinPath(key, "set");
            throw ScenarioError(
                expectations.marks.Find(set),
                set,
                fmt::format("variant {}: {}: {}", variant, error.Key(), error.Text()));
        }
    }
}

} // namespace

std::optional<LineCount>
LineCount::Parse(std::string_view text)
{
    constexpr std::string_view TO = " to ";
    constexpr std::string_view EACH = "each ";
    LineCount lines;
    if (text == "every-event")
    {
        lines.isEveryEvent = true;
        return lines;
    }
    if (StartsWith(text, EACH))
    {
        lines.each = text.substr(EACH.size());
        return lines.each.empty() ? std::nullopt : std::optional(lines);
    }
    const std::size_t to = text.find(TO);
    lines.isMeasured = to != std::string_view::npos;
    const auto least = ParseUnsigned(text.substr(0, to));
    const auto most = lines.isMeasured ? ParseUnsigned(text.substr(to + TO.size())) : least;
    if (!least || !most)
    {
        return std::nullopt;
    }
    lines.least = *least;
    lines.most = *most;
    return lines;
}

const ExpectedVerdict*
Expectations::VerdictOf(const std::string& detector, const std::string& vantage) const
{
    for (const std::string& name : {detector, std::string(EVERY_OTHER)})
    {
        const auto vantages = verdicts.find(name);
        if (vantages == verdicts.end())
        {
            continue;
        }
        for (const std::string& place : {vantage, std::string(EVERY_OTHER)})
        {
            if (const auto at = vantages->second.find(place); at != vantages->second.end())
            {
                return &at->second;
            }
        }
    }
    return nullptr;
}

std::string
Expectations::VerdictPath(const std::string& detector, const std::string& vantage) const
{
    const ExpectedVerdict* expected = VerdictOf(detector, vantage);
    for (const auto& [name, vantages] : verdicts)
    {
        for (const auto& [place, verdict] : vantages)
        {
            if (&verdict == expected)
            {
                return PathOf(name, place);
            }
        }
    }
    return {};
}

std::vector<std::string>
Expectations::Claimed(const std::vector<std::string>& ids) const
{
    std::set<std::string> claimed;
    for (const std::string& id : ids)
    {
        if (claims.count(id) != 0)
        {
            claimed.insert(id);
        }
    }
    return {claimed.begin(), claimed.end()};
}

ExpectationFile::ExpectationFile(VariantFile file)
    : m_file(std::move(file))
{
}

ExpectationFile
ExpectationFile::Load(const std::string& path)
{
    return ExpectationFile(VariantFile(LoadTree(path), path, {"name"}));
}

Expectations
ExpectationFile::Resolve(const std::string& variant) const
{
    Expectations expectations;
    Marks& marks = expectations.marks;
    YamlReader(nullptr, marks).ReadStruct(m_file.Tree(variant), "", ValueOf(expectations));
    for (const auto& entry : expectations.claims)
    {
        CheckClaimId(entry.first, JoinPath("claims", entry.first), marks);
    }
    for (const auto& [name, broken] : expectations.breaks)
    {
        const std::string key = JoinPath(JoinPath("breaks", name), "misses");
        if (broken.misses.empty())
        {
            throw ScenarioError(marks.Find(key),
                                key,
                                "found no claims, expected those that are missed in that world");
        }
    }
    for (auto& [detector, vantages] : expectations.verdicts)
    {
        for (auto& [vantage, expected] : vantages)
        {
            ReadCount(expected, PathOf(detector, vantage), marks);
        }
    }
    return expectations;
}

void
ExpectationFile::CheckAgainst(const ScenarioFile& scenario, const PersonaLibrary& personas) const
{
    const TextNode& name = m_file.Head("name");
    if (name.text != scenario.Name())
    {
        throw ScenarioError(name.at,
                            "name",
                            fmt::format("found {}, expected {}, the scenario's name",
                                        Quote(name.text),
                                        Quote(scenario.Name())));
    }
    const std::vector<std::string>& known = scenario.Variants();
    for (const std::string& variant : Variants())
    {
        if (std::find(known.begin(), known.end(), variant) == known.end())
        {
            throw ScenarioError(m_file.At(variant),
                                "variants." + variant,
                                "found no such variant of the scenario" +
                                    Suggest(variant, {known.begin(), known.end()}));
        }
    }
    std::set<std::string> claimed;
    for (const std::string& variant : Variants())
    {
        for (const auto& entry : Resolve(variant).claims)
        {
            claimed.insert(entry.first);
        }
    }
    for (const std::string& variant : Variants())
    {
        const Expectations expectations = Resolve(variant);
        CheckVantages(expectations, scenario.Resolve(variant, personas));
        CheckBreaks(expectations, claimed, variant, scenario, personas);
    }
}

Expectations
ExpectationsFor(const std::string& scenarioFile, const std::string& variant)
{
    const std::filesystem::path file =
        std::filesystem::path(scenarioFile).parent_path() / "expect.yaml";
    if (!std::filesystem::exists(file))
    {
        return {};
    }
    const ExpectationFile expectations = ExpectationFile::Load(file.string());
    const std::vector<std::string>& known = expectations.Variants();
    return std::find(known.begin(), known.end(), variant) == known.end()
               ? Expectations()
               : expectations.Resolve(variant);
}

} // namespace bouncelab::scenario
