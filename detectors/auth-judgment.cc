#include "detectors/auth-judgment.h"

#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace bouncelab::detectors::auth_cause
{

namespace
{

constexpr CauseText TEXTS[] = {
    {Cause::Ports,
     "auth.ports",
     "blocked ports",
     "the sender gets no tickets: Kerberos is blocked on the way to the domain controllers",
     "between the sending server and the domain controllers",
     "a capture of port 88 (TCP and UDP) at the sending server",
     "open ports 88 (TCP and UDP) from the sending server to the domain controllers"},
    {Cause::NameMissing,
     "auth.names.missing",
     "a missing name",
     "no account has the service name that the sender asks for",
     "the directory's: service names",
     "setspn -L of the receiving server's account",
     "setspn -A the name to the receiving server's account"},
    {Cause::NameDuplicate,
     "auth.names.duplicate",
     "a double name",
     "more than one account has the service name that the sender asks for",
     "the directory's: service names",
     "event 11 in the System logs of the domain controllers, or setspn -X",
     "setspn -D the name from the other account"},
    {Cause::NameMisplaced,
     "auth.names.misplaced",
     "a misplaced name",
     "another account has the receiving server's service name",
     "the directory's: service names",
     "setspn -L of the receiving server's account, setspn -Q of its service name",
     "setspn -D the name from the other account, setspn -A it to the receiving server's"},
    {Cause::Clock,
     "auth.clock",
     "the receiver's clock",
     "the receiving server's clock is more than five minutes off",
     "the receiving server's: its clock",
     "w32tm /stripchart from the receiving server to a domain controller",
     "start the receiving server's time service, w32tm /resync"},
    {Cause::Replication,
     "auth.replication",
     "an old password",
     "a domain controller seals tickets with an old password of the receiving server's account",
     "the directory's: replication between domain controllers",
     "repadmin /showrepl on each domain controller",
     "force the replication (repadmin /syncall); until then let the sender use the other "
     "controller"},
};

} // namespace

const CauseText&
TextOf(Cause cause)
{
    return *std::find_if(std::begin(TEXTS),
                         std::end(TEXTS),
                         [cause](const CauseText& text) { return text.cause == cause; });
}

Judgment::Judgment(const Case& here)
    : m_case(here)
{
    FindPortClues(here, m_clues);
    FindNameClues(here, m_clues);
    FindClockClues(here, m_clues);
    FindReplicationClues(here, m_clues);
    if (here.incident)
    {
        CompareClocks();
    }
}

void
Judgment::CompareClocks()
{
    for (Clue& clue : m_clues)
    {
        if (clue.at.file.empty())
        {
            continue;
        }
        if (const auto compared = m_case.Compare(clue.at))
        {
            m_clocks.emplace(clue.at.file, *compared);
            continue;
        }
        clue.weight = clue.weight == Weight::Excludes ? Weight::Nothing : Weight::Hints;
        m_apart.insert(clue.at.file);
    }
}

std::string
Judgment::Clocks() const
{
    constexpr std::chrono::seconds ALIKE(1);
    std::string told;
    const auto tell =
        [&](const std::string& file, const ClockEstimate& estimate, const std::string& other)
    {
        if (estimate.ahead.IsBeyond(ALIKE))
        {
            told += fmt::format(" The clock of {} is {} that of {} by {}.",
                                file,
                                Difference(estimate.ahead),
                                other,
                                estimate.Basis());
        }
    };
    if (const auto sides = m_case.CompareSides())
    {
        tell(m_case.incident->SeenBy(Keeper::Receiver)->file, sides->estimate, sides->seen->file);
    }
    for (const auto& [file, compared] : m_clocks)
    {
        tell(compared.seen->file, compared.estimate, file);
    }
    for (const std::string& file : m_apart)
    {
        told += fmt::format(" {} cannot be put on one clock with what tells of the failure: they "
                            "have no session, message or request in common.",
                            file);
    }
    return told;
}

std::optional<Cause>
Judgment::Shown() const
{
    for (const CauseText& text : TEXTS)
    {
        if (Has(text.cause, Weight::Shows))
        {
            return text.cause;
        }
    }
    const bool isLast =
        m_case.incident && Has(Cause::Replication, Weight::Hints) &&
        std::all_of(std::begin(TEXTS),
                    std::end(TEXTS),
                    [&](const CauseText& text)
                    { return text.cause == Cause::Replication || IsExcluded(text.cause); });
    return isLast ? std::optional(Cause::Replication) : std::nullopt;
}

std::vector<Cause>
Judgment::Hinted() const
{
    std::vector<Cause> causes;
    for (const CauseText& text : TEXTS)
    {
        if (Has(text.cause, Weight::Hints) || Has(text.cause, Weight::Shows))
        {
            causes.push_back(text.cause);
        }
    }
    return causes;
}

bool
Judgment::IsExcluded(Cause cause) const
{
    return Has(cause, Weight::Excludes) && !Has(cause, Weight::Hints) && !Has(cause, Weight::Shows);
}

std::string
Judgment::WordsOf(Cause cause, Weight least, std::vector<QuotedLine>& lines) const
{
    constexpr std::size_t MOST = 3;
    std::vector<std::string> words;
    for (const Weight weight : {Weight::Shows, Weight::Hints})
    {
        for (const Clue& clue : m_clues)
        {
            if (clue.cause == cause && clue.weight == weight && weight >= least &&
                words.size() < MOST)
            {
                words.push_back(clue.words);
                lines.insert(lines.end(), clue.lines.begin(), clue.lines.end());
            }
        }
    }
    return fmt::format("{}", fmt::join(words, "; "));
}

std::vector<Sign>
Judgment::Signs(std::vector<QuotedLine>& lines) const
{
    std::vector<Sign> signs;
    for (const Cause cause : Hinted())
    {
        std::vector<QuotedLine> own;
        const std::string words = WordsOf(cause, Weight::Hints, own);
        const std::string label(TextOf(cause).label);
        const auto known = std::find_if(signs.begin(),
                                        signs.end(),
                                        [&](const Sign& sign) { return sign.words == words; });
        if (known == signs.end())
        {
            signs.push_back({label, words});
            lines.insert(lines.end(), own.begin(), own.end());
        }
        else
        {
            known->labels += " or " + label;
        }
    }
    return signs;
}

std::string
Judgment::ClassLeft() const
{
    const std::vector<Cause> causes = Hinted();
    std::string common(causes.empty() ? std::string_view() : TextOf(causes.front()).dottedClass);
    for (const Cause cause : causes)
    {
        const std::string here = fmt::format("{}.", TextOf(cause).dottedClass);
        while (!common.empty() && !StartsWith(here, common + "."))
        {
            const std::size_t dot = common.rfind('.');
            common.resize(dot == common.npos ? 0 : dot);
        }
    }
    return common;
}

std::string
Judgment::Excluded() const
{
    constexpr int MOST = 2; // Of one cause.
    std::vector<std::pair<std::string, std::vector<std::string>>> byWords;
    std::map<Cause, int> told;
    for (const Clue& clue : m_clues)
    {
        if (clue.weight != Weight::Excludes || !IsExcluded(clue.cause) || ++told[clue.cause] > MOST)
        {
            continue;
        }
        auto known = std::find_if(byWords.begin(),
                                  byWords.end(),
                                  [&](const auto& each) { return each.first == clue.words; });
        if (known == byWords.end())
        {
            known = byWords.insert(known, {clue.words, {}});
        }
        known->second.emplace_back(TextOf(clue.cause).label);
    }
    std::vector<std::string> all;
    for (const auto& [words, labels] : byWords)
    {
        all.push_back(fmt::format("{}, because {}", Enumerate(labels), words));
    }
    return all.empty() ? "" : fmt::format(" Ruled out: {}.", fmt::join(all, "; "));
}

std::string
Judgment::Decides(const std::vector<Cause>& among) const
{
    std::vector<std::string> means;
    for (const CauseText& text : TEXTS)
    {
        const std::string mean(text.decides);
        const bool isAsked =
            among.empty() || std::find(among.begin(), among.end(), text.cause) != among.end();
        if (isAsked && !IsExcluded(text.cause) &&
            std::find(means.begin(), means.end(), mean) == means.end())
        {
            means.push_back(mean);
        }
    }
    return fmt::format("{}", fmt::join(means, "; "));
}

bool
Judgment::Has(Cause cause, Weight weight) const
{
    return std::any_of(m_clues.begin(),
                       m_clues.end(),
                       [&](const Clue& clue)
                       { return clue.cause == cause && clue.weight == weight; });
}

} // namespace bouncelab::detectors::auth_cause
