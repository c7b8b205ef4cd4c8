#ifndef BOUNCELAB_TESTS_WORLD_MAIL_MESH_H
#define BOUNCELAB_TESTS_WORLD_MAIL_MESH_H

#include "lab/world/mail-system.h"
#include "models/host/host.h"
#include "tests/draw-sequence.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// What became of one message with one recipient, all its copies and reports counted.
struct MeshOutcome
{
    std::string sender;
    bool ofBounce = false;
    std::uint32_t taken = 0;       //!< Times that a server took it over by SMTP.
    std::uint32_t confirmed = 0;   //!< Such that the client heard of.
    std::uint32_t unconfirmed = 0; //!< Attempts whose client does not know.
    std::uint32_t delivered = 0;
    std::uint32_t bounced = 0;   //!< Reports of failure to its sender.
    std::uint32_t doubled = 0;   //!< Such to a postmaster.
    std::uint32_t discarded = 0; //!< Failures that nobody hears of.

    /// Copies that nobody but their taker knows of: each has an end of its own.
    std::uint32_t Copies() const { return taken - confirmed; }

    std::uint32_t Ends() const { return delivered + bounced + doubled + discarded; }
};

/**
 * Whole mail systems, each joined to every other by a line that delays and loses packets and resets
 * connections; hosts lose power, queues fill up, some servers relay for everybody, and one domain's
 * mail goes in circles.
 */
class MailMesh
{
  public:
    explicit MailMesh(std::uint64_t seed);
    ~MailMesh();
    MailMesh(const MailMesh&) = delete;
    MailMesh& operator=(const MailMesh&) = delete;

    /// Runs until every message has long outlived its lifetime.
    void Run();

    const std::vector<MeshOutcome>& Destinies() const { return m_destinies; }

    std::size_t Queued() const; //!< Messages that are in a queue still.

    /// Most Received fields that a message came with.
    std::uint32_t MostHops() const { return m_mostHops; }

    std::uint32_t HighestLimit() const { return m_highestLimit; }

    std::uint32_t Lost() const { return m_lost; }

    std::uint32_t Resets() const { return m_resets; }

    std::uint32_t Restarts() const { return m_restarts; }

    std::uint32_t Refusals() const { return m_refusals; } //!< For want of room for the queue.

  private:
    struct Node;

    void AddNode(std::size_t index);
    void Submit();
    void Carry(std::size_t from, const path::WirePacket& packet);
    void Reset(const path::WirePacket& packet);
    void OnEvent(const host::Event& event);
    void OnQueueEvent(std::size_t index, const mail::QueueEvent& event);
    std::string RandomAddress();
    static std::string DomainOf(std::size_t index);

    std::uint64_t m_seed;
    tests::DrawSequence m_random;
    std::uint64_t m_lossPerMillion;
    std::uint64_t m_resetsPerMillion;
    provenance::Ledger m_ledger;
    host::EventStream m_events;
    std::vector<std::unique_ptr<Node>> m_nodes;
    std::map<std::string, std::size_t> m_byMessageId;
    std::vector<MeshOutcome> m_destinies;
    std::uint32_t m_mostHops = 0;
    std::uint32_t m_highestLimit = 0;
    std::uint32_t m_lost = 0;
    std::uint32_t m_resets = 0;
    std::uint32_t m_restarts = 0;
    std::uint32_t m_refusals = 0;
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_WORLD_MAIL_MESH_H
