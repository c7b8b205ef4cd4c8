#ifndef BOUNCELAB_LAB_LIVE_LIVE_MESSAGES_H
#define BOUNCELAB_LAB_LIVE_LIVE_MESSAGES_H

#include "formats/clock.h"
#include "models/mail/message.h"
#include "models/mail/outcome-tracker.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace bouncelab::live
{

/// One recipient of one message that a real program sent or was to get, as far as both sides tell.
struct LiveMessage
{
    std::string messageId;
    std::string recipient;
    std::string from;      //!< Host whose users wrote it; empty if it came from none of them.
    SimTime sent{};        //!< When it was submitted, or first accepted.
    std::string senderSaw; //!< "sent", "deferred", "bounced", "delivered", ...; empty = unknown.
    std::string reply;     //!< What the sender was told, as it keeps it.
    std::vector<std::string> accepted; //!< Simulated hosts that took it, once for each time.
    int copies = -1;                   //!< In the mailbox of a real program; -1 = unknown.
};

/// Puts together what is known of the messages that touch a real program: by Message-ID and
/// recipient.
class LiveMessages
{
  public:
    /// \param nodes the hosts that are real programs
    /// \param localDomains the domains whose mail they take
    LiveMessages(std::set<std::string> nodes, std::set<std::string> localDomains);

    /// A real program was handed a message by its users.
    void OnSubmitted(const std::string& node, SimTime now, const mail::Submission& message);

    /// A simulated host took a message.
    void OnAccepted(const std::string& host, const smtp::MessageEvent& event);

    /// What a simulated queue made of a message; of interest where the message began.
    void OnOutcome(const std::string& host, const mail::MessageOutcome& outcome);

    /**
     * Reads what a real program left: messages.jsonl, {"message_id", "recipient", "state", "reply"}
     * a line, and the mail that it delivered, in mbox, each message with its recipients in
     * Delivered-To fields. Either may be missing; lines that are no such record are passed over.
     * A field that is there twice, since the program has one of its own, counts once.
     * What it says of messages that another host's users wrote is its own business: only the
     * sender's state is kept.
     */
    void ReadFolder(const std::string& node, const std::filesystem::path& folder);

    /// In order of submission.
    std::vector<LiveMessage> All() const;

  private:
    using Key = std::pair<std::string, std::string>; //!< Message-ID, recipient in lower case.

    LiveMessage& At(std::string_view messageId, const std::string& recipient, SimTime now);
    /// Whether a host has the message from somebody else.
    bool HasAccepted(const std::string& host, const std::string& messageId) const;
    bool IsLocal(const std::string& recipient) const;
    void ReadStates(const std::string& node, const std::filesystem::path& file);
    void ReadMailbox(const std::filesystem::path& file);
    void CountCopies(const std::string& header);

    std::set<std::string> m_nodes;
    std::set<std::string> m_localDomains;
    std::map<Key, LiveMessage> m_messages;
};

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_LIVE_MESSAGES_H
