#include "models/middlebox/strip-filter.h"

#include "formats/text.h"

#include <initializer_list>
#include <vector>

namespace bouncelab::middlebox
{

namespace
{

bool
IsOneOf(std::string_view word, std::initializer_list<std::string_view> words)
{
    for (const std::string_view known : words)
    {
        if (EqualIgnoringCase(word, known))
        {
            return true;
        }
    }
    return false;
}

bool
IsStartTls(std::string_view word)
{
    return IsOneOf(word, {"STARTTLS", "X-ANONYMOUSTLS"});
}

bool
IsAuth(std::string_view word)
{
    return IsOneOf(word, {"AUTH", "X-EXPS"});
}

/// Reply in place of the server's to a stripped command; empty if the way leaves it alone.
std::string_view
ReplyTo(const StripConfig& config)
{
    switch (config.way)
    {
    case StripMethod::Capabilities:
        return config.removed;
    case StripMethod::InvalidCode:
        return config.invalidCode;
    case StripMethod::TemporaryError:
        return config.temporaryError;
    case StripMethod::Error:
        return config.error;
    default:
        return {};
    }
}

} // namespace

LineAction
StripFilter::OnCommand(std::string_view line, const smtp::Command& command)
{
    LineAction action;
    if (EqualIgnoringCase(command.word, "EHLO"))
    {
        for (const StripConfig* config : {&m_startTls, &m_auth})
        {
            if (config->way == StripMethod::Downgrade)
            {
                action.reply = config->downgrade;
                action.did = TruthEvent::RefusedHello;
                return action;
            }
        }
    }
    const bool isTls = IsStartTls(command.word);
    if (isTls || IsAuth(command.word))
    {
        const StripConfig& config = isTls ? m_startTls : m_auth;
        action.reply = ReplyTo(config);
        if (!action.reply.empty())
        {
            action.did = isTls ? TruthEvent::RefusedStartTls : TruthEvent::RefusedAuth;
            return action;
        }
        if (config.way == StripMethod::Inject)
        {
            action.then = config.injected;
            action.did = TruthEvent::InjectedCommand;
        }
    }
    action.forward = line;
    return action;
}

std::optional<TruthEvent>
StripFilter::OnHelloReply(std::string& octets)
{
    std::vector<std::string> lines;
    for (std::string_view rest = octets; !rest.empty();)
    {
        const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
        lines.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    std::optional<TruthEvent> did;
    bool hasTls = false;
    for (std::size_t i = 1; i < lines.size();)
    {
        std::string_view keyword = lines[i];
        keyword = keyword.substr(std::min<std::size_t>(4, keyword.size()));
        keyword = keyword.substr(0, keyword.find_first_of(" =\r\n"));
        const bool isTls = IsStartTls(keyword);
        hasTls = hasTls || isTls;
        if ((isTls && m_startTls.way == StripMethod::Capabilities) ||
            (IsAuth(keyword) && m_auth.way == StripMethod::Capabilities))
        {
            lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
            did = TruthEvent::StrippedKeyword;
            continue;
        }
        ++i;
    }
    if (m_startTls.way == StripMethod::InvalidCode && !hasTls && !lines.empty())
    {
        lines.push_back("250 STARTTLS\r\n");
        did = TruthEvent::AddedKeyword;
    }
    if (!did)
    {
        return did;
    }
    octets.clear();
    for (std::size_t i = 0; i < lines.size(); ++i)
    {
        if (lines[i].size() > 3)
        {
            lines[i][3] = i + 1 < lines.size() ? '-' : ' ';
        }
        octets += lines[i];
    }
    return did;
}

} // namespace bouncelab::middlebox
