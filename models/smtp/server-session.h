#ifndef BOUNCELAB_MODELS_SMTP_SERVER_SESSION_H
#define BOUNCELAB_MODELS_SMTP_SERVER_SESSION_H

#include "models/smtp/data-decoder.h"
#include "models/smtp/input-buffer.h"
#include "models/smtp/line-reader.h"
#include "models/smtp/sasl.h"
#include "models/smtp/server-persona.h"
#include "models/smtp/server-policy.h"
#include "models/smtp/session.h"
#include "models/smtp/tls-engine.h"

#include "formats/random.h"

#include <memory>

namespace bouncelab::smtp
{

/**
 * The server's side of one connection.
 *
 * Commands are read one at a time: while a reply waits for its time, what arrives waits in the
 * buffer. A message counts as accepted when its end was read and the answer is 2yz, though that
 * answer may leave later, or never arrive.
 *
 * Every refusal is a reply and every oddity an event; nothing that a peer sends throws or aborts.
 */
class ServerSession final : public Session
{
  public:
    /// Persona, policy, observer and connection must outlive the session. \pre the persona is
    /// without fault (CheckServerPersona). \param draws for the think times' jitter.
    ServerSession(const ServerPersona& persona,
                  ServerPolicy& policy,
                  SessionObserver& observer,
                  const ConnectionInfo& connection,
                  DrawKey draws);

    void Connected(Nanoseconds now) override;
    void Receive(std::string_view bytes, Nanoseconds now) override;
    void PeerClosed(Nanoseconds now, bool reset) override;
    void Tick(Nanoseconds now) override;
    std::string TakeOutput(std::size_t limit = UNLIMITED) override;

    bool HasOutput() const override { return !m_output.empty(); }

    std::optional<Nanoseconds> NextTimer() const override;

    bool WantsClose() const override { return m_ended && m_output.empty(); }

    bool WantsReset() const override
    {
        return m_brokenOff && m_persona.breakOff == BreakOff::Reset;
    }

    std::size_t ReceiveRoom() const override;

    std::size_t Unread() const override { return m_input.Size(); }

    /// Ends with the persona's 421; without a word where content waits for its answer, which may be
    /// taken already and must not be refused then (RFC 1047). \pre HasBegun()
    void Shutdown(Nanoseconds now);

    bool HasBegun() const { return m_hasBegun; } //!< Connected() has been called.

    const ServerFacts& Facts() const { return m_facts; }

  private:
    /// A verb that this engine implements; the table is in server-verbs.cc.
    struct VerbRow
    {
        Verb verb;
        Step step;
        bool endsGroup; //!< Nothing may be pipelined after it (RFC 2920 3.1).
        std::string_view
            keyword; //!< Of its extension: known only if that is offered. Empty = always.
        void (ServerSession::*handle)(const Command& command);
    };

    struct PendingReply
    {
        Nanoseconds due{0};
        Step step = Step::Neutral;
        std::uint32_t code = 0;
        std::string text; //!< Expanded, lines joined by LF, without codes.
        Phase next = Phase::Connected;
        std::optional<EndReason> end; //!< The session ends with this reply.
        bool startTls = false;        //!< TLS begins after it.
    };

    /// A recipient whose decision is not known yet.
    struct AwaitedRecipient
    {
        EnvelopeEntry recipient;
        std::string line; //!< For the templates.
    };

    /// Octets that a BDAT has announced.
    struct Chunk
    {
        std::uint64_t remaining = 0;
        Step step = Step::Chunk;
        bool refused = false;             //!< They are read and dropped.
        std::string_view text;            //!< Answer to one out of sequence; else empty.
        std::optional<Decision> decision; //!< Of a policy that refuses.
    };

    static const VerbRow* FindRow(Verb verb);

    // server-verbs.cc
    void OnHelo(const Command& command);
    void OnEhlo(const Command& command);
    void OnMail(const Command& command);
    void OnRcpt(const Command& command);
    void OnData(const Command& command);
    void OnRset(const Command& command);
    void OnNoop(const Command& command);
    void OnVrfy(const Command& command);
    void OnHelp(const Command& command);
    void OnQuit(const Command& command);
    void OnExpn(const Command& command);
    void OnEtrn(const Command& command);
    void Hello(const Command& command, bool extended);
    bool CheckPath(PathArgument& argument, Verb verb);
    void AnswerRecipient(EnvelopeEntry recipient, const Decision& decision);
    bool DecideAwaited();

