#ifndef BOUNCELAB_MODELS_MIDDLEBOX_TRANSPARENT_RELAY_H
#define BOUNCELAB_MODELS_MIDDLEBOX_TRANSPARENT_RELAY_H

#include "models/middlebox/content-end.h"
#include "models/middlebox/raw-reply.h"
#include "models/middlebox/relay-filter.h"
#include "models/middlebox/smtp-relay.h"
#include "models/smtp/line-reader.h"

#include <cstdint>
#include <deque>
#include <string>

namespace bouncelab::middlebox
{

/**
 * `mode: mask` and `mode: strip`: passes both sides' octets, but for what a filter changes in
 * command lines, the greeting and the reply to EHLO. It follows the conversation far enough to tell
 * commands from content, chunks, AUTH responses and TLS, which pass untouched; pipelined commands
 * go on as they come, and a reply of its own takes its turn among the server's.
 */
class TransparentRelay final : public SmtpRelay
{
  public:
    static constexpr std::size_t MAX_AWAITED = 1000; //!< Replies outstanding; then commands wait.

    TransparentRelay(const InterceptionProxyConfig& config,
                     const smtp::ConnectionInfo& connection,
                     ProxyObserver& observer,
                     DrawKey draws,
                     std::unique_ptr<RelayFilter> filter);

  private:
    enum class ReplyKind
    {
        Greeting,
        Hello,
        Data,
        Auth,
        StartTls,
        Nobody, //!< To a line that the client did not send.
        Other,
    };

    /// A reply that the client waits for.
    struct ExpectedReply
    {
        ReplyKind kind;
        std::string own; //!< The relay's; empty: the server's.
    };

    /// What the client's octets are.
    enum class ClientInput
    {
        Commands,
        AuthResponse,
        Content,
        Chunk,
        Opaque,
    };

    void OnConnected(RelaySide side) override;
    void OnConnectFailed() override;
    void OnClosed(RelaySide side) override;
    void OnSilence(RelaySide side) override;
    void Process() override;

    bool ReadServer();
    bool ReadClient();
    bool ReadLine();
    bool PassOctets(RelaySide from, std::size_t count);
    bool ReleaseOwn();
    void OnReply();
    void OnLine(const smtp::Line& line);
    void Expect(ReplyKind kind, std::string own = {});
    void Watch();
    void Finish();

    std::unique_ptr<RelayFilter> m_filter;
    smtp::LineReader m_lines;
    RawReply m_reply;
    ContentEnd m_content;
    std::deque<ExpectedReply> m_awaited;
    std::string m_lineEnd;
    std::uint64_t m_chunkLeft = 0;
    ClientInput m_stream = ClientInput::Commands;
    bool m_holding = false; //!< The client's next octets wait until every reply is there.
    bool m_over = false;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_TRANSPARENT_RELAY_H
