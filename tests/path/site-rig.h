#ifndef BOUNCELAB_TESTS_PATH_SITE_RIG_H
#define BOUNCELAB_TESTS_PATH_SITE_RIG_H

#include "lab/evidence/capture-writer.h"
#include "models/host/host.h"
#include "models/path/tunnel.h"
#include "tests/evidence/scratch-folder.h"
#include "tests/path/path-rig.h"
#include "tests/path/star.h"

#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::path
{

/// Writes what an observer sees to a capture, and asks tshark about it.
class TestCapture
{
  public:
    explicit TestCapture(const std::filesystem::path& file);

    WireObserver Observer();

    /// Closes the file, and has tshark print fields of the frames that pass a filter, a line each.
    std::string Fields(const std::string& filter, const std::string& fields);

    /// Frames that tshark calls malformed, or in which a checksum is wrong; empty if all is well.
    std::string Flaws();

    std::uint64_t Frames() const { return m_frames; }

  private:
    std::filesystem::path m_file;
    evidence::CaptureWriter m_writer;
    std::vector<std::uint8_t> m_bytes;
    std::uint64_t m_frames = 0;
    bool m_closed = false;
};

/// What a client on a remote host said and heard in one connection.
struct Conversation
{
    std::string said;
    std::string heard;
    bool closed = false;
};

/// A site with a mail host that echoes on port 25, and remote hosts with real TCP behind chains.
class SiteRig
{
  public:
    explicit SiteRig(PathForm form, std::optional<NatConfig> nat = std::nullopt);
    ~SiteRig();

    /// A NAT with port 25 forwarded to the mail host.
    static NatConfig MailNat();

    /// The hops to a remote host with this address.
    static std::vector<HopConfig> HopsTo(Ipv4 address, std::uint32_t count);

    host::Host& AddHost(const std::string& name, Ipv4 address);
    host::Host& AddRemote(const std::string& name, Ipv4 address, std::uint32_t hops);

    /// Puts a host at the end of a chain.
    void Attach(host::Host& host, NetworkPath& chain);

    /// The client connects at a time, says something, and closes when it has come back whole.
    Conversation& Converse(host::Host& client, Ipv4 to, std::string text, std::int64_t atNs);

    /// The same from the mail host to a remote host that echoes.
    Conversation& ConverseUntilIdle(host::Host& remote, std::string text, std::int64_t atNs);

    provenance::Ledger ledger;
    test::ScratchFolder scratch;
    SiteGateway gateway;
    host::Host mail;
    PacketRecorder recorder;
    std::vector<Ipv4> accepted; //!< Peers, as the servers saw them.

  private:
    void Serve(host::Host& server);
    Conversation& Open(host::Host& client, Ipv4 to, std::string text, std::int64_t atNs);

    std::deque<std::unique_ptr<host::Host>> m_hosts;
    std::deque<Conversation> m_conversations;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_TESTS_PATH_SITE_RIG_H
