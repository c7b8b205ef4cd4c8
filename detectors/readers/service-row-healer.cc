#include "detectors/readers/service-row-healer.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/translated-words.h"
#include "formats/address.h"
#include "formats/smtp-service-fields.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_ROW_WORDS = 200;
constexpr std::size_t TAIL_NUMBERS = 5; //!< Status, Win32 status, octets both ways, time taken.
constexpr std::string_view SERVICE_SITE = "SMTPSVC";

constexpr std::string_view TRANSLATED = "words that a page's translation had changed";

/// The columns that say something.
struct RowParts
{
    std::string date;
    std::string time;
    std::string client;
    std::string user;
    std::string site;
    std::string computer;
    std::string server;
    std::string port;
    std::string method;
    std::string stem;
    std::string query;
    std::array<std::string, TAIL_NUMBERS> numbers;

    bool IsOutbound() const { return port != "0"; }

    std::int64_t Number(std::size_t which) const
    {
        std::string_view text = numbers[which];
        return scan::Number(text).value_or(-1);
    }

    std::string ToString() const
    {
        return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} - - - -",
                           date,
                           time,
                           client,
                           user,
                           site,
                           computer,
                           server,
                           port,
                           method,
                           stem,
                           query,
                           fmt::join(numbers, " "),
                           fields::smtpsvc::PROTOCOL);
    }
};

enum TailNumber
{
    SC_STATUS,
    SC_WIN32,
    SC_BYTES,
    CS_BYTES,
    TIME_TAKEN,
};

bool
IsNumeric(std::string_view word)
{
    return !word.empty() && word.find_first_not_of("0123456789") == word.npos;
}

/// What parts the cells of a row that a spreadsheet wrote; NUL where it did not.
char
CellSeparator(std::string_view text)
{
    constexpr auto LEAST_CELLS = 15;
    for (const char separator : {',', ';'})
    {
        if (text.find(' ') == text.npos &&
            std::count(text.begin(), text.end(), separator) >= LEAST_CELLS)
        {
            return separator;
        }
    }
    return '\0';
}

std::vector<std::string>
WordsOf(std::string_view text)
{
    std::vector<std::string> words;
    const char separator = CellSeparator(text);
    const bool isCsv = separator != '\0';
    bool ended = false;
    while (isCsv && !ended)
    {
        const std::string cell = csv::TakeField(text, ended, separator);
        words.push_back(cell.empty() ? std::string(fields::smtpsvc::NO_VALUE) : cell);
    }
    for (std::string_view word = isCsv ? std::string_view() : scan::Word(text);
         !word.empty() && words.size() < MOST_ROW_WORDS;
         word = scan::Word(text))
    {
        words.emplace_back(word);
    }
    return words;
}

std::string
Together(const std::vector<std::string>& words, std::size_t from, std::size_t to)
{
    std::string text;
    for (std::size_t i = from; i < to && i < words.size(); ++i)
    {
        text += (text.empty() ? "" : "+") + words[i];
    }
    return text.empty() ? std::string(fields::smtpsvc::NO_VALUE) : text;
}

/// Finds the columns from both ends; whatever lies between may have fallen apart.
std::optional<RowParts>
Align(const std::vector<std::string>& words)
{
    const auto at = [&](std::size_t i) { return words.begin() + static_cast<std::ptrdiff_t>(i); };
    const auto site =
        std::find_if(words.begin(),
                     words.end(),
                     [](const std::string& word) { return StartsWith(word, SERVICE_SITE); });
    const auto protocol = std::find(site, words.end(), fields::smtpsvc::PROTOCOL);
    const auto s = static_cast<std::size_t>(site - words.begin());
    const auto p = static_cast<std::size_t>(protocol - words.begin());
    if (protocol == words.end() || s < 3 || p < s + 1 + TAIL_NUMBERS + 4 ||
        !std::all_of(at(p - TAIL_NUMBERS), protocol, IsNumeric))
    {
        return std::nullopt;
    }
    const auto port = std::find_if(at(s + 3), at(p - TAIL_NUMBERS), IsNumeric);
    const auto o = static_cast<std::size_t>(port - words.begin());
    if (o + 2 >= p - TAIL_NUMBERS)
    {
        return std::nullopt;
    }
    RowParts row;
    row.time = words[0];
    row.client = words[1];
    row.user = Together(words, 2, s);
    row.site = *site;
    row.computer = Together(words, s + 1, o - 1);
    row.server = words[o - 1];
    row.port = *port;
    row.method = words[o + 1];
    row.stem = words[o + 2];
    row.query = Together(words, o + 3, p - TAIL_NUMBERS);
    std::copy(at(p - TAIL_NUMBERS), protocol, row.numbers.begin());
    return row;
}

