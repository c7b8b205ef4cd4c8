#include "detectors/readers/mail-log-reader.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/calendar.h"
#include "formats/clock.h"
#include "formats/log-fields.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr int LONGEST_REPORT = 40; //!< Lines.

/// "1159253183.972578" or "@4000000045186f8339f8a1d4" off the front.
std::optional<WallTime>
TakeEpoch(std::string_view& text)
{
    std::string_view rest = text;
    std::optional<WallTime> time;
    if (scan::Skip(rest, "@4"))
    {
        // TAI64N: 2^62 + TAI seconds, here libtai's UTC + 10, then nanoseconds.
        scan::Skip(rest, "0000000");
        const auto seconds = scan::HexNumber(rest);
        const auto nanoseconds = scan::HexNumber(rest);
        if (seconds && nanoseconds && *nanoseconds < NANOSECONDS_PER_SECOND)
        {
            time = WallTime(std::chrono::seconds(static_cast<std::int64_t>(*seconds) - 10) +
                            Nanoseconds(*nanoseconds));
        }
    }
    else if (const auto seconds = scan::Number(rest);
             seconds && *seconds < 9000000000 && scan::Skip(rest, "."))
    {
        time = WallTime(std::chrono::seconds(*seconds) + Nanoseconds(scan::Decimals(rest, 9)));
    }
    if (time)
    {
        text = rest;
    }
    return time;
}

/// The zone of a host that wrote both stamps, to whole quarters of an hour.
std::optional<Nanoseconds>
ZoneOf(const SyslogStamp& local, WallTime time)
{
    const std::int64_t seconds = UnixSeconds(time);
    for (const std::int64_t guess :
         {seconds / 31556952 + 1970 - 1, seconds / 31556952 + 1970, seconds / 31556952 + 1970 + 1})
    {
        const std::int64_t localSeconds =
            DaysFromCivil(guess, local.month, local.day) * SECONDS_PER_DAY + local.secondOfDay;
        constexpr std::int64_t QUARTER = 900;
        const std::int64_t zone = localSeconds - seconds;
        const std::int64_t rounded =
            (zone + (zone >= 0 ? QUARTER / 2 : -QUARTER / 2)) / QUARTER * QUARTER;
        constexpr std::int64_t FARTHEST = 14 * 3600;
        if (rounded >= -FARTHEST && rounded <= FARTHEST)
        {
            return std::chrono::seconds(rounded);
        }
    }
    return std::nullopt;
}

/// Undoes qmail's way of writing a report on one line.
std::string
Readable(std::string_view report)
{
    std::string text(report);
    std::replace(text.begin(), text.end(), '_', ' ');
    std::replace(text.begin(), text.end(), '/', '\n');
    return text;
}

/// Host and reply of "IP does not like recipient.\nRemote host said: ...\nGiving up on IP.".
void
ReadReport(std::string_view report, LoggedRefusal& refusal)
{
    const std::size_t end = report.find(fields::qmail::DOES_NOT_LIKE_RECIPIENT);
    if (end != std::string_view::npos)
    {
        refusal.remote = HostAddress::Parse(Trim(report.substr(0, end), LINE_BLANKS));
    }
    if (const auto said = scan::After(report, fields::qmail::REMOTE_HOST_SAID))
    {
        std::string_view reply = *said;
        reply = reply.substr(0, reply.find(fields::qmail::GIVING_UP_ON));
        while (!reply.empty() && (reply.back() == '\n' || scan::IsSpace(reply.back())))
        {
            reply.remove_suffix(1);
        }
        refusal.reply.assign(reply);
        std::replace(refusal.reply.begin(), refusal.reply.end(), '\n', ' ');
    }
}

} // namespace

