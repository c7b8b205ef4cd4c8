#include "models/mail/address-routing.h"

#include "formats/endpoint.h"
#include "formats/text.h"
#include "models/mail/message-text.h"

#include <algorithm>
#include <utility>

namespace bouncelab::mail
{

namespace
{

constexpr int MOST_STEPS = 100;

/// The last "@" outside quotes.
std::size_t
FindAt(std::string_view text)
{
    std::size_t found = std::string_view::npos;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (quoted && text[i] == '\\')
        {
            ++i;
        }
        else if (text[i] == '"')
        {
            quoted = !quoted;
        }
        else if (!quoted && text[i] == '@')
        {
            found = i;
        }
    }
    return quoted ? text.rfind('@') : found;
}

/// What is in the quotes of a quoted string; other text as it is.
std::string
Unquote(std::string_view local)
{
    if (local.size() < 2 || local.front() != '"' || local.back() != '"')
    {
        return std::string(local);
    }
    std::string text;
    for (std::size_t i = 1; i + 1 < local.size(); ++i)
    {
        i += local[i] == '\\' && i + 2 < local.size() ? 1 : 0;
        text += local[i];
    }
    return text;
}

/// Takes the first host of a source route away. \return it; empty if there is no source route.
std::string
TakeRouteHost(std::string& recipient)
{
    if (recipient.empty() || recipient[0] != '@')
    {
        return {};
    }
    const std::size_t stop = recipient.find_first_of(",:");
    if (stop == std::string_view::npos ||
        !smtp::IsDomainOrLiteral(std::string_view(recipient).substr(1, stop - 1)))
    {
        return {};
    }
    std::string host = recipient.substr(1, stop - 1);
    recipient.erase(0, stop + 1);
    return host;
}

} // namespace

AddressRouting::AddressRouting(RoutingPersona persona, RoutingSite site)
    : m_persona(std::move(persona))
    , m_site(std::move(site))
{
}

bool
AddressRouting::IsLocalDomain(std::string_view domain) const
{
    return std::any_of(m_site.localDomains.begin(),
                       m_site.localDomains.end(),
                       [domain](const std::string& local)
                       { return EqualIgnoringCase(local, domain); }) ||
           (m_persona.literals && IsOwnLiteral(domain));
}

bool
AddressRouting::IsOwnLiteral(std::string_view domain) const
{
    if (domain.size() < 3 || domain.front() != '[' || domain.back() != ']')
    {
        return false;
    }
    return std::any_of(m_site.addresses.begin(),
                       m_site.addresses.end(),
                       [domain](const IpAddress& own)
                       { return EqualIgnoringCase(AddressLiteral(own), domain); });
}

/// Reads a local part as a route, if the persona does. \return whether `recipient` is another now.
bool
AddressRouting::Unfold(std::string& recipient, std::string_view local) const
{
    const std::string inner = Unquote(local);
    if (m_persona.nested == LocalPartPolicy::Route && inner.find('@') != std::string_view::npos)
    {
        recipient = inner;
        return true;
    }
    // sendmail's order (cf/m4/proto.m4, Canonify): a bang path first, then the last percent sign.
    const std::size_t bang = inner.find('!');
    if (m_persona.bang == LocalPartPolicy::Route && bang != std::string_view::npos &&
        bang + 1 < inner.size() && smtp::IsDomain(std::string_view(inner).substr(0, bang)))
    {
        recipient = inner.substr(bang + 1) + '@' + inner.substr(0, bang);
        return true;
    }
    const std::size_t percent = inner.rfind('%');
    if (m_persona.percent == LocalPartPolicy::Route && percent != std::string_view::npos &&
        percent > 0 && smtp::IsDomainOrLiteral(std::string_view(inner).substr(percent + 1)))
    {
        recipient = inner.substr(0, percent) + '@' + inner.substr(percent + 1);
        return true;
    }
    return false;
}

RoutedAddress
AddressRouting::Route(std::string_view text) const
{
    std::string recipient(text);
    RoutedAddress routed;
    for (int step = 0; step < MOST_STEPS; ++step)
    {
        const std::string whole = recipient;
        const std::string host = TakeRouteHost(recipient);
        if (!host.empty())
        {
            if (m_persona.sourceRoute == SourceRoutePolicy::Follow && !IsLocalDomain(host))
            {
                routed.kind =
                    IsOwnLiteral(host) ? RoutedAddress::Kind::Loop : RoutedAddress::Kind::Remote;
                routed.address = whole;
                routed.domain = host;
                return routed;
            }
            continue;
        }
        const std::size_t at = FindAt(recipient);
        const std::string local = recipient.substr(0, at);
        const std::string domain =
            at == std::string_view::npos ? std::string() : recipient.substr(at + 1);
        if (!domain.empty() && !IsLocalDomain(domain))
        {
            routed.kind =
                IsOwnLiteral(domain) ? RoutedAddress::Kind::Loop : RoutedAddress::Kind::Remote;
            routed.address = smtp::IsLocalPart(local) ? recipient : QuoteAddress(recipient);
            routed.domain = domain;
            return routed;
        }
        if (!Unfold(recipient, local))
        {
            const bool own = !domain.empty() && domain.front() != '[';
            routed.kind = RoutedAddress::Kind::Mailbox;
            routed.local = local;
            routed.domain = own                           ? domain
                            : m_site.localDomains.empty() ? std::string()
                                                          : m_site.localDomains.front();
            routed.address = routed.domain.empty() ? local : local + '@' + routed.domain;
            return routed;
        }
    }
    routed.kind = RoutedAddress::Kind::Loop;
    routed.address = text;
    return routed;
}

RoutedAddress
AddressRouting::Route(const smtp::Path& path) const
{
    return Route(RecipientText(path));
}

RoutedAddress
AddressRouting::Verify(RoutedAddress routed, const HasMailbox& hasMailbox) const
{
    if (routed.kind != RoutedAddress::Kind::Mailbox || hasMailbox(routed.address))
    {
        return routed;
    }
    if (m_persona.catchAll.empty())
    {
        routed.kind = RoutedAddress::Kind::Unknown;
        return routed;
    }
    routed.address = m_persona.catchAll;
    routed.local = routed.address.substr(0, FindAt(routed.address));
    return routed;
}

std::string
RecipientText(const smtp::Path& path)
{
    const std::string text = path.ToString();
    return text.substr(1, text.size() - 2);
}

} // namespace bouncelab::mail
