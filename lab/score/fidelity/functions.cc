#include "lab/score/fidelity/functions.h"

#include "formats/address.h"
#include "formats/initial-ttl.h"
#include "formats/text.h"
#include "lab/score/fidelity/condition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace bouncelab::score
{

namespace
{

/// A part of a text, which is a number where it has digits alone.
Value
PartValue(const std::string& part)
{
    constexpr std::size_t MOST_DIGITS = 18;
    Value value = TextValue(part);
    if (!part.empty() && part.size() <= MOST_DIGITS &&
        std::all_of(part.begin(), part.end(), IsDigit))
    {
        value.number = std::stoll(part);
    }
    return value;
}

/// A function at work.
struct FunctionContext
{
    const Evaluation& run;
    const scenario::FactRecipe& recipe;
    const std::vector<std::string>& operands;

    const Rows& Selected(std::size_t i) const { return run.Select(operands[i]); }

    Value One(std::size_t i) const { return run.ValueOf(operands[i]); }

    std::int64_t Number(std::size_t i) const { return NumberOf(One(i), operands[i]); }

    static std::int64_t NumberOf(const Value& value, const std::string& operand)
    {
        if (!value.number)
        {
            throw NotMeasurable(
                fmt::format("{} is \"{}\", which is no number", operand, value.text));
        }
        return *value.number;
    }

    /// Of the first row of a selection.
    RowTime TimeOf(std::size_t i) const
    {
        const Rows& rows = Selected(i);
        if (rows.rows.empty())
        {
            throw NotMeasurable(rows.whyNone);
        }
        return rows.TimeOf(0);
    }

    /// The values of a field, by the pattern if there is one.
    std::vector<Value> Field() const
    {
        std::vector<Value> values = run.FieldOf(operands[0]);
        if (recipe.pattern.empty())
        {
            return values;
        }
        const Pattern pattern = ParsePattern(recipe.pattern);
        std::vector<Value> taken;
        for (const Value& value : values)
        {
            if (const auto found = FindPattern(value.text, *pattern))
            {
                taken.push_back(PartValue(*found));
            }
        }
        return taken;
    }

    /// The same, where there has to be a row at least.
    std::vector<Value> SomeOfField() const
    {
        const Rows& rows = run.Select(SplitOperand(operands[0], '.').first);
        if (rows.rows.empty())
        {
            throw NotMeasurable(rows.whyNone);
        }
        return Field();
    }

    /// By number; rows without one left out.
    std::vector<Value> Sorted() const
    {
        std::vector<Value> values = SomeOfField();
        values.erase(std::remove_if(values.begin(),
                                    values.end(),
                                    [](const Value& value) { return !value.number; }),
                     values.end());
        if (values.empty())
        {
            throw NotMeasurable(fmt::format("{} has no number", operands[0]));
        }
        std::stable_sort(values.begin(),
                         values.end(),
                         [](const Value& a, const Value& b) { return *a.number < *b.number; });
        return values;
    }

    std::set<std::string> Different() const
    {
        std::set<std::string> texts;
        for (const Value& value : Field())
        {
            texts.insert(value.text);
        }
        return texts;
    }

    bool HasRows(const std::string& selection) const { return !run.Select(selection).rows.empty(); }
};

/// To the second from the first, the shorter way round where counters wrap.
std::int64_t
Distance(const Value& from, const Value& to)
{
    const int bits = std::min(from.bits, to.bits);
    const std::int64_t distance = *to.number - *from.number;
    if (bits == 64)
    {
        return distance;
    }
    const std::int64_t size = std::int64_t{1} << bits;
    const std::int64_t wrapped = ((distance % size) + size) % size;
    return wrapped >= size / 2 ? wrapped - size : wrapped;
}

Value
First(const FunctionContext& work)
{
    const std::vector<Value> values = work.SomeOfField();
    return values.empty() ? Value{} : values.front();
}

Value
Last(const FunctionContext& work)
{
    const std::vector<Value> values = work.SomeOfField();
    return values.empty() ? Value{} : values.back();
}

Value
Size(std::size_t count)
{
    return NumberValue(static_cast<std::int64_t>(count));
}

Value
List(const FunctionContext& work)
{
    std::vector<std::string> texts;
    for (const Value& value : work.Field())
    {
        texts.push_back(value.text);
    }
    return TextValue(fmt::format("{}", fmt::join(texts, ", ")));
}

Value
Sum(const FunctionContext& work)
{
    Value sum = NumberValue(0);
    for (const Value& value : work.Field())
    {
        sum.number = *sum.number + value.number.value_or(0);
        sum.isDuration = sum.isDuration || value.isDuration;
    }
    return sum.isDuration ? DurationValue(*sum.number) : NumberValue(*sum.number);
}

Value
Percentile(const FunctionContext& work)
{
    const std::vector<Value> values = work.Sorted();
    return values[values.size() * work.recipe.at / 100];
}

/// How far two rows are apart, in ns.
std::int64_t
Between(RowTime from, RowTime to)
{
    if (from.index() != to.index())
    {
        throw NotMeasurable("of the two times one is simulated and one a clock's");
    }
    const auto count = [](auto time) { return time.time_since_epoch().count(); };
    return std::visit(count, to) - std::visit(count, from);
}

Value
Slope(const FunctionContext& work)
{
    const auto [selection, field] = SplitOperand(work.operands[0], '.');
    const Rows& rows = work.run.Select(selection);
    const std::vector<Value> values = work.SomeOfField();
    const double seconds =
        static_cast<double>(Between(rows.TimeOf(0), rows.TimeOf(rows.rows.size() - 1))) / 1e9;
    FunctionContext::NumberOf(values.front(), work.operands[0]);
    FunctionContext::NumberOf(values.back(), work.operands[0]);
    if (seconds <= 0)
    {
        throw NotMeasurable(fmt::format("{} has no two rows that are apart in time", selection));
    }
    const auto grown = static_cast<double>(Distance(values.front(), values.back()));
    return NumberValue(static_cast<std::int64_t>(grown / seconds + 0.5));
}

Value
Rising(const FunctionContext& work)
{
    const std::vector<Value> values = work.SomeOfField();
    bool isRising = true;
    for (std::size_t i = 1; i < values.size(); ++i)
    {
        FunctionContext::NumberOf(values[i - 1], work.operands[0]);
        FunctionContext::NumberOf(values[i], work.operands[0]);
        isRising = isRising && Distance(values[i - 1], values[i]) > 0;
    }
    return AnswerValue(isRising);
}

Value
Constant(const FunctionContext& work)
{
    const auto [selection, field] = SplitOperand(work.operands[0], '.');
    const std::vector<Value> values = work.SomeOfField();
    const std::string& by = work.recipe.by;
    const std::vector<Value> groups = work.run.FieldOf(selection + "." + (by.empty() ? field : by));
    std::map<std::string, std::string> first;
    bool isConstant = true;
    for (std::size_t i = 0; i < values.size(); ++i)
    {
        const std::string group = by.empty() ? "" : groups[i].text;
        isConstant =
            isConstant && first.try_emplace(group, values[i].text).first->second == values[i].text;
    }
    return AnswerValue(isConstant);
}

Value
Uptime(const FunctionContext& work)
{
    const std::int64_t seconds = work.Number(0) / static_cast<std::int64_t>(work.recipe.rate);
    return TextValue(
        fmt::format("{} h {} m {} s", seconds / 3600, seconds / 60 % 60, seconds % 60));
}

std::int64_t
HopsOf(const FunctionContext& work)
{
    const auto ttl = static_cast<int>(work.Number(0));
    return InitialTtl(ttl) - ttl;
}

Value
HopInterval(const FunctionContext& work)
{
    const std::int64_t hops = HopsOf(work);
    return TextValue(fmt::format("({}, {}]", hops - 1, hops));
}

Value
Private(const FunctionContext& work)
{
    const std::string text = work.One(0).text;
    const auto address = Ipv4::Parse(text);
    if (!address)
    {
        throw NotMeasurable(
            fmt::format("{} is \"{}\", which is no address", work.operands[0], text));
    }
    return AnswerValue(IsPrivate(*address));
}

Value
Clock(const FunctionContext& work)
{
    const RowTime time = work.TimeOf(0);
    const auto* reading = std::get_if<WallTime>(&time);
    if (!reading)
    {
        throw NotMeasurable(
            fmt::format("{} has simulated time, which no clock shows", work.operands[0]));
    }
    return TextValue(StampValue(*reading + work.recipe.zone).text.substr(11, 8));
}

Value
Difference(const FunctionContext& work)
{
    const Value from = work.One(0);
    const Value to = work.One(1);
    FunctionContext::NumberOf(from, work.operands[0]);
    FunctionContext::NumberOf(to, work.operands[1]);
    const std::int64_t distance = Distance(from, to);
    return from.isDuration || to.isDuration ? DurationValue(distance) : NumberValue(distance);
}

Value
Differences(const FunctionContext& work)
{
    const std::vector<Value> from = work.SomeOfField();
    const std::vector<Value> to = work.run.FieldOf(work.operands[1]);
    std::set<std::int64_t> all;
    for (std::size_t i = 0; i < from.size(); ++i)
    {
        FunctionContext::NumberOf(from[i], work.operands[0]);
        FunctionContext::NumberOf(to[i], work.operands[1]);
        all.insert(Distance(from[i], to[i]));
    }
    return TextValue(fmt::format("{}", fmt::join(all, ", ")));
}

Value
Ratio(const FunctionContext& work)
{
    const std::int64_t denominator = work.Number(1);
    const std::int64_t value = denominator == 0 ? 0 : work.Number(0) * 1000 / denominator;
    return TextValue(fmt::format("{}.{:03}", value / 1000, value % 1000));
}

Value
Smallest(const FunctionContext& work)
{
    Value least = work.One(0);
    for (std::size_t i = 0; i < work.operands.size(); ++i)
    {
        const Value value = work.One(i);
        FunctionContext::NumberOf(value, work.operands[i]);
        least = *value.number < FunctionContext::NumberOf(least, work.operands[0]) ? value : least;
    }
    return least;
}

Value
Outside(const FunctionContext& work)
{
    Value from = work.One(1);
    const Value to = work.One(2);
    const Value value = work.One(0);
    FunctionContext::NumberOf(from, work.operands[1]);
    FunctionContext::NumberOf(to, work.operands[2]);
    FunctionContext::NumberOf(value, work.operands[0]);
    const std::int64_t size = Distance(from, to);
    const std::int64_t at = Distance(from, value);
    return AnswerValue(size < 0 ? at > 0 || at < size : at < 0 || at > size);
}

Value
Conflict(const FunctionContext& work)
{
    const std::string a = work.One(0).text;
    const std::string b = work.One(1).text;
    const std::size_t common = std::min(a.size(), b.size());
    return AnswerValue(a.compare(0, common, b, 0, common) != 0);
}

Value
WithinDomain(const FunctionContext& work)
{
    const std::string host = InLowerCase(work.One(0).text);
    const std::string domain = InLowerCase(work.One(1).text);
    return AnswerValue(host == domain || EndsWith(host, "." + domain));
}

Value
Multiple(const FunctionContext& work)
{
    const std::int64_t whole = work.Number(0);
    const std::int64_t part = work.Number(1);
    return TextValue(part > 0 && whole % part == 0 ? fmt::format("{} x {}", whole / part, part)
                                                   : "no whole number");
}

Value
Join(const FunctionContext& work)
{
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < work.operands.size(); ++i)
    {
        texts.push_back(work.One(i).text);
    }
    return TextValue(fmt::format("{}", fmt::join(texts, work.recipe.with)));
}

Value
All(const FunctionContext& work)
{
    bool isSo = true;
    for (std::size_t i = 0; i < work.operands.size(); ++i)
    {
        isSo = isSo && work.One(i).text == "yes";
    }
    return AnswerValue(isSo);
}

/// Whether the selections have rows, each of them or none.
Value
HaveRows(const FunctionContext& work, bool wanted)
{
    return AnswerValue(std::all_of(work.operands.begin(),
                                   work.operands.end(),
                                   [&](const std::string& selection)
                                   { return work.HasRows(selection) == wanted; }));
}

struct Function
{
    FunctionSignature signature;
    Value (*take)(const FunctionContext&);
};

const std::map<std::string, Function>&
Functions()
{
    constexpr std::size_t MANY = 100;
    static const std::map<std::string, Function> functions{
        {"first", {{"f", 1, 1, {"pattern"}}, First}},
        {"last", {{"f", 1, 1, {"pattern"}}, Last}},
        {"count",
         {{"s"}, [](const FunctionContext& work) { return Size(work.Selected(0).rows.size()); }}},
        {"distinct",
         {{"f", 1, 1, {"pattern"}},
          [](const FunctionContext& work) { return Size(work.Different().size()); }}},
        {"list", {{"f", 1, 1, {"pattern"}}, List}},
        {"set",
         {{"f", 1, 1, {"pattern"}},
          [](const FunctionContext& work)
          { return TextValue(fmt::format("{}", fmt::join(work.Different(), ", "))); }}},
        {"sum", {{"f"}, Sum}},
        {"least",
         {{"f", 1, 1, {"pattern"}},
          [](const FunctionContext& work) { return work.Sorted().front(); }}},
        {"most",
         {{"f", 1, 1, {"pattern"}},
          [](const FunctionContext& work) { return work.Sorted().back(); }}},
        {"percentile", {{"f", 1, 1, {"at"}}, Percentile}},
        {"slope", {{"f"}, Slope}},
        {"rising", {{"f"}, Rising}},
        {"constant", {{"f", 1, 1, {"by"}}, Constant}},
        {"uptime", {{"v", 1, 1, {"rate"}}, Uptime}},
        {"hops", {{"v"}, [](const FunctionContext& work) { return NumberValue(HopsOf(work)); }}},
        {"hop-interval", {{"v"}, HopInterval}},
        {"length",
         {{"v"}, [](const FunctionContext& work) { return Size(work.One(0).text.size()); }}},
        {"private", {{"v"}, Private}},
        {"clock", {{"t", 1, 1, {"zone"}}, Clock}},
        {"gap",
         {{"t", 2, 2},
          [](const FunctionContext& work)
          { return DurationValue(Between(work.TimeOf(0), work.TimeOf(1))); }}},
        {"difference", {{"v", 2, 2}, Difference}},
        {"differences", {{"f", 2, 2}, Differences}},
        {"ratio", {{"v", 2, 2}, Ratio}},
        {"smallest", {{"v", 1, MANY}, Smallest}},
        {"equal",
         {{"v", 2, 2},
          [](const FunctionContext& work)
          { return AnswerValue(EqualIgnoringCase(work.One(0).text, work.One(1).text)); }}},
        {"different",
         {{"v", 2, 2},
          [](const FunctionContext& work)
          { return AnswerValue(work.One(0).text != work.One(1).text); }}},
        {"less",
         {{"v", 2, 2},
          [](const FunctionContext& work)
          { return AnswerValue(work.Number(0) < work.Number(1)); }}},
        {"outside", {{"v", 3, 3}, Outside}},
        {"conflict", {{"v", 2, 2}, Conflict}},
        {"within-domain", {{"v", 2, 2}, WithinDomain}},
        {"multiple", {{"v", 2, 2}, Multiple}},
        {"join", {{"v", 1, MANY, {"with"}}, Join}},
        {"exists",
         {{"s", 1, MANY}, [](const FunctionContext& work) { return HaveRows(work, true); }}},
        {"absent",
         {{"s", 1, MANY}, [](const FunctionContext& work) { return HaveRows(work, false); }}},
        {"all", {{"v", 1, MANY}, All}},
    };
    return functions;
}

} // namespace

