#include "lab/run/run-recorder.h"

#include "formats/endpoint.h"
#include "formats/random.h"
#include "lab/evidence/directory-load-log.h"
#include "lab/spec/utc-time.h"
#include "lab/truth/fate-label.h"
#include "lab/world/mail-route.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <filesystem>

namespace bouncelab::run
{

namespace
{

constexpr std::int64_t FATE_GRACE_NS = 10000000000;
constexpr std::int64_t LONGEST_UPTIME_NS = 30LL * 86400 * 1000000000; //!< Of a Windows server.

std::string
RunId(const RunSpec& spec, const spec::Scenario& scenario)
{
    return scenario.name + "/" + spec.variant + "/" + std::to_string(spec.seed);
}

std::filesystem::path
Made(const std::filesystem::path& folder)
{
    std::filesystem::create_directories(folder);
    return folder;
}

} // namespace

RunRecorder::RunRecorder(const RunSpec& spec, const spec::Scenario& scenario)
    : m_spec(spec)
    , m_scenario(scenario)
    , m_labels(Made(spec.out / "truth") / "labels.jsonl", RunId(spec, scenario))
{
}

RunRecorder::~RunRecorder() = default;

world::WorldHandlers
RunRecorder::Handlers()
{
    world::WorldHandlers handlers;
    handlers.onQueueEvent = [this](const std::string& host, const mail::QueueEvent& event)
    { OnQueueEvent(host, event); };
    handlers.onLocalDelivery = [this](const std::string& host,
                                      const mail::DeliveryOrder& order,
                                      const std::string& mailbox)
    { OnLocalDelivery(host, order, mailbox); };
    handlers.onTranscript =
        [this](const std::string& host, const std::string& name, std::string_view line)
    { OnTranscript(host, name, line); };
    handlers.onDirectoryLoad = [this](const std::string& host, const service::LoadSample& sample)
    { OnDirectoryLoad(host, sample); };
    handlers.onBlame =
        [this](const std::string& host, std::uint64_t delivery, provenance::CauseId cause)
    { FatesOf(host).Blame(delivery, cause); };
    handlers.onAccepted = [this](const std::string& host, const smtp::MessageEvent& event)
    { OnAccepted(host, event); };
    handlers.onTraceroute = [this](const std::string& name, const path::TracerouteResult& result)
    { OnTraceroute(name, result); };
    handlers.connectorObserver = [this](const std::string& host,
                                        const std::string& name) -> connector::ConnectorObserver&
    { return ExchangeOf(host).Connector(name); };
    handlers.sessionObserver = [this](const std::string& host,
                                      const std::string& name,
                                      const smtp::ConnectionInfo& connection)
    {
        auto observer = ExchangeOf(host).Session(name, connection);
        for (const MailVantage& vantage : m_mailVantages)
        {
            if (vantage.host == host && vantage.sendmail)
            {
                RecordLogged(host, vantage.name, connection);
                observer = vantage.sendmail->Session(connection, std::move(observer));
            }
        }
        return observer;
    };
    handlers.deliveryObserver = [this](const std::string& host, Ipv4 server, std::uint16_t port)
    { return ExchangeOf(host).Delivery(server, port); };
    handlers.onConnector =
        [this](const std::string& host, const std::string& name, const std::string& id)
    { ExchangeOf(host).NameConnector(name, id); };
    return handlers;
}

bool
RunRecorder::Wanted(const std::string& vantage) const
{
    if (m_spec.vantages.empty())
    {
        return true;
    }
    for (const std::string& wanted : m_spec.vantages)
    {
        const auto config = m_scenario.vantages.find(wanted);
        if (wanted == vantage ||
            (config != m_scenario.vantages.end() &&
             std::count(config->second.unionOf.begin(), config->second.unionOf.end(), vantage) > 0))
        {
            return true;
        }
    }
    return false;
}

ExchangeRecorder&
RunRecorder::ExchangeOf(const std::string& host)
{
    auto& exchange = m_exchanges[host];
    if (exchange)
    {
        return *exchange;
    }
    evidence::VantageFolder* folder = nullptr;
    std::string vantage;
    for (const auto& [name, config] : m_scenario.vantages)
    {
        if (config.exchangeLogs && config.place == host && Wanted(name))
        {
            folder = &FolderOf(name);
            vantage = name;
        }
    }
    const spec::HostConfig& config = m_scenario.hosts.at(host);
    bool hasFilter = false;
    for (const auto& [name, connector] : config.connectors)
    {
        hasFilter = hasFilter || connector.filter.has_value();
    }
    HostClock clock;
    clock.startEpochNs = *spec::ParseUtc(m_scenario.start);
    clock.offsetNs = config.clockOffset.count();
    ExchangeRecorder::Server server;
    server.name = config.hostname.substr(0, config.hostname.find('.'));
    server.address = config.address;
    server.log = config.serves ? config.serves->value.log : smtp::SessionLog::Exchange;
    server.bootNs = -RandomStream(m_spec.seed, host + "/uptime").Between(1, LONGEST_UPTIME_NS);
    server.hasFilter = hasFilter;
    exchange = std::make_unique<ExchangeRecorder>(
        folder,
        clock,
        server,
        ExchangeRecorder::Handlers{
            [this, host](const smtp::MessageEvent& event) { OnAccepted(host, event); },
            [this, host, vantage](const smtp::ConnectionInfo& connection)
            { RecordLogged(host, vantage, connection); },
            [this](Ipv4 address) { return world::ReverseNameOf(m_scenario, address); }});
    return *exchange;
}

void
RunRecorder::RecordLogged(const std::string& host,
                          const std::string& vantage,
                          const smtp::ConnectionInfo& connection)
{
    provenance::Action action;
    action.timeNs = ns3::Simulator::Now().GetNanoSeconds();
    action.kind = "flow";
    action.classLabel = "ordinary";
    action.actor = m_ledger->RegisterActor(host);
    action.params = {{"did", "logged"},
                     {"vantage", vantage},
                     {"client", EndpointText(connection.client, connection.clientPort)},
                     {"server", EndpointText(connection.server, connection.serverPort)}};
    m_labels.Record(action);
}

evidence::VantageFolder&
RunRecorder::FolderOf(const std::string& vantage)
{
    auto& folder = m_folders[vantage];
    if (!folder)
    {
        folder = std::make_unique<evidence::VantageFolder>(m_spec.out / "evidence" / vantage);
    }
    return *folder;
}

void
RunRecorder::Attach(world::World& world)
{
    for (const auto& [name, config] : m_scenario.vantages)
    {
        if (!config.unionOf.empty() || !Wanted(name))
        {
            continue;
        }
        const bool atHost = m_scenario.hosts.count(config.place) > 0;
        const bool atGateway = !atHost;
        HostClock clock = world.ClockOf(atHost ? config.place : m_scenario.site.mailHost);
        if (!atHost)
        {
            clock.offsetNs = 0;
        }
        HostClock captureClock = clock;
        captureClock.offsetNs += config.clockOffset.count();
        captureClock.resolutionNs = config.clockResolution.count();
        if (config.capture && m_spec.capture)
        {
            const evidence::HomeNet home{m_scenario.hosts.at(m_scenario.site.mailHost).address, 24};
            m_recorders.push_back(std::make_unique<VantageRecorder>(
                name,
                config,
                captureClock,
                home,
                FolderOf(name),
                m_spec.out / "truth" / ("annotated-" + name + ".pcapng"),
                m_labels,
                atGateway || config.place != m_scenario.site.mailHost ? path::Heading::Outward
                                                                      : path::Heading::Inward));
            VantageRecorder* recorder = m_recorders.back().get();
            world.Observe(config.place,
                          config.side,
                          [recorder](path::Heading heading, const path::WirePacket& packet)
                          { recorder->Pass(heading, packet); });
        }
        // What a real program writes is not of our making.
        const bool isLive = m_spec.live.count(config.place) > 0;
        if (!isLive && (config.mailLog || config.bounces || config.clientErrors))
        {
            OpenMailVantage(name, config, clock);
        }
    }
}

void
RunRecorder::OpenMailVantage(const std::string& name,
                             const spec::VantageConfig& config,
                             const HostClock& clock)
{
    MailVantage vantage;
    vantage.name = name;
    vantage.host = config.place;
    vantage.bounces = config.bounces;
    vantage.clock = clock;
    vantage.folder = &FolderOf(name);
    const spec::HostConfig& host = m_scenario.hosts.at(config.place);
    if (config.mailLog && host.sends->value.log == mail::QueueLog::Sendmail)
    {
        vantage.sendmail = std::make_unique<SendmailRecorder>(
            vantage.folder->Open("maillog"),
            clock,
            host.hostname,
            m_spec.seed,
            config.place + "/maillog",
            [this](Ipv4 a) { return world::ReverseNameOf(m_scenario, a); });
    }
    else if (config.mailLog)
    {
        vantage.log = std::make_unique<evidence::QmailLog>(vantage.folder->Open("qmail.log"),
                                                           clock,
                                                           host.hostname,
                                                           m_spec.seed,
                                                           config.place + "/qmail-log");
    }
    if (config.clientErrors)
    {
        vantage.errors =
            std::make_unique<evidence::ClientErrorText>(vantage.folder->Open("outlook-errors.txt"),
                                                        clock);
    }
    m_mailVantages.push_back(std::move(vantage));
}

void
RunRecorder::Record(const provenance::Action& action)
{
    m_labels.Record(action);
}

void
RunRecorder::OnQueueEvent(const std::string& host, const mail::QueueEvent& event)
{
    FatesOf(host).OnQueueEvent(event);
    if (const auto exchange = m_exchanges.find(host); exchange != m_exchanges.end())
    {
        exchange->second->OnQueueEvent(event);
    }
    for (const MailVantage& vantage : m_mailVantages)
    {
        if (vantage.host == host && vantage.log)
        {
            vantage.log->Write(event);
        }
        if (vantage.host == host && vantage.sendmail)
        {
            vantage.sendmail->OnQueueEvent(event);
        }
        if (vantage.host == host && vantage.errors)
        {
            WriteClientError(*vantage.errors, event);
        }
    }
}

void
RunRecorder::WriteClientError(evidence::ClientErrorText& errors, const mail::QueueEvent& event)
{
    if (event.kind == mail::QueueEvent::Kind::MessageInfo)
    {
        m_submitted[event.serial] = event;
    }
    else if (event.kind == mail::QueueEvent::Kind::EndMessage)
    {
        m_submitted.erase(event.serial);
    }
    else if (event.kind == mail::QueueEvent::Kind::DeliveryResult &&
             event.outcome != mail::Outcome::Success)
    {
        const mail::QueueEvent& submitted = m_submitted[event.serial];
        evidence::ClientErrorRecord record;
        record.timeNs = event.timeNs;
        record.account = submitted.sender;
        record.sentNs = submitted.timeNs;
        record.recipient = event.recipient;
        record.reply = event.text;
        errors.Write(record);
    }
}

void
RunRecorder::OnLocalDelivery(const std::string& host,
                             const mail::DeliveryOrder& order,
                             const std::string& mailbox)
{
    FatesOf(host).OnLocalCopy(order);
    for (const MailVantage& vantage : m_mailVantages)
    {
        if (vantage.host == host && vantage.bounces)
        {
            const std::string name = "mailboxes/" + mailbox + ".mbox";
            evidence::MboxWriter(vantage.folder->Open(name), vantage.clock)
                .Write(ns3::Simulator::Now().GetNanoSeconds(),
                       order.sender,
                       mailbox,
                       *order.content);
        }
    }
}

void
RunRecorder::OnAccepted(const std::string& host, const smtp::MessageEvent& event)
{
    if (m_listeners.onAccepted)
    {
        m_listeners.onAccepted(host, event);
    }
    // Where several mail systems hand a message on, a copy counts for the one that had it last.
    const std::string messageId(mail::MessageIdOf(*event.content));
    const auto holder = messageId.empty() ? m_holders.end() : m_holders.find(messageId);
    for (const smtp::EnvelopeEntry& recipient : event.envelope.recipients)
    {
        for (const auto& [sender, fates] : m_fates)
        {
            if (holder == m_holders.end() ? !TakesOver(sender) || sender != host
                                          : sender == holder->second)
            {
                fates->OnReceived(event.time.count(), recipient.path.Mailbox(), *event.content);
            }
        }
    }
    if (!messageId.empty() && TakesOver(host))
    {
        m_holders[messageId] = host;
    }
}

bool
RunRecorder::TakesOver(const std::string& host) const
{
    const spec::HostConfig& config = m_scenario.hosts.at(host);
    return config.sends && !config.connectors.empty();
}

void
RunRecorder::OnTranscript(const std::string& host, const std::string& name, std::string_view line)
{
    for (const auto& [vantage, config] : m_scenario.vantages)
    {
        if (config.relayTranscripts && config.place == host && Wanted(vantage))
        {
            evidence::OutputFile& file = FolderOf(vantage).Open("relay-test-" + name + ".txt");
            file.Write(line);
            file.Write("\n");
        }
    }
}

void
RunRecorder::OnDirectoryLoad(const std::string& host, const service::LoadSample& sample)
{
    for (const auto& [vantage, config] : m_scenario.vantages)
    {
        if (config.directoryLoad && config.place == host && Wanted(vantage))
        {
            HostClock clock;
            clock.startEpochNs = *spec::ParseUtc(m_scenario.start);
            clock.offsetNs = m_scenario.hosts.at(host).clockOffset.count();
            evidence::DirectoryLoadLog(FolderOf(vantage).Open("directory-load.csv"), clock)
                .Write(sample);
        }
    }
}

void
RunRecorder::OnTraceroute(const std::string& name, const path::TracerouteResult& result)
{
    for (const auto& [vantage, config] : m_scenario.vantages)
    {
        if (config.place == spec::GATEWAY_INSIDE && Wanted(vantage))
        {
            FolderOf(vantage).WriteFile("traceroute-" + name + ".txt",
                                        path::TracerouteText(result));
        }
    }
}

mail::FateBook&
RunRecorder::FatesOf(const std::string& host)
{
    auto& fates = m_fates[host];
    if (!fates)
    {
        fates = std::make_unique<mail::FateBook>([this, host](const mail::MessageFate& fate)
                                                 { RecordFate(host, fate); },
                                                 FATE_GRACE_NS);
    }
    return *fates;
}

void
RunRecorder::RecordFate(const std::string& host, const mail::MessageFate& fate)
{
    provenance::Origin suffered;
    suffered.cause = fate.cause;
    const std::string classLabel(m_labels.Explain(suffered).classLabel);
    const provenance::ActorId actor = m_ledger->RegisterActor(host);
    for (const mail::RecipientFate& recipient : fate.recipients)
    {
        provenance::Action label =
            truth::FateLabel(fate, recipient, actor, classLabel, m_scenario.duration.count());
        if (IsOutOfSight(recipient.recipient))
        {
            for (auto& [name, value] : label.params)
            {
                value = name == "copies" || name == "agree" ? "unknown" : value;
            }
        }
        m_labels.Record(label);
    }
    if (m_listeners.onFate)
    {
        m_listeners.onFate(host, fate);
    }
}

/// Whether the mailbox is a real program's, so that nobody here knows what lies in it.
bool
RunRecorder::IsOutOfSight(const std::string& recipient) const
{
    const std::size_t sign = recipient.rfind('@');
    const auto exchanger = sign == std::string::npos
                               ? m_scenario.mail.exchangers.end()
                               : m_scenario.mail.exchangers.find(recipient.substr(sign + 1));
    return exchanger != m_scenario.mail.exchangers.end() &&
           m_spec.live.count(exchanger->second) > 0;
}

void
RunRecorder::BuildUnion(const std::string& name, const spec::VantageConfig& config)
{
    namespace fs = std::filesystem;
    for (const std::string& part : config.unionOf)
    {
        const auto folder = m_folders.find(part);
        if (folder == m_folders.end())
        {
            continue;
        }
        for (const std::string& file : folder->second->List())
        {
            const fs::path to = m_spec.out / "evidence" / name / part / file;
            fs::create_directories(to.parent_path());
            std::error_code error;
            fs::create_hard_link(folder->second->GetRoot() / file, to, error);
            if (error)
            {
                fs::copy_file(folder->second->GetRoot() / file, to);
            }
        }
    }
}

void
RunRecorder::Close()
{
    for (const auto& [host, fates] : m_fates)
    {
        fates->Finish();
    }
    for (const auto& [host, exchange] : m_exchanges)
    {
        exchange->Close();
    }
    for (const auto& recorder : m_recorders)
    {
        recorder->Close();
    }
    for (const auto& [name, folder] : m_folders)
    {
        folder->Close();
    }
    for (const auto& [name, config] : m_scenario.vantages)
    {
        const bool named = m_spec.vantages.empty() ||
                           std::count(m_spec.vantages.begin(), m_spec.vantages.end(), name) > 0;
        if (!config.unionOf.empty() && named)
        {
            BuildUnion(name, config);
        }
    }
    m_labels.Close();
}

} // namespace bouncelab::run
