#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/mail-date.h"
#include "detectors/readers/mailbox-reader.h"
#include "detectors/readers/syslog-stamp.h"
#include "detectors/readers/windows-stamp.h"
#include "formats/dialects.h"
#include "formats/text.h"
#include "lab/scenario/scalar-text.h"
#include "lab/scenario/utc-time.h"
#include "lab/score/fidelity/evidence-texts.h"
#include "lab/score/text-file.h"
#include "lab/score/traits.h"

#include <algorithm>
#include <optional>
#include <set>

namespace bouncelab::score
{

namespace
{

using nlohmann::ordered_json;

/// A duration of the manifest's parameters; 0 where there is none.
Nanoseconds
DurationAt(const ordered_json& parameters, const std::string& path)
{
    const ordered_json::json_pointer pointer(path);
    return parameters.contains(pointer) && parameters.at(pointer).is_string()
               ? Nanoseconds(
                     scenario::ParseDuration(parameters.at(pointer).get<std::string>()).value)
               : Nanoseconds(0);
}

/// The clock by which a vantage's texts are stamped.
struct WriterClock
{
    WallTime start{}; //!< What it reads at the start of the run.
    Nanoseconds zone{};
    int year = 1970;

    WriterClock(const RunFolder& run, const std::string& vantage)
    {
        const ordered_json& parameters = run.Parameters();
        const auto begin = scenario::ParseUtc(parameters.value("start", std::string()));
        const ordered_json::json_pointer at("/vantages/" + vantage + "/place");
        const std::string place =
            parameters.contains(at) ? parameters.at(at).get<std::string>() : std::string();
        start = WallTime(Nanoseconds(begin.value_or(0)) +
                         DurationAt(parameters, "/hosts/" + place + "/clock-offset") +
                         DurationAt(parameters, "/domain/members/" + place + "/clock/offset"));
        zone = DurationAt(parameters, "/site/utc-offset");
        year = static_cast<int>(CivilFromSeconds(UnixSeconds(start)).year);
    }

    /// The latest that it may have been: stamps are cut.
    SimTime TimeOf(WallTime stamp) const
    {
        return SimTime(stamp - start + std::chrono::seconds(1));
    }
};

bool
HasUtcStamps(const std::string& file)
{
    const auto names = [&](const Dialect& dialect) { return dialect.Names(file); };
    return names(dialects::ExchangeProtocol::FORMAT) || names(dialects::ExchangeSend::FORMAT) ||
           names(dialects::ExchangeTracking::FORMAT) || names(dialects::SmtpService::FORMAT) ||
           names(dialects::Filter::FORMAT) || names(dialects::DirectoryLoad::FORMAT);
}

std::optional<WallTime>
StampOf(std::string_view row, int year)
{
    std::string_view rest = row;
    if (const auto utc = detectors::TakeUtcStamp(rest))
    {
        return utc;
    }
    const auto named = detectors::scan::After(row, " time=\"");
    if (const auto stamp = detectors::TakeSyslogStamp(named.value_or(row)))
    {
        const std::int64_t days =
            DaysFromCivil(stamp->year ? stamp->year : year, stamp->month, stamp->day);
        return WallTime(std::chrono::seconds(days * SECONDS_PER_DAY + stamp->secondOfDay) +
                        Nanoseconds(stamp->nanoseconds));
    }
    const auto second = detectors::scan::After(row, ",");
    return second ? detectors::ParseWindowsStamp(*second) : std::nullopt;
}

/// A file's name with its numbers blanked: "mailboxes/#.mbox".
std::string
Blanked(std::string_view name)
{
    std::string out;
    for (const char c : name)
    {
        if (!IsDigit(c))
        {
            out += c;
        }
        else if (out.empty() || out.back() != '#')
        {
            out += '#';
        }
    }
    return out;
}

/// Runs of letters and digits as one each, at most so many: "a9.A" of "desk23.X".
std::string
ShapeOf(std::string_view text)
{
    constexpr std::size_t LONGEST = 24;
    std::string shape;
    for (const char c : text)
    {
        const char kind = IsDigit(c)             ? '9'
                          : c >= 'a' && c <= 'z' ? 'a'
                          : c >= 'A' && c <= 'Z' ? 'A'
                                                 : c;
        if (shape.empty() || shape.back() != kind)
        {
            shape += kind;
        }
        if (shape.size() == LONGEST)
        {
            break;
        }
    }
    return shape;
}

bool
ConsistsOf(std::string_view text, std::string_view octets)
{
    return text.find_first_not_of(octets) == std::string_view::npos;
}

/// What kind of value this is: a word stands for itself, all else for its form.
std::string
ClassOf(std::string_view value)
{
    constexpr std::size_t LONGEST_WORD = 24;
    constexpr std::string_view LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const std::string size = std::to_string(value.size());
    if (value.empty())
    {
        return "nothing";
    }
    if (ConsistsOf(value, "0123456789"))
    {
        return "number/" + size;
    }
    if (ConsistsOf(value, LETTERS) && value.size() <= LONGEST_WORD)
    {
        return std::string(value);
    }
    if (value.size() >= 6 && ConsistsOf(value, "0123456789ABCDEF"))
    {
        return "HEX/" + size;
    }
    if (value.size() >= 6 && ConsistsOf(value, "0123456789abcdef"))
    {
        return "hex/" + size;
    }
    const std::size_t equals = value.find('=');
    return equals != std::string_view::npos && ConsistsOf(value.substr(0, equals), LETTERS)
               ? std::string(value.substr(0, equals + 1)) + ClassOf(value.substr(equals + 1))
               : ShapeOf(value);
}

/// Where the fields of a row end.
char
SeparatorOf(std::string_view row)
{
    const bool isCsv =
        std::count(row.begin(), row.end(), ',') >= 5 && row.find(", ") == std::string_view::npos;
    return row.find('\t') != std::string_view::npos ? '\t' : isCsv ? ',' : ' ';
}

/// Looks at the rows of a log.
class RowWatcher : public detectors::TextLineReader
{
  public:
    RowWatcher(std::string subject, const WriterClock& clock, bool isUtc, Sightings& sightings)
        : m_subject(std::move(subject))
        , m_clock(clock)
        , m_zone(isUtc ? Nanoseconds(0) : clock.zone)
        , m_sightings(sightings)
    {
    }

