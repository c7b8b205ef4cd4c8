#ifndef BOUNCELAB_LAB_WORLD_MAIL_H
#define BOUNCELAB_LAB_WORLD_MAIL_H

#include "lab/world/blacklists.h"
#include "lab/world/domain.h"
#include "lab/world/mail-lookup.h"
#include "lab/world/mail-source.h"
#include "lab/world/mail-system.h"
#include "lab/world/program.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::world
{

/// The mail of a run: the mail programs of all hosts, and the users who give them mail to send.
class Mail
{
  public:
    /// The context's network and events, and the others, have to outlive this. \param domain null
    /// without one
    Mail(const ProgramContext& context,
         const Names& names,
         const Blacklists& blacklists,
         const Domain* domain);
    Mail(const Mail&) = delete;
    Mail& operator=(const Mail&) = delete;

    /// Whether a host has mail programs.
    bool IsAt(const std::string& host) const { return m_systems.count(host) > 0; }

    void BuildUsers(); //!< Once, after the programs of the run.
    void Start();      //!< The users begin.
    void Finish();     //!< The run is over.

  private:
    void BuildSystem(const std::string& name, const scenario::HostConfig& config);
    host::SendingMta::Resolver SecuredResolverFor(const std::string& name,
                                                  const scenario::HostConfig& config);
    host::SendingMta::Resolver ResolverFor(const std::string& name,
                                           const scenario::HostConfig& config);
    MailSource::MailHandler OutletOf(const std::string& host);
    void NoteForgery(const std::string& host, const mail::Submission& submission);
    provenance::CauseId ForgeryOf(std::string_view messageId) const;

    ProgramContext m_context;
    const Names& m_names;
    const Blacklists& m_blacklists;
    const Domain* m_domain; //!< Null without one.
    const scenario::Scenario& m_scenario;
    std::map<std::string, std::unique_ptr<MailLookup>> m_lookups; //!< By host, that has a resolver.
    std::map<std::string, std::unique_ptr<MailSystem>> m_systems; //!< By host.
    std::vector<std::unique_ptr<MailSource>> m_users;
    std::map<std::string, provenance::CauseId> m_campaigns; //!< Of forged senders, by host.
    std::map<std::string, provenance::CauseId, std::less<>> m_forgeries; //!< By Message-ID.
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_MAIL_H
