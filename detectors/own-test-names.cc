#include "detectors/own-tests.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors::own_tests
{

namespace
{

/// "203.0.113.10" of "10.113.0.203.zen.spamhaus.org", and the list; nothing of other names.
std::optional<std::pair<std::string, std::string>>
ListedIn(const std::string& name)
{
    std::vector<std::string> labels;
    for (std::string_view rest = name; labels.size() < 4 && !rest.empty();)
    {
        const std::string_view label = rest.substr(0, rest.find('.'));
        labels.insert(labels.begin(), std::string(label));
        rest.remove_prefix(std::min(rest.size(), label.size() + 1));
    }
    const std::string address = fmt::format("{}", fmt::join(labels, "."));
    const std::size_t length = address.size() + 1;
    const std::string zone = name.size() > length ? name.substr(length) : "";
    if (labels.size() < 4 || !HostAddress::Parse(address) || zone.find('.') == zone.npos ||
        EndsWith(zone, "arpa"))
    {
        return std::nullopt;
    }
    return std::pair(address, zone);
}

void
JudgeList(const InFile<NameLookup>& lookup,
          const std::pair<std::string, std::string>& listed,
          AlertSink& sink)
{
    const auto& [address, zone] = listed;
    const std::vector<std::string>& answers = lookup.record.answers;
    const auto begins = [&](std::string_view words)
    {
        return std::any_of(answers.begin(),
                           answers.end(),
                           [&](const std::string& answer) { return StartsWith(answer, words); });
    };
    TextFinding finding = FindingOf(lookup, "blacklist.listed");
    finding.source = HostAddress::Parse(address).value_or(HostAddress());
    if (begins("127.255.255."))
    {
        finding.dottedClass = "refused.lookup";
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format(
            "{} answers the question about {} with {} (line {}): an error about whoever asks (a "
            "public or open resolver, too many questions, a mistyped name), and no listing. "
            "Whether the address is listed, this lookup cannot tell.",
            zone,
            address,
            answers.front(),
            lookup.record.line);
        finding.side = "the asking side's: the resolver through which the list is asked; nobody "
                       "has to be delisted";
        finding.next = "the same through a resolver of its own (dig at 127.0.0.1), or the list's "
                       "own page; if the mail server asks through that resolver, it refuses "
                       "everybody";
    }
    else if (begins("127."))
    {
        finding.verdict = Verdict::Inconclusive;
        const bool isPolicy =
            EndsWith(zone, "spamhaus.org") &&
            std::all_of(answers.begin(),
                        answers.end(),
                        [](const std::string& answer)
                        { return answer == "127.0.0.10" || answer == "127.0.0.11"; });
        finding.explanation = fmt::format(
            "{} is listed at {}, which answers {} (line {}){}.",
            address,
            zone,
            Enumerate(answers),
            lookup.record.line,
            isPolicy ? ": by policy alone, as an address that is not meant to send mail directly. "
                       "Nothing is said against what it does"
                     : ". What it did, the answer does not say");
        finding.side = isPolicy ? "the sender's provider: the address is one of those that should "
                                  "send through a relay"
                                : "the sender's network: something behind that address, or its "
                                  "neighborhood";
        finding.next = "the list's own page for the address, with reason and time, and who opens "
                       "connections to port 25 from it";
    }
    else
    {
        return;
    }
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

/// Addresses that lists do not have, by their answers.
void
JudgeUnlisted(const std::vector<const InFile<NameLookup>*>& lookups, AlertSink& sink)
{
    if (lookups.empty())
    {
        return;
    }
    const InFile<NameLookup>& first = *lookups.front();
    const auto listed = ListedIn(first.record.name);
    TextFinding finding = FindingOf(first, "blacklist.listed");
    finding.source = HostAddress::Parse(listed->first).value_or(HostAddress());
    finding.verdict = Verdict::Benign;
    finding.score = 0.7;
    finding.explanation = fmt::format(
        "{} is not listed at {} (line {}: NXDOMAIN){}.",
        listed->first,
        listed->second,
        first.record.line,
        lookups.size() == 1 ? "" : fmt::format("; so {} more answers", lookups.size() - 1));
    finding.side = "nobody's that it shows";
    finding.next = "which list the refusal names, and what that one answers";
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

/// Where the mail of a domain is led, by what was looked up.
class NameJudge
{
  public:
    NameJudge(const ServerLogs& logs, AlertSink& sink)
        : m_logs(logs)
        , m_sink(sink)
    {
    }

    void Run()
    {
        std::vector<const Lookup*> unlisted;
        for (const Lookup& lookup : m_logs.lookups)
        {
            const auto listed = ListedIn(lookup.record.name);
            if (listed && lookup.record.status == "NXDOMAIN")
            {
                unlisted.push_back(&lookup);
            }
            else if (listed)
            {
                JudgeList(lookup, *listed, m_sink);
            }
            else if (lookup.record.type == "MX")
            {
                JudgeMx(lookup);
            }
            else if (EndsWith(lookup.record.name, ".in-addr.arpa") ||
                     EndsWith(lookup.record.name, ".ip6.arpa"))
            {
                JudgeReverse(lookup);
            }
            else if (lookup.record.type == "TXT")
            {
                JudgeSpf(lookup);
            }
        }
        JudgeUnlisted(unlisted, m_sink);
    }

  private:
    using Lookup = InFile<NameLookup>;

    void Tell(const Lookup& lookup, Verdict verdict, std::string explanation, std::string next)
    {
        TextFinding finding = FindingOf(lookup, "unreachable.name");
        finding.verdict = verdict;
        finding.score = verdict == Verdict::Fault ? 0.9 : verdict == Verdict::Benign ? 0.6 : 0;
        finding.explanation = std::move(explanation);
        finding.side = verdict == Verdict::Fault    ? "the recipient's domain: its DNS"
                       : verdict == Verdict::Benign ? "nobody's that it shows"
                                                    : "unknown: the domain's name servers, a "
                                                      "mistyped name, or the own resolver";
        finding.next = std::move(next);
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// What looking up a host's address said; null where nobody looked.
    const NameLookup* AddressOf(const std::string& host) const
    {
        const NameLookup* best = nullptr;
        for (const Lookup& lookup : m_logs.lookups)
        {
            const NameLookup& record = lookup.record;
            if (record.name == host && (record.type == "A" || record.type == "AAAA") &&
                (!best || best->status.empty()))
            {
                best = &record;
            }
        }
        return best;
    }

    void JudgeMx(const Lookup& lookup)
    {
        const NameLookup& record = lookup.record;
        const std::string twice = "the same at another resolver, and at the domain's own name "
                                  "servers (dig NS, then dig MX at each)";
        if (record.status == "SERVFAIL" || record.status == "TIMEOUT" ||
            record.status == "NXDOMAIN" || record.status == "REFUSED")
        {
            const bool isSilent = record.status == "TIMEOUT";
            Tell(lookup,
                 Verdict::Inconclusive,
                 fmt::format("The MX of {} is not told: {} (line {}){}.",
                             record.name,
                             record.status,
                             record.line,
                             isSilent ? ": the resolver that was asked does not answer at all, "
                                        "whatever the domain"
                                      : ""),
                 isSilent ? "another name at the same resolver, and the same at another one"
                          : twice);
            return;
        }
        for (const std::string& answer : record.answers)
        {
            const std::size_t blank = answer.rfind(' ');
            const std::string host =
                InLowerCase(TrimEnd(answer.substr(blank == answer.npos ? 0 : blank + 1), "."));
            if (host.empty())
            {
                Tell(lookup,
                     Verdict::Fault,
                     fmt::format("The MX of {} is \".\" (line {}): the domain says that it takes "
                                 "no mail (RFC 7505).",
                                 record.name,
                                 record.line),
                     "whether the recipient's domain is the right one");
                return;
            }
            if (HostAddress::Parse(host) || host == "localhost")
            {
                Tell(lookup,
                     Verdict::Fault,
                     fmt::format("The MX of {} names {} (line {}), where a host's name has to "
                                 "stand that leads to a server.",
                                 record.name,
                                 host,
                                 record.line),
                     "tell the domain's owner by other means");
                return;
            }
            const NameLookup* const found = AddressOf(host);
            if (found && found->answers.empty() && found->status != "SERVFAIL" &&
                found->status != "TIMEOUT")
            {
                const bool isMissing = found->status == "NXDOMAIN";
                Tell(lookup,
                     isMissing ? Verdict::Fault : Verdict::Inconclusive,
                     fmt::format("The MX of {} is {} (line {}), and that name {} (line {}).",
                                 record.name,
                                 host,
                                 record.line,
                                 isMissing ? "does not exist: no server can be found for the "
                                             "domain's mail"
                                           : "has no address of the kind that was asked for",
                                 found->line),
                     isMissing ? "tell the domain's owner by other means: its MX record, or the "
                                 "address record of that host, has to be mended"
                               : "dig A and AAAA of that host");
                return;
            }
        }
        if (!record.answers.empty())
        {
            Tell(lookup,
                 Verdict::Benign,
                 fmt::format("The MX of {} is {} (line {}).",
                             record.name,
                             Enumerate(record.answers),
                             record.line),
                 "dig A of that host, and a connection to its port 25");
        }
    }

    /// An address without a name. A name that is there shows nothing by itself.
    void JudgeReverse(const Lookup& lookup)
    {
        const NameLookup& record = lookup.record;
        if (record.status != "NXDOMAIN")
        {
            return;
        }
        TextFinding finding = FindingOf(lookup, "refused.policy");
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format(
            "{} does not exist (line {}): that address has no reverse name (PTR). Where it is the "
            "one that sends, receivers that ask for a reverse name refuse it.",
            record.name,
            record.line);
        finding.side = "the sender's, if it sends from that address: whoever holds the address's "
                       "reverse zone, mostly its provider";
        finding.next = "whether mail leaves from that address, and what the refusals say; then a "
                       "PTR record, and a forward record that matches it";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    void JudgeSpf(const Lookup& lookup)
    {
        const NameLookup& record = lookup.record;
        std::vector<std::string> records;
        std::copy_if(record.answers.begin(),
                     record.answers.end(),
                     std::back_inserter(records),
                     [](const std::string& answer)
                     { return StartsWith(InLowerCase(Trim(answer, "\" ")), "v=spf1"); });
        if (records.size() < 2)
        {
            return;
        }
        TextFinding finding = FindingOf(lookup, "refused.authentication");
        finding.score = 0.9;
        finding.explanation = fmt::format("{} has {} SPF records (line {}: {}): with more than one "
                                          "SPF fails for every mail of the domain (permerror, RFC "
                                          "7208).",
                                          record.name,
                                          records.size(),
                                          record.line,
                                          Enumerate(records));
        finding.side = "the sender's domain: its DNS";
        finding.next = "one record that has what all of them allow";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    const ServerLogs& m_logs;
    AlertSink& m_sink;
};

} // namespace

void
JudgeNames(const ServerLogs& logs, AlertSink& sink)
{
    NameJudge(logs, sink).Run();
}

} // namespace bouncelab::detectors::own_tests