std::optional<LoggedDelivery>
ParseDelivery(std::string_view text)
{
    if (text.find(fields::qmail::DELIVERY) == std::string_view::npos)
    {
        return std::nullopt;
    }
    for (const std::string_view end :
         {fields::qmail::FAILURE, fields::qmail::SUCCESS, fields::qmail::DEFERRAL})
    {
        const std::size_t at = text.find(end);
        const std::string_view head = text.substr(0, at);
        const std::size_t delivery = head.rfind(fields::qmail::DELIVERY);
        if (at == std::string_view::npos || delivery == std::string_view::npos)
        {
            continue;
        }
        LoggedDelivery found;
        found.text = text;
        found.number = head.substr(delivery + fields::qmail::DELIVERY.size());
        found.outcome = end.substr(2, end.size() - 4);
        found.report = text.substr(at + end.size());
        const std::string_view stamps = Trim(head.substr(0, delivery), LINE_BLANKS);
        std::string_view epoch = stamps.substr(stamps.find_last_of(' ') + 1);
        found.epoch = epoch;
        found.time = TakeEpoch(epoch);
        if (const auto local = TakeSyslogStamp(stamps))
        {
            constexpr std::size_t STAMP = 15;
            found.stamp = stamps.substr(0, STAMP);
            std::string_view rest = stamps.substr(std::min(STAMP, stamps.size()));
            found.host = scan::Word(rest);
            found.zone = found.time ? ZoneOf(*local, *found.time) : std::nullopt;
        }
        return found;
    }
    return std::nullopt;
}

bool
DeliveryReader::Line(std::uint32_t number, std::string_view text)
{
    if (auto delivery = ParseDelivery(text))
    {
        const auto recipient = m_recipients.find(delivery->number);
        delivery->recipient = recipient == m_recipients.end() ? "" : recipient->second;
        delivery->line = number;
        m_handler(*delivery);
        return true;
    }
    if (auto rest = scan::After(text, fields::qmail::STARTING_DELIVERY))
    {
        for (const std::string_view way : {fields::qmail::TO_REMOTE, fields::qmail::TO_LOCAL})
        {
            if (const auto recipient = scan::After(*rest, way))
            {
                m_recipients[std::string(rest->substr(0, rest->find(':')))] = *recipient;
            }
        }
        return true;
    }
    return false;
}

namespace
{

/// Other lines of qmail-send: "new msg", "info msg", "starting delivery", "status", "end msg".
bool
IsQmailLine(std::string_view text)
{
    return text.find(fields::qmail::STARTING_DELIVERY) != text.npos ||
           text.find(" new msg ") != text.npos || text.find(" info msg ") != text.npos ||
           text.find(" end msg ") != text.npos || text.find(" status: local ") != text.npos;
}

} // namespace

bool
MailLogReader::Line(std::uint32_t number, std::string_view text)
{
    const auto delivery = ParseDelivery(text);
    if (!delivery || delivery->outcome != "failure")
    {
        return delivery.has_value() || IsQmailLine(text);
    }
    LoggedRefusal refusal;
    refusal.line = number;
    refusal.text = delivery->text;
    refusal.time = delivery->time;
    refusal.zone = delivery->zone;
    ReadReport(Readable(delivery->report), refusal);
    m_handler(refusal);
    return true;
}

bool
BounceReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    constexpr std::string_view REFUSED = fields::qmail::DOES_NOT_LIKE_RECIPIENT;
    if (text.size() > REFUSED.size() && text.substr(text.size() - REFUSED.size()) == REFUSED &&
        text.find('_') == std::string_view::npos)
    {
        m_open = LoggedRefusal();
        m_open.line = number;
        m_open.remote = HostAddress::Parse(text.substr(0, text.size() - REFUSED.size()));
        m_isOpen = true;
        m_lines = 0;
        return true;
    }
    if (!m_isOpen || ++m_lines > LONGEST_REPORT)
    {
        m_isOpen = false;
        return false;
    }
    if (scan::Skip(text, fields::qmail::GIVING_UP_ON))
    {
        m_isOpen = false;
        if (!m_open.reply.empty())
        {
            m_handler(m_open);
        }
    }
    else if (m_open.reply.empty())
    {
        if (scan::Skip(text, fields::qmail::REMOTE_HOST_SAID))
        {
            m_open.line = number;
            m_open.reply.assign(text);
            m_open.text = std::string(fields::qmail::REMOTE_HOST_SAID) + m_open.reply;
        }
    }
    else if (m_open.reply.size() < 5000)
    {
        m_open.reply += ' ';
        m_open.reply += text;
    }
    return true;
}

} // namespace bouncelab::detectors