    bool Line(std::uint32_t /*number*/, std::string_view row) override
    {
        if (const auto stamp = StampOf(row, m_clock.year))
        {
            const SimTime time = m_clock.TimeOf(*stamp - m_zone);
            if (m_time)
            {
                m_sightings.Number(time, m_subject + "gap", (time - *m_time).count());
            }
            m_time = time;
            SeeAll();
        }
        m_rows.emplace_back(row);
        return true;
    }

    void End() override
    {
        m_time = m_time ? m_time : END_OF_TIME;
        SeeAll();
    }

    std::string_view Kind() const override { return "rows"; }

  private:
    /// The rows before the one that has just come; those ahead of the first stamp wait for it.
    void SeeAll()
    {
        for (const std::string& row : m_rows)
        {
            See(m_seen.value_or(*m_time), row);
        }
        m_rows.clear();
        m_seen = m_time;
    }

    void See(SimTime time, std::string_view row)
    {
        constexpr std::size_t MOST = 16;
        std::size_t column = 0;
        const auto fields = detectors::scan::Fields(row, SeparatorOf(row));
        m_sightings.Number(time, m_subject + "columns", static_cast<std::int64_t>(fields.size()));
        m_sightings.Number(time, m_subject + "width", static_cast<std::int64_t>(row.size()));
        for (const std::string_view field : fields)
        {
            const std::string subject = m_subject + std::to_string(++column);
            m_sightings.Word(time, subject, ClassOf(field));
            if (ConsistsOf(field, "0123456789") && !field.empty() && field.size() < 18)
            {
                m_sightings.Number(time, subject, std::stoll(std::string(field)));
            }
            if (column == MOST)
            {
                break;
            }
        }
        const auto bracket = detectors::scan::After(row, "[");
        const auto process = detectors::ParseSyslogRow(row);
        if (bracket && process && ConsistsOf(process->process, "0123456789") &&
            !process->process.empty() && process->process.size() < 18)
        {
            m_sightings.Number(time,
                               m_subject + "process",
                               std::stoll(std::string(process->process)));
        }
    }

