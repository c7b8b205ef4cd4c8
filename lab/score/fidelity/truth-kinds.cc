#include "lab/score/fidelity/table.h"
#include "lab/score/label-param.h"
#include "lab/score/mail-outcome.h"

#include <nlohmann/json.hpp>

/// What the truth has of a run, and what was set.
namespace bouncelab::score
{

namespace
{

std::vector<Label>
ReadTruth(const RunFolder& run)
{
    return run.Labels();
}

/// Parameters that labels may have (docs/formats.md).
constexpr const char* LABEL_PARAMETERS[] = {"message_id",
                                            "client",
                                            "server",
                                            "sender",
                                            "recipient"};

std::vector<ColumnOf<Label>>
LabelColumns()
{
    std::vector<ColumnOf<Label>> columns{
        {"kind", &Label::kind},
        {"class", &Label::classLabel},
        {"actor", &Label::actor},
        {"vantage", &Label::vantage},
        {"frame",
         [](const Label& l) { return l.frame > 0 ? std::optional(l.frame) : std::nullopt; }},
        {"host",
         [](const Label& l)
         {
             const std::string client = ParamOf(l, "client");
             return TextValue(client.substr(0, client.rfind(':')));
         }},
        {"did", &Label::did}};
    for (const char* name : LABEL_PARAMETERS)
    {
        columns.emplace_back(name, [name](const Label& l) { return ParamOf(l, name); });
    }
    return columns;
}

struct OutcomeRow
{
    std::string sender;
    std::string recipient;
    TrueOutcome outcome;
};

std::vector<OutcomeRow>
ReadFates(const RunFolder& run)
{
    std::vector<OutcomeRow> outcomes;
    for (const Label& label : run.Labels())
    {
        if (label.kind == "message")
        {
            outcomes.push_back(
                {ParamOf(label, "sender"), ParamOf(label, "recipient"), ViewsOf(label)});
        }
    }
    return outcomes;
}

/// A value of the resolved scenario: `hosts/exchange/address`.
struct ScenarioValue
{
    std::string path;
    std::string value;
};

void
AddParameters(const std::string& path,
              const nlohmann::ordered_json& json,
              std::vector<ScenarioValue>& parameters)
{
    if (!json.is_structured())
    {
        parameters.push_back({path, json.is_string() ? json.get<std::string>() : json.dump()});
        return;
    }
    for (const auto& [key, value] : json.items())
    {
        AddParameters(path.empty() ? key : path + "/" + key, value, parameters);
    }
}

std::vector<ScenarioValue>
ReadParameters(const RunFolder& run)
{
    std::vector<ScenarioValue> parameters;
    AddParameters("", run.Parameters(), parameters);
    return parameters;
}

} // namespace

void
AddTruthKinds(KindTable& kinds)
{
    kinds["truth"] =
        MakeKind<Label>(LabelColumns(), ReadTruth, [](const Label& l) { return l.time; });
    kinds["fates"] =
        MakeKind<OutcomeRow>({{"sender", &OutcomeRow::sender},
                              {"recipient", &OutcomeRow::recipient},
                              {"fate", [](const OutcomeRow& f) { return f.outcome.Phrase(); }}},
                             ReadFates);
    kinds["parameters"] =
        MakeKind<ScenarioValue>({{"path", &ScenarioValue::path}, {"value", &ScenarioValue::value}},
                                ReadParameters);
}

} // namespace bouncelab::score
