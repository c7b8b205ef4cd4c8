#include "detectors/analysis/hello-keywords.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t LEAST_MASK = 4; //!< EHLO is the shortest word that is masked.
constexpr std::size_t LEAST_STARS = 8;

/// "AUTH" of "AUTH NTLM LOGIN" and of "AUTH=LOGIN".
std::string
KeywordOf(std::string_view line)
{
    return InUpperCase(line.substr(0, line.find_first_of(" =\r")));
}

} // namespace

const Turn*
AcceptedEhlo(const SmtpSession& session)
{
    const Turn* last = nullptr;
    for (const Turn& turn : session.turns)
    {
        last = turn.Is("EHLO") && turn.code == 250 ? &turn : last;
    }
    return last;
}

const Turn*
GreetingOf(const SmtpSession& session)
{
    return !session.turns.empty() && session.turns[0].verb.empty() &&
                   session.turns[0].code / 100 == 2
               ? &session.turns[0]
               : nullptr;
}

std::string
NameInGreeting(const SmtpSession& session)
{
    const Turn* greeting = GreetingOf(session);
    if (!greeting || greeting->reply.size() < 5)
    {
        return {};
    }
    std::string_view rest = std::string_view(greeting->reply).substr(4);
    const std::string name = InLowerCase(scan::Word(rest));
    return name.find('.') == name.npos || name.find('*') != name.npos ? "" : name;
}

std::vector<std::string>
KeywordsIn(std::string_view reply)
{
    std::vector<std::string> keywords;
    std::size_t end = reply.find('\n');
    if (end == reply.npos)
    {
        const std::size_t words = reply.find("] ");
        std::string_view rest = words == reply.npos ? std::string_view() : reply.substr(words + 2);
        for (std::string_view word = scan::Word(rest); !word.empty(); word = scan::Word(rest))
        {
            keywords.push_back(KeywordOf(word));
        }
        return keywords;
    }
    while (end != reply.npos)
    {
        const std::size_t start = end + 1;
        end = reply.find('\n', start);
        const std::string_view line =
            reply.substr(start, end == reply.npos ? reply.npos : end - start);
        if (line.size() > 4)
        {
            keywords.push_back(KeywordOf(line.substr(4)));
        }
    }
    return keywords;
}

bool
HasKeyword(const std::vector<std::string>& keywords, std::string_view name)
{
    return std::find(keywords.begin(), keywords.end(), name) != keywords.end();
}

std::optional<HostAddress>
EchoedAddress(std::string_view reply)
{
    reply = reply.substr(0, reply.find('\n'));
    const std::size_t open = reply.find('[');
    const std::size_t close = reply.find(']', open == reply.npos ? 0 : open);
    if (open == reply.npos || close == reply.npos)
    {
        return std::nullopt;
    }
    return HostAddress::Parse(reply.substr(open + 1, close - open - 1));
}

bool
IsMaskedWord(std::string_view word)
{
    if (!word.empty() && word.back() == 'A')
    {
        word.remove_suffix(1);
    }
    return word.size() >= LEAST_MASK &&
           std::all_of(word.begin(), word.end(), [](char c) { return c == 'X'; });
}

bool
IsMaskedGreeting(std::string_view reply)
{
    if (reply.size() < 4)
    {
        return false;
    }
    reply.remove_prefix(4);
    const auto stars = std::count(reply.begin(), reply.end(), '*');
    return stars >= static_cast<std::ptrdiff_t>(LEAST_STARS) &&
           reply.find_first_not_of("*02 -\r\n") == reply.npos;
}

} // namespace bouncelab::detectors
