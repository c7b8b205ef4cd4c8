#include "lab/cli/commands.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace bouncelab::cli
{

void
AddQuietOption(CLI::App& command, Shell& shell)
{
    command.add_flag_callback(
        "--quiet,-q",
        [&shell] { shell.terminal.SetQuiet(true); },
        "No progress and no remarks");
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
