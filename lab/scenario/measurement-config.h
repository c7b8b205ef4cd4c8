#ifndef BOUNCELAB_LAB_SCENARIO_MEASUREMENT_CONFIG_H
#define BOUNCELAB_LAB_SCENARIO_MEASUREMENT_CONFIG_H

#include "formats/field.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::scenario
{

/// Rows of one kind of evidence (docs/claims.md).
struct Selection
{
    std::string kind =
        Field(&kind, "kind") | "Kind of evidence that rows are taken from; or `from`.";
    std::vector<std::string> from =
        Field(&from, "from") | "Selections whose rows are taken; or `kind`.";
    std::map<std::string, std::string> where =
        Field(&where, "where") |
        "Field to condition: a value, `!= VALUE`, `< N` (`<=`, `>`, `>=`), `~ PATTERN`, `!~ "
        "PATTERN`, `in SELECTION.FIELD` or `not in SELECTION.FIELD`.";
    std::string after = Field(&after, "after") | "Only rows behind the last one of this selection.";
    std::string before =
        Field(&before, "before") | "Only rows ahead of the first one of this selection.";
    std::string mostCommon =
        Field(&mostCommon, "most-common") | "Only rows with that value of a field which most have.";
    std::string take =
        Field(&take, "take") | "`first`, `last`, or the number of a row from 1; empty = all.";
};

/// The functions. A text is one operand, a list several.
struct FactFunctions
{
    std::string first = Field(&first, "first") | "A field of the first row.";
    std::string last = Field(&last, "last") | "A field of the last row.";
    std::string count = Field(&count, "count") | "How many rows a selection has.";
    std::string distinct = Field(&distinct, "distinct") | "How many different values a field has.";
    std::string list = Field(&list, "list") | "The values of a field, in order.";
    std::string set = Field(&set, "set") | "The different values of a field, sorted.";
    std::string sum = Field(&sum, "sum") | "The sum of a field.";
    std::string least = Field(&least, "least") | "The smallest value of a field.";
    std::string most = Field(&most, "most") | "The largest value of a field.";
    std::string percentile = Field(&percentile, "percentile") |
                             "The value that `at` per cent of a field's do not exceed.";
    std::string slope = Field(&slope, "slope") |
                        "How fast a field grows from the first row to the last, per second.";
    std::string rising =
        Field(&rising, "rising") | "Whether each value of a field is above the one before.";
    std::string constant = Field(&constant, "constant") |
                           "Whether a field never changes, or not within one value of `by`.";
    std::string uptime =
        Field(&uptime, "uptime") |
        "A counter of `rate` ticks a second, from 0, as hours, minutes and seconds.";
    std::string hops = Field(&hops, "hops") |
                       "Routers passed: a TTL below the next usual initial one (32, 64, 128, 255).";
    std::string hopInterval = Field(&hopInterval, "hop-interval") |
                              "The stretch of path that such a TTL points at: `(6, 7]`.";
    std::string length = Field(&length, "length") | "How many characters a value has.";
    std::string privateAddress =
        Field(&privateAddress, "private") |
        "Whether an address is private (RFC 1918), link-local or the host's own.";
    std::string clock = Field(&clock, "clock") | "Time of day of the first row, in a `zone`.";
    std::vector<std::string> gap =
        Field(&gap, "gap") | "Time from the first row of one selection to that of another.";
    std::vector<std::string> difference =
        Field(&difference, "difference") | "The second value less the first; counters wrap.";
    std::vector<std::string> differences =
        Field(&differences, "differences") |
        "The different values of a selection's second field less its first, row by row.";
    std::vector<std::string> ratio =
        Field(&ratio, "ratio") | "The first value by the second, in thousandths, rounded down.";
    std::vector<std::string> smallest =
        Field(&smallest, "smallest") | "The smallest of some values.";
    std::vector<std::string> equal =
        Field(&equal, "equal") | "Whether two values are the same, whatever their case.";
    std::vector<std::string> different =
        Field(&different, "different") | "Whether two values differ.";
    std::vector<std::string> less =
        Field(&less, "less") | "Whether the first value is below the second.";
    std::vector<std::string> outside =
        Field(&outside, "outside") | "Whether the first value lies outside the second and third.";
    std::vector<std::string> conflict =
        Field(&conflict, "conflict") | "Whether two texts differ where both have bytes.";
    std::vector<std::string> withinDomain =
        Field(&withinDomain, "within-domain") | "Whether a host's name is a domain or below it.";
    std::vector<std::string> multiple =
        Field(&multiple, "multiple") | "The first value as a multiple of the second: `46 x 1448`.";
    std::vector<std::string> join =
        Field(&join, "join") | "Values behind each other, `with` between them.";
    std::vector<std::string> exists =
        Field(&exists, "exists") | "Whether each of some selections has rows.";
    std::vector<std::string> absent =
        Field(&absent, "absent") | "Whether none of some selections has rows.";
    std::vector<std::string> all = Field(&all, "all") | "Whether all of some values are `yes`.";
};

/// How one value of a measurement is had: one function of docs/claims.md, and what goes with it.
struct FactRecipe
{
    FactFunctions functions = Inline(&functions);
    std::string pattern = Field(&pattern, "pattern") |
                          "Takes the first group of this regular expression out of each value.";
    std::string is = Field(&is, "is") | "Asks whether the value is this.";
    std::string matches =
        Field(&matches, "matches") | "Asks whether the value matches this regular expression.";
    std::string unit =
        Field(&unit, "unit") | "Unit of the result; `s` turns a duration into seconds.";
    std::string by = Field(&by, "by") | "A further field.";
    std::string with = Field(&with, "with") | "Text between joined values.";
    std::uint64_t at = Field(&at, "at", 50).Range(0, 99) | "Which percentile.";
    std::uint64_t digits =
        Field(&digits, "digits", 3).Range(0, 9) | "Decimals of a duration in seconds.";
    std::uint64_t rate = Field(&rate, "rate", 1).Range(1, 1000000000) | "Ticks a second.";
    Nanoseconds zone = Field(&zone, "zone") | "What local time is ahead of UTC.";
};

/// The values of a measurement, by their names.
using MeasurementRecipe = std::map<std::string, FactRecipe>;

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_MEASUREMENT_CONFIG_H
