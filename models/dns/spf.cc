#include "models/dns/spf.h"

#include "models/dns/mail-names.h"
#include "models/dns/name.h"
#include "models/dns/spf-record.h"

#include <algorithm>
#include <array>

namespace bouncelab::dns
{

namespace
{

constexpr unsigned MOST_TERMS = 10; // RFC 7208 4.6.4.
constexpr unsigned MOST_VOID = 2;
constexpr std::size_t MOST_NAMES = 10;

/// \param address as a record has it
bool
IsIn(const IpAddress& client, std::string_view address, const SpfDirective& directive)
{
    const auto network =
        IpPrefix::Around(address, client.IsIpv6() ? directive.prefixIpv6 : directive.prefix);
    return network && network->Contains(client);
}

/// A domain that can be asked for: at least two labels (RFC 7208 4.3).
std::optional<std::string>
ReadDomain(std::string_view text)
{
    auto name = ReadName(text);
    if (!name || name->find('.') == name->npos || text.find("..") != text.npos)
    {
        return std::nullopt;
    }
    return name;
}

/// One run of check_host() over what is known. Where something is not, it stops, and all results
/// are without meaning.
class Evaluation
{
  public:
    Evaluation(AnswerBook& book, const SpfQuery& query)
        : m_book(book)
        , m_query(query)
        , m_sender(query.sender)
    {
        const std::size_t at = m_sender.rfind('@');
        if (at == m_sender.npos)
        {
            m_sender = "postmaster@" + m_sender;
        }
        else if (at == 0)
        {
            m_sender = "postmaster" + m_sender;
        }
    }

    std::optional<SpfResult> Run()
    {
        const SpfResult result = CheckHost(m_query.domain);
        return m_waits ? std::nullopt : std::optional(result);
    }

  private:
    enum class Match
    {
        No,
        Yes,
        TemporaryError,
        PermanentError,
    };

    const Answer* Look(const std::string& name, RecordType type)
    {
        const Answer* answer = m_book.Look({name, type});
        m_waits = m_waits || !answer;
        return answer;
    }

    SpfResult CheckHost(const std::string& domainText)
    {
        const auto domain = ReadDomain(domainText);
        const Answer* answer = domain ? Look(*domain, RecordType::Txt) : nullptr;
        if (!answer)
        {
            return SpfResult::None;
        }
        if (answer->outcome == Outcome::Failed)
        {
            return SpfResult::TemporaryError;
        }
        std::vector<std::string> texts;
        for (const Record& record : answer->Of(RecordType::Txt))
        {
            if (IsSpfRecord(record.data))
            {
                texts.push_back(record.data);
            }
        }
        if (texts.size() != 1)
        {
            return texts.empty() ? SpfResult::None : SpfResult::PermanentError;
        }
        const auto record = ReadSpfRecord(texts.front());
        return record ? Evaluate(*record, *domain) : SpfResult::PermanentError;
    }

    SpfResult Evaluate(const SpfRecord& record, const std::string& domain)
    {
        bool hasAll = false;
        for (const SpfDirective& directive : record.directives)
        {
            hasAll = hasAll || directive.mechanism == SpfMechanism::All;
            const Match match = Matches(directive, domain);
            if (match == Match::TemporaryError || match == Match::PermanentError)
            {
                return match == Match::TemporaryError ? SpfResult::TemporaryError
                                                      : SpfResult::PermanentError;
            }
            if (match == Match::Yes || m_waits)
            {
                return directive.result;
            }
        }
        if (!record.redirect || hasAll)
        {
            return SpfResult::Neutral;
        }
        if (++m_terms > MOST_TERMS)
        {
            return SpfResult::PermanentError;
        }
        const SpfResult result = CheckHost(Expand(*record.redirect, domain));
        return result == SpfResult::None ? SpfResult::PermanentError : result;
    }

    std::string Expand(const std::string& text, const std::string& domain)
    {
        std::string clientName = "unknown";
        if (UsesClientName(text))
        {
            const std::vector<std::string> names = ValidatedNames();
            const auto best = std::find_if(names.begin(),
                                           names.end(),
                                           [&domain](const std::string& name)
                                           { return IsAtOrBelow(name, domain); });
            clientName = best != names.end() ? *best : names.empty() ? clientName : names.front();
        }
        return ExpandSpfMacros(text, {m_query.client, m_sender, domain, m_query.helo, clientName});
    }

