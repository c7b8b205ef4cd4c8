#include "lab/score/claim-check.h"

#include "formats/text.h"
#include "lab/score/fidelity/condition.h"
#include "lab/score/fidelity/evaluation.h"
#include "lab/score/fidelity/functions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace bouncelab::score
{

namespace
{

using scenario::JoinPath;
using scenario::Quote;

template <class Map>
std::vector<std::string_view>
NamesIn(const Map& map)
{
    std::vector<std::string_view> names;
    for (const auto& entry : map)
    {
        names.push_back(entry.first);
    }
    return names;
}

bool
IsNumber(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

class ClaimChecker
{
  public:
    explicit ClaimChecker(const scenario::Expectations& expectations)
        : m_expectations(expectations)
    {
    }

    void Check()
    {
        for (const auto& [name, selection] : m_expectations.select)
        {
            CheckSelection(JoinPath("select", name), name, selection);
        }
        for (const auto& [name, recipes] : m_expectations.measure)
        {
            for (const auto& [fact, recipe] : recipes)
            {
                CheckRecipe(JoinPath(JoinPath("measure", name), fact), name + "/" + fact, recipe);
            }
        }
        for (const auto& [id, claim] : m_expectations.claims)
        {
            CheckClaim(JoinPath("claims", id), claim);
        }
        for (const auto& [detector, vantages] : m_expectations.verdicts)
        {
            for (const auto& [vantage, expected] : vantages)
            {
                if (!expected.lines.each.empty())
                {
                    const std::string path = JoinPath(JoinPath("verdicts", detector), vantage);
                    CheckReference(JoinPath(path, "count"), expected.lines.each);
                }
            }
        }
    }

  private:
    [[noreturn]] void Fail(const std::string& path, const std::string& text) const
    {
        throw scenario::ScenarioError(m_expectations.marks.Find(path), path, text);
    }

    template <class Map>
    const typename Map::mapped_type& Named(const std::string& path,
                                           std::string_view what,
                                           const std::string& name,
                                           const Map& map) const
    {
        const auto found = map.find(name);
        if (found == map.end())
        {
            Fail(path,
                 fmt::format("found no {} {}{}",
                             what,
                             Quote(name),
                             scenario::Suggest(name, NamesIn(map))));
        }
        return found->second;
    }

    /// \param open selections that are being looked at: one of them again is a circle
    const TableKind& KindOf(const std::string& path,
                            const std::string& name,
                            std::set<std::string> open)
    {
        const scenario::Selection& selection =
            Named(path, "selection", name, m_expectations.select);
        if (const auto known = m_kinds.find(name); known != m_kinds.end())
        {
            return *known->second;
        }
        if (!open.insert(name).second)
        {
            Fail(path, fmt::format("found {}, which is taken from itself", Quote(name)));
        }
        const std::string own = JoinPath("select", name);
        if (selection.kind.empty() == selection.from.empty())
        {
            Fail(own, "found neither or both of `kind` and `from`, expected one of them");
        }
        const TableKind* kind = nullptr;
        if (!selection.kind.empty())
        {
            kind = &Named(JoinPath(own, "kind"), "kind of evidence", selection.kind, AllKinds());
        }
        for (const std::string& from : selection.from)
        {
            const TableKind& other = KindOf(JoinPath(own, "from"), from, open);
            if (kind && kind != &other)
            {
                Fail(JoinPath(own, "from"),
                     "found selections of different kinds, expected one kind");
            }
            kind = &other;
        }
        // What else it depends on must not lead back to it either.
        for (const std::string& other : Neighbours(selection))
        {
            if (m_expectations.select.count(other) > 0)
            {
                KindOf(own, other, open);
            }
        }
        m_kinds.emplace(name, kind);
        return *kind;
    }

    /// The selections that the rows of one are compared with.
    static std::vector<std::string> Neighbours(const scenario::Selection& selection)
    {
        std::vector<std::string> names;
        for (const std::string& name : {selection.after, selection.before})
        {
            if (!name.empty())
            {
                names.push_back(name);
            }
        }
        for (const auto& [field, text] : selection.where)
        {
            names.push_back(SplitOperand(ConditionText(text), '.').first);
        }
        return names;
    }

    static std::string ConditionText(const std::string& text)
    {
        try
        {
            const Condition condition = ParseCondition(text);
            return condition.MayRefer() ? condition.text : "";
        }
        catch (const std::invalid_argument&)
        {
            return "";
        }
    }

    void CheckSelection(const std::string& path,
                        const std::string& name,
                        const scenario::Selection& selection)
    {
        if (name.find_first_of("./") != std::string::npos || IsNumber(name))
        {
            Fail(path, fmt::format("found {}, expected a name without . and /", Quote(name)));
        }
        const TableKind& kind = KindOf(path, name, {});
        for (const auto& [key, other] :
             {std::pair("after", selection.after), std::pair("before", selection.before)})
        {
            if (!other.empty() && &KindOf(JoinPath(path, key), other, {}) != &kind)
            {
                Fail(JoinPath(path, key),
                     fmt::format("found {}, expected a selection of the same kind", Quote(other)));
            }
        }
        for (const auto& [field, condition] : selection.where)
        {
            const std::string own = JoinPath(JoinPath(path, "where"), field);
            CheckField(own, kind, field);
            CheckCondition(own, condition);
            CheckWord(own, kind, field, condition);
        }
        if (!selection.mostCommon.empty())
        {
            CheckField(JoinPath(path, "most-common"), kind, selection.mostCommon);
        }
        if (!selection.take.empty() && selection.take != "first" && selection.take != "last" &&
            (!IsNumber(selection.take) || selection.take.size() > 6 || selection.take == "0"))
        {
            Fail(JoinPath(path, "take"),
                 fmt::format("found {}, expected first, last or a number of at least 1",
                             Quote(selection.take)));
        }
    }

    void CheckField(const std::string& path, const TableKind& kind, const std::string& field) const
    {
        if (!kind.Column(field))
        {
            const std::vector<std::string_view> names(kind.columns.begin(), kind.columns.end());
            Fail(path,
                 fmt::format("found no field {}{}", Quote(field), scenario::Suggest(field, names)));
        }
    }

    /// Where a field is one of a few words, another word would select nothing, and say nothing.
    void CheckWord(const std::string& path,
                   const TableKind& kind,
                   const std::string& field,
                   const std::string& text) const
    {
        const auto words = kind.words.find(field);
        const Condition condition = ParseCondition(text);
        if (words != kind.words.end() && condition.test == Condition::Test::Holds &&
            condition.bound.empty() &&
            std::none_of(words->second.begin(),
                         words->second.end(),
                         [&](std::string_view word) { return Holds(condition.text, "", word); }))
        {
            Fail(path,
                 fmt::format("found {}, which `{}` never is{}",
                             Quote(condition.text),
                             field,
                             scenario::Suggest(condition.text, words->second)));
        }
    }

    void CheckCondition(const std::string& path, const std::string& text)
    {
        try
        {
            const Condition condition = ParseCondition(text);
            const bool refers =
                m_expectations.select.count(SplitOperand(condition.text, '.').first) > 0;
            if (condition.test == Condition::Test::IsAmong || (condition.MayRefer() && refers))
            {
                CheckReference(path, condition.text);
            }
            else if (!condition.bound.empty())
            {
                Holds(condition.bound + " " + condition.text, "", "0");
            }
        }
        catch (const std::invalid_argument& error)
        {
            Fail(path, error.what());
        }
    }

    /// `SELECTION.FIELD`
    const TableKind& CheckReference(const std::string& path, const std::string& operand)
    {
        const auto [selection, field] = SplitOperand(operand, '.');
        if (field.empty())
        {
            Fail(path, fmt::format("found {}, expected SELECTION.FIELD", Quote(operand)));
        }
        const TableKind& kind = KindOf(path, selection, {});
        CheckField(path, kind, field);
        return kind;
    }

    void CheckRecipe(const std::string& path,
                     const std::string& fact,
                     const scenario::FactRecipe& recipe)
    {
        const std::vector<FunctionCall> calls = CallsIn(recipe);
        if (calls.size() != 1)
        {
            Fail(path,
                 fmt::format("found {} functions, expected one of {}",
                             calls.size(),
                             fmt::join(NamesIn(AllFunctions()), ", ")));
        }
        const FunctionCall& call = calls.front();
        const FunctionSignature& signature = AllFunctions().at(call.name);
        const std::string own = JoinPath(path, call.name);
        if (call.operands.size() < signature.least || call.operands.size() > signature.most)
        {
            Fail(own,
                 fmt::format("found {} operands, expected {}",
                             call.operands.size(),
                             signature.least == signature.most ? fmt::format("{}", signature.least)
                                                               : "one or more"));
        }
        for (const std::string& operand : call.operands)
        {
            CheckOperand(own, signature.operands.front(), operand, {fact});
        }
        if (call.name == "differences" &&
            SplitOperand(call.operands[0], '.').first != SplitOperand(call.operands[1], '.').first)
        {
            Fail(own, "found fields of two selections, expected fields of one");
        }
        CheckKeys(path, call.name, signature, recipe);
        if (call.name == "slope" || call.name == "constant")
        {
            const std::string selection = SplitOperand(call.operands.front(), '.').first;
            const TableKind& kind = KindOf(own, selection, {});
            if (call.name == "slope")
            {
                NeedTimes(own, selection, kind);
            }
            if (!recipe.by.empty())
            {
                CheckField(JoinPath(path, "by"), kind, recipe.by);
            }
        }
    }

    void CheckKeys(const std::string& path,
                   const std::string& function,
                   const FunctionSignature& signature,
                   const scenario::FactRecipe& recipe) const
    {
        const scenario::FactRecipe standard;
        const std::pair<std::string_view, bool> keys[] = {
            {"pattern", recipe.pattern != standard.pattern},
            {"by", recipe.by != standard.by},
            {"with", recipe.with != standard.with},
            {"at", recipe.at != standard.at},
            {"rate", recipe.rate != standard.rate},
            {"zone", recipe.zone != standard.zone}};
        for (const auto& [key, isSet] : keys)
        {
            if (isSet && std::find(signature.keys.begin(), signature.keys.end(), key) ==
                             signature.keys.end())
            {
                Fail(JoinPath(path, key),
                     fmt::format("found it beside {}, which takes none", function));
            }
        }
        for (const auto& [key, pattern] :
             {std::pair("pattern", recipe.pattern), std::pair("matches", recipe.matches)})
        {
            try
            {
                ParsePattern(pattern);
            }
            catch (const std::invalid_argument& error)
            {
                Fail(JoinPath(path, key), error.what());
            }
        }
    }

    void NeedTimes(const std::string& path,
                   const std::string& selection,
                   const TableKind& kind) const
    {
        if (!kind.hasTime)
        {
            Fail(path, fmt::format("found {}, whose rows have no times", Quote(selection)));
        }
    }

    /// \param open values that are being looked at: one of them again is a circle
    void CheckOperand(const std::string& path,
                      char letter,
                      const std::string& operand,
                      std::set<std::string> open)
    {
        if (letter == 's' || letter == 't')
        {
            const TableKind& kind = KindOf(path, operand, {});
            if (letter == 't')
            {
                NeedTimes(path, operand, kind);
            }
            return;
        }
        const auto [check, fact] = SplitOperand(operand, '/');
        if (letter == 'v' && IsNumber(operand) && operand.size() < 19)
        {
            return;
        }
        if (letter == 'f' || fact.empty())
        {
            CheckReference(path, operand);
            return;
        }
        const auto& recipes = Named(path, "measurement", check, m_expectations.measure);
        const scenario::FactRecipe& recipe = Named(path, "value", fact, recipes);
        if (!open.insert(operand).second)
        {
            Fail(path, fmt::format("found {}, which is computed from itself", Quote(operand)));
        }
        for (const FunctionCall& call : CallsIn(recipe))
        {
            for (const std::string& next : call.operands)
            {
                if (AllFunctions().at(call.name).operands == "v")
                {
                    CheckOperand(path, 'v', next, open);
                }
            }
        }
    }

    void CheckClaim(const std::string& path, const scenario::Claim& claim) const
    {
        Facts blank;
        for (const std::string& name : NamesOf(m_expectations, claim.check))
        {
            blank.push_back({name, "", ""});
        }
        if (blank.empty())
        {
            std::vector<std::string_view> known = NamesIn(m_expectations.measure);
            const std::vector<std::string_view> selections = NamesIn(m_expectations.select);
            known.insert(known.end(), selections.begin(), selections.end());
            Fail(JoinPath(path, "check"),
                 fmt::format("found {}{}",
                             Quote(claim.check),
                             scenario::Suggest(claim.check, known)));
        }
        if (!claim.unless.empty() && m_expectations.select.count(claim.unless) == 0)
        {
            Fail(JoinPath(path, "unless"),
                 fmt::format("found {}{}",
                             Quote(claim.unless),
                             scenario::Suggest(claim.unless, NamesIn(m_expectations.select))));
        }
        if (claim.Wanted().empty())
        {
            Fail(path, "found neither `documented` nor `expected`, expected one of them");
        }
        for (const std::string& name : claim.inputs)
        {
            if (std::none_of(blank.begin(),
                             blank.end(),
                             [&](const Fact& fact) { return fact.name == name; }))
            {
                Fail(JoinPath(path, "inputs"),
                     fmt::format("found {}, expected names of {}", Quote(name), ToText(blank)));
            }
        }
        for (const auto& [key, value] : {std::pair("documented", claim.documented),
                                         std::pair("expected", claim.expected),
                                         std::pair("predicted", claim.predicted)})
        {
            try
            {
                Compare(value, claim.tolerance, blank);
            }
            catch (const std::invalid_argument& error)
            {
                Fail(JoinPath(path, key), error.what());
            }
        }
    }

    const scenario::Expectations& m_expectations;
    std::map<std::string, const TableKind*> m_kinds; //!< Of the selections that were looked at.
};

} // namespace

void
CheckClaims(const scenario::Expectations& expectations)
{
    ClaimChecker(expectations).Check();
}

} // namespace bouncelab::score
