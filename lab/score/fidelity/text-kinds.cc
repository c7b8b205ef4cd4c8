#include "detectors/readers/client-error-reader.h"
#include "detectors/readers/csv.h"
#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/filter-log-reader.h"
#include "detectors/readers/mail-log-reader.h"
#include "detectors/readers/mailbox-reader.h"
#include "detectors/readers/relay-transcript-reader.h"
#include "detectors/readers/scan.h"
#include "formats/clock.h"
#include "formats/text.h"
#include "lab/score/fidelity/evidence-texts.h"
#include "lab/score/fidelity/mail-text.h"
#include "lab/score/fidelity/table.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

/// What people and programs wrote: lines, files, mail, and logs of clients and senders.
namespace bouncelab::score
{

namespace
{

/// A row and the text that it was found in.
template <class T>
struct Found
{
    std::string vantage;
    std::string file;
    T row;
};

/// All rows that a reader finds in the texts of a run.
template <class Reader, class T, class... More>
std::vector<Found<T>>
ReadAll(const RunFolder& run, More... more)
{
    std::vector<Found<T>> rows;
    for (const EvidenceText& text : TextsOf(run))
    {
        Reader reader(
            [&](const T& row) {
                rows.push_back({text.vantage, text.file, row});
            },
            more...);
        ReadText(text, {&reader});
    }
    return rows;
}

/// The columns of a kind, behind those that say where a row was found.
template <class T>
std::vector<ColumnOf<Found<T>>>
FoundColumns(const std::vector<ColumnOf<T>>& columns)
{
    std::vector<ColumnOf<Found<T>>> all{
        {"vantage", [](const Found<T>& f) { return TextValue(f.vantage); }},
        {"file", [](const Found<T>& f) { return TextValue(f.file); }}};
    for (const ColumnOf<T>& column : columns)
    {
        all.emplace_back(column.name,
                         [value = column.value](const Found<T>& f) { return value(f.row); });
    }
    return all;
}

/// A line, and the paragraph that it stands in.
struct TextLine
{
    std::int64_t number = 0;
    std::int64_t paragraph = 1;
    std::string text;
};

class TextLineCollector : public detectors::TextLineReader
{
  public:
    explicit TextLineCollector(std::function<void(const TextLine&)> handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override
    {
        m_line.number = number;
        m_line.text = text;
        m_line.paragraph += text.empty() ? 1 : 0;
        m_handler(m_line);
        return true;
    }

    void End() override {}

    std::string_view Kind() const override { return "text"; }

  private:
    std::function<void(const TextLine&)> m_handler;
    TextLine m_line;
};

std::vector<Found<TextLine>>
ReadLines(const RunFolder& run)
{
    return ReadAll<TextLineCollector, TextLine>(run);
}

std::int64_t
FieldsOf(std::string_view row)
{
    std::int64_t fields = 0;
    for (bool ended = false; !ended; ++fields)
    {
        detectors::csv::TakeField(row, ended);
    }
    return fields;
}

struct EvidenceFile
{
    std::string vantage;
    std::string path;
    std::int64_t size = 0;
};

std::vector<EvidenceFile>
ReadFiles(const RunFolder& run)
{
    std::vector<EvidenceFile> files;
    for (const std::string& vantage : PlainVantages(run))
    {
        const std::filesystem::path folder = run.EvidenceOf(vantage);
        for (const std::string& file : FilesBelow(folder))
        {
            const auto size = static_cast<std::int64_t>(std::filesystem::file_size(folder / file));
            files.push_back({vantage, file, size});
        }
    }
    return files;
}

using detectors::LoggedDelivery;

std::vector<Found<LoggedDelivery>>
ReadDeliveries(const RunFolder& run)
{
    auto rows = ReadAll<detectors::DeliveryReader, LoggedDelivery>(run);
    rows.erase(
        std::remove_if(rows.begin(), rows.end(), [](const auto& found) { return !found.row.time; }),
        rows.end());
    return rows;
}

WallTime
LocalTime(const LoggedDelivery& d)
{
    return *d.time + d.zone.value_or(Nanoseconds(0));
}

const std::vector<ColumnOf<LoggedDelivery>> DELIVERY_COLUMNS{
    {"stamp", &LoggedDelivery::stamp},
    {"weekday",
     [](const LoggedDelivery& d)
     { return TextValue(WEEKDAY_NAMES[CivilFromSeconds(UnixSeconds(LocalTime(d))).weekday]); }},
    {"zone",
     [](const LoggedDelivery& d)
     { return d.zone ? NumberValue(*d.zone / std::chrono::minutes(1), "min") : Value{}; }},
    {"second",
     [](const LoggedDelivery& d)
     {
         const CivilTime at = CivilFromSeconds(UnixSeconds(LocalTime(d)));
         return AnswerValue(d.stamp == fmt::format("{} {:>2} {:02}:{:02}:{:02}",
                                                   MONTH_NAMES[at.month - 1],
                                                   at.day,
                                                   at.hour,
                                                   at.minute,
                                                   at.second));
     }},
    {"host", &LoggedDelivery::host},
    {"epoch", &LoggedDelivery::epoch},
    {"delivery", &LoggedDelivery::number},
    {"recipient", &LoggedDelivery::recipient},
    {"outcome", &LoggedDelivery::outcome},
    {"text", &LoggedDelivery::report},
};

using detectors::StoredMail;

std::vector<Found<StoredMail>>
ReadMails(const RunFolder& run)
{
    return ReadAll<detectors::MailboxReader, StoredMail>(run, true);
}

/// A line of a message's text, decoded.
struct MailLine
{
    StoredMail mail;
    std::string text;
};

std::vector<Found<MailLine>>
ReadMailLines(const RunFolder& run)
{
    std::vector<Found<MailLine>> lines;
    for (Found<StoredMail>& found : ReadMails(run))
    {
        const std::string text = PlainTextOf(found.row.text);
        found.row.text.clear();
        for (const std::string_view line : LinesOf(text))
        {
            lines.push_back(
                {found.vantage, found.file, {found.row, std::string(Trim(line, LINE_BLANKS))}});
        }
    }
    return lines;
}

using detectors::RelayTrial;

std::vector<Found<RelayTrial>>
ReadTrials(const RunFolder& run)
{
    return ReadAll<detectors::RelayTranscriptReader, RelayTrial>(run);
}

const std::vector<ColumnOf<RelayTrial>> TRIAL_COLUMNS{
    {"number", &RelayTrial::number},
    {"sender", &RelayTrial::sender},
    {"recipient", &RelayTrial::recipient},
    {"RSET", &RelayTrial::resetReply},
    {"MAIL", &RelayTrial::senderReply},
    {"RCPT", &RelayTrial::reply},
    {"tester says", [](const RelayTrial& t) { return t.code / 100 == 2 ? "open relay" : "pass"; }},
};

using detectors::ClientError;

std::vector<Found<ClientError>>
ReadErrors(const RunFolder& run)
{
    return ReadAll<detectors::ClientErrorReader, ClientError>(run);
}

using detectors::FilterLogEntry;

std::vector<Found<FilterLogEntry>>
ReadDecisions(const RunFolder& run)
{
    return ReadAll<detectors::FilterLogReader, FilterLogEntry>(run);
}

const std::vector<ColumnOf<FilterLogEntry>> DECISION_COLUMNS{
    {"point", &FilterLogEntry::point},
    {"test", &FilterLogEntry::test},
    {"action", &FilterLogEntry::action},
    {"remote address", &FilterLogEntry::remote},
    {"sender", &FilterLogEntry::sender},
    {"recipient", &FilterLogEntry::recipient},
    {"authenticated", &FilterLogEntry::authenticated},
    {"reply", &FilterLogEntry::reply},
};

/// A row of a directory's own figures (formats-exchange.md), without its stamp.
struct LoadRow
{
    WallTime time{};
    std::vector<std::int64_t> numbers;
};

class LoadReader : public detectors::TextLineReader
{
  public:
    explicit LoadReader(std::function<void(const LoadRow&)> handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t, std::string_view text) override
    {
        if (StartsWith(text, "date-time,"))
        {
            m_isLoad = text.find(",longest-queue,") != text.npos;
            return m_isLoad;
        }
        const auto time = m_isLoad ? detectors::TakeUtcStamp(text) : std::nullopt;
        LoadRow row;
        row.time = time.value_or(WallTime());
        bool ended = !time || !detectors::scan::Skip(text, ",");
        while (!ended)
        {
            const std::string field = detectors::csv::TakeField(text, ended);
            row.numbers.push_back(std::strtoll(field.c_str(), nullptr, 10));
        }
        if (row.numbers.size() >= 10)
        {
            m_handler(row);
        }
        return row.numbers.size() >= 10;
    }

