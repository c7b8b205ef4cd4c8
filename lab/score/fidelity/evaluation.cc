#include "lab/score/fidelity/evaluation.h"

#include "lab/score/fidelity/condition.h"
#include "lab/score/fidelity/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace bouncelab::score
{

namespace
{

/// Drops rows and says why none is left, if so.
template <class Keep>
void
KeepIf(Rows& rows, const std::string& what, Keep keep)
{
    const std::size_t before = rows.rows.size();
    std::vector<std::size_t> kept;
    std::copy_if(rows.rows.begin(), rows.rows.end(), std::back_inserter(kept), keep);
    rows.rows = std::move(kept);
    if (rows.rows.empty() && before > 0)
    {
        rows.whyNone = fmt::format("none of {} rows {}", before, what);
    }
}

} // namespace

std::set<std::string>
TextsOf(const std::vector<Value>& values)
{
    std::set<std::string> texts;
    for (const Value& value : values)
    {
        texts.insert(value.text);
    }
    return texts;
}

std::pair<std::string, std::string>
SplitOperand(std::string_view operand, char sign)
{
    const std::size_t at = operand.find(sign);
    return {std::string(operand.substr(0, at)),
            at == operand.npos ? std::string() : std::string(operand.substr(at + 1))};
}

std::vector<std::string>
NamesOf(const scenario::Expectations& expectations, const std::string& check)
{
    std::vector<std::string> names;
    const auto measurement = expectations.measure.find(check);
    if (measurement != expectations.measure.end())
    {
        for (const auto& entry : measurement->second)
        {
            names.push_back(entry.first);
        }
        return names;
    }
    auto selection = expectations.select.find(check);
    while (selection != expectations.select.end() && selection->second.kind.empty())
    {
        selection = expectations.select.find(selection->second.from.front());
    }
    if (selection != expectations.select.end())
    {
        names = AllKinds().at(selection->second.kind).columns;
    }
    return names;
}

const EvidenceTable&
Evaluation::TableOf(const std::string& kind) const
{
    const auto [at, isNew] = m_tables.try_emplace(kind);
    if (isNew)
    {
        at->second = AllKinds().at(kind).load(m_run);
    }
    return at->second;
}

Rows
Evaluation::Start(const scenario::Selection& selection) const
{
    Rows rows;
    if (!selection.kind.empty())
    {
        rows.kind = &AllKinds().at(selection.kind);
        rows.table = &TableOf(selection.kind);
        for (std::size_t i = 0; i < rows.table->size; ++i)
        {
            rows.rows.push_back(i);
        }
        rows.whyNone = rows.rows.empty() ? fmt::format("the run has no {}", selection.kind) : "";
        return rows;
    }
    std::set<std::size_t> all;
    for (const std::string& name : selection.from)
    {
        const Rows& some = Select(name);
        rows.kind = some.kind;
        rows.table = some.table;
        all.insert(some.rows.begin(), some.rows.end());
        rows.whyNone = some.rows.empty() ? some.whyNone : rows.whyNone;
    }
    rows.rows.assign(all.begin(), all.end());
    return rows;
}

void
Evaluation::KeepWhere(Rows& rows, const std::string& field, const std::string& text) const
{
    const std::size_t column = *rows.kind->Column(field);
    const Condition condition = ParseCondition(text);
    std::string documented = condition.text;
    std::set<std::string> among;
    if (condition.test == Condition::Test::IsAmong)
    {
        among = TextsOf(FieldOf(condition.text));
    }
    else if (!condition.bound.empty())
    {
        const bool refers =
            m_expectations.select.count(SplitOperand(condition.text, '.').first) > 0;
        documented =
            condition.bound + " " + (refers ? ValueOf(condition.text).text : condition.text);
    }
    const auto keeps = [&](std::size_t row)
    {
        const std::string found = rows.table->at(row, column).text;
        const bool passes = condition.pattern ? FindPattern(found, *condition.pattern).has_value()
                            : condition.test == Condition::Test::IsAmong
                                ? among.count(found) > 0
                                : Holds(documented, "", found);
        return passes != condition.isNegated;
    };
    KeepIf(rows, fmt::format("has {}: {}", field, text), keeps);
}

void
Evaluation::KeepMostCommon(Rows& rows, const std::string& field) const
{
    const std::size_t column = *rows.kind->Column(field);
    std::map<std::string, std::size_t> counts;
    for (const std::size_t row : rows.rows)
    {
        ++counts[rows.table->at(row, column).text];
    }
    const auto most =
        std::max_element(counts.begin(),
                         counts.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    KeepIf(rows,
           "is left",
           [&](std::size_t row) { return rows.table->at(row, column).text == most->first; });
}

void
Evaluation::Narrow(Rows& rows, const scenario::Selection& selection) const
{
    if (!selection.after.empty())
    {
        const std::vector<std::size_t>& other = Select(selection.after).rows;
        KeepIf(rows,
               "is behind " + selection.after,
               [&](std::size_t row) { return !other.empty() && row > other.back(); });
    }
    if (!selection.before.empty())
    {
        const std::vector<std::size_t>& other = Select(selection.before).rows;
        KeepIf(rows,
               "is ahead of " + selection.before,
               [&](std::size_t row) { return other.empty() || row < other.front(); });
    }
    for (const auto& [field, condition] : selection.where)
    {
        KeepWhere(rows, field, condition);
    }
    if (!selection.mostCommon.empty())
    {
        KeepMostCommon(rows, selection.mostCommon);
    }
    if (!selection.take.empty() && !rows.rows.empty())
    {
        std::size_t number = selection.take == "last" ? rows.rows.size() : 1;
        std::from_chars(selection.take.data(),
                        selection.take.data() + selection.take.size(),
                        number);
        const std::size_t count = rows.rows.size();
        rows.rows = number <= count ? std::vector<std::size_t>{rows.rows[number - 1]}
                                    : std::vector<std::size_t>{};
        rows.whyNone = fmt::format("there are {} rows", count);
    }
}

const Rows&
Evaluation::Select(const std::string& name) const
{
    const auto found = m_selections.find(name);
    if (found != m_selections.end())
    {
        return found->second;
    }
    const scenario::Selection& selection = m_expectations.select.at(name);
    Rows rows = Start(selection);
    Narrow(rows, selection);
    if (!rows.rows.empty())
    {
        rows.whyNone.clear();
    }
    else if (rows.whyNone.find(" selects nothing: ") == std::string::npos)
    {
        rows.whyNone = fmt::format("{} selects nothing: {}", name, rows.whyNone);
    }
    return m_selections.emplace(name, std::move(rows)).first->second;
}

std::vector<Value>
Evaluation::FieldOf(std::string_view operand) const
{
    const auto [selection, field] = SplitOperand(operand, '.');
    const Rows& rows = Select(selection);
    const std::size_t column = *rows.kind->Column(field);
    std::vector<Value> values;
    for (std::size_t i = 0; i < rows.rows.size(); ++i)
    {
        values.push_back(rows.At(i, column));
    }
    return values;
}

Value
Evaluation::ValueOf(const std::string& operand) const
{
    const auto [selection, field] = SplitOperand(operand, '.');
    if (m_expectations.select.count(selection) > 0)
    {
        const Rows& rows = Select(selection);
        if (rows.rows.empty())
        {
            throw NotMeasurable(rows.whyNone);
        }
        return rows.At(0, *rows.kind->Column(field));
    }
    const auto [check, fact] = SplitOperand(operand, '/');
    if (!fact.empty())
    {
        return FactOf(check, fact);
    }
    std::int64_t number = 0;
    std::from_chars(operand.data(), operand.data() + operand.size(), number);
    return NumberValue(number);
}

Value
Evaluation::FactOf(const std::string& check, const std::string& fact) const
{
    return Call(*this, m_expectations.measure.at(check).at(fact));
}

Facts
Evaluation::Take(const std::string& check) const
{
    Facts facts;
    const auto measurement = m_expectations.measure.find(check);
    if (measurement != m_expectations.measure.end())
    {
        for (const auto& [name, recipe] : measurement->second)
        {
            try
            {
                facts.push_back({name, Call(*this, recipe).text, ""});
            }
            catch (const NotMeasurable& problem)
            {
                facts.push_back({name, "", problem.what()});
            }
        }
        return facts;
    }
    const Rows& rows = Select(check);
    for (std::size_t i = 0; i < rows.kind->columns.size(); ++i)
    {
        facts.push_back(
            {rows.kind->columns[i], rows.rows.empty() ? "" : rows.At(0, i).text, rows.whyNone});
    }
    return facts;
}

} // namespace bouncelab::score
