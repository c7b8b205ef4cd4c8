#ifndef BOUNCELAB_LAB_SCENARIO_FIELD_RANGE_H
#define BOUNCELAB_LAB_SCENARIO_FIELD_RANGE_H

#include "formats/field-type.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/// The least and greatest value, both in a number type that holds 64-bit integers exactly.
struct FieldRange
{
    long double minimum;
    long double maximum;
};

/// The kind of a field, of which a bit rate is told by its unit only.
FieldKind KindOf(const FieldType& type, const FieldNote& note);

/// The note's range, narrowed to what the type holds.
FieldRange RangeOf(const FieldType& type, const FieldNote& note);

/// One end of a range as it would be written; empty where that end is open.
std::string FormatBound(FieldKind kind, long double bound);

/// The keys of a struct in the order of its table.
std::vector<std::string_view> KeysOf(const FieldType& type);

/// "a whole number from 1 to 255": what a field takes, for messages.
std::string Expected(const FieldType& type, const FieldNote& note);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_FIELD_RANGE_H
