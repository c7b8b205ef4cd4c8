#include "detectors/readers/query-log-reader.h"

#include "detectors/readers/civil-moment.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "formats/text.h"

#include <memory>

namespace bouncelab::detectors
{

namespace
{

std::optional<std::int64_t>
NumberBefore(std::string_view& text, std::string_view end)
{
    const auto number = scan::Number(text);
    return number && scan::Skip(text, end) ? number : std::nullopt;
}

/// "02-Jul-2010 17:36:15.123"
std::optional<WallTime>
StampOf(std::string_view text)
{
    const auto day = NumberBefore(text, "-");
    const std::int64_t month = TakeMonthName(text);
    scan::Skip(text, "-");
    const auto year = NumberBefore(text, " ");
    const auto hour = NumberBefore(text, ":");
    const auto minute = NumberBefore(text, ":");
    const auto second = scan::Number(text);
    if (!day || !year || !hour || !minute || !second)
    {
        return std::nullopt;
    }
    const std::int64_t nanoseconds = scan::Skip(text, ".") ? scan::Decimals(text, 9) : 0;
    return MomentOf({*year, month, *day, *hour, *minute, *second, nanoseconds});
}

/// "192.0.2.1#53", and whatever stands behind it.
bool
ReadClient(std::string_view text, NameQuestion& question)
{
    if (scan::Skip(text, "@0x"))
    {
        scan::Word(text);
        scan::SkipSpace(text);
    }
    const std::size_t hash = text.find('#');
    const auto address = HostAddress::Parse(text.substr(0, hash));
    if (hash == text.npos || !address)
    {
        return false;
    }
    text.remove_prefix(hash + 1);
    const auto port = scan::Number(text);
    question.client = *address;
    question.port = static_cast<std::uint16_t>(port.value_or(0));
    return port && *port < 65536;
}

} // namespace

bool
QueryLogReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const auto client = scan::After(text, dialects::QueryLog::CLIENT);
    auto query = client ? scan::After(*client, dialects::QueryLog::QUERY) : std::nullopt;
    NameQuestion question;
    if (!query || !ReadClient(*client, question))
    {
        return false;
    }
    question.line = number;
    question.text = text.substr(0, scan::LONGEST_FIELD);
    question.time = StampOf(text);
    question.name = InLowerCase(scan::Word(*query).substr(0, scan::LONGEST_FIELD));
    if (question.name.size() > 1 && question.name.back() == '.')
    {
        question.name.pop_back();
    }
    if (scan::Word(*query) != "IN")
    {
        return false;
    }
    question.type = scan::Word(*query).substr(0, scan::LONGEST_FIELD);
    const std::string_view flags = scan::Word(*query);
    question.recursion = !flags.empty() && flags.front() == '+';
    question.overTcp = flags.find('T') != flags.npos;
    if (question.name.empty() || question.type.empty())
    {
        return false;
    }
    m_handler(question);
    return true;
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::QueryLog::Readers(detectors::ServerLogs& logs,
                                       const std::string& file,
                                       ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::QueryLogReader>(detectors::KeepIn(logs.questions, file)));
}
