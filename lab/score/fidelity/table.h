#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_TABLE_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_TABLE_H

#include "formats/clock.h"
#include "formats/enum-names.h"
#include "lab/score/run-folder.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

/// Evidence and truth of a run as tables, which selections take rows from.
namespace bouncelab::score
{

/// One field of a row.
struct Value
{
    std::string text = "none";          //!< As claims have it.
    std::optional<std::int64_t> number; //!< What is computed with; ns for times and durations.
    bool isDuration = false;
    int bits = 64; //!< Of a counter that wraps.
};

Value TextValue(std::string_view text); //!< "none" for an empty one.
Value NumberValue(std::int64_t number, std::string_view unit = "");
Value CounterValue(std::int64_t number, int bits);
Value HexValue(std::uint32_t number);          //!< As capture tools print it, 32 bits.
Value AnswerValue(bool isSo);                  //!< "yes" or "no"
Value DurationValue(std::int64_t nanoseconds); //!< In ms, as long as it has to be.
/// A duration or time of day in seconds, cut to some digits: "90.868815 s".
Value SecondsValue(std::int64_t nanoseconds, int digits);

/// What a column of durations gives.
struct DurationField
{
    std::optional<std::int64_t> nanoseconds;
};

Value StampValue(WallTime time); //!< "2011-11-16T04:11:56.165Z", cut to the millisecond.

/// When a row was: the truth has simulated time, everything else what a clock read.
using RowTime = std::variant<SimTime, WallTime>;

/// The rows of one kind of evidence in a run, in the order in which they were made.
struct EvidenceTable
{
    std::size_t size = 0;
    std::function<Value(std::size_t row, std::size_t column)> at;
    std::function<RowTime(std::size_t row)> time; //!< Null for kinds without times.
};

/// A kind of evidence, and how a run's is read.
struct TableKind
{
    std::vector<std::string> columns;  //!< Names of fields; docs/claims.md says what they hold.
    std::set<std::string> durations{}; //!< Of these, the ones that are durations.
    /// What stands in a field, where that is one of a few words.
    std::map<std::string, std::vector<std::string_view>> words{};
    bool hasTime = false;
    std::function<EvidenceTable(const RunFolder&)> load;

    std::optional<std::size_t> Column(std::string_view name) const;
};

using KindTable = std::map<std::string, TableKind>;

/// Every kind of evidence by name.
const KindTable& AllKinds();

/// What a column gives, as a value: text, numbers, answers, and "none" for what is not there.
template <class V>
Value
ToValue(const V& value)
{
    if constexpr (std::is_same_v<V, Value>)
    {
        return value;
    }
    else if constexpr (std::is_same_v<V, bool>)
    {
        return AnswerValue(value);
    }
    else if constexpr (std::is_same_v<V, DurationField>)
    {
        return value.nanoseconds ? DurationValue(*value.nanoseconds) : Value{};
    }
    else if constexpr (std::is_same_v<V, Ipv4>)
    {
        return TextValue(value.ToString());
    }
    else if constexpr (std::is_same_v<V, HostAddress>)
    {
        return value.IsKnown() ? TextValue(value.ToString()) : Value{};
    }
    else if constexpr (std::is_enum_v<V>)
    {
        return TextValue(NameOf(value));
    }
    else if constexpr (std::is_integral_v<V>)
    {
        return NumberValue(static_cast<std::int64_t>(value));
    }
    else
    {
        return TextValue(value);
    }
}

template <class V>
Value
ToValue(const std::optional<V>& value)
{
    return value ? ToValue(*value) : Value{};
}

/// The words that a value of this type can be; none where there is no end of them.
template <class V>
struct Vocabulary
{
    static std::vector<std::string_view> All()
    {
        std::vector<std::string_view> words;
        if constexpr (std::is_enum_v<V>)
        {
            for (const auto& [name, enumerator] : EnumNames(V{}))
            {
                words.push_back(name);
            }
        }
        else if constexpr (std::is_same_v<V, bool>)
        {
            words = {"yes", "no"};
        }
        return words;
    }
};

template <class V>
struct Vocabulary<std::optional<V>>
{
    static std::vector<std::string_view> All()
    {
        std::vector<std::string_view> words = Vocabulary<V>::All();
        if (!words.empty())
        {
            words.push_back("none");
        }
        return words;
    }
};

/// A field of rows of type T.
template <class T>
struct ColumnOf
{
    /// \param get a member of the row, or a function of it
    template <class Get>
    ColumnOf(std::string called, Get get)
        : name(std::move(called))
        , isDuration(std::is_same_v<std::invoke_result_t<Get, const T&>, DurationField>)
        , words(Vocabulary<std::decay_t<std::invoke_result_t<Get, const T&>>>::All())
        , value([get](const T& row) { return ToValue(std::invoke(get, row)); })
    {
    }

    std::string name;
    bool isDuration;
    std::vector<std::string_view> words;
    std::function<Value(const T&)> value;
};

template <class T>
TableKind
MakeKind(std::vector<ColumnOf<T>> columns,
         std::vector<T> (*read)(const RunFolder&),
         std::function<RowTime(const T&)> time = nullptr)
{
    TableKind kind;
    kind.hasTime = time != nullptr;
    for (const ColumnOf<T>& column : columns)
    {
        kind.columns.push_back(column.name);
        if (column.isDuration)
        {
            kind.durations.insert(column.name);
        }
        if (!column.words.empty())
        {
            kind.words[column.name] = column.words;
        }
    }
    kind.load = [columns = std::move(columns), read, time = std::move(time)](const RunFolder& run)
    {
        const auto rows = std::make_shared<const std::vector<T>>(read(run));
        EvidenceTable table;
        table.size = rows->size();
        table.at = [rows, columns](std::size_t row, std::size_t column)
        { return columns[column].value((*rows)[row]); };
        if (time)
        {
            table.time = [rows, time](std::size_t row) { return time((*rows)[row]); };
        }
        return table;
    };
    return kind;
}

/// Each file of this folder adds those of one theme.
void AddPacketKinds(KindTable& kinds);
void AddTextKinds(KindTable& kinds);
void AddServerLogKinds(KindTable& kinds);
void AddTruthKinds(KindTable& kinds);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_TABLE_H
