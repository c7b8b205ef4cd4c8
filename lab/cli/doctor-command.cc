#include "lab/cli/commands.h"
#include "lab/cli/table.h"
#include "lab/run/child-process.h"
#include "lab/score/text-file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>

#include <unistd.h>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;

constexpr std::chrono::seconds PATIENCE{20};

struct DoctorFinding
{
    std::string what;
    bool good = false;
    bool needed = true; //!< Else only some uses want it.
    std::string state;
    std::string remedy;
};

/// The first line of what a program says about itself, or nothing if it cannot be started.
std::string
FirstLine(const std::vector<std::string>& words)
{
    const run::ChildEnd end = run::RunChild(words, PATIENCE);
    const std::string& text = end.output.empty() ? end.error : end.output;
    return end.started && end.status == 0 ? text.substr(0, text.find('\n')) : std::string();
}

DoctorFinding
CheckPackages(Shell& shell)
{
    DoctorFinding finding{"packages", false, true, "", ""};
    const fs::path file = shell.DataRoot() / "packages.apt";
    if (!fs::exists(file))
    {
        finding.good = true;
        finding.needed = false;
        finding.state = "no packages.apt beside the scenarios";
        return finding;
    }
    std::vector<std::string> names;
    const std::string text = score::ReadTextFile(file);
    for (const std::string_view line : score::LinesOf(text))
    {
        if (!line.empty() && line[0] != '#')
        {
            names.emplace_back(line);
        }
    }
    std::vector<std::string> words{"dpkg-query", "-W", "-f=${db:Status-Status} ${Package}\n"};
    words.insert(words.end(), names.begin(), names.end());
    const std::string known = "\n" + run::RunChild(words, PATIENCE).output;
    std::string missing;
    for (const std::string& name : names)
    {
        if (known.find("\ninstalled " + name + "\n") == std::string::npos)
        {
            missing += " " + name;
        }
    }
    finding.good = missing.empty();
    finding.state =
        missing.empty() ? fmt::format("all {} installed", names.size()) : "missing:" + missing;
    finding.remedy = missing.empty() ? "" : "apt-get install" + missing;
    return finding;
}

DoctorFinding
CheckProgram(std::string what, std::vector<std::string> words, const std::string& package)
{
    const std::string line = FirstLine(words);
    return {std::move(what),
            !line.empty(),
            true,
            line.empty() ? words[0] + " does not start" : line,
            line.empty() ? "apt-get install " + package : ""};
}

DoctorFinding
CheckDetectors()
{
    const fs::path program = Shell::ProgramFolder() / "bouncelab-detect";
    const bool there = !FirstLine({program.string(), "--list"}).empty();
    return {"detectors",
            there,
            true,
            there ? "bouncelab-detect answers" : "bouncelab-detect is not beside this program",
            there ? "" : "build the target bouncelab-detect"};
}

DoctorFinding
CheckScenarios(Shell& shell)
{
    const std::size_t count = scenario::ListScenarios(shell.DataRoot().string()).size();
    return {"scenarios",
            count > 0,
            true,
            fmt::format("{} in {}", count, ShortPath(shell.DataRoot() / "scenarios")),
            count > 0 ? "" : "set BOUNCELAB_DATA to the project's folder"};
}

DoctorFinding
CheckWritable()
{
    std::error_code error;
    const fs::path results = fs::exists("results", error) ? "results" : ".";
    const bool good = access(results.c_str(), W_OK) == 0;
    return {"results",
            good,
            true,
            good ? "results can be written here" : "no permission to write results here",
            good ? "" : "go to another folder, or use run --out DIR"};
}

DoctorFinding
CheckTap()
{
    const bool there = fs::exists("/dev/net/tun");
    const bool good = there && access("/dev/net/tun", R_OK | W_OK) == 0;
    return {"/dev/net/tun",
            good,
            false,
            good    ? "can be opened"
            : there ? "no permission"
                    : "not there",
            good ? "" : "only for real mail servers as peers: as root, modprobe tun"};
}

DoctorFinding
CheckMachine()
{
    constexpr double GIB = 1024.0 * 1024.0 * 1024.0;
    const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                          static_cast<double>(sysconf(_SC_PAGE_SIZE)) / GIB;
    std::error_code error;
    const double disk = static_cast<double>(fs::space(".", error).available) / GIB;
    const bool good = memory >= 1 && disk >= 1;
    return {"machine",
            good,
            true,
            fmt::format("{} processors, {:.1f} GiB memory, {:.1f} GiB free disk",
                        sysconf(_SC_NPROCESSORS_ONLN),
                        memory,
                        disk),
            good ? "" : "builds need 1 GiB of memory and of disk"};
}

void
Examine(Shell& shell, bool asJson)
{
    const std::vector<std::function<DoctorFinding()>> checks{
        [&] { return CheckPackages(shell); },
        [] {
            return CheckProgram("compiler", {"g++", "--version"}, "g++");
        },
        [] {
            return CheckProgram("cmake", {"cmake", "--version"}, "cmake");
        },
        [] {
            return CheckProgram("ninja", {"ninja", "--version"}, "ninja-build");
        },
        [] {
            return CheckProgram("tshark", {"tshark", "--version"}, "tshark");
        },
        [] { return CheckDetectors(); },
        [&] { return CheckScenarios(shell); },
        [] { return CheckWritable(); },
        [] { return CheckTap(); },
        [] { return CheckMachine(); }};
    Table table({"what", "state", "found", "how to fix it"});
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const auto& check : checks)
    {
        const DoctorFinding finding = check();
        const char* state = finding.good ? "good" : finding.needed ? "bad" : "optional";
        const TextStyle style = finding.good     ? TextStyle::Good
                                : finding.needed ? TextStyle::Bad
                                                 : TextStyle::Unsure;
        table.Add({finding.what, Cell(state, style), finding.state, finding.remedy});
        json.push_back({{"what", finding.what},
                        {"state", state},
                        {"found", finding.state},
                        {"remedy", finding.remedy}});
        if (!finding.good && finding.needed)
        {
            shell.Raise(MISSED);
        }
    }
    fmt::print("{}", asJson ? json.dump(2) + "\n" : table.Print(shell.terminal));
}

} // namespace

void
AddDoctorCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand("doctor", "Checks the machine and says how to fix it");
    auto asJson = std::make_shared<bool>(false);
    command->add_flag("--json", *asJson, "Prints JSON instead of a table");
    command->footer("Example:\n  bouncelab doctor");
    command->callback([&shell, asJson] { Examine(shell, *asJson); });
}

} // namespace bouncelab::cli
