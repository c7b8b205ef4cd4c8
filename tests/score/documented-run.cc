#include "tests/score/documented-run.h"

#include "formats/clock.h"
#include "formats/packet.h"
#include "lab/evidence/capture-writer.h"
#include "lab/score/text-file.h"
#include "tests/times.h"

#include <cstdlib>

namespace bouncelab::score
{

namespace
{

namespace fs = std::filesystem;

constexpr std::int64_t P1_EPOCH_NS = 1159253092643691000; // 2006-09-26 14:44:52.643691 at UTC+8
constexpr std::uint32_t CLIENT = 0x0A040104;              // 10.4.1.4
constexpr std::uint32_t SERVER = 0xCB83C650;              // 203.131.198.80

const std::vector<TcpOptionKind> STAMPED{TcpOptionKind::Nop,
                                         TcpOptionKind::Nop,
                                         TcpOptionKind::Timestamp};

std::vector<std::uint8_t>
ToIp(const TablePacket& packet)
{
    const std::uint32_t source = packet.outward ? CLIENT : SERVER;
    const std::uint32_t destination = packet.outward ? SERVER : CLIENT;
    TcpSegment segment;
    segment.sourcePort = packet.outward ? packet.clientPort : std::uint16_t{25};
    segment.destinationPort = packet.outward ? std::uint16_t{25} : packet.clientPort;
    segment.sequence = packet.sequence;
    segment.acknowledgment = packet.acknowledgment;
    segment.flags = packet.flags;
    segment.window = packet.window;
    segment.options.mss = 1460;
    segment.options.windowScale = packet.outward ? 1 : 0;
    segment.options.sackPermitted = true;
    segment.options.timestamp = true;
    segment.options.timestampValue = packet.timestamp;
    segment.options.timestampEcho = packet.echo;
    segment.payload = ViewOf(packet.text);
    const auto tcp = WriteTcp(segment, packet.options, Ipv4{source}, Ipv4{destination});
    std::vector<std::uint8_t> bytes(20);
    Ipv4Fields ip;
    ip.totalLength = static_cast<std::uint16_t>(bytes.size() + tcp.size());
    ip.id = packet.ipId;
    ip.dontFragment = packet.dontFragment;
    ip.ttl = packet.ttl;
    ip.protocol = protocol::TCP;
    ip.source = {source};
    ip.destination = {destination};
    WriteIpv4(ip, bytes.data());
    bytes.insert(bytes.end(), tcp.begin(), tcp.end());
    return bytes;
}

constexpr const char* TRACEROUTE =
    "traceroute to 203.131.198.80 (203.131.198.80), 64 hops max, 40 byte packets\n"
    " 1  210.83.214.161  0.722 ms  0.699 ms  0.612 ms\n"
    " 2  210.83.193.49  0.595 ms  0.486 ms  0.615 ms\n"
    " 3  210.52.131.6  16.979 ms  16.978 ms  16.975 ms\n"
    " 4  210.52.130.10  46.711 ms  45.836 ms  45.838 ms\n"
    " 5  210.52.132.230  50.208 ms  49.957 ms  50.085 ms\n"
    " 6  210.53.126.2  50.083 ms  49.955 ms  50.334 ms\n"
    " 7  202.147.16.125  50.583 ms  50.207 ms  50.587 ms\n"
    " 8  202.147.16.205  51.204 ms  50.081 ms  50.209 ms\n"
    " 9  202.147.16.214  103.055 ms  103.050 ms  103.179 ms\n"
    "10  202.147.0.206  99.803 ms  99.677 ms  99.806 ms\n"
    "11  203.192.131.250  103.802 ms  103.549 ms  103.430 ms\n"
    "12  203.174.64.13  99.804 ms  100.053 ms  100.681 ms\n"
    "13  203.174.64.146  100.056 ms  100.799 ms  102.075 ms\n"
    "14  203.174.64.214  101.012 ms  99.676 ms  100.179 ms\n"
    "15  203.131.198.80  100.805 ms  99.926 ms  99.929 ms\n";

constexpr const char* QMAIL_LOG =
    "Sep 26 14:46:22 livedoor qmail: 1159253182.900001 starting delivery 118310: msg 471932 to "
    "remote kawamura@neptune.livedoor.com\n"
    "Sep 26 14:46:23 livedoor qmail: 1159253183.100001 delivery 118309: success: "
    "198.51.100.25_accepted_message./Remote_host_said:_250_Ok/\n"
    "Sep 26 14:46:23 livedoor qmail: 1159253183.972578 delivery 118310: failure: "
    "203.131.198.80_does_not_like_recipient./Remote_host_said:_500_error/"
    "Giving_up_on_203.131.198.80./\n";

constexpr const char* BOUNCE =
    "From MAILER-DAEMON Tue Sep 26 06:46:24 2006\n"
    "Hi. This is the qmail-send program at livedoor.cn.\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
    "\n"
    "<kawamura@neptune.livedoor.com>:\n"
    "203.131.198.80 does not like recipient.\n"
    "Remote host said: 500 error\n"
    "Giving up on 203.131.198.80.\n"
    "\n"
    "--- Below this line is a copy of the message.\n";

constexpr const char* PARAMETERS = R"(
  "hosts": {"data-hotel": {"address": "203.131.198.80"}},
  "mail": {"exchangers": {"neptune.livedoor.com": "data-hotel"},
           "messages": {"again": {"from": "a@b.c", "to": "d@e.f"},
                        "case": {"from": "sales@livedoor.cn", "to": "kawamura@neptune.livedoor.com"}}},
  "vantages": {"gateway-inside": {"place": "gateway-inside", "capture": true, "snort": true, "union-of": []},
               "mail-host": {"place": "mail-host", "capture": false, "snort": false, "union-of": []},
               "operator": {"place": "", "capture": false, "snort": false,
                            "union-of": ["gateway-inside", "mail-host"]}})";

Label
PacketLabel(std::size_t index, const TablePacket& packet)
{
    Label label;
    label.kind = "packet";
    label.runId = "r";
    label.time = test::At(packet.microseconds * 1000);
    label.classLabel = packet.forged || packet.affected ? "forged.reply" : "ordinary";
    label.causeId = packet.forged || packet.affected ? 1 : 0;
    label.actor = packet.forged || packet.affected ? "border" : "somebody";
    label.vantage = "gateway-inside";
    label.frame = FrameOf(index);
    label.trueOrigin = packet.forged ? "border" : packet.outward ? "mail-host" : "data-hotel";
    label.forged = packet.forged;
    label.affected = packet.affected;
    return label;
}

Label
ForgeryLabel()
{
    Label label;
    label.kind = "event";
    label.runId = "r";
    label.time = test::At(455000000);
    label.classLabel = "forged.reply";
    label.causeId = 1;
    label.actor = "border";
    label.hop = 7;
    label.params = {{"client", "10.4.1.4:60661"}, {"server", "203.131.198.80:25"}};
    return label;
}

} // namespace