class RowHealer
{
  public:
    explicit RowHealer(RowParts& row)
        : m_row(row)
    {
    }

    std::vector<Heal> Run()
    {
        MendUser();
        MendMethod();
        MendFormula();
        MendAddresses();
        MendReply();
        MendNames();
        return std::move(m_heals);
    }

  private:
    void Say(std::string_view what, std::string_view why, std::string& field, std::string healed)
    {
        m_heals.push_back({what, why, field, healed});
        field = std::move(healed);
    }

    void MendUser()
    {
        if (m_row.IsOutbound() && !translated::IsAscii(m_row.user))
        {
            const bool isResponse = m_row.method == fields::smtpsvc::NO_VALUE;
            Say(TRANSLATED,
                "in a session that the server began this column has one word for commands and one "
                "for replies, and only a reply has no method",
                m_row.user,
                std::string(isResponse ? fields::smtpsvc::OUTBOUND_RESPONSE
                                       : fields::smtpsvc::OUTBOUND_COMMAND));
        }
    }

    void MendMethod()
    {
        if (translated::IsAscii(m_row.method) && translated::CommandOf(m_row.method).empty())
        {
            return;
        }
        std::string_view verb = translated::CommandOf(m_row.method);
        const std::string query = InUpperCase(m_row.query);
        const std::string_view argument = Trim(query, "+");
        verb = !verb.empty()                                             ? verb
               : StartsWith(argument, "FROM:")                           ? "MAIL"
               : StartsWith(argument, "TO:")                             ? "RCPT"
               : !m_row.IsOutbound() && StartsWith(argument, "<")        ? "DATA"
               : m_row.Number(SC_STATUS) == fields::smtpsvc::QUIT_STATUS ? "QUIT"
                                                                         : "";
        if (!verb.empty())
        {
            Say(TRANSLATED,
                "the column has SMTP's commands, which are English; the argument, the status and "
                "the octets fit",
                m_row.method,
                std::string(verb));
        }
    }

    void MendFormula()
    {
        if (!translated::IsFormulaError(Trim(m_row.query, "+")))
        {
            return;
        }
        const auto said = static_cast<std::int64_t>(m_row.method.size() + 1 + m_row.user.size());
        const bool isHello = m_row.method == "EHLO" || m_row.method == "HELO";
        const bool isProved = isHello && m_row.Number(CS_BYTES) == said;
        Say("an argument that a spreadsheet took for a formula",
            isProved
                ? "an argument begins with \"+\", as formulas do; cs-bytes counts the command, "
                  "a space and the client's name"
                : "an argument begins with \"+\", as formulas do; nothing in the row tells it",
            m_row.query,
            isProved ? "+" + m_row.user : std::string());
        m_row.query = m_row.query.empty() ? std::string(fields::smtpsvc::NO_VALUE) : m_row.query;
    }

    void MendAddresses()
    {
        const std::string_view sign = m_row.query.substr(0, 1) == "+" ? "+" : "";
        const std::string upper = InUpperCase(Trim(m_row.query, "+"));
        const bool isPath = (m_row.method == "MAIL" && upper == "FROM:") ||
                            (m_row.method == "RCPT" && upper == "TO:");
        if (isPath)
        {
            m_heals.push_back({"an address that the page had taken away",
                               "a path stands behind FROM: and TO: in brackets, which pages take "
                               "for a tag",
                               m_row.query,
                               ""});
            m_row.query = fmt::format("{}{}<?>", sign, upper);
        }
        const bool isProtected =
            m_row.query.find('[') != std::string::npos && !translated::IsAscii(m_row.query);
        if (isProtected || ContainsIgnoringCase(m_row.query, "[email") ||
            ContainsIgnoringCase(m_row.query, "+protected]"))
        {
            m_heals.push_back({"an address that the page had taken away",
                               "a page's protection of addresses writes such words in their place",
                               m_row.query,
                               ""});
            const std::size_t colon = m_row.query.find(':');
            m_row.query = (colon == std::string::npos ? std::string(sign)
                                                      : m_row.query.substr(0, colon + 1)) +
                          "<?>";
        }
    }

