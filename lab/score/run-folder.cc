#include "lab/score/run-folder.h"

#include "formats/digest.h"
#include "lab/score/text-file.h"
#include "lab/truth/label-writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace bouncelab::score
{

namespace
{

using nlohmann::ordered_json;

/// The value at a path of keys, or null.
const ordered_json&
At(const ordered_json& from, std::initializer_list<std::string_view> keys)
{
    static const ordered_json null;
    const ordered_json* at = &from;
    for (const std::string_view key : keys)
    {
        const auto found = at->is_object() ? at->find(std::string(key)) : at->end();
        if (!at->is_object() || found == at->end())
        {
            return null;
        }
        at = &*found;
    }
    return *at;
}

std::string
TextAt(const ordered_json& from, std::initializer_list<std::string_view> keys)
{
    const ordered_json& value = At(from, keys);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::vector<std::string>
TextsAt(const ordered_json& from, std::string_view key)
{
    std::vector<std::string> texts;
    for (const ordered_json& text : At(from, {key}))
    {
        texts.push_back(text.is_string() ? text.get<std::string>() : text.dump());
    }
    return texts;
}

std::vector<std::string>
SettingsIn(const ordered_json& manifest)
{
    std::vector<std::string> settings = TextsAt(manifest, "overrides");
    if (const auto vantages = TextsAt(manifest, "vantages"); !vantages.empty())
    {
        settings.push_back(fmt::format("vantages={}", fmt::join(vantages, ",")));
    }
    if (At(manifest, {"capture"}) == false)
    {
        settings.emplace_back("capture=no");
    }
    return settings;
}

std::string
GroupOf(ordered_json manifest)
{
    for (const char* own : {"seed", "files", "kept", "scenario-file"})
    {
        manifest.erase(own);
    }
    return Sha256Of(manifest.dump());
}

} // namespace

RunFolder::RunFolder(std::filesystem::path root)
    : m_root(std::move(root))
{
    const std::filesystem::path file = m_root / "manifest.json";
    if (std::error_code missing; !std::filesystem::exists(file, missing))
    {
        throw std::runtime_error(
            fmt::format("{}: found no manifest.json, expected a folder that `run` wrote",
                        m_root.string()));
    }
    const std::string text = ReadTextFile(file);
    const ordered_json manifest = ordered_json::parse(text, nullptr, false);
    if (!manifest.is_object() || !At(manifest, {"scenario"}).is_string() ||
        !At(manifest, {"variant"}).is_string() || !At(manifest, {"seed"}).is_number_unsigned() ||
        !At(manifest, {"parameters"}).is_object())
    {
        throw std::runtime_error(fmt::format(
            "{}: found no run's manifest, expected scenario, variant, seed and parameters",
            file.string()));
    }
    m_scenario = manifest["scenario"];
    m_scenarioFile = TextAt(manifest, {"scenario-file"});
    m_variant = manifest["variant"];
    m_seed = manifest["seed"];
    m_parameters = manifest["parameters"];
    m_settings = SettingsIn(manifest);
    m_group = GroupOf(manifest);
    m_labels = truth::ReadLabels(m_root / "truth" / "labels.jsonl");
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(m_root / "evidence", error))
    {
        if (entry.is_directory())
        {
            m_vantages.push_back(entry.path().filename().string());
        }
    }
    std::sort(m_vantages.begin(), m_vantages.end());
}

std::vector<std::string>
RunFolder::MembersOf(const std::string& vantage) const
{
    std::vector<std::string> members{vantage};
    for (std::string& member : TextsAt(At(m_parameters, {"vantages", vantage}), "union-of"))
    {
        members.push_back(std::move(member));
    }
    return members;
}

bool
RunFolder::Collects(const std::string& vantage, const char* parameter) const
{
    for (const std::string& member : MembersOf(vantage))
    {
        const ordered_json& value = At(m_parameters, {"vantages", member, parameter});
        if (value.is_boolean() && value.get<bool>())
        {
            return true;
        }
    }
    return false;
}

std::string
RunFolder::CaptureVantage() const
{
    std::string first;
    for (const std::string& vantage : m_vantages)
    {
        if (!std::filesystem::exists(EvidenceOf(vantage) / "capture.pcap") ||
            !At(m_parameters, {"vantages", vantage, "union-of"}).empty())
        {
            continue;
        }
        if (TextAt(m_parameters, {"vantages", vantage, "place"}) == "gateway-inside")
        {
            return vantage;
        }
        first = first.empty() ? vantage : first;
    }
    return first;
}

std::optional<CaseMessage>
RunFolder::Case() const
{
    const ordered_json& messages = At(m_parameters, {"mail", "messages"});
    if (!messages.is_object() || messages.empty())
    {
        return std::nullopt;
    }
    const ordered_json& chosen = messages.contains("case") ? messages["case"] : *messages.begin();
    return CaseMessage{TextAt(chosen, {"from"}), TextAt(chosen, {"to"})};
}

std::optional<Ipv4>
RunFolder::ServerOf(std::string_view recipient) const
{
    const std::string_view domain = recipient.substr(recipient.rfind('@') + 1);
    const std::string host = TextAt(m_parameters, {"mail", "exchangers", domain});
    return Ipv4::Parse(TextAt(m_parameters, {"hosts", host, "address"}));
}

} // namespace bouncelab::score
