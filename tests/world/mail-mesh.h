#ifndef BOUNCELAB_TESTS_WORLD_MAIL_MESH_H
#define BOUNCELAB_TESTS_WORLD_MAIL_MESH_H

#include "lab/world/mail-system.h"
#include "models/host/host.h"
#include "tests/draw-sequence.h"
#include "tests/world/mail-fates.h"

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// What befalls a mesh beside the dialogs of its servers; each can be left out without a change to
/// the others.
enum class MeshFault
{
    Loss,       //!< Of packets.
    Resets,     //!< By a machine on the path.
    Disorder,   //!< Packets that are late, or come twice.
    Partitions, //!< Nobody reaches somebody, for longer than some retries take.
    PowerLoss,  //!< Of hosts, some of which do not sync.
    Restarts,   //!< Of mail programs, in order.
    Disks,      //!< That fill up.
    Names,      //!< Lookups that fail or take their time.
    Clocks,     //!< That are set.
    Impatience, //!< Administrators have queues tried at once.
};

constexpr std::size_t MESH_FAULTS = 10;
using MeshFaults = std::bitset<MESH_FAULTS>; //!< By number.

/**
 * Whole mail systems, each joined to every other by a line, and what befalls them (MeshFault);
 * some servers relay for everybody, one domain's mail goes in circles, some senders know a second
 * server for a domain, messages have one recipient or several.
 */
class MailMesh
{
  public:
    explicit MailMesh(std::uint64_t seed, MeshFaults faults = MeshFaults().set());
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

    /// How much longer than its lifetime a message was in a queue, less what clocks were set by.
    Nanoseconds LongestBeyond() const;

    /// "Accepted means delivered or reported, once, or lost with its cause; and it ends": what is
    /// wrong with that; empty = nothing.
    std::string Fault() const;

    std::uint32_t Lost() const { return m_lost; }

    std::uint32_t Resets() const { return m_resets; }

    std::uint32_t Restarts() const { return m_restarts; }

    std::uint32_t DiskFull() const { return m_diskFull; } //!< Refusals for a full disk.

    /// Messages that a host took which is not the first for their domain.
    std::uint32_t Failovers() const { return m_failovers; }

    std::uint32_t Refusals() const { return m_refusals; } //!< For want of room for the queue.

  private:
    struct Node;
    class Clock;

    bool Has(MeshFault fault) const { return m_faults[static_cast<std::size_t>(fault)]; }

    void AddNode(std::size_t index);
    void ConfigureDisk(scenario::HostConfig& config);
    void BuildSystem(Node& node);
    void Resolve(const Node& node,
                 const mail::DeliveryOrder& order,
                 const host::SendingMta::RouteHandler& answer);
    template <class Event>
    void Schedule(std::int64_t at, Event event);
    void PlanEnds();
    void PlanPartitions();
    void PlanImpatience();
    void Submit();
    void Carry(std::size_t from, const path::WirePacket& packet);
    void Deliver(std::size_t from, std::size_t to, const path::WirePacket& packet);
    void Reset(const path::WirePacket& packet);
    void OnEvent(const host::Event& event);
    std::string RandomAddress();
    std::size_t TakerOf(const Node& node, const std::string& domain) const;
    static std::string DomainOf(std::size_t index);

    /// Nobody carries packets between two nodes.
    struct Partition
    {
        std::size_t one;
        std::size_t other;
        std::int64_t from;
        std::int64_t until;
    };

    std::uint64_t m_seed;
    MeshFaults m_faults;
    tests::DrawSequence m_random;
    tests::DrawSequence m_packets;
    tests::DrawSequence m_names;
    std::uint64_t m_lossPerMillion;
    std::uint64_t m_resetsPerMillion;
    provenance::Ledger m_ledger;
    host::EventStream m_events;
    std::vector<std::unique_ptr<Node>> m_nodes;
    std::vector<Partition> m_partitions;
    MailFates m_fates;
    std::uint64_t m_submitted = 0;
    std::uint32_t m_highestLimit = 0;
    std::uint32_t m_lost = 0;
    std::uint32_t m_resets = 0;
    std::uint32_t m_restarts = 0;
    std::uint32_t m_diskFull = 0;
    std::uint32_t m_refusals = 0;
    std::uint32_t m_failovers = 0;
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_WORLD_MAIL_MESH_H
