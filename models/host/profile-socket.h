#ifndef BOUNCELAB_MODELS_HOST_PROFILE_SOCKET_H
#define BOUNCELAB_MODELS_HOST_PROFILE_SOCKET_H

#include <ns3/tcp-socket-base.h>

#include <cstdint>

namespace bouncelab::host
{

class StackShim;
struct StackFlow;

/**
 * ns-3's TCP socket, opened far enough for the shim: segments reach it by flow and not by a linear
 * search, and the shim can read what it needs to write a header of another stack.
 */
class ProfileSocket : public ns3::TcpSocketBase
{
  public:
    static ns3::TypeId GetTypeId();
    ns3::TypeId GetInstanceTypeId() const override;

    ProfileSocket() = default;
    ProfileSocket(const ProfileSocket& other);
    ~ProfileSocket() override;

    /// A socket with the same settings, not yet bound: cheaper than creating one by attributes.
    ns3::Ptr<ProfileSocket> Clone();

    void SetShim(StackShim* shim) { m_shim = shim; }

    void SetFlow(StackFlow* flow) { m_flow = flow; }

    StackFlow* GetFlow() const { return m_flow; }

    /// The machine has lost its power: the socket does nothing any more, and sends nothing.
    void Die();

    /// Resets the connection; the flow is gone with the socket.
    void Reset();

    bool WasReset() const; //!< The peer reset the connection, as opposed to closing it.

    /// Hands a segment with an ns-3 header to the state machine.
    void Deliver(ns3::Ptr<ns3::Packet> packet, const ns3::Address& from, const ns3::Address& to);

    /// A listener forgets what the last peer did not offer (ns-3 would remember it for all).
    void ResetOffers(bool scaling, bool sack);
    void LimitSegment(std::uint32_t bytes); //!< The peer's MSS less our options.

    /// Segments were too long for the path: what is on the way goes again in shorter ones, at once.
    void ShortenSegments(std::uint32_t bytes);

    std::uint32_t NextReceive() const; //!< ns-3's sequence number of the next expected byte.
    std::uint32_t HighestSent() const; //!< ns-3's sequence number past the last byte sent.
    std::uint32_t QueueTail() const;   //!< ns-3's sequence number past the last byte queued.
    std::uint32_t Room() const;        //!< Bytes that the receive buffer still takes.
    bool HasFin() const;               //!< The peer's FIN is known.
    bool InTimeWait() const;
    bool IsConnected() const; //!< The handshake is complete.

  protected:
    ns3::Ptr<ns3::TcpSocketBase> Fork() override;
    void CompleteFork(ns3::Ptr<ns3::Packet> packet,
                      const ns3::TcpHeader& header,
                      const ns3::Address& from,
                      const ns3::Address& to) override;
    void PersistTimeout() override;

    /// A FIN that is not acknowledged is retransmitted with backoff, and in the end given up (RFC
    /// 6298 5.5, RFC 9293 3.8.3); ns-3 would repeat it for ever.
    void SendEmptyPacket(std::uint8_t flags) override;

  private:
    StackShim* m_shim = nullptr;
    StackFlow* m_flow = nullptr;
    std::uint32_t m_finsSent = 0;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_PROFILE_SOCKET_H
