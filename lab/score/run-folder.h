#ifndef BOUNCELAB_LAB_SCORE_RUN_FOLDER_H
#define BOUNCELAB_LAB_SCORE_RUN_FOLDER_H

#include "formats/address.h"
#include "formats/label.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// The message under study: what the scenario calls `case`, else its first message.
struct CaseMessage
{
    std::string from;
    std::string to;
};

/// What a run's folder says about itself, read once.
class RunFolder
{
  public:
    /// \throws std::runtime_error when it is no complete run's folder
    explicit RunFolder(std::filesystem::path root);

    const std::filesystem::path& Root() const { return m_root; }

    const std::string& Scenario() const { return m_scenario; }

    /// Where its scenario's file lay, seen from the folder in which it was started; empty for a
    /// shipped one.
    const std::string& ScenarioFile() const { return m_scenarioFile; }

    const std::string& Variant() const { return m_variant; }

    std::uint64_t Seed() const { return m_seed; }

    /// Whether the scenario ran as it stands: nothing was set over it or left out.
    bool IsPlain() const { return m_settings.empty(); }

    /// What was set over it or left out: "injectors.border.at-hop=9", "vantages=mail-host",
    /// "capture=no".
    const std::vector<std::string>& Settings() const { return m_settings; }

    /// The same for runs that differ in nothing but the seed: scenario, settings, personas and
    /// version are one.
    const std::string& Group() const { return m_group; }

    /// Of the manifest: the resolved scenario.
    const nlohmann::ordered_json& Parameters() const { return m_parameters; }

    const std::vector<Label>& Labels() const { return m_labels; }

    /// The vantages whose evidence is there, sorted.
    const std::vector<std::string>& Vantages() const { return m_vantages; }

    std::filesystem::path EvidenceOf(std::string_view vantage) const
    {
        return m_root / "evidence" / vantage;
    }

    /// The vantage and, for a union, those that it consists of.
    std::vector<std::string> MembersOf(const std::string& vantage) const;

    /// Whether a parameter of the vantage or of one of its members is `true` (`capture`, `snort`).
    bool Collects(const std::string& vantage, const char* parameter) const;

    /// The vantage with a capture at the gateway; else the first with a capture; empty = none.
    std::string CaptureVantage() const;

    std::optional<CaseMessage> Case() const;

    /// The address of the host that takes the mail of a recipient's domain.
    std::optional<Ipv4> ServerOf(std::string_view recipient) const;

  private:
    std::filesystem::path m_root;
    std::string m_scenario;
    std::string m_scenarioFile;
    std::string m_variant;
    std::uint64_t m_seed = 0;
    std::vector<std::string> m_settings;
    std::string m_group;
    nlohmann::ordered_json m_parameters;
    std::vector<Label> m_labels;
    std::vector<std::string> m_vantages;
};

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_RUN_FOLDER_H
