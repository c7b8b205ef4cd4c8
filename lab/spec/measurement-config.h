#ifndef BOUNCELAB_LAB_SPEC_MEASUREMENT_CONFIG_H
#define BOUNCELAB_LAB_SPEC_MEASUREMENT_CONFIG_H

#include "formats/describe.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::spec
{

/// Rows of one kind of evidence (docs/claims.md).
struct Selection
{
    std::string kind;
    std::vector<std::string> from;
    std::map<std::string, std::string> where;
    std::string after;
    std::string before;
    std::string mostCommon;
    std::string take;
};

template <class Visitor>
void
Describe(Visitor& v, Selection& s)
{
    v.Field("kind", s.kind, {"Kind of evidence that rows are taken from; or `from`."});
    v.Field("from", s.from, {"Selections whose rows are taken; or `kind`."});
    v.Field("where",
            s.where,
            {"Field to condition: a value, `!= VALUE`, `< N` (`<=`, `>`, `>=`), `~ PATTERN`, "
             "`!~ PATTERN`, `in SELECTION.FIELD` or `not in SELECTION.FIELD`."});
    v.Field("after", s.after, {"Only rows behind the last one of this selection."});
    v.Field("before", s.before, {"Only rows ahead of the first one of this selection."});
    v.Field("most-common", s.mostCommon, {"Only rows with that value of a field which most have."});
    v.Field("take", s.take, {"`first`, `last`, or the number of a row from 1; empty = all."});
}

/// How one value of a measurement is had: one function of docs/claims.md, and what goes with it.
struct FactRecipe
{
    std::string first, last, count, distinct, list, set, sum, least, most, percentile, slope;
    std::string rising, constant, uptime, hops, hopInterval, length, privateAddress, clock;
    std::vector<std::string> gap, difference, ratio, smallest, equal, different, less, outside;
    std::vector<std::string> conflict, withinDomain, multiple, join, exists, absent, all;

    std::string pattern;
    std::string is;
    std::string matches;
    std::string unit;
    std::string by;
    std::string with;
    std::uint64_t at = 50;
    std::uint64_t digits = 3;
    std::uint64_t rate = 1;
    Nanoseconds zone{0};
};

/// The functions. A text is one operand, a list several. \tparam Recipe FactRecipe, const or not
template <class Visitor, class Recipe>
void
DescribeFunctions(Visitor& v, Recipe& r)
{
    v.Field("first", r.first, {"A field of the first row."});
    v.Field("last", r.last, {"A field of the last row."});
    v.Field("count", r.count, {"How many rows a selection has."});
    v.Field("distinct", r.distinct, {"How many different values a field has."});
    v.Field("list", r.list, {"The values of a field, in order."});
    v.Field("set", r.set, {"The different values of a field, sorted."});
    v.Field("sum", r.sum, {"The sum of a field."});
    v.Field("least", r.least, {"The smallest value of a field."});
    v.Field("most", r.most, {"The largest value of a field."});
    v.Field("percentile",
            r.percentile,
            {"The value that `at` per cent of a field's do not exceed."});
    v.Field("slope",
            r.slope,
            {"How fast a field grows from the first row to the last, per second."});
    v.Field("rising", r.rising, {"Whether each value of a field is above the one before."});
    v.Field("constant",
            r.constant,
            {"Whether a field never changes, or not within one value of `by`."});
    v.Field("uptime",
            r.uptime,
            {"A counter of `rate` ticks a second, from 0, as hours, minutes and seconds."});
    v.Field("hops",
            r.hops,
            {"Routers passed: a TTL below the next usual initial one (32, 64, 128, 255)."});
    v.Field("hop-interval",
            r.hopInterval,
            {"The stretch of path that such a TTL points at: `(6, 7]`."});
    v.Field("length", r.length, {"How many characters a value has."});
    v.Field("private",
            r.privateAddress,
            {"Whether an address is private (RFC 1918), link-local or the host's own."});
    v.Field("clock", r.clock, {"Time of day of the first row, in a `zone`."});
    v.Field("gap", r.gap, {"Time from the first row of one selection to that of another."});
    v.Field("difference", r.difference, {"The second value less the first; counters wrap."});
    v.Field("ratio", r.ratio, {"The first value by the second, in thousandths, rounded down."});
    v.Field("smallest", r.smallest, {"The smallest of some values."});
    v.Field("equal", r.equal, {"Whether two values are the same, whatever their case."});
    v.Field("different", r.different, {"Whether two values differ."});
    v.Field("less", r.less, {"Whether the first value is below the second."});
    v.Field("outside", r.outside, {"Whether the first value lies outside the second and third."});
    v.Field("conflict", r.conflict, {"Whether two texts differ where both have bytes."});
    v.Field("within-domain", r.withinDomain, {"Whether a host's name is a domain or below it."});
    v.Field("multiple", r.multiple, {"The first value as a multiple of the second: `46 x 1448`."});
    v.Field("join", r.join, {"Values behind each other, `with` between them."});
    v.Field("exists", r.exists, {"Whether each of some selections has rows."});
    v.Field("absent", r.absent, {"Whether none of some selections has rows."});
    v.Field("all", r.all, {"Whether all of some values are `yes`."});
}

template <class Visitor>
void
Describe(Visitor& v, FactRecipe& r)
{
    DescribeFunctions(v, r);
    v.Field("pattern",
            r.pattern,
            {"Takes the first group of this regular expression out of each value."});
    v.Field("is", r.is, {"Asks whether the value is this."});
    v.Field("matches", r.matches, {"Asks whether the value matches this regular expression."});
    v.Field("unit", r.unit, {"Unit of the result; `s` turns a duration into seconds."});
    v.Field("by", r.by, {"A further field."});
    v.Field("with", r.with, {"Text between joined values."});
    v.Field("at", r.at, {"Which percentile.", "", 0, 99});
    v.Field("digits", r.digits, {"Decimals of a duration in seconds.", "", 0, 9});
    v.Field("rate", r.rate, {"Ticks a second.", "", 1, 1000000000});
    v.Field("zone", r.zone, {"What local time is ahead of UTC."});
}

/// The values of a measurement, by their names.
using MeasurementRecipe = std::map<std::string, FactRecipe>;

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_MEASUREMENT_CONFIG_H
