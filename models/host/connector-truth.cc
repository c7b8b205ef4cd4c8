#include "models/host/connector-truth.h"

#include "formats/endpoint.h"

#include <algorithm>

namespace bouncelab::host
{

namespace
{

constexpr std::string_view BAN = "ban.address";
constexpr std::string_view TARPIT_OF_CONNECTOR = "tarpit.connector";
constexpr std::string_view TARPIT_OF_FILTER = "tarpit.filter";
constexpr std::string_view LISTED = "blacklist.listed";
constexpr std::string_view BACK_PRESSURE = "overload.back-pressure";
constexpr std::string_view DISK_FULL = "overload.disk";

std::string
Milliseconds(Nanoseconds time)
{
    return std::to_string(time.count() / 1000000);
}

} // namespace

void
ConnectorTruth::OnEvent(const connector::SessionInfo& info, connector::ConnectorEvent event)
{
    std::visit([&](const auto* what) { On(info, what); }, event);
}

void
ConnectorTruth::On(const Info& info, const connector::TarpitEvent* event)
{
    if (event->cause != connector::TarpitCause::DelayedAck)
    {
        Sign(info,
             event->time,
             event->cause == connector::TarpitCause::Reply ? TARPIT_OF_CONNECTOR : BACK_PRESSURE,
             TruthEvent::HeldBack,
             {{"delay_ms", Milliseconds(event->delay)}, {"reply", std::string(event->reply)}});
    }
}

void
ConnectorTruth::On(const Info& info, const connector::FilterEvent* event)
{
    if (event->action == connector::FilterAction::Reject &&
        event->test == connector::FilterTestName::Harvest)
    {
        Sign(info,
             event->time,
             BAN,
             TruthEvent::Refused,
             {{"recipient", std::string(event->recipient)}});
    }
    else if (event->action == connector::FilterAction::Tarpit)
    {
        Sign(info,
             event->time,
             TARPIT_OF_FILTER,
             TruthEvent::HeldBack,
             {{"delay_ms", Milliseconds(event->delay)}, {"reply", std::string(event->reply)}});
    }
}

void
ConnectorTruth::On(const Info& info, const connector::LookupEvent* event)
{
    if (m_directory && m_directory->Cause() != 0)
    {
        Write(info,
              event->time,
              "overload.directory",
              m_directory->Cause(),
              TruthEvent::HeldBack,
              {{"delay_ms", Milliseconds(event->waited)},
               {"status", std::string(service::NameOfLookupStatus(event->status))}});
    }
}

void
ConnectorTruth::On(const Info& info, const connector::RefusalEvent* event)
{
    const Params params{{"reply", std::string(event->reply)}};
    if (event->refusal == connector::Refusal::DiskFull)
    {
        Sign(info, event->time, DISK_FULL, TruthEvent::Refused, params);
        return;
    }
    if (event->refusal != connector::Refusal::Blacklisted)
    {
        return;
    }
    const provenance::CauseId cause = m_listing ? m_listing(info.connection->client) : 0;
    if (cause != 0)
    {
        Write(info, event->time, LISTED, cause, TruthEvent::Refused, params);
        return;
    }
    Sign(info, event->time, LISTED, TruthEvent::Refused, params);
}

void
ConnectorTruth::On(const Info& info, const connector::ClosedEvent*)
{
    m_causes.erase(info.connection);
}

void
ConnectorTruth::Sign(const connector::SessionInfo& info,
                     Nanoseconds time,
                     std::string_view classLabel,
                     TruthEvent did,
                     Params params)
{
    Causes& causes = m_causes[info.connection];
    auto known = std::find_if(causes.begin(),
                              causes.end(),
                              [&](const auto& cause) { return cause.first == classLabel; });
    if (known == causes.end())
    {
        known = causes.emplace(causes.end(), classLabel, m_ledger.NewCause());
    }
    Write(info, time, classLabel, known->second, did, std::move(params));
}

void
ConnectorTruth::Write(const connector::SessionInfo& info,
                      Nanoseconds time,
                      std::string_view classLabel,
                      provenance::CauseId cause,
                      TruthEvent did,
                      Params params)
{
    provenance::Action action;
    action.time = SimTime(time);
    action.kind = "flow";
    action.classLabel = classLabel;
    action.cause = cause;
    action.actor = m_actor;
    action.did = did;
    action.params = {
        {"client", EndpointText(info.connection->client, info.connection->clientPort)},
        {"server", EndpointText(info.connection->server, info.connection->serverPort)}};
    action.params.insert(action.params.end(), params.begin(), params.end());
    m_ledger.Record(action);
}

} // namespace bouncelab::host
