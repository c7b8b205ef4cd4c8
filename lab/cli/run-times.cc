#include "lab/cli/run-times.h"

#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <string>

namespace bouncelab::cli
{

namespace
{

constexpr std::string_view HEADER = "seed,took_s\n";

/// Rows by seed; what is no row of ours is dropped.
std::map<std::uint64_t, std::string>
RowsOf(const std::filesystem::path& file)
{
    std::map<std::uint64_t, std::string> rows;
    if (!std::filesystem::exists(file))
    {
        return rows;
    }
    const std::string text = score::ReadTextFile(file);
    for (const std::string_view line : score::LinesOf(text))
    {
        const std::size_t comma = line.find(',');
        const std::string seed(line.substr(0, comma));
        if (comma != line.npos && !seed.empty() && seed.size() <= 19 &&
            seed.find_first_not_of("0123456789") == seed.npos)
        {
            rows[std::stoull(seed)] = line.substr(comma + 1);
        }
    }
    return rows;
}

} // namespace

void
EnterTimes(const std::filesystem::path& folder,
           const RunTimes& times,
           const std::filesystem::path& staging)
{
    std::map<std::uint64_t, std::string> rows = RowsOf(folder / "times.csv");
    for (const auto& [seed, took] : times)
    {
        rows[seed] = fmt::format("{:.3f}", static_cast<double>(took.count()) / 1000);
    }
    std::string text(HEADER);
    for (const auto& [seed, took] : rows)
    {
        text += fmt::format("{},{}\n", seed, took);
    }
    const std::filesystem::path file = staging / "times.csv";
    score::WriteTextFile(file, text);
    std::filesystem::rename(file, folder / "times.csv");
}

} // namespace bouncelab::cli
