#include "models/dns/mail-names.h"

#include "models/dns/name.h"

#include <algorithm>
#include <tuple>

namespace bouncelab::dns
{

namespace
{

/// \return whether the answer is there
bool
AddAddresses(AnswerBook& book, const std::string& host, RecordType type, MailRoute& route)
{
    const Answer* answer = book.Look({host, type});
    if (!answer)
    {
        return false;
    }
    route.failed = route.failed || answer->outcome == Outcome::Failed;
    for (const Record& record : answer->Of(type))
    {
        if (const auto address = IpAddress::Parse(record.data))
        {
            route.takers.push_back({*address, host});
        }
    }
    return true;
}

/// \param exchangers with at least one
void
LeaveOutWorseThan(std::string_view self, std::vector<MailExchange>& exchangers)
{
    const auto own = std::find_if(exchangers.begin(),
                                  exchangers.end(),
                                  [self](const MailExchange& e) { return e.host == self; });
    if (own == exchangers.end())
    {
        return;
    }
    const std::uint32_t limit = own->preference;
    exchangers.erase(std::remove_if(exchangers.begin(),
                                    exchangers.end(),
                                    [limit](const MailExchange& e)
                                    { return e.preference >= limit; }),
                     exchangers.end());
}

} // namespace

std::optional<MailRoute>
FindHost(AnswerBook& book, std::string_view host, RecordType type)
{
    MailRoute route;
    const auto name = ReadName(host);
    if (name && !AddAddresses(book, *name, type, route))
    {
        return std::nullopt;
    }
    route.failed = route.failed && route.takers.empty();
    return route;
}

std::optional<MailRoute>
FindMailRoute(AnswerBook& book, std::string_view domain, std::string_view self, RecordType type)
{
    const auto name = ReadName(domain);
    if (!name)
    {
        return MailRoute();
    }
    const Answer* answer = book.Look({*name, RecordType::Mx});
    if (!answer)
    {
        return std::nullopt;
    }
    if (answer->outcome == Outcome::Failed || answer->outcome == Outcome::NoName)
    {
        return MailRoute{{}, answer->outcome == Outcome::Failed};
    }
    if (answer->outcome == Outcome::NoData)
    {
        return FindHost(book, *name, type);
    }
    std::vector<MailExchange> exchangers;
    for (const Record& record : answer->Of(RecordType::Mx))
    {
        exchangers.push_back(ExchangeOf(record));
    }
    std::sort(exchangers.begin(),
              exchangers.end(),
              [](const MailExchange& a, const MailExchange& b)
              { return std::tie(a.preference, a.host) < std::tie(b.preference, b.host); });
    LeaveOutWorseThan(self, exchangers);
    MailRoute route;
    bool complete = true;
    for (const MailExchange& exchanger : exchangers)
    {
        complete =
            (exchanger.host.empty() || AddAddresses(book, exchanger.host, type, route)) && complete;
    }
    if (!complete)
    {
        return std::nullopt;
    }
    route.failed = route.failed && route.takers.empty();
    return route;
}

std::optional<ClientNames>
FindClientNames(AnswerBook& book, IpAddress client)
{
    constexpr std::size_t MOST_NAMES = 10; // RFC 7208 5.5.
    const Answer* reverse = book.Look({ReverseName(client), RecordType::Ptr});
    if (!reverse)
    {
        return std::nullopt;
    }
    ClientNames names;
    names.failed = reverse->outcome == Outcome::Failed;
    bool complete = true;
    for (const Record& record : reverse->Of(RecordType::Ptr))
    {
        if (names.claimed.size() == MOST_NAMES)
        {
            break;
        }
        names.claimed.push_back(record.data);
        const auto host = FindHost(book, record.data, AddressType(client));
        complete = complete && host;
        const bool leadsBack =
            host && std::any_of(host->takers.begin(),
                                host->takers.end(),
                                [client](const MailTaker& t) { return t.address == client; });
        if (leadsBack)
        {
            names.confirmed.push_back(record.data);
        }
    }
    return complete ? std::optional(names) : std::nullopt;
}

} // namespace bouncelab::dns
