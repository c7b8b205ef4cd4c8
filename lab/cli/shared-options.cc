#include "lab/cli/commands.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace bouncelab::cli
{

void
AddDetectorOptions(CLI::App& command, judge::DetectorChoice& detector)
{
    detector.program = Shell::ProgramFolder() / "bouncelab-detect";
    command
        .add_option("--env",
                    detector.environment,
                    "A variable that is handed on to your detector; may be repeated")
        ->allow_extra_args(false);
    command.add_flag("--bare",
                     detector.isBare,
                     "Lets your detector use the network and see the whole disk");
    command
        .add_option("--memory",
                    detector.memoryMib,
                    "MiB that your detector may use (default: no limit)")
        ->check(CLI::Range(1, 1 << 20));
    command
        .add_option("--processes",
                    detector.processes,
                    "Processes and threads that your detector may have at once (default: 1024)")
        ->check(CLI::Range(1, 1 << 22));
    command
        .add_option("--timeout",
                    detector.timeoutSeconds,
                    "Seconds for each start of a detector (default: 60)")
        ->check(CLI::Range(1, 86400));
}

void
AddDataOption(CLI::App& command, Shell& shell)
{
    command
        .add_option_function<std::vector<std::string>>(
            "--data",
            [&shell](const std::vector<std::string>& folders) {
                std::for_each(folders.begin(),
                              folders.end(),
                              [&](const auto& each) { shell.AddData(each); });
            },
            "Folder with scenarios/, personas/ or detectors/ of yours, which go before the "
            "shipped; "
            "may be repeated")
        ->allow_extra_args(false);
}

void
AddQuietOption(CLI::App& command, Shell& shell)
{
    command.add_flag_callback(
        "--quiet,-q",
        [&shell] { shell.terminal.SetQuiet(true); },
        "No progress and no remarks");
}

std::string
RefuseEmpty(const std::string& text)
{
    return text.empty() ? "found nothing" : "";
}

void
AddSeedOption(CLI::App& command, const std::function<void(std::uint64_t)>& set)
{
    const auto check = [](const std::string& text)
    {
        std::uint64_t seed = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
        return error == std::errc{} && end == text.data() + text.size()
                   ? std::string()
                   : fmt::format("found {}, expected a whole number from 0 to {}",
                                 text,
                                 std::numeric_limits<std::uint64_t>::max());
    };
    command.add_option_function<std::uint64_t>("--seed", set, "Seed of the first run (default: 1)")
        ->check(CLI::Validator(check, ""));
}

} // namespace bouncelab::cli
