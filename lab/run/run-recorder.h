#ifndef BOUNCELAB_LAB_RUN_RUN_RECORDER_H
#define BOUNCELAB_LAB_RUN_RUN_RECORDER_H

#include "lab/evidence/client-error-text.h"
#include "lab/evidence/mbox-writer.h"
#include "lab/evidence/qmail-log.h"
#include "lab/evidence/vantage-folder.h"
#include "lab/run/exchange-recorder.h"
#include "lab/run/run-spec.h"
#include "lab/run/sendmail-recorder.h"
#include "lab/run/vantage-recorder.h"
#include "lab/spec/scenario.h"
#include "lab/truth/label-writer.h"
#include "lab/world/world.h"
#include "models/mail/fate.h"
#include "models/provenance/ledger.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::run
{

/**
 * Writes what a world shows: the evidence of every vantage, and the truth. The only place that
 * knows which vantage holds which kind of evidence.
 */
class RunRecorder : public provenance::ActionSink
{
  public:
    RunRecorder(const RunSpec& spec, const spec::Scenario& scenario);
    ~RunRecorder() override;

    /// The ledger needs its sink first, and the sink the ledger's names.
    void SetLedger(provenance::Ledger& ledger)
    {
        m_ledger = &ledger;
        m_labels.SetLedger(&ledger);
    }

    /// What the world calls back.
    world::WorldHandlers Handlers();

    /// Who else hears that a host has accepted a message, and what became of one that a simulated
    /// queue had. Both may be empty.
    struct Listeners
    {
        std::function<void(const std::string& host, const smtp::MessageEvent&)> onAccepted;
        std::function<void(const std::string& host, const mail::MessageFate&)> onFate;
    };

    void SetListeners(Listeners listeners) { m_listeners = std::move(listeners); }

    /// Taps the places of all vantages. Before the world runs.
    void Attach(world::World& world);

    void Record(const provenance::Action& action) override;

    /// Ends all files; builds the unions of vantages.
    void Close();

  private:
    struct MailVantage
    {
        std::string name;
        std::string host;
        std::unique_ptr<evidence::QmailLog> log;
        std::unique_ptr<SendmailRecorder> sendmail;
        std::unique_ptr<evidence::ClientErrorText> errors;
        bool bounces = false;
        HostClock clock;
        evidence::VantageFolder* folder = nullptr;
    };

    bool Wanted(const std::string& vantage) const;
    bool IsOutOfSight(const std::string& recipient) const;
    evidence::VantageFolder& FolderOf(const std::string& vantage);
    void OpenMailVantage(const std::string& name,
                         const spec::VantageConfig& config,
                         const HostClock& clock);
    void RecordLogged(const std::string& host,
                      const std::string& vantage,
                      const smtp::ConnectionInfo& connection);
    ExchangeRecorder& ExchangeOf(const std::string& host);
    void OnQueueEvent(const std::string& host, const mail::QueueEvent& event);
    void WriteClientError(evidence::ClientErrorText& errors, const mail::QueueEvent& event);
    void OnLocalDelivery(const std::string& host,
                         const mail::DeliveryOrder& order,
                         const std::string& mailbox);
    void OnTranscript(const std::string& host, const std::string& name, std::string_view line);
    void OnDirectoryLoad(const std::string& host, const service::LoadSample& sample);
    bool TakesOver(const std::string& host) const;
    void OnAccepted(const std::string& host, const smtp::MessageEvent& event);
    void OnTraceroute(const std::string& name, const path::TracerouteResult& result);
    mail::FateBook& FatesOf(const std::string& host);
    void RecordFate(const std::string& host, const mail::MessageFate& fate);
    void BuildUnion(const std::string& name, const spec::VantageConfig& config);

    const RunSpec& m_spec;
    const spec::Scenario& m_scenario;
    provenance::Ledger* m_ledger = nullptr;
    Listeners m_listeners;
    truth::LabelWriter m_labels;
    std::map<std::string, std::unique_ptr<evidence::VantageFolder>> m_folders;
    std::vector<std::unique_ptr<VantageRecorder>> m_recorders;
    std::vector<MailVantage> m_mailVantages;
    std::map<std::string, std::unique_ptr<ExchangeRecorder>> m_exchanges;
    std::map<std::string, std::unique_ptr<mail::FateBook>> m_fates; //!< By sending host.
    std::map<std::string, std::string> m_holders; //!< Who took a message over, by Message-ID.
    std::map<std::uint64_t, mail::QueueEvent> m_submitted; //!< By serial, where errors are shown.
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_RUN_RECORDER_H
