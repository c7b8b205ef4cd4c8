// CPU time and memory of all detectors against a copy of the same capture by libpcap, both in one
// go: the session of session.txt over and over, of ever other clients, one every 10 ms.
//
//   detect-bench [FLOWS] [PACKETS]     20000 flows with 35 packets of content each, if not given
//
// Each side is a process of its own.

#include "tests/detectors/packet-script.h"

#include <pcap/pcap.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace
{

using namespace bouncelab;
using namespace bouncelab::test;

constexpr std::int64_t APART_NS = 10000000;
constexpr std::int64_t SEGMENT_NS = 300000;
constexpr int CHUNK = 500; //!< Flows that are put in order at a time.

/// The session, with so many packets of content.
PacketScript
ReadSession(int contents)
{
    PacketScript session =
        ReadPacketScript(ReadCases(BOUNCELAB_BENCH "/session.txt").front().lines);
    const auto place =
        std::find_if(session.begin(),
                     session.end(),
                     [](const ScriptPacket& packet) { return packet.label == "content"; });
    const int more = contents - 1;
    const auto octets = static_cast<std::uint32_t>(place->payload.size());
    for (auto later = place + 1; later != session.end(); ++later)
    {
        later->timeNs += more * SEGMENT_NS;
        const bool isClient = later->side == detectors::CLIENT;
        (isClient ? later->sequence : later->ack) += static_cast<std::uint32_t>(more) * octets;
        later->ipId += isClient ? more : 0;
    }
    PacketScript repeated;
    ScriptPacket packet = *place;
    for (int i = 0; i < contents; ++i)
    {
        repeated.push_back(packet);
        packet.timeNs += SEGMENT_NS;
        packet.sequence += octets;
        ++packet.ipId;
    }
    session.insert(session.erase(place), repeated.begin(), repeated.end());
    return session;
}

/// Of a client and ports of its own.
PacketScript
Of(PacketScript session, int flow)
{
    for (ScriptPacket& packet : session)
    {
        const bool isClient = packet.side == detectors::CLIENT;
        (isClient ? packet.source : packet.destination) =
            Ipv4{0x0A000001u + static_cast<std::uint32_t>(flow % 4096)};
        (isClient ? packet.sourcePort : packet.destinationPort) =
            static_cast<std::uint16_t>(20000 + flow / 4096);
        packet.timeNs += flow * APART_NS;
        packet.ipId = (packet.ipId + flow) & 0xFFFF;
    }
    return session;
}

void
WriteCapture(const std::filesystem::path& file, int flows, int contents)
{
    const PacketScript session = ReadSession(contents);
    std::ofstream out(file, std::ios::binary);
    PacketScript waiting;
    const auto flush = [&](std::int64_t endNs)
    {
        std::stable_sort(waiting.begin(),
                         waiting.end(),
                         [](const ScriptPacket& a, const ScriptPacket& b)
                         { return a.timeNs < b.timeNs; });
        const auto end =
            std::find_if(waiting.begin(),
                         waiting.end(),
                         [&](const ScriptPacket& packet) { return packet.timeNs >= endNs; });
        const std::string bytes = PcapOf({waiting.begin(), end});
        out << (out.tellp() == 0 ? bytes : bytes.substr(sizeof(pcap_file_header)));
        waiting.erase(waiting.begin(), end);
    };
    for (int i = 0; i < flows; ++i)
    {
        const PacketScript next = Of(session, i);
        waiting.insert(waiting.end(), next.begin(), next.end());
        if (i % CHUNK == CHUNK - 1)
        {
            flush(next.front().timeNs);
        }
    }
    flush(INT64_MAX);
}

int
Copy(const std::string& file)
{
    char problem[PCAP_ERRBUF_SIZE];
    pcap_t* from = pcap_open_offline(file.c_str(), problem);
    pcap_dumper_t* to = from ? pcap_dump_open(from, "/dev/null") : nullptr;
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    while (to && pcap_next_ex(from, &header, &bytes) == 1)
    {
        pcap_dump(reinterpret_cast<u_char*>(to), header, bytes);
    }
    return to ? 0 : 1;
}

struct Figures
{
    double seconds = 0;
    double megabytes = 0;
};

template <class Side>
Figures
Measure(Side side)
{
    const pid_t pid = fork();
    if (pid == 0)
    {
        _exit(side());
    }
    int status = 0;
    rusage usage{};
    if (wait4(pid, &status, 0, &usage) != pid || status != 0)
    {
        std::fprintf(stderr, "a side failed\n");
        std::exit(1);
    }
    const auto seconds = [](const timeval& time)
    { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return {seconds(usage.ru_utime) + seconds(usage.ru_stime),
            static_cast<double>(usage.ru_maxrss) / 1024};
}

} // namespace

int
main(int argc, char** argv)
{
    const int flows = argc > 1 ? std::atoi(argv[1]) : 20000;
    const int contents = argc > 2 ? std::max(1, std::atoi(argv[2])) : 35;
    char folder[] = "/tmp/detect-bench-XXXXXX";
    if (!mkdtemp(folder))
    {
        std::perror("detect-bench");
        return 1;
    }
    const std::filesystem::path capture = std::filesystem::path(folder) / "sessions.pcap";
    // A process of its own, as its memory is passed on to those that follow.
    Measure(
        [&]
        {
            WriteCapture(capture, flows, contents);
            return 0;
        });
    const Figures copy = Measure([&] { return Copy(capture.string()); });
    const std::string detect =
        std::filesystem::read_symlink("/proc/self/exe").replace_filename("bouncelab-detect");
    const std::string alerts = capture.string() + ".jsonl";
    const Figures all = Measure(
        [&]
        {
            execl(detect.c_str(), detect.c_str(), capture.c_str(), alerts.c_str(), nullptr);
            return 1;
        });
    std::printf("%d flows, %.0f MB: libpcap's copy %.2f s, all detectors %.2f s and %.0f MB: "
                "%.1f times\n",
                flows,
                static_cast<double>(std::filesystem::file_size(capture)) / (1 << 20),
                copy.seconds,
                all.seconds,
                all.megabytes,
                all.seconds / copy.seconds);
    std::filesystem::remove_all(folder);
    return 0;
}
