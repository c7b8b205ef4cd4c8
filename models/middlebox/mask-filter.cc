#include "models/middlebox/mask-filter.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::middlebox
{

namespace
{

bool
Contains(const std::vector<std::string>& words, std::string_view word)
{
    return std::any_of(words.begin(),
                       words.end(),
                       [&](const std::string& known) { return EqualIgnoringCase(known, word); });
}

} // namespace

bool
MaskFilter::Passes(std::string_view verb) const
{
    if (Contains(m_config.passedCommands, verb))
    {
        return true;
    }
    if (m_config.hello != MaskedHello::Keywords)
    {
        return false;
    }
    const std::string_view keyword = EqualIgnoringCase(verb, "BDAT") ? "CHUNKING" : verb;
    return EqualIgnoringCase(verb, "EHLO") || Contains(m_config.passedKeywords, keyword);
}

LineAction
MaskFilter::OnCommand(std::string_view line, const smtp::Command& command)
{
    LineAction action;
    action.forward = line;
    if (Passes(command.word))
    {
        return action;
    }
    const std::size_t start =
        command.word.empty() ? 0 : static_cast<std::size_t>(command.word.data() - line.data());
    if (m_config.hello == MaskedHello::Helo && EqualIgnoringCase(command.word, "EHLO"))
    {
        action.forward.replace(start, 4, "HELO");
        action.did = TruthEvent::DowngradedHello;
        return action;
    }
    const std::size_t end = m_config.arguments ? line.size() : start + command.word.size();
    std::fill(action.forward.begin(),
              action.forward.begin() + static_cast<std::ptrdiff_t>(end),
              'X');
    action.did = TruthEvent::MaskedCommand;
    return action;
}

std::optional<TruthEvent>
MaskFilter::OnGreeting(std::string& octets)
{
    if (!m_config.banner)
    {
        return {};
    }
    for (char& c : octets)
    {
        const bool stays = c == '2' || c == '0' || c == ' ' || c == '\r' || c == '\n';
        c = stays ? c : '*';
    }
    return TruthEvent::MaskedBanner;
}

std::optional<TruthEvent>
MaskFilter::OnHelloReply(std::string& octets)
{
    std::optional<TruthEvent> did;
    std::size_t at = octets.find('\n');
    while (at != octets.npos && at + 1 < octets.size())
    {
        const std::size_t end = std::min(octets.find('\n', at + 1), octets.size());
        const std::size_t start = std::min(at + 5, end);
        std::string_view rest = std::string_view(octets).substr(start, end - start);
        if (!rest.empty() && rest.back() == '\r')
        {
            rest.remove_suffix(1);
        }
        if (!Contains(m_config.passedKeywords, rest.substr(0, rest.find_first_of(" ="))))
        {
            octets.replace(start, rest.size(), rest.size(), 'X');
            did = TruthEvent::MaskedKeyword;
        }
        at = octets.find('\n', at + 1);
    }
    return did;
}

} // namespace bouncelab::middlebox
