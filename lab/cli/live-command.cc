#include "formats/machine-error.h"
#include "formats/text.h"
#include "lab/cli/commands.h"
#include "lab/cli/live-table.h"
#include "lab/live/live-run.h"
#include "lab/matrix/run-destination.h"
#include "lab/run/child-process.h"
#include "lab/scenario/scalar-text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;

struct LiveOptions
{
    std::string name;
    std::vector<std::string> replacements;
    std::uint64_t seed = 1;
    std::vector<std::string> overrides;
    std::string out = "results";
    std::string duration;
    bool untilExit = false;
    bool force = false;
    bool asJson = false;
};

std::optional<Nanoseconds>
DurationOf(const std::string& text)
{
    if (text.empty())
    {
        return std::nullopt;
    }
    const scenario::Quantity quantity = scenario::ParseDuration(text);
    if (quantity.error != scenario::QuantityError::None || quantity.value <= 0)
    {
        throw InputError(
            fmt::format("--duration {}: expected a time, such as \"90 s\" or \"2 min\"", text));
    }
    return Nanoseconds(quantity.value);
}

ChosenVariant
TheChoice(Shell& shell, const std::string& name)
{
    const std::vector<ChosenVariant> choices = shell.Choose({name});
    if (choices.size() != 1)
    {
        throw InputError(fmt::format("expected SCENARIO/VARIANT, found {}", name));
    }
    return choices.front();
}

fs::path
FolderFor(const LiveOptions& options,
          const ChosenVariant& choice,
          const std::vector<live::Replacement>& replacements)
{
    std::string programs;
    for (const live::Replacement& replacement : replacements)
    {
        programs += (programs.empty() ? "" : "+") + replacement.node + "-" + replacement.program;
    }
    const fs::path folder =
        fs::path(options.out) / "live" / choice.scenario / choice.variant / programs;
    const std::string absolute = fs::absolute(folder).lexically_normal().string();
    const std::string hidden = std::string(live::PRIVATE_PLACE) + "/";
    if (StartsWith(absolute, hidden))
    {
        throw InputError(fmt::format("a live run cannot leave results below {}", hidden));
    }
    if (fs::exists(folder) && !options.force)
    {
        throw InputError(fmt::format("{} holds a run: give --force to replace it, or another --out",
                                     ShortPath(folder)));
    }
    return absolute;
}

void
ShowProgress(Shell& shell, const live::LiveProgress& progress)
{
    constexpr std::int64_t SECOND = 1000000000;
    shell.terminal.Progress(fmt::format("{} of {} s, {} packets",
                                        progress.nowNs / SECOND,
                                        progress.durationNs / SECOND,
                                        progress.packets));
}

/// What a peer is made of is fetched when it is first asked for, where its data folder says how.
void
FetchPeer(Shell& shell, const live::Replacement& replacement)
{
    const fs::path fetch = replacement.peer.parent_path() / "fetch";
    if (replacement.peer.empty() || !fs::exists(fetch))
    {
        return;
    }
    shell.terminal.Progress(fmt::format("{} is fetched, if it is not there", replacement.program));
    const run::ChildEnd end =
        run::RunChild({fetch.string(), replacement.program}, std::chrono::minutes(10));
    if (end.status != 0 || !end.started)
    {
        const std::string_view why = Trim(end.error, " \t\r\n");
        throw MachineError(
            end.timedOut  ? fmt::format("{} took more than 10 minutes", fetch.string())
            : why.empty() ? fmt::format("{} ended with {}", fetch.string(), end.status)
                          : std::string(why.substr(why.rfind('\n') + 1)));
    }
}

void
RunIn(const matrix::RunDestination& place,
      Shell& shell,
      const live::LivePlan& plan,
      const LiveOptions& options)
{
    for (const live::Replacement& replacement : plan.replacements)
    {
        FetchPeer(shell, replacement);
    }
    shell.terminal.Progress("the real programs start");
    const live::LiveReport report = live::RunLive(plan,
                                                  [&shell](const live::LiveProgress& progress)
                                                  { ShowProgress(shell, progress); });
    // From the place that goes with this process to the one that stays.
    fs::copy(report.folder, place.StagingFolder(), fs::copy_options::recursive);
    place.Settle(true);
    shell.terminal.ClearProgress();
    if (options.asJson)
    {
        nlohmann::ordered_json json = ToJson(report);
        json["folder"] = ShortPath(place.Folder());
        fmt::print("{}\n", json.dump(2));
    }
    else
    {
        fmt::print("{}\nResults: {}\n",
                   LiveText(report, shell.terminal),
                   ShortPath(place.Folder()));
    }
    for (const live::LiveMachine& machine : report.machines)
    {
        if (machine.ended.value_or(0) != 0 || !machine.isCollected)
        {
            shell.Raise(MISSED);
        }
    }
}

void
Go(Shell& shell, const LiveOptions& options)
{
    live::LivePlan plan;
    plan.duration = DurationOf(options.duration);
    plan.untilExit = options.untilExit;
    const ChosenVariant choice = TheChoice(shell, options.name);
    for (const std::string& text : options.replacements)
    {
        plan.replacements.push_back(live::ParseReplacement(text, shell.DataRoot()));
    }
    plan.spec.scenarioFile = fs::absolute(choice.file).string();
    plan.spec.namedFile = choice.namedFile;
    plan.spec.variant = choice.variant;
    plan.spec.seed = options.seed;
    plan.spec.overrides = options.overrides;
    plan.spec.personas = shell.DataFolders();
    live::CheckReplacements(scenario::ScenarioFile::Load(choice.file)
                                .Resolve(choice.variant, shell.Personas(), options.overrides),
                            plan.replacements);
    if (const std::string why = live::WhyNoLiveRuns(); !why.empty())
    {
        throw InputError(why);
    }
    const fs::path folder = FolderFor(options, choice, plan.replacements);
    shell.Supervise(
        options.out,
        [&](const run::WorkFolders& folders)
        { RunIn(matrix::RunDestination(folder, folders.staging / "run"), shell, plan, options); });
}

} // namespace

void
AddLiveCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command =
        app.add_subcommand("live", "Runs a scenario in real time, with real programs as its hosts");
    auto options = std::make_shared<LiveOptions>();
    command->add_option("NAME", options->name, "SCENARIO/VARIANT")->required();
    command
        ->add_option("--replace",
                     options->replacements,
                     "NODE=COMMAND: this host is a real program, from peers/ or any other; may be "
                     "repeated")
        ->required()
        ->allow_extra_args(false);
    command->add_option("--seed", options->seed, "Seed of what is simulated (default: 1)");
    command->add_option("--set", options->overrides, "KEY=VALUE over the scenario; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--duration", options->duration, "Ends after this time, such as \"90 s\"");
    command->add_flag("--until-exit",
                      options->untilExit,
                      "Ends when every command has ended, if that is sooner");
    command->add_option("--out", options->out, "Folder for the results (default: results)");
    command->add_flag("--force", options->force, "Replaces results that are there");
    command->add_flag("--json", options->asJson, "Prints JSON instead of the tables");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab live forged-reply/error-500 --replace "
                    "mail-host=postfix\n\nNeeds root and /dev/net/tun.");
    command->callback([&shell, options] { Go(shell, *options); });
}

} // namespace bouncelab::cli
