#include "models/connector/sender-checks.h"

#include "formats/text.h"
#include "models/dns/mail-names.h"
#include "models/dns/name.h"
#include "models/dns/spf.h"
#include "models/smtp/hello-check.h"
#include "models/smtp/reply.h"
#include "models/smtp/text-template.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>

namespace bouncelab::connector
{

namespace
{

constexpr std::size_t LONGEST_REPLY = 510; // RFC 5321 4.5.3.1.5.

using Words = std::map<std::string_view, std::string>;

std::string
Expanded(const std::string& text, const Words& words)
{
    std::string expanded;
    smtp::ExpandTemplate(expanded,
                         text,
                         [&words](std::string& out, std::string_view word)
                         {
                             const auto known = words.find(word);
                             if (known == words.end())
                             {
                                 return false;
                             }
                             out += known->second;
                             return true;
                         });
    return expanded;
}

/// The reply as one that says "for now".
std::string
Deferring(std::string reply)
{
    constexpr std::size_t STATUS_AT = 4;
    reply[0] = '4';
    if (reply.size() > STATUS_AT + 1 && reply[STATUS_AT] == '5' && reply[STATUS_AT + 1] == '.')
    {
        reply[STATUS_AT] = '4';
    }
    return reply;
}

bool
SaysThatOneMayNotAsk(Ipv4 code)
{
    return code.value >> 8 == 0x7FFFFF;
}

void
CheckText(const std::string& key,
          const std::string& text,
          std::initializer_list<std::string_view> words,
          std::vector<std::string>& faults)
{
    if (!smtp::SplitReply(text) || (text[0] != '4' && text[0] != '5'))
    {
        faults.push_back(
            fmt::format("{}: found \"{}\", expected a code 4yz or 5yz, a space and text",
                        key,
                        text));
        return;
    }
    std::string expanded;
    smtp::ExpandTemplate(expanded,
                         text,
                         [&](std::string&, std::string_view word)
                         {
                             const bool known =
                                 std::find(words.begin(), words.end(), word) != words.end();
                             if (!known)
                             {
                                 faults.push_back(fmt::format(
                                     "{}: found unknown word \"{{{}}}\", expected one of {}",
                                     key,
                                     word,
                                     fmt::join(words, ", ")));
                             }
                             return known;
                         });
}

/// One run of all checks over what is known.
class Checks
{
  public:
    Checks(const SenderChecksConfig& config,
           const CheckedClient& client,
           bool hasResolver,
           dns::AnswerBook& book)
        : m_config(config)
        , m_client(client)
        , m_hasResolver(hasResolver)
        , m_book(book)
    {
    }

    std::optional<CheckResult> Run()
    {
        if (m_hasResolver)
        {
            AskBlacklists();
            AskReverseName();
        }
        JudgeHello();
        if (m_hasResolver)
        {
            AskSpf();
        }
        return m_waits ? std::nullopt : std::optional(std::move(m_result));
    }

  private:
    const dns::Answer* Look(const std::string& name, dns::RecordType type)
    {
        const dns::Answer* answer = m_book.Look({name, type});
        m_waits = m_waits || !answer;
        return answer;
    }

    void Find(SenderCheck check,
              CheckAction action,
              const std::string& reply,
              Words words,
              std::string_view field)
    {
        if (action == CheckAction::Off)
        {
            return;
        }
        words["client"] = m_client.client.ToString();
        words["helo"] = m_client.helo;
        words["sender"] = m_client.sender;
        // What others say is no line of ours: a list's reason may hold any octets.
        const std::string text = InPrintableAscii(Expanded(reply, words)).substr(0, LONGEST_REPLY);
        if (action == CheckAction::Tag)
        {
            constexpr std::size_t CODE = 4;
            m_result.header +=
                fmt::format("{}: {}\r\n", field, text.substr(std::min(CODE, text.size())));
        }
        m_result.findings.push_back(
            {check, action, action == CheckAction::Defer ? Deferring(text) : text});
    }

    void AskBlacklists()
    {
        for (const BlacklistCheck& list : m_config.blacklists)
        {
            if (list.action != CheckAction::Off)
            {
                AskBlacklist(list);
            }
        }
    }

    void AskBlacklist(const BlacklistCheck& list)
    {
        const std::string zone = dns::ReadName(list.zone).value_or(list.zone);
        const std::string name = dns::ReverseName(m_client.client, zone);
        const dns::Answer* answer = Look(name, dns::RecordType::A);
        const dns::Records codes = answer ? answer->Of(dns::RecordType::A) : dns::Records();
        const bool listed =
            std::any_of(codes.begin(),
                        codes.end(),
                        [&list](const dns::Record& record) { return Counts(list, record); });
        if (!listed)
        {
            return;
        }
        const dns::Answer* why = Look(name, dns::RecordType::Txt);
        const dns::Records reasons = why ? why->Of(dns::RecordType::Txt) : dns::Records();
        Find(SenderCheck::Blacklist,
             list.action,
             list.reply,
             {{"zone", list.zone}, {"reason", reasons.empty() ? "" : reasons.front().data}},
             "X-RBL-Warning");
    }

    static bool Counts(const BlacklistCheck& list, const dns::Record& record)
    {
        const auto code = Ipv4::Parse(record.data);
        if (!code || code->value >> 24 != 127)
        {
            return false;
        }
        return list.codes.empty()
                   ? !SaysThatOneMayNotAsk(*code)
                   : std::find(list.codes.begin(), list.codes.end(), *code) != list.codes.end();
    }

