// Accuses the first of two TCP segments that have the same place in a stream and other bytes. It is
// held to what it is for by --finds forged --reads packets; built by
//     c++ -std=c++17 -o overlap overlap.cc -lpcap
#include <pcap.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

void
Judge(const std::string& path, const std::string& name, std::ostream& alerts)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t* capture = pcap_open_offline(path.c_str(), error);
    std::map<std::string, std::pair<int, std::string>> seen; // by place: frame and data
    pcap_pkthdr header;
    const u_char* bytes = nullptr;
    for (int frame = 1; capture && (bytes = pcap_next(capture, &header)); ++frame)
    {
        const std::string ip(bytes + 14, bytes + header.caplen); // behind the Ethernet header
        if (ip.size() < 40 || bytes[12] != 8 || bytes[13] != 0 || bytes[23] != 6)
            continue;
        const std::size_t tcp = 4 * (ip[0] & 15);
        std::string data = ip.substr(0, bytes[16] * 256 + bytes[17]);
        data.erase(0, tcp + (ip[tcp + 12] >> 2 & 60));
        const auto known = seen.try_emplace(ip.substr(12, 8) + ip.substr(tcp, 8), frame, data);
        const auto& [first, before] = known.first->second;
        const std::size_t both = std::min(data.size(), before.size());
        if (data.compare(0, both, before, 0, both) != 0)
            alerts << R"({"class": "forged.reply", "verdict": "fault", "pcap_cnt": )" << first
                   << R"(, "evidence": {"file": ")" << name << R"(", "frames": [)" << first << ", "
                   << frame << "]}}\n";
    }
}

int
main(int argc, char** argv)
{
    std::ofstream alerts(argc == 3 ? argv[2] : "");
    if (argc != 3 || !alerts)
        return 2;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1]))
        if (entry.path().extension() == ".pcap")
            Judge(entry.path(), entry.path().lexically_relative(argv[1]), alerts);
}
