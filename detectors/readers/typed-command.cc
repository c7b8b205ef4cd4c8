#include "detectors/readers/typed-command.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

std::vector<std::string_view>
ArgumentsOf(std::string_view text, std::string_view command)
{
    std::vector<std::string_view> words;
    for (std::string_view word = scan::Word(text); !word.empty(); word = scan::Word(text))
    {
        words.push_back(word);
    }
    constexpr std::size_t LONGEST_PROMPT = 4;
    const auto end =
        words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), LONGEST_PROMPT));
    const auto found =
        std::find_if(words.begin(),
                     end,
                     [&](std::string_view word)
                     {
                         const std::size_t prompt = word.find_last_of(">$#");
                         return word.substr(prompt == word.npos ? 0 : prompt + 1) == command;
                     });
    const bool isPrompted =
        found == words.begin() ||
        (found != end && std::any_of(words.begin(),
                                     found,
                                     [](std::string_view word)
                                     { return word.find_first_of("$#>%") != word.npos; }));
    return found == end || !isPrompted ? std::vector<std::string_view>()
                                       : std::vector<std::string_view>(found + 1, words.end());
}

std::uint16_t
PortIn(std::string_view word)
{
    const auto port = scan::Number(word);
    return port && *port > 0 && *port < 65536 ? static_cast<std::uint16_t>(*port)
                                              : std::uint16_t{0};
}

bool
IsPort(std::string_view word)
{
    return !word.empty() && word.find_first_not_of("0123456789") == word.npos && PortIn(word) > 0;
}

std::string
WithoutDot(std::string_view name)
{
    return InLowerCase(TrimEnd(name, "."));
}

} // namespace bouncelab::detectors
