#ifndef BOUNCELAB_MODELS_SMTP_CLIENT_SESSION_H
#define BOUNCELAB_MODELS_SMTP_CLIENT_SESSION_H

#include "models/smtp/client-persona.h"
#include "models/smtp/dot-stuffer.h"
#include "models/smtp/input-buffer.h"
#include "models/smtp/reply-parser.h"
#include "models/smtp/sasl.h"
#include "models/smtp/session.h"
#include "models/smtp/tls-engine.h"
#include "models/smtp/transaction.h"

#include "formats/random.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::smtp
{

/**
 * The client's side of one connection that carries one mail transaction.
 *
 * It reads replies as a program does that reads from a socket: what arrives early waits, and is
 * read as the answer to whatever is asked next. Octets left over from one reply begin the next one.
 *
 * The result is told when it is known and the client turns to leave (with QUIT written, if it
 * writes one); OnEnd follows, after the reply to QUIT if the persona waits for it.
 */
class ClientSession final : public Session
{
  public:
    /// Persona and observer must outlive the session. \param helloName for HELO and EHLO.
    /// \param draws for the think time's jitter.
    ClientSession(const ClientPersona& persona,
                  Transaction transaction,
                  std::string helloName,
                  SessionObserver& observer,
                  DrawKey draws);

    /// TCP did not come about: the session is over, with everything deferred. Instead of
    /// Connected().
    void ConnectFailed(Nanoseconds now);

    void Connected(Nanoseconds now) override;
    void Receive(std::string_view bytes, Nanoseconds now) override;
    void PeerClosed(Nanoseconds now, bool reset) override;
    void Tick(Nanoseconds now) override;
    std::string TakeOutput(std::size_t limit = UNLIMITED) override;

    bool HasOutput() const override { return !m_output.empty() || m_body.has_value(); }

    std::optional<Nanoseconds> NextTimer() const override;

    bool WantsClose() const override { return m_ended && m_output.empty(); }

    bool WantsReset() const override { return m_persona.quit == QuitPolicy::Reset; }

    std::size_t ReceiveRoom() const override;

    std::size_t Unread() const override { return m_input.Size(); }

    /// What proves to the server who the client is, after OnTokenWanted.
    void ProvideToken(std::string_view token, Nanoseconds now);

    /// Meaningful after OnResult.
    const TransactionResult& Result() const { return m_result; }

    Stage Awaiting() const; //!< The stage whose reply is read next.

  private:
    // The replies of a transaction come in a fixed order: greeting, hello, MAIL, each RCPT, DATA,
    // message, QUIT. A position counts them from 0; m_sent says up to where commands are out, and
    // m_read up to where replies are in.
    std::size_t RecipientCount() const { return m_transaction.recipients.size(); }

    std::size_t DataPosition() const { return 3 + RecipientCount(); }

    Stage StageAt(std::size_t position) const;
    const StagePolicy& PolicyOf(Stage stage) const;

    void Process();
    void OnReply(const Reply& reply);
    ClientVerdict Judge(Stage stage, const Reply& reply);
    void Advance();
    void SendNext();
    void SendHello();
    void SendMail();
    void SendRecipient(std::size_t index);
    void SendData();
    void SendChunk();
    std::string BodyParameter() const;
    void StartBody();
    void Write(Verb verb, std::string line);
    void Conclude(ClientVerdict verdict);
    void ConcludeTransaction(ClientVerdict verdict);
    void Leave();
    void NoteEarlyReply();
    void Break(OutcomeReason cause);
    void TellResult();
    void End(EndReason reason);
    void Violate(Violation violation, std::string_view detail);
    bool AnyAccepted() const;
    /// In a batch, whose further replies change nothing any more, whether they come or not.
    bool SenderRefused() const;

    // client-opening.cc
    void SendOpening();
    void OnOpeningReply(ClientVerdict verdict, const Reply& reply);
    void OnHelloReply(ClientVerdict verdict, const Reply& reply);
    void GoOnOpening();
    void NextOpening(HelloStep opening);
    bool GoesOn(FallbackPolicy policy, ClientVerdict verdict);
    bool TlsIsWanted() const;
    void OnStartTlsReply(ClientVerdict verdict);
    void BeginTls();
    void ReceiveTls(std::string_view bytes);
    bool Handshaking() const;
    void Put(std::string_view plain);
    void ReadBody(std::size_t limit);
    void EndBody();

    // client-auth.cc
    const AuthPolicy& Auth() const;
    bool ChooseMechanism();
    void SendAuth();
    void OnChallenge(const Reply& reply);
    void OnAuthReply(ClientVerdict verdict, const Reply& reply);

    std::optional<Nanoseconds> Deadline() const;

    struct Authentication
    {
        AuthMechanism mechanism;
        SaslClient exchange;
        std::string user;
        std::optional<std::string> response; //!< Last line, in Base64; nothing before the first.
    };

    const ClientPersona& m_persona;
    const Transaction m_transaction;
    const std::string m_helloName;
    SessionObserver& m_observer;
    DrawKey m_draws;
    std::uint64_t m_pauses = 0; //!< Think times taken.

    TransactionResult m_result;
    InputBuffer m_input;
    std::string m_output;
    ReplyParser m_parser;
    std::optional<DotStuffer> m_body;       //!< Content that is being written.
    std::optional<Nanoseconds> m_due;       //!< When the next command leaves.
    std::vector<std::string> m_keywords;    //!< Lines of the EHLO reply.
    HelloStep m_opening = HelloStep::Hello; //!< Within Stage::Hello.
    std::unique_ptr<TlsEngine> m_tls;
    std::optional<Authentication> m_auth;
    std::size_t m_mechanismsTried = 0;           //!< Of the persona's list.
    std::shared_ptr<const std::string> m_chunks; //!< The content as it goes out in chunks.
    std::size_t m_chunkAt = 0;                   //!< Octets of it that are out.
    std::string m_verbOfTls;
    bool m_tlsDone = false;   //!< It stands, or the client goes on without.
    bool m_authDone = false;  //!< The same.
    bool m_chunked = false;   //!< BDAT in place of DATA.
    bool m_lastChunk = false; //!< It is in the output.
    std::size_t m_sent = 0;
    std::size_t m_read = 0;
    Nanoseconds m_now{0};
    Nanoseconds m_waitingSince{0};
    bool m_extended = false;
    bool m_pipelined = false;
    bool m_mailAccepted = false;
    bool m_emptyBody = false; //!< DATA was accepted although no recipient is left.
    bool m_bodyOut = false;
    bool m_concluded = false;
    bool m_told = false;
    bool m_peerClosed = false;
    bool m_tlsTold = false;
    bool m_tokenWanted = false; //!< Nothing is sent until there is one.
    bool m_ended = false;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_CLIENT_SESSION_H