    void MendReply()
    {
        const std::string& text = m_row.query;
        const bool isReply = m_row.user == fields::smtpsvc::OUTBOUND_RESPONSE && text.size() > 4;
        if (!isReply || translated::IsAscii(text))
        {
            return;
        }
        const std::string words(Trim(std::string_view(text).substr(4), "+"));
        std::string english(translated::ReplyWordOf(words));
        std::replace(english.begin(), english.end(), ' ', '+');
        const std::string healed = text.substr(0, 4) + english;
        const auto octets = static_cast<std::int64_t>(healed.size());
        if (!english.empty() && octets == m_row.Number(SC_BYTES))
        {
            Say(TRANSLATED,
                "the column has replies as servers send them; sc-bytes counts the octets of the "
                "English one",
                m_row.query,
                healed);
        }
        else
        {
            m_heals.push_back({"a reply whose words a translation had changed",
                               "its code stands, and sc-bytes counts the octets of other words; "
                               "which, the row does not tell",
                               m_row.query,
                               ""});
        }
    }

    void MendNames()
    {
        for (std::string* const name : {&m_row.computer, &m_row.server})
        {
            if (!translated::IsAscii(*name))
            {
                m_heals.push_back({"a name that a translation had changed",
                                   "the columns of the computer and its address stand between the "
                                   "site and the port; what they were the row does not tell",
                                   *name,
                                   ""});
                *name = fields::smtpsvc::NO_VALUE;
            }
        }
    }

    RowParts& m_row;
    std::vector<Heal> m_heals;
};

} // namespace

std::optional<HealedLine>
HealServiceRow(std::string_view text)
{
    if (text.find(SERVICE_SITE) == text.npos || text.empty() || text.front() == '#')
    {
        return std::nullopt;
    }
    HealedLine healed;
    const std::string plain = translated::WithoutFullWidth(text);
    std::string_view rest = Trim(plain, LINE_BLANKS);
    std::string date(rest.substr(0, 10));
    std::string_view iso = date;
    const bool isIso = scan::Number(iso) && scan::Skip(iso, "-") && scan::Number(iso) &&
                       scan::Skip(iso, "-") && scan::Number(iso) && iso.empty();
    if (isIso)
    {
        rest.remove_prefix(date.size());
    }
    else
    {
        const std::string_view before = rest;
        const auto told = translated::TakeDate(rest);
        if (!told)
        {
            return std::nullopt;
        }
        date = *told;
        healed.heals.push_back({"a date written for people",
                                "the row begins with year, month and day, as the service's rows do",
                                std::string(before.substr(0, before.size() - rest.size())),
                                date});
    }
    if (!rest.empty() &&
        (rest.front() == ',' || rest.front() == ';' || scan::IsSpace(rest.front())))
    {
        rest.remove_prefix(1);
    }
    std::string timed;
    std::string_view behind = rest;
    const auto time = translated::TakeTime(behind);
    if (time && !StartsWith(Trim(rest), *time))
    {
        healed.heals.push_back({"a time written for people",
                                "the row's second column is hours, minutes and seconds of a day of "
                                "24 hours",
                                std::string(rest.substr(0, rest.size() - behind.size())),
                                *time});
        timed = *time + std::string(behind);
        rest = timed;
    }
    auto row = Align(WordsOf(rest));
    if (!row || !HostAddress::ParseAny(row->client))
    {
        return std::nullopt;
    }
    row->date = date;
    const std::vector<Heal> heals = RowHealer(*row).Run();
    healed.heals.insert(healed.heals.end(), heals.begin(), heals.end());
    healed.text = row->ToString();
    if (CellSeparator(rest) != '\0')
    {
        healed.heals.push_back({"cells of a spreadsheet for a row",
                                "the cells are the columns of the service's log",
                                std::string(text.substr(0, 40)),
                                healed.text.substr(0, 40)});
    }
    return healed.heals.empty() ? std::nullopt : std::optional<HealedLine>(std::move(healed));
}

} // namespace bouncelab::detectors
