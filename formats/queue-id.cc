#include "formats/queue-id.h"

#include "formats/calendar.h"

#include <fmt/format.h>

#include <string_view>

namespace bouncelab
{

namespace
{

/// sendmail 8.12 and later (queue.c, assign_queueid()): a character each for the year, month, day,
/// hour, minute and second, two that count on within the second, and the process id.
std::string
SendmailId(std::uint64_t number, std::uint32_t processId, const CivilTime& local)
{
    constexpr std::string_view digits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string id;
    id += digits[static_cast<std::size_t>((local.year + 20) % 60)];
    for (const std::size_t place : {std::size_t{local.month} - 1,
                                    std::size_t{local.day},
                                    std::size_t{local.hour},
                                    std::size_t{local.minute},
                                    std::size_t{local.second},
                                    static_cast<std::size_t>(number / 60 % 60),
                                    static_cast<std::size_t>(number % 60)})
    {
        id += digits[place];
    }
    return id + fmt::format("{:06}", processId % 1000000);
}

} // namespace

std::string
QueueIdOf(QueueIdForm form,
          std::uint64_t number,
          std::uint32_t processId,
          WallTime taken,
          std::int64_t zoneSeconds)
{
    const std::int64_t second = UnixSeconds(taken);
    switch (form)
    {
    case QueueIdForm::Number:
        break;
    case QueueIdForm::Postfix:
        return fmt::format("{:05X}{:X}", SecondFraction(taken) / 1000, number);
    case QueueIdForm::Sendmail:
        return SendmailId(number, processId, CivilFromSeconds(second + zoneSeconds));
    }
    return fmt::format("{}", number);
}

} // namespace bouncelab
