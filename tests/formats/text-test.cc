#include "formats/text.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(OnlyTheLettersOfAsciiHaveTwoCases)
{
    BOOST_TEST(InLowerCase("@AZ[`az{\xC4 5") == "@az[`az{\xC4 5");
    BOOST_TEST(InUpperCase("@AZ[`az{\xE4 5") == "@AZ[`AZ{\xE4 5");
    BOOST_TEST(EqualIgnoringCase("STARTTLS", "StartTls"));
    BOOST_TEST(!EqualIgnoringCase("[", "{"));
    BOOST_TEST(!EqualIgnoringCase("\xC4", "\xE4"));
    BOOST_TEST(!EqualIgnoringCase("HELO", "HELO "));
}

BOOST_AUTO_TEST_CASE(ClassesCoverTheirOctetsAndNoOthers)
{
    int digits = 0, letters = 0, controls = 0, printable = 0;
    for (int octet = 0; octet < 256; ++octet)
    {
        const auto c = static_cast<char>(octet);
        digits += IsDigit(c);
        letters += IsAlpha(c);
        controls += IsControl(c);
        printable += IsPrintable(c);
        BOOST_TEST(IsAlnum(c) == (IsDigit(c) || IsAlpha(c)));
        BOOST_TEST(!(IsControl(c) && IsPrintable(c)));
    }
    BOOST_TEST(digits == 10);
    BOOST_TEST(letters == 52);
    BOOST_TEST(controls == 33);
    BOOST_TEST(printable == 95);
}

BOOST_AUTO_TEST_CASE(HexadecimalDigitsInBothCases)
{
    BOOST_TEST(HexDigit('0') == 0);
    BOOST_TEST(HexDigit('9') == 9);
    BOOST_TEST(HexDigit('a') == 10);
    BOOST_TEST(HexDigit('F') == 15);
    BOOST_TEST(HexDigit('g') == -1);
    BOOST_TEST(HexDigit('@') == -1);
    BOOST_TEST(HexDigit('\x10') == -1);
}

BOOST_AUTO_TEST_CASE(StartsAndEnds)
{
    BOOST_TEST(StartsWith("mail.log", "mail"));
    BOOST_TEST(StartsWith("mail", ""));
    BOOST_TEST(!StartsWith("mai", "mail"));
    BOOST_TEST(!StartsWith("Mail", "mail"));
    BOOST_TEST(StartsWithIgnoringCase("Mail", "mAIL"));
    BOOST_TEST(!StartsWithIgnoringCase("mai", "mail"));
    BOOST_TEST(EndsWith("site.pcap", ".pcap"));
    BOOST_TEST(!EndsWith("pcap", ".pcap"));
    BOOST_TEST(EndsWith("", ""));
    BOOST_TEST(ContainsIgnoringCase("RCPT TO:<a@Neptune>", "@neptune"));
    BOOST_TEST(ContainsIgnoringCase("", ""));
    BOOST_TEST(!ContainsIgnoringCase("RCPT", "RCPT TO"));
}

BOOST_AUTO_TEST_CASE(TrimmedOfWhatWasAskedFor)
{
    BOOST_TEST(Trim(" \t a b\t ") == "a b");
    BOOST_TEST(Trim(" \t ").empty());
    BOOST_TEST(Trim(" a\r") == "a\r");
    BOOST_TEST(Trim("\r a\r", LINE_BLANKS) == "a");
    BOOST_TEST(TrimEnd(" a\r\n", "\r\n") == " a");
}

BOOST_AUTO_TEST_CASE(LinesIntoOne)
{
    BOOST_TEST(FirstLine("250-a\n250 b") == "250-a");
    BOOST_TEST(FirstLine("250 a") == "250 a");
    BOOST_TEST(OneLine("250-a\n250 b\n") == "250-a 250 b ");
}

BOOST_AUTO_TEST_CASE(AStrangersOctetsStayOnOneLine)
{
    const std::string wild("a\r\n\0\x7F\xFC z", 8);
    BOOST_TEST(WithoutControls(wild) == "a????\xFC z");
    BOOST_TEST(InPrintableAscii(wild) == "a????? z");
    BOOST_TEST(Escape(wild) == "a\\r\\n\\x00\\x7f\\xfc z");
    BOOST_TEST(Escape("\t") == "\\t");
}

BOOST_AUTO_TEST_CASE(NothingSteersATerminal)
{
    BOOST_TEST(ForTerminal("250 mx.example.cn, h\xC3\xA9, \xE4\xBD\xA0\xE5\xA5\xBD") ==
               "250 mx.example.cn, h\xC3\xA9, \xE4\xBD\xA0\xE5\xA5\xBD");
    BOOST_TEST(ForTerminal("\x1B[31mred\x1B]0;title\x07") == "\\x1b[31mred\\x1b]0;title\\x07");
    BOOST_TEST(ForTerminal("a\rb\nc\td\x7F") == "a\\x0db\\x0ac\\x09d\\x7f");
    BOOST_TEST(ForTerminal("\xC2\x9B"
                           "31m") == "\\xc2\\x9b31m");
    BOOST_TEST(ForTerminal("\x9B"
                           "31m\xFF") == "\\x9b31m\\xff");
    BOOST_TEST(ForTerminal("\xE2\x80\xAE\xE2\x81\xA6\xD8\x9C") ==
               "\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xd8\\x9c");
    BOOST_TEST(ForTerminal(std::string_view("\0", 1)) == "\\x00");
}

BOOST_AUTO_TEST_CASE(JsonSteersNoTerminalAndMeansTheSame)
{
    BOOST_TEST(JsonForTerminal("{\"a\":\"h\xC3\xA9\\u001b \xE4\xBD\xA0\"}") ==
               "{\"a\":\"h\xC3\xA9\\u001b \xE4\xBD\xA0\"}");
    BOOST_TEST(JsonForTerminal("\"\x7F\xC2\x9B\xD8\x9C\xE2\x80\xAE\xE2\x81\xA6\"") ==
               "\"\\u007f\\u009b\\u061c\\u202e\\u2066\"");
    BOOST_TEST(JsonForTerminal("\"\xE2\x80") == "\"\xE2\x80");
}

/// No pair or triple of octets leaves a control, C1 or a mark of direction.
BOOST_AUTO_TEST_CASE(NothingSteersATerminalWhateverComes)
{
    for (unsigned i = 0; i < 256 * 256; ++i)
    {
        for (const char* before : {"", "\xE2", "\xC2"})
        {
            const std::string text =
                std::string(before) + static_cast<char>(i >> 8) + static_cast<char>(i & 255);
            const std::string shown = ForTerminal(text);
            BOOST_REQUIRE(ForTerminal(shown) == shown);
            for (const char c : shown)
            {
                BOOST_REQUIRE(!IsControl(c));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