    Match Matches(const SpfDirective& directive, const std::string& domain)
    {
        switch (directive.mechanism)
        {
        case SpfMechanism::All:
            return Match::Yes;
        case SpfMechanism::Ip4:
        case SpfMechanism::Ip6:
            return directive.network.Contains(m_query.client) ? Match::Yes : Match::No;
        default:
            break;
        }
        if (++m_terms > MOST_TERMS)
        {
            return Match::PermanentError;
        }
        const std::string target =
            directive.domain.empty() ? domain : Expand(directive.domain, domain);
        if (directive.mechanism == SpfMechanism::Include)
        {
            return Include(target);
        }
        const auto name = ReadName(target);
        if (!name || m_waits)
        {
            return Match::No;
        }
        switch (directive.mechanism)
        {
        case SpfMechanism::A:
            return MatchAddress(*name, directive);
        case SpfMechanism::Mx:
            return MatchExchangers(*name, directive);
        case SpfMechanism::Ptr:
            return MatchClientName(*name);
        default:
            return Exists(*name);
        }
    }

    Match Include(const std::string& target)
    {
        switch (CheckHost(target))
        {
        case SpfResult::Pass:
            return Match::Yes;
        case SpfResult::TemporaryError:
            return Match::TemporaryError;
        case SpfResult::PermanentError:
        case SpfResult::None:
            return Match::PermanentError;
        default:
            return Match::No;
        }
    }

    /// Counts an answer that is empty. \return whether that was one too many
    bool IsOneVoidTooMany(const Answer& answer)
    {
        const bool isVoid = answer.outcome == Outcome::NoName || answer.outcome == Outcome::NoData;
        return isVoid && ++m_voids > MOST_VOID;
    }

    Match MatchAddress(const std::string& name, const SpfDirective& directive)
    {
        const Answer* answer = Look(name, AddressType(m_query.client));
        if (!answer)
        {
            return Match::No;
        }
        if (answer->outcome == Outcome::Failed)
        {
            return Match::TemporaryError;
        }
        if (IsOneVoidTooMany(*answer))
        {
            return Match::PermanentError;
        }
        const Records addresses = answer->Of(AddressType(m_query.client));
        const bool found = std::any_of(addresses.begin(),
                                       addresses.end(),
                                       [&](const Record& record)
                                       { return IsIn(m_query.client, record.data, directive); });
        return found ? Match::Yes : Match::No;
    }

    Match MatchExchangers(const std::string& name, const SpfDirective& directive)
    {
        const Answer* answer = Look(name, RecordType::Mx);
        if (!answer)
        {
            return Match::No;
        }
        if (answer->outcome == Outcome::Failed)
        {
            return Match::TemporaryError;
        }
        const Records exchangers = answer->Of(RecordType::Mx);
        if (IsOneVoidTooMany(*answer) || exchangers.size() > MOST_NAMES)
        {
            return Match::PermanentError;
        }
        for (const Record& exchanger : exchangers)
        {
            const Match match = MatchAddress(ExchangeOf(exchanger).host, directive);
            if (match != Match::No)
            {
                return match;
            }
        }
        return Match::No;
    }

    Match MatchClientName(const std::string& domain)
    {
        const std::vector<std::string> names = ValidatedNames();
        const bool found =
            std::any_of(names.begin(),
                        names.end(),
                        [&domain](const std::string& name) { return IsAtOrBelow(name, domain); });
        return found ? Match::Yes : Match::No;
    }

    std::vector<std::string> ValidatedNames()
    {
        const auto names = FindClientNames(m_book, m_query.client);
        m_waits = m_waits || !names;
        return names ? names->confirmed : std::vector<std::string>();
    }

    Match Exists(const std::string& name)
    {
        const Answer* answer = Look(name, RecordType::A);
        if (!answer)
        {
            return Match::No;
        }
        if (answer->outcome == Outcome::Failed)
        {
            return Match::TemporaryError;
        }
        return IsOneVoidTooMany(*answer)           ? Match::PermanentError
               : answer->Of(RecordType::A).empty() ? Match::No
                                                   : Match::Yes;
    }

    AnswerBook& m_book;
    const SpfQuery& m_query;
    std::string m_sender;
    unsigned m_terms = 0;
    unsigned m_voids = 0;
    bool m_waits = false;
};

} // namespace

std::string_view
NameOfSpfResult(SpfResult result)
{
    constexpr std::array<std::string_view, 7>
        NAMES{"none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"};
    return NAMES[static_cast<std::size_t>(result)];
}

std::optional<SpfResult>
CheckSpf(AnswerBook& book, const SpfQuery& query)
{
    return Evaluation(book, query).Run();
}

} // namespace bouncelab::dns
