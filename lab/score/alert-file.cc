#include "lab/score/alert-file.h"

#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <stdexcept>

namespace bouncelab::score
{

std::vector<Alert>
ReadAlerts(const std::filesystem::path& path)
{
    const std::string text = ReadTextFile(path);
    std::vector<Alert> alerts;
    std::size_t number = 0;
    for (const std::string_view line : LinesOf(text))
    {
        ++number;
        std::string error;
        std::optional<Alert> alert = AlertFromJsonLine(line, error);
        if (!error.empty())
        {
            throw std::runtime_error(fmt::format("{}:{}: {}", path.string(), number, error));
        }
        if (alert)
        {
            alerts.push_back(std::move(*alert));
        }
    }
    return alerts;
}

} // namespace bouncelab::score
