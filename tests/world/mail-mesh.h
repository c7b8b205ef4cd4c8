#ifndef BOUNCELAB_TESTS_WORLD_MAIL_MESH_H
#define BOUNCELAB_TESTS_WORLD_MAIL_MESH_H

#include "lab/world/mail-system.h"
#include "models/host/host.h"
#include "tests/draw-sequence.h"
#include "tests/world/mail-fates.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::test
{

/**
 * Whole mail systems, each joined to every other by a line that delays and loses packets and resets
 * connections; hosts lose power, queues fill up, some servers relay for everybody, one domain's
 * mail goes in circles, some senders know a second server for a domain, and administrators have
 * queues tried at once.
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

    const std::vector<MailFate>& Fates() const { return m_fates.All(); }

    std::size_t Queued() const; //!< Messages that are in a queue still.

    /// Most Received fields that a message came with.
    std::uint32_t MostHops() const { return m_fates.MostHops(); }

    std::uint32_t HighestLimit() const { return m_highestLimit; }

    std::uint32_t Lost() const { return m_lost; }

    std::uint32_t Resets() const { return m_resets; }

    std::uint32_t Restarts() const { return m_restarts; }

    /// Messages that a host took which is not the first for their domain.
    std::uint32_t Failovers() const { return m_failovers; }

    std::uint32_t Refusals() const { return m_refusals; } //!< For want of room for the queue.

  private:
    struct Node;

    void AddNode(std::size_t index);
    void Submit();
    void Carry(std::size_t from, const path::WirePacket& packet);
    void Reset(const path::WirePacket& packet);
    void OnEvent(const host::Event& event);
    std::string RandomAddress();
    std::size_t TakerOf(const Node& node, const std::string& domain) const;
    static std::string DomainOf(std::size_t index);

    std::uint64_t m_seed;
    tests::DrawSequence m_random;
    std::uint64_t m_lossPerMillion;
    std::uint64_t m_resetsPerMillion;
    provenance::Ledger m_ledger;
    host::EventStream m_events;
    std::vector<std::unique_ptr<Node>> m_nodes;
    MailFates m_fates;
    std::uint32_t m_highestLimit = 0;
    std::uint32_t m_lost = 0;
    std::uint32_t m_resets = 0;
    std::uint32_t m_restarts = 0;
    std::uint32_t m_refusals = 0;
    std::uint32_t m_failovers = 0;
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_WORLD_MAIL_MESH_H
