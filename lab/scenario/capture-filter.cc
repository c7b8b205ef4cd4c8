#include "lab/scenario/capture-filter.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <string_view>

namespace bouncelab::scenario
{

namespace
{

constexpr int LONGEST_FRAME = 65535;

/// Words that mean the same on every machine.
bool
IsKnownWord(std::string_view word)
{
    static constexpr std::array<std::string_view, 24> WORDS{
        "and",  "arp",       "broadcast", "dst",  "ether",     "greater", "host", "icmp",
        "ip",   "less",      "len",       "mask", "multicast", "net",     "not",  "or",
        "port", "portrange", "proto",     "src",  "tcp",       "udp",     "ip6",  "icmp6"};
    return std::find(WORDS.begin(), WORDS.end(), word) != WORDS.end();
}

/// Fails at a name, which libpcap would look up.
void
CheckWords(const std::string& expression)
{
    const auto isPart = [](char c)
    { return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == ':' || c == '_'; };
    for (auto at = expression.begin(); at != expression.end();)
    {
        const auto end = std::find_if_not(at, expression.end(), isPart);
        const std::string word(at, end);
        const bool isName =
            std::any_of(word.begin(),
                        word.end(),
                        [](char c) { return std::isalpha(static_cast<unsigned char>(c)); }) &&
            word.find(':') == word.npos && word.substr(0, 2) != "0x";
        if (isName && !IsKnownWord(word))
        {
            throw std::invalid_argument("\"" + word +
                                        "\" is no word of a filter; hosts and ports are numbers");
        }
        at = end == expression.end() ? end : (end == at ? at + 1 : end);
    }
}

} // namespace

CaptureFilter::CaptureFilter(const std::string& expression)
{
    if (expression.empty())
    {
        return;
    }
    CheckWords(expression);
    const std::unique_ptr<pcap_t, void (*)(pcap_t*)> handle(
        pcap_open_dead(DLT_EN10MB, LONGEST_FRAME),
        pcap_close);
    auto program = std::make_unique<bpf_program>();
    if (!handle ||
        pcap_compile(handle.get(), program.get(), expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
    {
        throw std::invalid_argument(handle ? pcap_geterr(handle.get()) : "no memory");
    }
    m_program = std::shared_ptr<bpf_program>(program.release(),
                                             [](bpf_program* compiled)
                                             {
                                                 pcap_freecode(compiled);
                                                 delete compiled;
                                             });
}

bool
CaptureFilter::Takes(const std::uint8_t* frame, std::size_t size) const
{
    if (!m_program)
    {
        return true;
    }
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(size);
    header.len = header.caplen;
    return pcap_offline_filter(m_program.get(), &header, frame) != 0;
}

} // namespace bouncelab::scenario
