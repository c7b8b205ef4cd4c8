#ifndef BOUNCELAB_TESTS_DETECTORS_SCRIPT_WORDS_H
#define BOUNCELAB_TESTS_DETECTORS_SCRIPT_WORDS_H

#include "tests/cases/case-file.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace bouncelab::test
{

/// A line of a script, taken word by word from its left. What is not as expected is thrown as
/// std::runtime_error "FILE:LINE: found ..., expected ...".
class ScriptWords
{
  public:
    explicit ScriptWords(const CaseLine& line);

    [[noreturn]] void Fail(const std::string& expected) const;

    bool IsEmpty() const { return m_rest.empty(); }

    bool IsNext(char c) const { return !IsEmpty() && m_rest.front() == c; }

    /// The next word without taking it; empty at the end.
    std::string_view Peek() const { return m_rest.substr(0, m_rest.find_first_of(" \t")); }

    std::string_view Take();

    /// Takes the next word if it is this one.
    bool Take(std::string_view word);

    /// Decimal, or hexadecimal behind 0x.
    template <class Number>
    Number TakeNumber(const std::string& expected)
    {
        std::string_view digits = Peek();
        const bool isHex = digits.substr(0, 2) == "0x";
        digits.remove_prefix(isHex ? 2 : 0);
        Number value{};
        const char* const end = digits.data() + digits.size();
        const auto result = std::from_chars(digits.data(), end, value, isHex ? 16 : 10);
        if (digits.empty() || result.ec != std::errc() || result.ptr != end)
        {
            Fail(expected);
        }
        Take();
        return value;
    }

    /// A part of a word as a decimal number.
    int NumberIn(std::string_view part, const std::string& expected) const;

    /// "0.2ms", or "-3s" for a time before, in nanoseconds.
    std::int64_t DurationIn(std::string_view part) const;

    std::int64_t TakeDuration();

    /// The inside of "...", its escapes resolved, and as often as N* in front of it says.
    std::string TakeText();

    /// The items between < and >, which commas part.
    std::vector<std::string_view> TakeList();

  private:
    void Skip();
    char EscapedAt(std::size_t at) const;

    const CaseLine& m_line;
    std::string_view m_rest;
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_SCRIPT_WORDS_H
