#include "lab/scenario/expectations.h"

#include "formats/text.h"
#include "lab/scenario/load.h"
#include "lab/scenario/yaml-reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::scenario
{

namespace
{

/// S003-20: a document and the number of one of its rows.
bool
IsEvidenceId(std::string_view text)
{
    return text.size() >= 6 && text.size() <= 9 && text[0] == 'S' && text[4] == '-' &&
           std::all_of(text.begin() + 1, text.begin() + 4, IsDigit) &&
           std::all_of(text.begin() + 5, text.end(), IsDigit);
}

void
CheckVerdict(const ExpectedVerdict& expected, const std::string& path, const Marks& marks)
{
    const bool isSilent = expected.verdict != ExpectedWord::Fault &&
                          expected.verdict != ExpectedWord::Benign &&
                          expected.verdict != ExpectedWord::Inconclusive;
    if (isSilent != (expected.count == 0))
    {
        const std::string key = JoinPath(path, "count");
        throw ScenarioError(marks.Find(key),
                            key,
                            fmt::format("found {} with verdict `{}`, expected {}",
                                        expected.count,
                                        NameOf(expected.verdict),
                                        isSilent ? "0" : "1 or more"));
    }
    if (isSilent && expected.least)
    {
        const std::string key = JoinPath(path, "at-least");
        throw ScenarioError(
            marks.Find(key),
            key,
            fmt::format("found true with verdict `{}`, expected no such key: silence "
                        "has no number of lines",
                        NameOf(expected.verdict)));
    }
}

} // namespace

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
        if (!IsEvidenceId(entry.first))
        {
            const std::string key = JoinPath("claims", entry.first);
            throw ScenarioError(marks.Find(key),
                                key,
                                "found " + Quote(entry.first) +
                                    ", expected an evidence id such as S003-20");
        }
    }
    for (const auto& [detector, vantages] : expectations.verdicts)
    {
        for (const auto& [vantage, expected] : vantages)
        {
            CheckVerdict(expected, JoinPath(JoinPath("verdicts", detector), vantage), marks);
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
    for (const std::string& variant : known)
    {
        const Expectations expectations = Resolve(variant);
        const Scenario resolved = scenario.Resolve(variant, personas);
        std::vector<std::string_view> places;
        for (const auto& entry : resolved.vantages)
        {
            places.push_back(entry.first);
        }
        for (const auto& [detector, vantages] : expectations.verdicts)
        {
            for (const auto& entry : vantages)
            {
                if (entry.first != EVERY_OTHER &&
                    resolved.vantages.find(entry.first) == resolved.vantages.end())
                {
                    const std::string key = JoinPath(JoinPath("verdicts", detector), entry.first);
                    throw ScenarioError(expectations.marks.Find(key),
                                        key,
                                        "found no vantage " + Quote(entry.first) +
                                            Suggest(entry.first, places));
                }
            }
        }
    }
}

} // namespace bouncelab::scenario
