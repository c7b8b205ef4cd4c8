#ifndef BOUNCELAB_LAB_RUN_RUN_RECORDER_H
#define BOUNCELAB_LAB_RUN_RUN_RECORDER_H

#include "lab/evidence/log-writer.h"
#include "lab/evidence/vantage-folder.h"
#include "lab/run/packet-printer.h"
#include "lab/run/run-spec.h"
#include "lab/run/vantage-recorder.h"
#include "lab/scenario/scenario.h"
#include "lab/truth/label-writer.h"
#include "lab/world/world.h"
#include "models/host/event-stream.h"
#include "models/mail/outcome-tracker.h"
#include "models/provenance/ledger.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::run
{

/**
 * Writes what a world shows: the evidence of every vantage, and the truth. What is written into
 * which file is decided by formats/dialects.h and the writers that it names.
 */
class RunRecorder : public provenance::ActionSink
{
  public:
    RunRecorder(const RunSpec& spec, const scenario::Scenario& scenario);
    ~RunRecorder() override;

    /// The ledger needs its sink first, and the sink the ledger's names.
    void SetLedger(provenance::Ledger& ledger)
    {
        m_ledger = &ledger;
        m_labels.SetLedger(&ledger);
    }

    using OutcomeHandler =
        std::function<void(const std::string& host, const mail::MessageOutcome&)>;

    /// Who else hears what became of a message that a simulated queue had.
    void OnOutcome(OutcomeHandler handler) { m_onOutcome = std::move(handler); }

    /// Taps the places of all vantages and opens their logs. Before the world runs, which has to
    /// live as long as events come.
    void Attach(world::World& world);

    /// A program of the world has done something.
    void OnEvent(const host::Event& event);

    void Record(const provenance::Action& action) override;

    /// Ends all files; builds the unions of vantages.
    void Close();

  private:
    /// A log of a vantage.
    struct VantageLog
    {
        std::string place; //!< Whose events it hears.
        std::unique_ptr<evidence::LogWriter> writer;
    };

    /// Who took a message over.
    struct Holder
    {
        std::string host;
        std::string giver; //!< The holder before; empty = whoever submitted it.
    };

    bool Wanted(const std::string& vantage) const;
    bool IsOutOfSight(const std::string& recipient) const;
    evidence::VantageFolder& FolderOf(const std::string& vantage);
    void OpenCapture(const std::string& name,
                     const scenario::VantageConfig& config,
                     world::World& world);
    void OpenPrinter(const std::string& name,
                     const scenario::VantageConfig& config,
                     world::World& world);
    DrawKey DrawsOf(const std::string& vantage) const;
    path::Direction ReceivingAt(const std::string& place) const;
    HostClock CaptureClockOf(const scenario::VantageConfig& config,
                             const world::World& world) const;
    static void Watch(const scenario::VantageConfig& config, world::World& world, FrameTap& tap);
    evidence::GatewayFacts GatewayAt(const std::string& place) const;
    void OpenLogs(const std::string& name,
                  const scenario::VantageConfig& config,
                  const world::World& world);
    bool IsKept(const Dialect& dialect, const scenario::VantageConfig& config) const;
    std::string ProgramOf(const Dialect& dialect, const std::string& place) const;
    evidence::LogPlace PlaceOf(const std::string& name,
                               const scenario::VantageConfig& config,
                               const world::World& world);
    HostClock ClockOf(const scenario::VantageConfig& config, const world::World& world) const;
    void RecordLogged(const std::string& host,
                      const std::string& vantage,
                      const smtp::ConnectionInfo& connection);
    bool TakesOver(const std::string& host) const;
    void OnAccepted(const std::string& host, const smtp::MessageEvent& event);
    bool CountsFor(const std::string& sender,
                   const std::string& giver,
                   const std::string& host) const;
    void OnLost(std::string_view host, const mail::QueueEvent& event);
    mail::OutcomeTracker& OutcomesOf(std::string_view host);
    void RecordOutcome(const std::string& host, const mail::MessageOutcome& outcome);
    void BuildUnion(const std::string& name, const scenario::VantageConfig& config);

    const RunSpec& m_spec;
    const scenario::Scenario& m_scenario;
    provenance::Ledger* m_ledger = nullptr;
    OutcomeHandler m_onOutcome;
    truth::LabelWriter m_labels;
    std::map<std::string, std::unique_ptr<evidence::VantageFolder>> m_folders;
    std::vector<std::unique_ptr<VantageRecorder>> m_recorders;
    std::vector<std::unique_ptr<PacketPrinter>> m_printers;
    std::vector<VantageLog> m_logs;
    /// By sending host.
    std::map<std::string, std::unique_ptr<mail::OutcomeTracker>, std::less<>> m_outcomes;
    std::map<std::string, Holder> m_holders; //!< By Message-ID.
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_RUN_RECORDER_H
