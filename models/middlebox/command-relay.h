#ifndef BOUNCELAB_MODELS_MIDDLEBOX_COMMAND_RELAY_H
#define BOUNCELAB_MODELS_MIDDLEBOX_COMMAND_RELAY_H

#include "models/middlebox/content-end.h"
#include "models/middlebox/raw-reply.h"
#include "models/middlebox/smtp-relay.h"
#include "models/smtp/command.h"
#include "models/smtp/line-reader.h"

#include <string>
#include <vector>

namespace bouncelab::middlebox
{

/**
 * `mode: relay`: speaks for both sides. Greeting, HELO, EHLO, AUTH and STARTTLS are answered in the
 * proxy's own name; MAIL, RCPT, DATA, RSET, NOOP and QUIT go to the server one at a time, each
 * when the one before it is answered, and the server's replies come back as they are.
 *
 * A server's reply that no command waits for is dropped, unless it is 421 or comes in the midst of
 * the content and is negative: then it answers the message.
 */
class CommandRelay final : public SmtpRelay
{
  public:
    CommandRelay(const InterceptionProxyConfig& config,
                 const smtp::ConnectionInfo& connection,
                 ProxyObserver& observer,
                 DrawKey draws);

  private:
    enum class Upstream
    {
        None,
        Opening, //!< Until its EHLO or HELO is answered.
        Ready,
        Refused, //!< It does not want to talk to the proxy.
        Lost,
    };

    /// What a reply of the server is awaited for.
    enum class AwaitedReply
    {
        Nothing,
        Greeting,
        Ehlo,
        Helo,
        Mail,
        Data,
        EndOfData,
        Reset, //!< The proxy's own RSET: its reply is not passed on.
        Quit,
        Other,
    };

    /// The one code that a server may send unasked, and that ends the conversation.
    static constexpr std::string_view SHUTTING_DOWN = "421";

    void OnConnected(RelaySide side) override;
    void OnConnectFailed() override;
    void OnClosed(RelaySide side) override;
    void OnSilence(RelaySide side) override;
    void Process() override;

    bool ReadServer();
    bool ReadClient();
    void OnReply();
    void OnStrayReply();
    void OnLine(const smtp::Line& line);
    void OnHello(const smtp::Command& command, bool extended);
    void OnMail(std::string_view line);
    void PassContent();
    void StartContent();

    void Forward(AwaitedReply awaited, std::string_view line);
    void SendUpstream(AwaitedReply awaited, std::string_view line);
    std::string Stripped(std::string_view line) const;
    bool Offers(std::string_view parameter) const;
    void PassReply();
    void Answer(std::string_view text);
    std::string OwnName() const;
    void UpstreamReady();
    void UpstreamRefused();
    void UpstreamGone();
    void PassOctets(std::string_view reply);
    void Finish();
    void ListenToClient();

    smtp::LineReader m_lines;
    RawReply m_reply;
    ContentEnd m_content;
    Upstream m_upstream = Upstream::None;
    AwaitedReply m_awaited = AwaitedReply::Nothing;
    std::vector<std::string> m_keywords; //!< Of the server, without arguments, in upper case.
    std::string m_held;                  //!< MAIL that waits for the server's connection.
    std::string m_refusal;               //!< What the server said when it refused the proxy.
    std::string m_early;                 //!< Negative reply in the midst of the content.
    bool m_inContent = false;
    bool m_discarding = false; //!< The content goes nowhere.
    bool m_transaction = false;
    bool m_over = false;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_COMMAND_RELAY_H