    std::string_view Kind() const override { return "directory load"; }

    void End() override { m_isLoad = false; }

  private:
    std::function<void(const LoadRow&)> m_handler;
    bool m_isLoad = false;
};

std::vector<Found<LoadRow>>
ReadLoad(const RunFolder& run)
{
    return ReadAll<LoadReader, LoadRow>(run);
}

void
AddMailKinds(KindTable& kinds)
{
    kinds["mails"] = MakeKind<Found<StoredMail>>(
        FoundColumns<StoredMail>(
            {{"line", &StoredMail::line},
             {"delivered to", &StoredMail::deliveredTo},
             {"message id", &StoredMail::messageId},
             {"source", &StoredMail::text},
             {"text", [](const StoredMail& m) { return PlainTextOf(m.text); }}}),
        ReadMails);
    kinds["mail-lines"] = MakeKind<Found<MailLine>>(
        FoundColumns<MailLine>({{"message id", [](const MailLine& l) { return l.mail.messageId; }},
                                {"text", &MailLine::text}}),
        ReadMailLines);
    kinds["relay-tests"] =
        MakeKind<Found<RelayTrial>>(FoundColumns<RelayTrial>(TRIAL_COLUMNS), ReadTrials);
    kinds["deliveries"] =
        MakeKind<Found<LoggedDelivery>>(FoundColumns<LoggedDelivery>(DELIVERY_COLUMNS),
                                        ReadDeliveries,
                                        [](const Found<LoggedDelivery>& f) { return *f.row.time; });
}

} // namespace

void
AddTextKinds(KindTable& kinds)
{
    AddMailKinds(kinds);
    kinds["lines"] = MakeKind<Found<TextLine>>(
        FoundColumns<TextLine>({{"line", &TextLine::number},
                                {"paragraph", &TextLine::paragraph},
                                {"fields", [](const TextLine& l) { return FieldsOf(l.text); }},
                                {"text", &TextLine::text}}),
        ReadLines);
    kinds["files"] = MakeKind<EvidenceFile>(
        {{"vantage", &EvidenceFile::vantage},
         {"path", &EvidenceFile::path},
         {"name", [](const EvidenceFile& f) { return f.path.substr(f.path.rfind('/') + 1); }},
         {"size", [](const EvidenceFile& f) { return NumberValue(f.size, "B"); }}},
        ReadFiles);
    kinds["client-errors"] = MakeKind<Found<ClientError>>(
        FoundColumns<ClientError>(
            {{"recipient", &ClientError::recipient}, {"reply", &ClientError::reply}}),
        ReadErrors);
    kinds["filter-log"] =
        MakeKind<Found<FilterLogEntry>>(FoundColumns<FilterLogEntry>(DECISION_COLUMNS),
                                        ReadDecisions,
                                        [](const Found<FilterLogEntry>& f) { return f.row.time; });
    const auto number = [](std::size_t at)
    { return [at](const LoadRow& row) { return NumberValue(row.numbers[at]); }; };
    kinds["directory-load"] = MakeKind<Found<LoadRow>>(
        FoundColumns<LoadRow>(
            {{"lookups", number(1)},
             {"failed",
              [](const LoadRow& r) { return r.numbers[3] + r.numbers[4] + r.numbers[5]; }},
             {"longest queue", number(8)}}),
        ReadLoad,
        [](const Found<LoadRow>& f) { return f.row.time; });
}

} // namespace bouncelab::score
