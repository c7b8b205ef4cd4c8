#include "lab/scenario/load.h"

#include "lab/scenario/checks.h"
#include "lab/scenario/expectations.h"
#include "lab/scenario/json-printer.h"
#include "lab/scenario/overrider.h"
#include "lab/scenario/yaml-printer.h"

#include <algorithm>
#include <filesystem>

namespace bouncelab::scenario
{

namespace
{

template <class T>
T
ReadPersonaFile(const std::string& path, Marks& marks)
{
    T persona = Defaults<T>();
    YamlReader(nullptr, marks).ReadStruct(LoadTree(path), "", ValueOf(persona));
    return persona;
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
    Marks marks;
    YamlReader(&personas, marks).ReadStruct(tree, "", ValueOf(scenario));
    Overrider overrider(&personas, marks);
    for (const std::string& text : overrides)
    {
        const Override change = Override::Parse(text);
        overrider.Apply(change, ValueOf(scenario));
    }
    CheckScenario(scenario, marks);
    return scenario;
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

void
ValidateFile(const std::string& path, const PersonaLibrary& personas)
{
    const std::filesystem::path file(path);
    const std::string folder = std::filesystem::absolute(file).parent_path().filename().string();
    Marks marks;
    if (folder == host::StackProfile::FOLDER)
    {
        CheckStack(ReadPersonaFile<host::StackProfile>(path, marks), "", marks);
    }
    else if (folder == mail::MtaPersona::FOLDER)
    {
        ReadPersonaFile<mail::MtaPersona>(path, marks);
    }
    else if (folder == smtp::ServerPersona::FOLDER)
    {
        CheckServer(ReadPersonaFile<smtp::ServerPersona>(path, marks), "", marks);
    }
    else if (folder == connector::ReceiveConnectorConfig::FOLDER)
    {
        ReadPersonaFile<connector::ReceiveConnectorConfig>(path, marks);
    }
    else if (folder == connector::FilterConfig::FOLDER)
    {
        ReadPersonaFile<connector::FilterConfig>(path, marks);
    }
    else if (folder == middlebox::InjectorConfig::FOLDER)
    {
        FailOnFirst("", Faults(ReadPersonaFile<middlebox::InjectorConfig>(path, marks)), marks);
    }
    else if (file.filename() == "expect.yaml")
    {
        const ExpectationFile expectations = ExpectationFile::Load(path);
        for (const std::string& variant : expectations.Variants())
        {
            expectations.Resolve(variant);
        }
        const std::filesystem::path scenario = file.parent_path() / "scenario.yaml";
        if (std::filesystem::exists(scenario))
        {
            expectations.CheckAgainst(ScenarioFile::Load(scenario.string()), personas);
        }
    }
    else
    {
        const ScenarioFile scenario = ScenarioFile::Load(path);
        for (const std::string& variant : scenario.Variants())
        {
            scenario.Resolve(variant, personas);
        }
    }
}

} // namespace bouncelab::scenario
