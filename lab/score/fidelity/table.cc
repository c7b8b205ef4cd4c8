#include "lab/score/fidelity/table.h"

#include "formats/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace bouncelab::score
{

Value
TextValue(std::string_view text)
{
    return text.empty() ? Value{} : Value{std::string(text), std::nullopt, false, 64};
}

Value
NumberValue(std::int64_t number, std::string_view unit)
{
    return {unit.empty() ? std::to_string(number) : fmt::format("{} {}", number, unit), number};
}

Value
CounterValue(std::int64_t number, int bits)
{
    return {std::to_string(number), number, false, bits};
}

Value
HexValue(std::uint32_t number)
{
    return {fmt::format("0x{:X}", number), number, false, 32};
}

Value
AnswerValue(bool isSo)
{
    return TextValue(isSo ? "yes" : "no");
}

Value
DurationValue(std::int64_t nanoseconds)
{
    const std::int64_t size = std::llabs(nanoseconds);
    std::string text =
        fmt::format("{}{}.{:06}", nanoseconds < 0 ? "-" : "", size / 1000000, size % 1000000);
    for (int i = 0; i < 3 && text.back() == '0'; ++i)
    {
        text.pop_back();
    }
    return {text + " ms", nanoseconds, true};
}

Value
SecondsValue(std::int64_t nanoseconds, int digits)
{
    const std::int64_t size = std::llabs(nanoseconds);
    const std::string decimals = fmt::format("{:09}", size % NANOSECONDS_PER_SECOND);
    return {fmt::format("{}{}.{} s",
                        nanoseconds < 0 ? "-" : "",
                        size / NANOSECONDS_PER_SECOND,
                        decimals.substr(0, static_cast<std::size_t>(digits))),
            nanoseconds,
            true};
}

Value
StampValue(WallTime time)
{
    return {UtcStamp(time), time.time_since_epoch().count()};
}

std::optional<std::size_t>
TableKind::Column(std::string_view name) const
{
    const auto found = std::find(columns.begin(), columns.end(), name);
    return found == columns.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - columns.begin()));
}

const KindTable&
AllKinds()
{
    static const KindTable kinds = []
    {
        KindTable all;
        AddPacketKinds(all);
        AddTextKinds(all);
        AddServerLogKinds(all);
        AddTruthKinds(all);
        return all;
    }();
    return kinds;
}

} // namespace bouncelab::score
