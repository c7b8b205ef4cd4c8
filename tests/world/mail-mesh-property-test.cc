// "Accepted means delivered or reported, once, or lost with its cause; and it ends", in meshes of
// whole mail systems, whatever befalls hosts, programs, disks, names, clocks and packets. A mesh
// that fails is printed as the command that runs it, with as few kinds of faults as it takes.

#include "tests/world/mail-mesh.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

/// What came of all meshes.
struct MeshSums
{
    std::uint32_t delivered = 0;
    std::uint32_t bounced = 0;
    std::uint32_t lost = 0; //!< With a host's power.
    std::uint32_t copies = 0;
    std::uint32_t looped = 0;
    std::uint32_t packetsLost = 0;
    std::uint32_t resets = 0;
    std::uint32_t restarts = 0;
    std::uint32_t refusals = 0;
    std::uint32_t diskFull = 0;
    std::uint32_t failovers = 0;
    Nanoseconds longestBeyond{0};

    void Add(const MailMesh& mesh)
    {
        for (const MailFate& fate : mesh.Fates())
        {
            delivered += fate.delivered;
            bounced += fate.bounced;
            lost += fate.lost;
            copies += fate.Copies();
        }
        looped += mesh.MostHops() >= mesh.HighestLimit() ? 1 : 0;
        packetsLost += mesh.Lost();
        resets += mesh.Resets();
        restarts += mesh.Restarts();
        refusals += mesh.Refusals();
        diskFull += mesh.DiskFull();
        failovers += mesh.Failovers();
        longestBeyond = std::max(longestBeyond, mesh.LongestBeyond());
    }
};

std::string
FaultOf(std::uint64_t seed, MeshFaults faults)
{
    MailMesh mesh(seed, faults);
    mesh.Run();
    return mesh.Fault();
}

/// Leaves out one kind of fault after another, as long as the mesh still fails.
MeshFaults
Shrunk(std::uint64_t seed, MeshFaults faults)
{
    for (std::size_t fault = 0; fault < MESH_FAULTS; ++fault)
    {
        MeshFaults fewer = faults;
        fewer.reset(fault);
        faults = FaultOf(seed, fewer).empty() ? faults : fewer;
    }
    return faults;
}

/// "17" or "17:0000010000": a seed, and the kinds of faults by MeshFault, the last one first.
std::pair<std::uint64_t, MeshFaults>
ReadCase(const std::string& text)
{
    const std::size_t colon = text.find(':');
    return {std::strtoull(text.c_str(), nullptr, 10),
            colon == text.npos ? MeshFaults().set() : MeshFaults(text.substr(colon + 1))};
}

void
TryMesh(std::uint64_t seed, MeshFaults faults, MeshSums& sums)
{
    MailMesh mesh(seed, faults);
    mesh.Run();
    sums.Add(mesh);
    const std::string fault = mesh.Fault();
    if (!fault.empty())
    {
        BOOST_ERROR(fault);
    }
}

std::uint64_t
Meshes()
{
    const char* const asked = std::getenv("BOUNCELAB_MESHES");
    return asked ? std::strtoull(asked, nullptr, 10) : 10000;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mail_mesh_property)

BOOST_AUTO_TEST_CASE(what_is_accepted_ends_once_whatever_happens)
{
    MeshSums sums;
    if (const char* const asked = std::getenv("BOUNCELAB_MESH"))
    {
        const auto [seed, faults] = ReadCase(asked);
        TryMesh(seed, faults, sums);
        return;
    }
    for (std::uint64_t seed = 1; seed <= Meshes(); ++seed)
    {
        std::string fault;
        {
            MailMesh mesh(seed);
            mesh.Run();
            sums.Add(mesh);
            fault = mesh.Fault();
        }
        if (!fault.empty())
        {
            const MeshFaults faults = Shrunk(seed, MeshFaults().set());
            BOOST_ERROR(fault << "\n  BOUNCELAB_MESH=" << seed << ':' << faults
                              << " test-world -t mail_mesh_property");
        }
    }
    // That the meshes are worth looking at.
    BOOST_TEST(sums.delivered > 500U);
    BOOST_TEST(sums.bounced > 500U);
    BOOST_TEST(sums.lost > 50U);
    BOOST_TEST(sums.copies > 20U);
    BOOST_TEST(sums.looped > 20U);
    BOOST_TEST(sums.packetsLost > 1000U);
    BOOST_TEST(sums.resets > 100U);
    BOOST_TEST(sums.restarts > 500U);
    BOOST_TEST(sums.refusals > 50U);
    BOOST_TEST(sums.diskFull > 50U);
    BOOST_TEST(sums.failovers > 10U);
    BOOST_TEST_MESSAGE(fmt::format(
        "delivered {}, bounced {}, lost {}, copies {}, looped {}; packets lost {}, resets {}, "
        "restarts {}, refusals {}, for a full disk {}, failovers {}; at most {} s beyond a "
        "lifetime",
        sums.delivered,
        sums.bounced,
        sums.lost,
        sums.copies,
        sums.looped,
        sums.packetsLost,
        sums.resets,
        sums.restarts,
        sums.refusals,
        sums.diskFull,
        sums.failovers,
        sums.longestBeyond / std::chrono::seconds(1)));
}

BOOST_AUTO_TEST_SUITE_END()
