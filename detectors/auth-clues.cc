#include "detectors/auth-cause.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors::auth_cause
{

namespace
{

using Outcome = KerberosExchange::Outcome;

constexpr std::uint32_t SERVICE_UNKNOWN = 7;

std::string
HostOfService(std::string_view service)
{
    const std::size_t slash = service.find('/');
    return std::string(service.substr(slash == service.npos ? service.size() : slash + 1));
}

/// The first word of a text with a slash that is a mail server's service.
std::string
ServiceIn(std::string_view text)
{
    for (std::string flat = OneLine(text); !flat.empty();)
    {
        std::string_view rest = flat;
        const std::string_view word = Trim(scan::Word(rest), ".,;()");
        if (word.empty())
        {
            break;
        }
        if (IsOfMail(word))
        {
            return InLowerCase(word);
        }
        flat = std::string(rest);
    }
    return "";
}

} // namespace

std::optional<Case::Comparison>
Case::Compare(const FileTime& at) const
{
    for (const TimeSpan& span : incident->seen)
    {
        if (const auto estimate = analysis.Clocks().Ahead(span.file, at.file, at.time))
        {
            return Comparison{&span, *estimate};
        }
    }
    return std::nullopt;
}

std::optional<Case::Comparison>
Case::CompareSides() const
{
    const TimeSpan* const taken = incident->SeenBy(Keeper::Receiver);
    std::optional<Comparison> best;
    for (const TimeSpan& span : incident->seen)
    {
        const auto estimate = taken && span.keeper == Keeper::Sender
                                  ? analysis.Clocks().Ahead(taken->file, span.file, span.first)
                                  : std::nullopt;
        if (estimate && (!best || estimate->ahead.Width() < best->estimate.ahead.Width()))
        {
            best = {&span, *estimate};
        }
    }
    return best;
}

bool
Case::MayBeWithin(const FileTime& at) const
{
    constexpr std::chrono::minutes BETWEEN(15); // From one attempt of a queue to the next.
    const auto compared = incident ? Compare(at) : std::nullopt;
    return !compared ||
           (at.time + compared->estimate.ahead.most >= compared->seen->first - BETWEEN &&
            at.time + compared->estimate.ahead.least <= compared->seen->last + BETWEEN);
}

bool
Case::IsOfSender(const KerberosExchange& exchange) const
{
    const bool known = incident && incident->sender.IsKnown();
    return (!known || exchange.client == incident->sender) &&
           MayBeWithin({exchange.file, exchange.time});
}

bool
Case::IsReceiver(std::string_view name) const
{
    return incident && !incident->receiverName.empty() &&
           ShortName(name) == ShortName(incident->receiverName);
}

std::string
FrameOf(const KerberosExchange& exchange)
{
    return PlaceOf(exchange.file, exchange.answerFrame > 0 ? exchange.answerFrame : exchange.frame);
}

bool
IsOfMail(std::string_view service)
{
    return StartsWithIgnoringCase(service, "smtp/") || StartsWithIgnoringCase(service, "smtpsvc/");
}

std::string
PlaceOf(const QuotedLine& line)
{
    return line.file.empty() ? fmt::format("line {}", line.line)
                             : fmt::format("line {} of {}", line.line, line.file);
}

std::string
PlaceOf(std::string_view file, std::uint64_t frame)
{
    return file.empty() ? fmt::format("frame {}", frame)
                        : fmt::format("frame {} of {}", frame, file);
}

std::string
ShortName(std::string_view host)
{
    return InLowerCase(host.substr(0, host.find('.')));
}

namespace
{

/// Attempts of one client's at controllers that nothing came of.
struct Attempts
{
    std::vector<const KerberosExchange*> failed;
    const KerberosExchange* answered = nullptr; //!< While others failed, or at all.
};

/// Files that show others reach a controller, and none of these attempts.
std::string
NotArrived(const Case& here, const Attempts& attempts)
{
    const KerberosExchange& first = *attempts.failed.front();
    for (const KerberosExchange& other : here.exchanges)
    {
        if (other.file == first.file || other.server != first.server)
        {
            continue;
        }
        const bool arrives = std::any_of(attempts.failed.begin(),
                                         attempts.failed.end(),
                                         [&](const KerberosExchange* attempt)
                                         { return attempt->file == other.file; });
        return arrives ? fmt::format(", although they show in {}", other.file)
                       : fmt::format(", and none of them shows in {}", other.file);
    }
    return "";
}

void
JudgeAttempts(const Case& here,
              const HostAddress& client,
              const Attempts& attempts,
              std::vector<Clue>& clues)
{
    constexpr std::size_t FEWEST = 3;
    if (attempts.failed.size() < FEWEST || attempts.answered)
    {
        return;
    }
    const KerberosExchange& first = *attempts.failed.front();
    std::set<HostAddress> servers;
    for (const KerberosExchange* const attempt : attempts.failed)
    {
        servers.insert(attempt->server);
    }
    std::vector<std::string> names;
    for (const HostAddress& server : servers)
    {
        names.push_back(server.ToString());
    }
    std::vector<QuotedLine> lines;
    std::string alive;
    for (const auto& reading : here.logs.clocks)
    {
        if (reading.record.reference.empty() && lines.empty())
        {
            lines.push_back(LineOf(reading));
            alive = fmt::format("; {} answers about the time ({})",
                                reading.record.host,
                                PlaceOf(lines.front()));
        }
    }
    const bool isSilent = first.outcome == Outcome::Silent;
    clues.push_back(
        {Cause::Ports,
         here.incident && here.incident->sender == client ? Weight::Shows : Weight::Hints,
         fmt::format("port 88 of {} {} {} of {}'s attempts from {} on{}{}",
                     Enumerate(names),
                     isSilent ? "is silent to" : "is closed to",
                     attempts.failed.size(),
                     client.ToString(),
                     FrameOf(first),
                     NotArrived(here, attempts),
                     alive),
         lines,
         {first.file, first.time}});
}

} // namespace

void
FindPortClues(const Case& here, std::vector<Clue>& clues)
{
    std::map<HostAddress, Attempts> byClient;
    for (const KerberosExchange& exchange : here.exchanges)
    {
        if (exchange.outcome != Outcome::Answered && here.IsOfSender(exchange))
        {
            byClient[exchange.client].failed.push_back(&exchange);
        }
    }
    for (const KerberosExchange& exchange : here.exchanges)
    {
        const auto known = byClient.find(exchange.client);
        const bool isBetween = known != byClient.end() && exchange.outcome == Outcome::Answered &&
                               exchange.file == known->second.failed.front()->file &&
                               exchange.time > known->second.failed.front()->time &&
                               exchange.time < known->second.failed.back()->time;
        if (isBetween)
        {
            known->second.answered = &exchange;
        }
    }
    for (const auto& [client, attempts] : byClient)
    {
        JudgeAttempts(here, client, attempts, clues);
    }
    const auto answered =
        std::find_if(here.exchanges.begin(),
                     here.exchanges.end(),
                     [&](const KerberosExchange& exchange) {
                         return exchange.outcome == Outcome::Answered && here.IsOfSender(exchange);
                     });
    const bool isBlocked = std::any_of(clues.begin(),
                                       clues.end(),
                                       [](const Clue& clue) { return clue.cause == Cause::Ports; });
    if (here.incident && !isBlocked && answered != here.exchanges.end())
    {
        clues.push_back({Cause::Ports,
                         Weight::Excludes,
                         fmt::format("{} answers on port 88 ({})",
                                     answered->server.ToString(),
                                     FrameOf(*answered)),
                         {},
                         {answered->file, answered->time}});
    }
}

namespace
{

/// What is told of service names.
class Names
{
  public:
    explicit Names(const Case& here)
        : m_here(here)
    {
        for (const auto& entry : here.logs.serviceNames)
        {
            if (entry.record.name.empty())
            {
                m_lists.emplace(InLowerCase(entry.record.account), LineOf(entry));
            }
            else if (IsOfMail(entry.record.name))
            {
                m_accounts[entry.record.name].emplace(InLowerCase(entry.record.account),
                                                      LineOf(entry));
            }
        }
        for (const KerberosExchange& exchange : here.exchanges)
        {
            ReadExchange(exchange);
        }
        for (const auto& event : here.logs.events)
        {
            ReadEvent(event);
        }
    }

    void Judge(std::vector<Clue>& clues)
    {
        for (const std::string& name : Asked())
        {
            JudgeName(name, clues);
        }
    }

  private:
    void ReadExchange(const KerberosExchange& exchange)
    {
        if (!exchange.request || !IsOfMail(exchange.request->service))
        {
            return;
        }
        const std::string name = InLowerCase(exchange.request->service);
        if (exchange.IsError(SERVICE_UNKNOWN))
        {
            ++m_refused[name];
            m_where.emplace(name,
                            fmt::format("{} answers {} ({})",
                                        exchange.server.ToString(),
                                        NameOfKerberosError(SERVICE_UNKNOWN),
                                        FrameOf(exchange)));
        }
        else if (exchange.HasTicket() && m_here.IsOfSender(exchange))
        {
            m_given.emplace(name, &exchange);
        }
    }

    void ReadEvent(const InFile<WindowsEvent>& entry)
    {
        const WindowsEvent& event = entry.record;
        const std::string name = ServiceIn(event.description);
        const bool isController =
            event.source.find("Key-Distribution") != std::string::npos || event.source == "KDC";
        if (name.empty())
        {
            return;
        }
        if (isController && event.id == 11)
        {
            m_double.emplace(name, LineOf(entry));
        }
        const bool isUnknown =
            event.description.find("KDC_ERR_S_PRINCIPAL_UNKNOWN") != std::string::npos ||
            event.description.find("0x7\n") != std::string::npos ||
            event.description.find("0x7 ") != std::string::npos;
        if (event.source.find("Kerberos") != std::string::npos && event.id == 3 && isUnknown)
        {
            ++m_refused[name];
            m_lines.emplace(name, LineOf(entry));
            m_where.emplace(name,
                            fmt::format("its host hears {} ({})",
                                        NameOfKerberosError(SERVICE_UNKNOWN),
                                        PlaceOf(LineOf(entry))));
        }
    }

    /// Names on which authentication hangs; without an incident all that are told.
    std::set<std::string> Asked() const
    {
        std::set<std::string> names;
        for (const auto& [name, count] : m_refused)
        {
            names.insert(name);
        }
        for (const auto& [name, line] : m_double)
        {
            names.insert(name);
        }
        for (const auto& [name, accounts] : m_accounts)
        {
            const bool isReceivers = m_here.IsReceiver(HostOfService(name));
            if (StartsWith(name, "smtpsvc/") && (!m_here.incident || isReceivers))
            {
                names.insert(name);
            }
            else if (isReceivers || !m_here.incident)
            {
                names.insert("smtpsvc/" + HostOfService(name)); // A server of mail has both.
            }
        }
        for (const auto& [name, where] : m_given)
        {
            if (m_here.IsReceiver(HostOfService(name)))
            {
                names.insert(name);
            }
        }
        return names;
    }

    void JudgeName(const std::string& name, std::vector<Clue>& clues)
    {
        const auto refused = m_where.find(name);
        const bool isRefused = refused != m_where.end();
        const auto doubled = m_double.find(name);
        const auto accounts = m_accounts.find(name);
        const std::string owner = ShortName(HostOfService(name));
        const auto list = m_lists.find(owner);
        const auto given = m_given.find(name);
        const Weight shown = m_here.incident || isRefused ? Weight::Shows : Weight::Hints;
        std::vector<QuotedLine> lines;
        if (const auto line = m_lines.find(name); line != m_lines.end())
        {
            lines.push_back(line->second);
        }
        const std::string answer = isRefused ? ": " + refused->second : std::string();
        if (doubled != m_double.end())
        {
            lines.insert(lines.begin(), doubled->second);
            clues.push_back({Cause::NameDuplicate,
                             shown,
                             fmt::format("two accounts have {} (event 11, {}){}",
                                         name,
                                         PlaceOf(doubled->second),
                                         answer),
                             lines});
        }
        else if (accounts != m_accounts.end() && accounts->second.size() > 1 &&
                 (isRefused || given == m_given.end()))
        {
            const auto& [one, first] = *accounts->second.begin();
            const auto& [other, second] = *std::next(accounts->second.begin());
            lines.insert(lines.begin(), {first, second});
            clues.push_back({Cause::NameDuplicate,
                             shown,
                             fmt::format("{} and {} both have {} ({}){}",
                                         one,
                                         other,
                                         name,
                                         PlaceOf(second),
                                         answer),
                             lines});
        }
        else if (list != m_lists.end() &&
                 (accounts == m_accounts.end() || accounts->second.count(owner) == 0))
        {
            JudgeAbsence(name, list->second, answer, shown, clues);
        }
        else if (isRefused)
        {
            for (const Cause cause : {Cause::NameMissing, Cause::NameDuplicate})
            {
                clues.push_back(
                    {cause,
                     Weight::Hints,
                     fmt::format("no account, or more than one, has {}{}", name, answer),
                     lines});
            }
        }
        else if (accounts != m_accounts.end())
        {
            Exclude(fmt::format("{} has {} as it should ({})",
                                owner,
                                name,
                                PlaceOf(accounts->second.begin()->second)),
                    {},
                    {Cause::NameMissing, Cause::NameMisplaced, Cause::NameDuplicate},
                    clues);
        }
        else if (given != m_given.end())
        {
            Exclude(fmt::format("a ticket for {} is given ({})", name, FrameOf(*given->second)),
                    {given->second->file, given->second->time},
                    {Cause::NameMissing, Cause::NameDuplicate},
                    clues);
        }
    }

    /// The list of the account that should have a name lacks it.
    void JudgeAbsence(const std::string& name,
                      const QuotedLine& list,
                      const std::string& answer,
                      Weight shown,
                      std::vector<Clue>& clues)
    {
        const auto accounts = m_accounts.find(name);
        const auto given = m_given.find(name);
        if (accounts != m_accounts.end())
        {
            const auto& [other, line] = *accounts->second.begin();
            clues.push_back({Cause::NameMisplaced,
                             shown,
                             fmt::format("{} has {} ({}), and {} does not ({}){}: tickets are "
                                         "sealed for the wrong account",
                                         other,
                                         name,
                                         PlaceOf(line),
                                         ShortName(HostOfService(name)),
                                         PlaceOf(list),
                                         answer),
                             {line, list}});
        }
        else if (given == m_given.end() || m_where.count(name) != 0)
        {
            clues.push_back({Cause::NameMissing,
                             shown,
                             fmt::format("no account that is listed has {}, not even {}'s own "
                                         "({}){}",
                                         name,
                                         ShortName(HostOfService(name)),
                                         PlaceOf(list),
                                         answer),
                             {list}});
        }
    }

    void Exclude(const std::string& words,
                 const FileTime& at,
                 std::initializer_list<Cause> causes,
                 std::vector<Clue>& clues) const
    {
        for (const Cause cause : causes)
        {
            if (m_here.incident)
            {
                clues.push_back({cause, Weight::Excludes, words, {}, at});
            }
        }
    }

    const Case& m_here;
    std::map<std::string, QuotedLine> m_lists;                           //!< By account.
    std::map<std::string, std::map<std::string, QuotedLine>> m_accounts; //!< By name.
    std::map<std::string, std::size_t> m_refused;
    std::map<std::string, std::string> m_where;
    std::map<std::string, QuotedLine> m_lines;
    std::map<std::string, const KerberosExchange*> m_given;
    std::map<std::string, QuotedLine> m_double;
};

} // namespace

void
FindNameClues(const Case& here, std::vector<Clue>& clues)
{
    Names(here).Judge(clues);
}

} // namespace bouncelab::detectors::auth_cause