    // server-auth.cc
    void OnAuth(const Command& command);
    void BeginAuth(AuthMechanism mechanism, std::string_view initial);
    void OnAuthLine(const Line& line);
    void TakeAuthResponse(std::string_view text);
    void FinishAuth(const Decision& decision);
    void RefuseAuth(std::string_view text);
    bool OffersMechanism(std::string_view keyword, std::string_view mechanism) const;

    // server-tls.cc
    void OnStartTls(const Command& command);
    void BeginTls();
    void ReceiveTls(std::string_view bytes);
    void Write(std::string_view plain);

    // server-chunks.cc
    void OnBdat(const Command& command);
    bool FeedChunk();
    void OnEndOfChunk();

    const std::vector<std::string>& Keywords() const { return *m_keywords; }

    void OfferKeywords();

    void Process();
    void OnLine(const Line& line);
    void OnEndOfData();
    bool BareLineEndRefused();
    bool HeaderRefused(std::string_view content);
    void AcceptContent(std::string content, Step step);
    void RefuseSequence(Step step);

    /// Schedules a reply. \return the class of its code.
    ReplyClass Answer(Step step,
                      std::string_view text,
                      const ThinkTime& think,
                      const Decision* decision = nullptr,
                      const std::vector<std::string>* furtherLines = nullptr,
                      bool mayDelay = true);
    /// Answers a protocol error; closes if it is one too many.
    void Refuse(std::string_view text, Violation violation, std::string_view detail);
    /// Ends with this reply at once, whatever waits.
    void EndWith(std::string_view text, EndReason reason);
    void SendDue();
    void End(EndReason reason);
    void Violate(Violation violation, std::string_view detail);
    void Expand(std::string& out, std::string_view text);
    bool LookUp(std::string& out, std::string_view word);
    const std::string& MessageName();
    void ForgetTransaction();
    PathRules Rules() const;
    std::optional<Nanoseconds> Silence() const;

    bool InContent() const { return m_facts.phase == Phase::Content || m_chunk.has_value(); }

    /// The client waits for a reply, and what it sends meanwhile waits, too.
    bool Busy() const { return m_pending.has_value() || m_awaited.has_value(); }

    const ServerPersona& m_persona;
    ServerPolicy& m_policy;
    SessionObserver& m_observer;
    DrawKey m_draws;
    std::uint64_t m_replies = 0; //!< Scheduled so far.
    ServerFacts m_facts;

    InputBuffer m_input;
    std::string m_output;
    LineReader m_lines;
    DataDecoder m_data;
    std::optional<PendingReply> m_pending;
    std::optional<AwaitedRecipient> m_awaited;
    std::string_view m_line;                    //!< The command line in hand, for the templates.
    std::string m_address;                      //!< The mailbox in hand, for the templates.
    const std::vector<std::string>* m_keywords; //!< What EHLO shows now.
    std::vector<std::string> m_keywordsInTls;
    std::unique_ptr<TlsEngine> m_tls;
    std::optional<SaslServer> m_auth;      //!< An exchange is under way.
    std::optional<Decision> m_authRefusal; //!< Of it, when the client has heard the last challenge.
    std::optional<Chunk> m_chunk;          //!< Its octets are awaited.
    std::string m_chunks;                  //!< Content of a message in chunks, so far.
    std::uint64_t m_chunksSize = 0;        //!< Octets of them, kept or not.
    std::uint64_t m_chunkSize = 0;         //!< Announced by the BDAT in hand.
    std::shared_ptr<const std::string> m_content; //!< Of the message in hand, for the templates.
    std::string m_messageName;                    //!< Of it, once a template has asked for it.
    std::size_t m_headerSeen = 0;                 //!< Octets of the content without a header's end.
    bool m_headerDone = false;
    Nanoseconds m_connectedAt{0};
    Nanoseconds m_heardAt{0}; //!< Last octet, or last reply sent.
    bool m_peerClosed = false;
    bool m_earlyTalker = false;
    bool m_tlsTold = false;
    bool m_hasBegun = false;
    bool m_ended = false;
    bool m_brokenOff = false; //!< By this side, and not at QUIT.
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_SERVER_SESSION_H