    void AskReverseName()
    {
        const auto names = dns::FindClientNames(m_book, m_client.client);
        m_waits = m_waits || !names;
        if (!names)
        {
            return;
        }
        m_result.clientName = names->confirmed.empty() ? "" : names->confirmed.front();
        const ReverseNameCheck& check = m_config.reverseName;
        const bool none = names->claimed.empty();
        CheckAction action = none                       ? check.action
                             : names->confirmed.empty() ? check.unconfirmed
                                                        : CheckAction::Off;
        if (names->failed && action == CheckAction::Refuse)
        {
            action = CheckAction::Defer;
        }
        Find(SenderCheck::ReverseName, action, check.reply, {}, "X-Warning");
    }

    void JudgeHello()
    {
        const HelloCheck& check = m_config.hello;
        const smtp::HelloFault fault =
            smtp::JudgeHello(m_client.helo, m_client.client, m_client.server, m_client.serverName);
        if (fault != smtp::HelloFault::None)
        {
            Find(SenderCheck::Hello, check.action, check.reply, {}, "X-Warning");
        }
        else if (check.unresolved != CheckAction::Off && m_hasResolver &&
                 m_client.helo.front() != '[')
        {
            const auto route =
                dns::FindMailRoute(m_book, m_client.helo, {}, dns::AddressType(m_client.client));
            m_waits = m_waits || !route;
            if (route && route->takers.empty())
            {
                const bool defers = route->failed && check.unresolved == CheckAction::Refuse;
                Find(SenderCheck::Hello,
                     defers ? CheckAction::Defer : check.unresolved,
                     check.reply,
                     {},
                     "X-Warning");
            }
        }
    }

    CheckAction ActionOf(dns::SpfResult result) const
    {
        const SpfCheck& check = m_config.spf;
        switch (result)
        {
        case dns::SpfResult::Fail:
            return check.fail;
        case dns::SpfResult::SoftFail:
            return check.softFail;
        case dns::SpfResult::TemporaryError:
            return check.temporaryError;
        case dns::SpfResult::PermanentError:
            return check.permanentError;
        default:
            return CheckAction::Off;
        }
    }

    void AskSpf()
    {
        const SpfCheck& check = m_config.spf;
        const auto isOff = [](CheckAction action) { return action == CheckAction::Off; };
        if (isOff(check.fail) && isOff(check.softFail) && isOff(check.permanentError) &&
            isOff(check.temporaryError))
        {
            return;
        }
        // The null sender's domain is that of HELO (RFC 7208 2.4).
        const std::size_t at = m_client.sender.rfind('@');
        const std::string domain =
            at == m_client.sender.npos ? m_client.helo : m_client.sender.substr(at + 1);
        const std::string sender =
            at == m_client.sender.npos ? "postmaster@" + domain : m_client.sender;
        const auto result = dns::CheckSpf(m_book, {m_client.client, domain, sender, m_client.helo});
        m_waits = m_waits || !result;
        if (result)
        {
            Find(SenderCheck::Spf,
                 ActionOf(*result),
                 check.reply,
                 {{"result", std::string(dns::NameOfSpfResult(*result))}, {"domain", domain}},
                 "X-SPF-Warning");
        }
    }

    const SenderChecksConfig& m_config;
    const CheckedClient& m_client;
    bool m_hasResolver;
    dns::AnswerBook& m_book;
    CheckResult m_result;
    bool m_waits = false;
};

} // namespace

bool
SenderChecksConfig::NeedsResolver() const
{
    return !blacklists.empty() || reverseName.action != CheckAction::Off ||
           reverseName.unconfirmed != CheckAction::Off || hello.unresolved != CheckAction::Off ||
           spf.fail != CheckAction::Off || spf.softFail != CheckAction::Off ||
           spf.permanentError != CheckAction::Off || spf.temporaryError != CheckAction::Off;
}

bool
SenderChecksConfig::IsAnyOn() const
{
    return NeedsResolver() || hello.action != CheckAction::Off;
}

std::vector<std::string>
CheckSenderChecks(const SenderChecksConfig& config)
{
    std::vector<std::string> faults;
    for (std::size_t i = 0; i < config.blacklists.size(); ++i)
    {
        const BlacklistCheck& list = config.blacklists[i];
        const std::string key = fmt::format("blacklists.{}", i + 1);
        const auto zone = dns::ReadName(list.zone);
        if (!zone || zone->empty())
        {
            faults.push_back(
                fmt::format("{}.zone: found \"{}\", expected the name of a zone", key, list.zone));
        }
        CheckText(key + ".reply", list.reply, {"client", "zone", "reason"}, faults);
    }
    CheckText("reverse-name.reply", config.reverseName.reply, {"client"}, faults);
    CheckText("hello.reply", config.hello.reply, {"client", "helo"}, faults);
    CheckText("spf.reply", config.spf.reply, {"client", "sender", "domain", "result"}, faults);
    return faults;
}

const CheckFinding*
CheckResult::Decisive() const
{
    for (const CheckAction action : {CheckAction::Refuse, CheckAction::Defer})
    {
        const auto found = std::find_if(findings.begin(),
                                        findings.end(),
                                        [action](const CheckFinding& finding)
                                        { return finding.action == action; });
        if (found != findings.end())
        {
            return &*found;
        }
    }
    return nullptr;
}

std::optional<CheckResult>
CheckSender(const SenderChecksConfig& config,
            const CheckedClient& client,
            bool hasResolver,
            dns::AnswerBook& book)
{
    return Checks(config, client, hasResolver, book).Run();
}

} // namespace bouncelab::connector