std::vector<FunctionCall>
CallsIn(const scenario::FactRecipe& recipe)
{
    std::vector<FunctionCall> calls;
    scenario::FactFunctions functions = recipe.functions;
    const FieldValue table{&TypeOf<scenario::FactFunctions>(), &functions};
    for (const FieldEntry& field : table.type->table().fields)
    {
        const FieldValue value = table[field];
        std::vector<std::string> operands;
        if (field.type->kind == FieldKind::List)
        {
            operands = value.As<std::vector<std::string>>();
        }
        else if (const auto& operand = value.As<std::string>(); !operand.empty())
        {
            operands = {operand};
        }
        if (!operands.empty())
        {
            calls.push_back({std::string(field.key), operands});
        }
    }
    return calls;
}

const std::map<std::string, FunctionSignature>&
AllFunctions()
{
    static const std::map<std::string, FunctionSignature> signatures = []
    {
        std::map<std::string, FunctionSignature> all;
        for (const auto& [name, function] : Functions())
        {
            all.emplace(name, function.signature);
        }
        return all;
    }();
    return signatures;
}

Value
Call(const Evaluation& run, const scenario::FactRecipe& recipe)
{
    const FunctionCall call = CallsIn(recipe).front();
    Value value = Functions().at(call.name).take({run, recipe, call.operands});
    if (!recipe.is.empty())
    {
        return AnswerValue(value.text == recipe.is);
    }
    if (!recipe.matches.empty())
    {
        return AnswerValue(FindPattern(value.text, *ParsePattern(recipe.matches)).has_value());
    }
    if (!recipe.unit.empty() && value.number)
    {
        return value.isDuration ? SecondsValue(*value.number, static_cast<int>(recipe.digits))
                                : NumberValue(*value.number, recipe.unit);
    }
    return value;
}

} // namespace bouncelab::score
