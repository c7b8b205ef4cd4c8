#include "lab/scenario/load.h"

#include "formats/text.h"
#include "lab/scenario/checks.h"
#include "lab/scenario/expectations.h"
#include "lab/scenario/json-printer.h"
#include "lab/scenario/overrider.h"
#include "lab/scenario/persona-kinds.h"
#include "lab/scenario/yaml-printer.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>

namespace bouncelab::scenario
{

namespace
{

/// Does something that throws the first fault that it meets, and takes that one in.
template <class Work>
void
TakeIn(std::vector<ScenarioError>& faults, Work&& work)
{
    try
    {
        work();
    }
    catch (const ScenarioError& fault)
    {
        faults.push_back(fault);
    }
}

/// Every wrong value of a persona's file, or, if there is none, what does not fit together.
template <class T, class Check>
std::vector<ScenarioError>
PersonaFaults(const std::string& path, const Check& check)
{
    std::vector<ScenarioError> faults;
    Marks marks;
    T persona = Defaults<T>();
    YamlReader(nullptr, marks, &faults).ReadStruct(LoadTree(path), "", ValueOf(persona));
    if (faults.empty())
    {
        check(persona, marks, faults);
    }
    return faults;
}

/// Every fault that a model's own check tells of.
template <class Check>
auto
EachOf(Check check)
{
    return [check](const auto& persona, const Marks& marks, std::vector<ScenarioError>& faults)
    {
        for (const std::string& text : check(persona))
        {
            TakeIn(faults, [&] { FailOnFirst("", {text}, marks); });
        }
    };
}

/// Every wrong value of each variant, or, if there is none, the first of what does not fit of each
/// variant, or else of what the scenario beside it does not have.
std::vector<ScenarioError>
ExpectationFaults(const std::filesystem::path& file, const PersonaLibrary& personas)
{
    std::vector<ScenarioError> faults;
    const ExpectationFile expectations = ExpectationFile::Load(file.string());
    const VariantFile values(LoadTree(file.string()), file.string(), {"name"});
    for (const std::string& variant : values.Variants())
    {
        Marks marks;
        Expectations read;
        YamlReader(nullptr, marks, &faults).ReadStruct(values.Tree(variant), "", ValueOf(read));
    }
    for (const std::string& variant : expectations.Variants())
    {
        if (faults.empty())
        {
            TakeIn(faults, [&] { expectations.Resolve(variant); });
        }
    }
    const std::filesystem::path scenario = file.parent_path() / "scenario.yaml";
    if (faults.empty() && std::filesystem::exists(scenario))
    {
        expectations.CheckAgainst(ScenarioFile::Load(scenario.string()), personas);
    }
    return faults;
}

/// What is wrong with a file that is no scenario. \throws ScenarioError where that is its whole
/// form
std::vector<ScenarioError>
FaultsOfOther(const std::string& path, const PersonaLibrary& personas)
{
    const std::filesystem::path file(path);
    const std::string folder = std::filesystem::absolute(file).parent_path().filename().string();
    const auto device = EachOf([](const auto& config) { return Faults(config); });
    const auto stack = [](const auto& profile, const Marks& marks, auto& faults)
    { TakeIn(faults, [&] { CheckStack(profile, "", marks); }); };
    if (folder == host::StackProfile::FOLDER)
    {
        return PersonaFaults<host::StackProfile>(path, stack);
    }
    if (folder == mail::MtaPersona::FOLDER)
    {
        return PersonaFaults<mail::MtaPersona>(path, [](const auto&...) {});
    }
    if (folder == smtp::ServerPersona::FOLDER)
    {
        return PersonaFaults<smtp::ServerPersona>(path, EachOf(smtp::CheckServerPersona));
    }
    if (folder == connector::ReceiveConnectorConfig::FOLDER)
    {
        return PersonaFaults<connector::ReceiveConnectorConfig>(
            path,
            EachOf(connector::CheckReceiveConnector));
    }
    if (folder == connector::FilterConfig::FOLDER)
    {
        return PersonaFaults<connector::FilterConfig>(path, EachOf(connector::CheckFilter));
    }
    if (folder == middlebox::InjectorConfig::FOLDER)
    {
        return PersonaFaults<middlebox::InjectorConfig>(path, device);
    }
    if (folder == middlebox::CensorConfig::FOLDER)
    {
        return PersonaFaults<middlebox::CensorConfig>(path, device);
    }
    return file.filename() == "expect.yaml" ? ExpectationFaults(file, personas)
                                            : std::vector<ScenarioError>();
}

/// Puts the machines in the place of each host that is several.
void
NumberHosts(Scenario& scenario, Marks& marks)
{
    for (const auto& [name, host] : std::map<std::string, HostConfig>(scenario.hosts))
    {
        if (host.count <= 1)
        {
            continue;
        }
        scenario.hosts.erase(name);
        for (std::uint32_t i = 1; i <= host.count; ++i)
        {
            const std::string number = "-" + std::to_string(i);
            HostConfig machine = host;
            machine.count = 1;
            machine.address = machine.address.Plus(i - 1);
            for (auto& [interfaceName, interface] : machine.interfaces)
            {
                interface.address = interface.address.Plus(i - 1);
            }
            machine.hostname.insert(std::min(host.hostname.find('.'), host.hostname.size()),
                                    number);
            scenario.hosts[name + number] = std::move(machine);
            marks.Set(JoinPath("hosts", name + number), marks.Find(JoinPath("hosts", name)));
        }
    }
}

/// Whether a file is a scenario: neither its name nor its folder says that it is something else.
bool
IsScenario(const std::filesystem::path& file)
{
    const std::string folder = std::filesystem::absolute(file).parent_path().filename().string();
    const std::vector<PersonaFolder>& kinds = PersonaFolders();
    return file.filename() != "expect.yaml" &&
           std::none_of(kinds.begin(),
                        kinds.end(),
                        [&](const PersonaFolder& kind) { return kind.type->folder == folder; });
}

} // namespace

ScenarioFile::ScenarioFile(VariantFile file)
    : m_file(std::move(file))
{
    if (!IsName(Name()))
    {
        throw ScenarioError(m_file.Head("name").at,
                            "name",
                            "found " + Quote(Name()) +
                                ", expected lower-case letters, digits, - and .");
    }
}

ScenarioFile
ScenarioFile::Load(const std::string& path)
{
    return ScenarioFile(VariantFile(LoadTree(path), path, {"name"}));
}

ScenarioFile
ScenarioFile::Parse(std::string_view text, const std::string& file)
{
    return ScenarioFile(VariantFile(ParseTree(text, file), file, {"name"}));
}

Scenario
ScenarioFile::Resolve(const std::string& variant,
                      const PersonaLibrary& personas,
                      const std::vector<std::string>& overrides) const
{
    const TextNode tree = m_file.Tree(variant);
    Scenario scenario = Defaults<Scenario>();
    scenario.name = Name();
    scenario.variant = variant;
    const std::optional<PersonaLibrary> own = personas.Beside(Path());
    const PersonaLibrary* library = own ? &*own : &personas;
    Marks marks;
    YamlReader(library, marks).ReadStruct(tree, "", ValueOf(scenario));
    Overrider overrider(library, marks);
    for (const std::string& text : overrides)
    {
        const Override change = Override::Parse(text);
        overrider.Apply(change, ValueOf(scenario));
    }
    NumberHosts(scenario, marks);
    CheckScenario(scenario, marks);
    return scenario;
}

std::vector<ScenarioError>
ScenarioFile::Faults(const std::string& variant, const PersonaLibrary& personas) const
{
    Scenario scenario = Defaults<Scenario>();
    scenario.name = Name();
    scenario.variant = variant;
    const std::optional<PersonaLibrary> own = personas.Beside(Path());
    Marks marks;
    std::vector<ScenarioError> faults;
    YamlReader(own ? &*own : &personas, marks, &faults)
        .ReadStruct(m_file.Tree(variant), "", ValueOf(scenario));
    NumberHosts(scenario, marks);
    return faults.empty() ? FaultsOf(scenario, marks) : faults;
}

Scenario
ScenarioFile::Base(const PersonaLibrary& personas) const
{
    Scenario scenario = Defaults<Scenario>();
    const std::optional<PersonaLibrary> own = personas.Beside(Path());
    Marks marks;
    std::vector<ScenarioError> faults;
    YamlReader(own ? &*own : &personas, marks, &faults)
        .ReadStruct(m_file.Base(), "", ValueOf(scenario));
    return scenario;
}

namespace
{

/// Values by their key paths, `--set`'s way of writing both.
std::map<std::string, std::string>
Flat(const nlohmann::ordered_json& json, const std::string& path = "")
{
    std::map<std::string, std::string> values;
    std::size_t item = 0;
    for (const auto& [key, value] : json.items())
    {
        const std::string inside = JoinPath(path, json.is_array() ? std::to_string(++item) : key);
        if (value.is_structured() && !value.empty())
        {
            values.merge(Flat(value, inside));
        }
        else
        {
            values[inside] = value.is_string() ? value.get<std::string>() : value.dump();
        }
    }
    return values;
}

} // namespace

std::vector<std::string>
ChangesOf(const ScenarioFile& file, const std::string& variant, const PersonaLibrary& personas)
{
    std::map<std::string, std::string> before = Flat(Parameters(file.Base(personas)));
    std::vector<std::string> changes;
    // A list or a map that was empty, and is not any more, is not gone.
    const auto isFilled =
        [](const std::map<std::string, std::string>& after, const std::string& path)
    {
        const auto inside = after.lower_bound(path + ".");
        return inside != after.end() && StartsWith(inside->first, path + ".");
    };
    const std::map<std::string, std::string> after =
        Flat(Parameters(file.Resolve(variant, personas)));
    for (const auto& [path, value] : after)
    {
        const auto old = before.find(path);
        if (old == before.end() || old->second != value)
        {
            changes.push_back(path + "=" + value);
        }
        if (old != before.end())
        {
            before.erase(old);
        }
    }
    for (const auto& entry : before)
    {
        if (!isFilled(after, entry.first))
        {
            changes.push_back(entry.first + "=~");
        }
    }
    std::sort(changes.begin(), changes.end());
    return changes;
}

nlohmann::ordered_json
Parameters(const Scenario& scenario)
{
    Scenario copy = scenario;
    return PrintJson(ValueOf(copy));
}

std::string
Show(const Scenario& scenario)
{
    nlohmann::ordered_json file;
    file["name"] = scenario.name;
    file["base"] = Parameters(scenario);
    file["variants"][scenario.variant] = nlohmann::ordered_json::object();
    return FormatYaml(file);
}

std::vector<std::string>
ListScenarios(const std::string& root)
{
    std::vector<std::string> files;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(root) / "scenarios", error))
    {
        const std::filesystem::path file = entry.path() / "scenario.yaml";
        if (std::filesystem::exists(file, error))
        {
            files.push_back(file.string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<ScenarioError>
FaultsInFile(const std::string& path, const PersonaLibrary& personas)
{
    std::vector<ScenarioError> faults;
    std::set<std::string> seen;
    const auto take = [&](const std::vector<ScenarioError>& found)
    {
        std::copy_if(found.begin(),
                     found.end(),
                     std::back_inserter(faults),
                     [&](const ScenarioError& fault) { return seen.insert(fault.what()).second; });
    };
    TakeIn(faults,
           [&]
           {
               if (!IsScenario(path))
               {
                   take(FaultsOfOther(path, personas));
                   return;
               }
               const ScenarioFile scenario = ScenarioFile::Load(path);
               for (const std::string& variant : scenario.Variants())
               {
                   take(scenario.Faults(variant, personas));
               }
           });
    return faults;
}

} // namespace bouncelab::scenario
