#include "detectors/analysis/recipient-form.h"

namespace bouncelab::detectors
{

namespace
{

/// "user@domain" of "user%domain" and of "domain!user"; what has neither stays.
std::string
Decoded(std::string_view local)
{
    if (local.find('@') != local.npos)
    {
        return std::string(local);
    }
    if (const std::size_t percent = local.rfind('%'); percent != local.npos)
    {
        return std::string(local.substr(0, percent)) + "@" + std::string(local.substr(percent + 1));
    }
    if (const std::size_t bang = local.rfind('!'); bang != local.npos)
    {
        std::string_view host = local.substr(0, bang);
        const std::size_t before = host.rfind('!');
        host.remove_prefix(before == host.npos ? 0 : before + 1);
        return std::string(local.substr(bang + 1)) + "@" + std::string(host);
    }
    return std::string(local);
}

bool
HasRouting(std::string_view local)
{
    return local.find_first_of("@%!") != local.npos;
}

} // namespace

RecipientRoute
RouteOf(std::string_view mailbox)
{
    if (!mailbox.empty() && mailbox.front() == '@')
    {
        const std::size_t colon = mailbox.rfind(':');
        if (colon != mailbox.npos)
        {
            return {RecipientForm::SourceRoute, Decoded(mailbox.substr(colon + 1))};
        }
    }
    if (!mailbox.empty() && mailbox.front() == '"')
    {
        const std::size_t end = mailbox.find('"', 1);
        const std::string_view quoted = mailbox.substr(1, end == mailbox.npos ? end : end - 1);
        return HasRouting(quoted) ? RecipientRoute{RecipientForm::Quoted, Decoded(quoted)}
                                  : RecipientRoute{RecipientForm::Plain, std::string(mailbox)};
    }
    const std::size_t at = mailbox.rfind('@');
    const std::string_view local = mailbox.substr(0, at);
    if (local.find('@') != local.npos)
    {
        return {RecipientForm::DoubleAt, std::string(local)};
    }
    if (local.find('%') != local.npos)
    {
        return {RecipientForm::Percent, Decoded(local)};
    }
    if (local.find('!') != local.npos)
    {
        return {RecipientForm::Bang, Decoded(local)};
    }
    return {RecipientForm::Plain, std::string(mailbox)};
}

std::string_view
NameOf(RecipientForm form)
{
    switch (form)
    {
    case RecipientForm::Plain:
        return "a foreign domain";
    case RecipientForm::Percent:
        return "a percent sign";
    case RecipientForm::Bang:
        return "a bang path";
    case RecipientForm::Quoted:
        return "quotes";
    case RecipientForm::SourceRoute:
        return "a source route";
    case RecipientForm::DoubleAt:
        return "two at signs";
    }
    return "";
}

} // namespace bouncelab::detectors