TemporaryFolder::TemporaryFolder()
{
    std::string pattern = (fs::temp_directory_path() / "bouncelab-test-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
    {
        std::abort();
    }
    m_path = pattern;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

std::uint64_t
FrameOf(std::size_t packet)
{
    return packet + 2;
}

namespace
{

using namespace tcp;

const std::vector<TcpOptionKind> SYN_OPTIONS{TcpOptionKind::Mss,
                                             TcpOptionKind::Nop,
                                             TcpOptionKind::WindowScale,
                                             TcpOptionKind::Nop,
                                             TcpOptionKind::Nop,
                                             TcpOptionKind::Timestamp,
                                             TcpOptionKind::SackPermitted};

const std::vector<TcpOptionKind> SYN_ACK_OPTIONS{TcpOptionKind::Mss,
                                                 TcpOptionKind::SackPermitted,
                                                 TcpOptionKind::Timestamp,
                                                 TcpOptionKind::Nop,
                                                 TcpOptionKind::WindowScale};

const std::vector<TablePacket> PACKETS{
    {0, true, 127, 32988, true, SYN, 0x2E68FF24, 0, 0xFFFF, SYN_OPTIONS, 121485349, 0, ""},
    {100783,
     false,
     49,
     0,
     true,
     SYN | ACK,
     0x1527A9A1,
     0x2E68FF25,
     5792,
     SYN_ACK_OPTIONS,
     9713757,
     121485349,
     ""},
    {100942,
     true,
     127,
     33011,
     true,
     ACK,
     0x2E68FF25,
     0x1527A9A2,
     33304,
     STAMPED,
     121485450,
     9713757,
     ""},
    {201851,
     false,
     49,
     37317,
     true,
     ACK | PSH,
     0x1527A9A2,
     0x2E68FF25,
     5792,
     STAMPED,
     9713767,
     121485450,
     "220 5a-p07-b3.data-hotel.net F-Secure/virusgw_smtp/220/5a-p07-b3.data-hotel.net\r\n"},
    {202135,
     true,
     127,
     33066,
     true,
     ACK | PSH,
     0x2E68FF25,
     0x1527A9F3,
     33304,
     STAMPED,
     121485551,
     9713767,
     "HELO livedoor.cn\r\n"},
    {302900,
     false,
     49,
     37318,
     true,
     ACK,
     0x1527A9F3,
     0x2E68FF37,
     5792,
     STAMPED,
     9713777,
     121485551,
     ""},
    {303100,
     false,
     49,
     37319,
     true,
     ACK | PSH,
     0x1527A9F3,
     0x2E68FF37,
     5792,
     STAMPED,
     9713777,
     121485551,
     "250 5a-p07-b3.data-hotel.net\r\n"},
    {303400,
     true,
     127,
     33090,
     true,
     ACK | PSH,
     0x2E68FF37,
     0x1527AA11,
     33304,
     STAMPED,
     121485652,
     9713777,
     "MAIL FROM:<sales@livedoor.cn>\r\n"},
    {405700,
     false,
     49,
     37320,
     true,
     ACK | PSH,
     0x1527AA11,
     0x2E68FF56,
     5792,
     STAMPED,
     9713787,
     121485652,
     "250 Ok\r\n"},
    {406019,
     true,
     127,
     33110,
     true,
     ACK | PSH,
     0x2E68FF56,
     0x1527AA19,
     33304,
     STAMPED,
     121485755,
     9713787,
     "RCPT TO:<kawamura@neptune.livedoor.com>\r\n"},
    {460072,
     false,
     57,
     64,
     false,
     ACK | PSH,
     0x1527AA19,
     0x2E68FF7F,
     0,
     {},
     0,
     0,
     "500 error\r\n",
     true},
    {511047,
     false,
     49,
     37321,
     true,
     ACK | PSH,
     0x1527AA19,
     0x2E68FF7F,
     5792,
     STAMPED,
     9713798,
     121485755,
     "250 Ok\r\n"},
    {511335,
     true,
     127,
     33131,
     true,
     ACK | PSH | FIN,
     0x2E68FF7F,
     0x1527AA24,
     33304,
     STAMPED,
     121485860,
     9713787,
     "QUIT\r\n",
     false,
     true}};

} // namespace

std::vector<TablePacket>
DocumentedPackets()
{
    return PACKETS;
}

void
DocumentedRun::Write(const fs::path& root) const
{
    fs::create_directories(root / "evidence/gateway-inside/snort/203.131.198.80");
    fs::create_directories(root / "evidence/mail-host/mailboxes");
    fs::create_directories(root / "evidence/operator/gateway-inside");
    fs::create_directories(root / "truth");
    WriteTextFile(root / "manifest.json",
                  "{\"scenario\": \"forged-reply\", \"variant\": \"error-500\", \"seed\": 1,\n" +
                      manifestExtra + "\"parameters\": {" + PARAMETERS + "}}\n");
    WriteTextFile(root / "evidence/gateway-inside/traceroute-japan.txt", TRACEROUTE);
    WriteTextFile(root / "evidence/mail-host/qmail.log", QMAIL_LOG);
    WriteTextFile(root / "evidence/mail-host/mailboxes/sales@livedoor.cn.mbox", BOUNCE);
    WriteTextFile(root / "evidence/gateway-inside/snort/203.131.198.80/TCP:60661-25",
                  std::string(6941, '='));
    HostClock clock;
    clock.start = test::Reading(P1_EPOCH_NS);
    evidence::CaptureWriter capture(root / "evidence/gateway-inside/capture.pcap", clock);
    const auto write = [&](const TablePacket& packet)
    {
        const std::vector<std::uint8_t> ip = ToIp(packet);
        evidence::Frame frame;
        frame.time = test::At(packet.microseconds * 1000);
        frame.link.source =
            *MacAddress::Parse(packet.outward ? "0:E0:FC:34:C0:86" : "0:14:22:1F:4A:49");
        frame.link.destination =
            *MacAddress::Parse(packet.outward ? "0:14:22:1F:4A:49" : "0:11:43:58:71:FF");
        frame.ip = ip.data();
        frame.ipSize = ip.size();
        capture.Write(frame);
    };
    TablePacket unrelated = packets.front();
    unrelated.microseconds = -5000;
    unrelated.flags = tcp::ACK;
    unrelated.outward = false;
    unrelated.text = "RCPT TO:<someone@else.example>\r\n";
    unrelated.options.clear();
    unrelated.clientPort = 4711;
    write(unrelated);
    std::string labels;
    AppendLabel(labels, ForgeryLabel());
    for (std::size_t i = 0; i < packets.size(); ++i)
    {
        write(packets[i]);
        AppendLabel(labels, PacketLabel(i, packets[i]));
    }
    for (const Label& label : furtherLabels)
    {
        AppendLabel(labels, label);
    }
    capture.Close();
    WriteTextFile(root / "truth/labels.jsonl", labels);
}

} // namespace bouncelab::score
