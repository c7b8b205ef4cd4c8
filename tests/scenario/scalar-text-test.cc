#include "lab/scenario/scalar-text.h"

#include "lab/scenario/utc-time.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <limits>

using namespace bouncelab;
using namespace bouncelab::scenario;

BOOST_AUTO_TEST_SUITE(scalar_text)

BOOST_AUTO_TEST_CASE(DurationsAreExact)
{
    const auto value = [](const char* text)
    {
        const Quantity quantity = ParseDuration(text);
        BOOST_TEST((quantity.error == QuantityError::None), text);
        return quantity.value;
    };
    BOOST_TEST(value("35.074 ms") == 35074000);
    BOOST_TEST(value("35.074ms") == 35074000);
    BOOST_TEST(value("0.1 us") == 100);
    BOOST_TEST(value("0.000000001 s") == 1);
    BOOST_TEST(value("1.50000000000000000000000 s") == 1500000000);
    BOOST_TEST(value("0.5 d") == 43200000000000);
    BOOST_TEST(value("0.0000152587890625 d") == 1318359375);
    BOOST_TEST(value("-2 min") == -120000000000);
    BOOST_TEST(value("9223372036854775807 ns") == std::numeric_limits<std::int64_t>::max());
    BOOST_TEST(value("0 s") == 0);
}

BOOST_AUTO_TEST_CASE(DurationsNameWhatIsWrong)
{
    const auto error = [](const char* text) { return ParseDuration(text).error; };
    BOOST_TEST((error("35") == QuantityError::NoUnit));
    BOOST_TEST((error("35 ") == QuantityError::NoUnit));
    BOOST_TEST((error("35 sec") == QuantityError::UnknownUnit));
    BOOST_TEST((error("35  ms") == QuantityError::UnknownUnit));
    BOOST_TEST((error("35 ms ") == QuantityError::UnknownUnit));
    BOOST_TEST((error("1e3 ms") == QuantityError::UnknownUnit));
    BOOST_TEST((error("0.1 ns") == QuantityError::TooFine));
    BOOST_TEST((error("1.0000000001 s") == QuantityError::TooFine));
    BOOST_TEST((error("0.00000000000000001 d") == QuantityError::TooFine));
    BOOST_TEST((error("9223372036854775808 ns") == QuantityError::TooBig));
    BOOST_TEST((error("106752 d") == QuantityError::TooBig));
    BOOST_TEST((error("9223372036.854775808 s") == QuantityError::TooBig));
    for (const char* text : {"", "-", "ms", ".5 ms", "5. ms", "05 ms", "+5 ms", " 5 ms", "--5 ms"})
    {
        BOOST_TEST((error(text) == QuantityError::NoNumber), text);
    }
}

BOOST_AUTO_TEST_CASE(EveryDurationReadsBack)
{
    const bool holds =
        rc::check("format, then parse",
                  [](std::int64_t value, unsigned char shift)
                  {
                      // Shifts give lengths of every size, not only of centuries.
                      const std::int64_t length = value / (std::int64_t{1} << (shift % 63));
                      RC_PRE(length != std::numeric_limits<std::int64_t>::min());
                      const Quantity quantity = ParseDuration(FormatDuration(Nanoseconds(length)));
                      RC_ASSERT(quantity.error == QuantityError::None);
                      RC_ASSERT(quantity.value == length);
                  });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(EveryBitRateReadsBack)
{
    const bool holds = rc::check("format, then parse",
                                 [](std::uint32_t value, unsigned char zeros)
                                 {
                                     std::uint64_t rate = value;
                                     for (int i = 0; i < zeros % 9; ++i)
                                     {
                                         rate *= 10;
                                     }
                                     const Quantity quantity = ParseBitRate(FormatBitRate(rate));
                                     RC_ASSERT(quantity.error == QuantityError::None);
                                     RC_ASSERT(static_cast<std::uint64_t>(quantity.value) == rate);
                                 });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(DurationsAreWrittenAsPeopleDo)
{
    BOOST_TEST(FormatDuration(Nanoseconds(0)) == "0 s");
    BOOST_TEST(FormatDuration(Nanoseconds(35074000)) == "35.074 ms");
    BOOST_TEST(FormatDuration(Nanoseconds(-1500)) == "-1.5 us");
    BOOST_TEST(FormatDuration(Nanoseconds(60000000000)) == "60 s");
    BOOST_TEST(FormatDuration(Nanoseconds(600000000000)) == "10 min");
    BOOST_TEST(FormatDuration(Nanoseconds(604800000000000)) == "7 d");
    BOOST_TEST(FormatBitRate(2500000) == "2500 kbit/s");
}

BOOST_AUTO_TEST_CASE(UtcIsAFormAndACalendar)
{
    BOOST_TEST(ParseUtc("1970-01-01T00:00:00Z").value() == 0);
    BOOST_TEST(ParseUtc("2006-09-26T06:44:52.643691Z").value() == 1159253092643691000);
    BOOST_TEST(ParseUtc("2008-02-29T23:59:59.5Z").value() == 1204329599500000000);
    for (const char* text : {"",
                             "2006-09-26",
                             "2006-09-26T06:44:52",
                             "2006-09-26 06:44:52Z",
                             "2006-09-26T06:44:52+08:00",
                             "2006-09-31T06:44:52Z",
                             "2007-02-29T00:00:00Z",
                             "2006-13-01T00:00:00Z",
                             "2006-09-26T24:00:00Z",
                             "2006-09-26T06:44:60Z",
                             "2006-09-26T06:44:52Z ",
                             "1969-12-31T23:59:59Z",
                             "2006-09-26T06:44:52.Z",
                             "2006-09-26T06:44:52.1234567890Z",
                             "2300-01-01T00:00:00Z",
                             "2006-9-26T06:44:52Z",
                             "2006-09-26T06:44:5"})
    {
        BOOST_TEST(!ParseUtc(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
