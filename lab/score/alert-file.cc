#include "lab/score/alert-file.h"

#include "lab/score/evidence-extent.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bouncelab::score
{

namespace
{

constexpr std::size_t MOST_OCTETS = 64 << 20;
constexpr std::size_t MOST_LINES = 200000;

/// A file that is open, and closed in the end.
struct OpenFile
{
    int descriptor;

    ~OpenFile() { close(descriptor); }
};

std::vector<Alert>
ParseAlerts(std::string_view text,
            const std::string& name,
            std::size_t mostLines,
            const std::filesystem::path& evidence)
{
    std::optional<EvidenceExtent> extent;
    if (!evidence.empty())
    {
        extent.emplace(evidence);
    }
    std::vector<Alert> alerts;
    std::size_t number = 0;
    for (const std::string_view line : LinesOf(text))
    {
        if (++number > mostLines)
        {
            throw std::runtime_error(fmt::format("{}: found more than {} lines", name, mostLines));
        }
        std::string error;
        std::optional<Alert> alert = AlertFromJsonLine(line, error);
        error = alert && extent ? extent->Contradiction(*alert) : error;
        if (!error.empty())
        {
            throw std::runtime_error(fmt::format("{}:{}: {}", name, number, error));
        }
        if (alert)
        {
            alerts.push_back(std::move(*alert));
        }
    }
    return alerts;
}

/// At most one octet more than there may be.
std::string
ReadOpen(int descriptor, const std::string& name)
{
    std::string text;
    char buffer[1 << 16];
    ssize_t got = 0;
    while (text.size() <= MOST_OCTETS && (got = read(descriptor, buffer, sizeof(buffer))) > 0)
    {
        text.append(buffer, static_cast<std::size_t>(got));
    }
    if (got < 0)
    {
        throw std::runtime_error(fmt::format("{}: {}", name, std::strerror(errno)));
    }
    return text;
}

} // namespace

std::vector<Alert>
ReadAlerts(const std::filesystem::path& path, const std::filesystem::path& evidence)
{
    return ParseAlerts(ReadTextFile(path), path.string(), std::string::npos, evidence);
}

AlertFile
ReadForeignAlerts(const std::filesystem::path& path, const std::filesystem::path& evidence)
{
    const std::string name = path.filename().string();
    const OpenFile file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};

    struct stat status
    {
    };

    if (file.descriptor < 0 && errno == ENOENT)
    {
        return {};
    }
    if (file.descriptor < 0 && errno != ELOOP && errno != ENXIO)
    {
        throw std::runtime_error(fmt::format("{}: {}", name, std::strerror(errno)));
    }
    if (file.descriptor < 0 || fstat(file.descriptor, &status) != 0 || !S_ISREG(status.st_mode))
    {
        throw std::runtime_error(
            fmt::format("{}: found a folder, link or device, expected a regular file", name));
    }
    AlertFile result;
    result.text = ReadOpen(file.descriptor, name);
    if (result.text.size() > MOST_OCTETS)
    {
        throw std::runtime_error(
            fmt::format("{}: found more than {} MiB", name, MOST_OCTETS >> 20));
    }
    result.alerts = ParseAlerts(result.text, name, MOST_LINES, evidence);
    return result;
}

} // namespace bouncelab::score