    std::string m_subject;
    const WriterClock& m_clock;
    Nanoseconds m_zone;
    Sightings& m_sightings;
    std::optional<SimTime> m_time; //!< Of the last stamp.
    std::optional<SimTime> m_seen; //!< Of the rows that wait.
    std::vector<std::string> m_rows;
};

/// Looks at a mail: its headers up to the first empty line, then its body.
class MailWatcher
{
  public:
    MailWatcher(std::string subject, const WriterClock& clock, Sightings& sightings)
        : m_subject(std::move(subject))
        , m_clock(clock)
        , m_sightings(sightings)
    {
    }

    void Watch(std::string_view mail)
    {
        const std::vector<std::string_view> lines = LinesOf(mail);
        const auto body = std::find(lines.begin(), lines.end(), std::string_view());
        const SimTime time = TimeOf(lines.begin(), body);
        std::string order;
        for (auto line = lines.begin(); line != body; ++line)
        {
            const std::string_view name = line->substr(0, line->find(':'));
            if (name.size() < line->size() && name.find_first_of(" \t") == std::string_view::npos)
            {
                order += (order.empty() ? "" : " ") + std::string(name);
                SeeHeader(time, std::string(name), line->substr(name.size() + 1));
            }
        }
        m_sightings.Word(time, m_subject + "headers", order);
        SeeBody(time, body, lines.end());
    }

  private:
    using Lines = std::vector<std::string_view>::const_iterator;

    SimTime TimeOf(Lines line, Lines end) const
    {
        for (; line != end; ++line)
        {
            if (const auto date = detectors::MailDateIn(*line))
            {
                return m_clock.TimeOf(*date);
            }
        }
        return END_OF_TIME;
    }

    void SeeHeader(SimTime time, const std::string& name, std::string_view value)
    {
        m_sightings.Number(time, m_subject + name, static_cast<std::int64_t>(value.size()));
        m_sightings.Word(time, m_subject + name, ShapeOf(value));
    }

    void SeeBody(SimTime time, Lines line, Lines end)
    {
        std::int64_t octets = 0;
        std::set<std::string> words;
        m_sightings.Number(time, m_subject + "lines", end - line);
        for (; line != end; ++line)
        {
            octets += static_cast<std::int64_t>(line->size());
            std::string_view rest = *line;
            for (auto word = detectors::scan::Word(rest); !word.empty();
                 word = detectors::scan::Word(rest))
            {
                words.insert(ClassOf(word));
            }
        }
        m_sightings.Number(time, m_subject + "octets", octets);
        for (const std::string& word : words)
        {
            m_sightings.Word(time, m_subject + "word", word);
        }
    }

    std::string m_subject;
    const WriterClock& m_clock;
    Sightings& m_sightings;
};

/// Packets once more, in the words of another program.
bool
IsOfPackets(const std::string& file)
{
    return dialects::Snort::FORMAT.Names(file) || dialects::TcpdumpOutput::FORMAT.Names(file);
}

/// The entries of an event log are in its .csv.
bool
IsSaidElsewhere(const std::string& file)
{
    return IsOfPackets(file) ||
           (dialects::WindowsEvents::FORMAT.Names(file) && !EndsWith(file, ".csv"));
}

} // namespace

void
SeeTexts(const RunFolder& run, Sightings& sightings)
{
    for (const EvidenceText& text : TextsOf(run))
    {
        const WriterClock clock(run, text.vantage);
        const std::string file = text.vantage + "/" + Blanked(text.file);
        sightings.Word(END_OF_TIME, "files/" + file, "there");
        if (dialects::Mailboxes::FORMAT.Names(text.file))
        {
            MailWatcher watcher("mails/" + text.vantage + "/", clock, sightings);
            detectors::MailboxReader reader([&](const detectors::StoredMail& mail)
                                            { watcher.Watch(mail.text); },
                                            true);
            ReadText(text, {&reader});
        }
        else if (!IsSaidElsewhere(text.file))
        {
            RowWatcher watcher("rows/" + file + "/", clock, HasUtcStamps(text.file), sightings);
            ReadText(text, {&watcher});
        }
    }
}

} // namespace bouncelab::score
