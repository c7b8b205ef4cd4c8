#ifndef BOUNCELAB_LAB_WORLD_DOMAIN_H
#define BOUNCELAB_LAB_WORLD_DOMAIN_H

#include "lab/world/program.h"
#include "models/connector/token-judge.h"
#include "models/host/kdc-server.h"
#include "models/host/kerberos-agent.h"
#include "models/host/time-keeper.h"
#include "models/kerberos/accept.h"
#include "models/kerberos/domain.h"

#include <ns3/event-id.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::world
{

/// The domain of a run: controllers, the Kerberos and the time of its members, and what people do
/// to it.
class Domain
{
  public:
    /// The context's network and events, and the section, have to outlive this.
    Domain(const ProgramContext& context, const scenario::DomainSection& section);
    ~Domain();
    Domain(const Domain&) = delete;
    Domain& operator=(const Domain&) = delete;

    /// What opens the tokens of others at a member; null where the host is none.
    connector::TokenJudge* JudgeAt(const std::string& host) const;

    /// What a member proves itself with; null where the host is none.
    host::TokenSource* TokensOf(const std::string& host) const;

    /// Whether a member that takes mail is called so.
    bool HasServer(std::string_view hostname) const;

  private:
    class TicketJudge;
    class Tokens;

    using Parameters = std::vector<std::pair<std::string, std::string>>;

    /// What runs on a member.
    struct Member
    {
        const scenario::DomainMember& config;
        host::Host& host;
        kerberos::OwnSecrets secrets;
        std::unique_ptr<host::KdcServer> kdc; //!< Of a controller.
        std::unique_ptr<host::TimeKeeper> time;
        std::unique_ptr<Tokens> tokens;
        std::unique_ptr<TicketJudge> judge;
    };

    void BuildMember(const std::string& name, const scenario::DomainMember& config);
    void BuildTime(const std::string& name, Member& member);
    void BuildTokens(const std::string& name, Member& member);
    void Schedule(Nanoseconds at, std::function<void()> what);
    void ScheduleChanges();
    void LosePower(const scenario::OutageConfig& outage);
    void Replicate();
    void ChangePassword(const scenario::PasswordChangeConfig& change);
    void Inspect(const std::string& host) const;
    void SignRefusal(const std::string& host,
                     const std::string& server,
                     kerberos::ErrorCode ticketError,
                     Parameters ends);
    std::string_view CauseOf(const std::string& server, kerberos::ErrorCode ticketError) const;
    bool HasDoubleName(const std::string& server) const; //!< Some controller knows two holders.
    std::vector<std::string> OrderFor(const std::string& name) const;
    const std::string& Head() const;
    std::uint32_t KeyIdOf(const std::string& account) const;
    const kerberos::Secret* SecretOf(const std::string& controller, std::uint32_t keyId) const;
    std::string HostnameOf(const std::string& host) const;
    std::string MemberCalled(std::string_view hostname) const;
    void Publish(const std::string& place, host::Event::Payload what) const;

    ProgramContext m_context;
    const scenario::DomainSection& m_section;
    kerberos::Domain m_domain;
    std::map<std::string, std::unique_ptr<Member>> m_members; //!< By host.
    std::map<std::string, provenance::CauseId> m_causes;      //!< By "class sender server".
    std::vector<ns3::EventId> m_changes;
    ns3::EventId m_replication;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_DOMAIN_H
