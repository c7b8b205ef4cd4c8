#include "detectors/readers/healing.h"
#include "detectors/readers/packet-line-reader.h"
#include "detectors/readers/smtp-service-reader.h"
#include "detectors/readers/text-file.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

/// What the two readers make of a text.
struct DamagedText
{
    explicit DamagedText(std::string text) { Read(fmemopen(text.data(), text.size(), "rb")); }

    explicit DamagedText(std::FILE* file) { Read(file); }

    void Read(std::FILE* file)
    {
        PacketLineReader lines(
            [this](const Packet& packet)
            {
                packets.push_back(packet);
                packets.back().tcp.payload = {};
            },
            [this](const SeenDatagram& seen) { datagrams.push_back(seen); });
        SmtpServiceReader service([this](const ServiceRow& row) { rows.push_back(row); });
        reading = ReadText(file, {&lines, &service});
        for (const TextLineReader* reader :
             {static_cast<TextLineReader*>(&lines), static_cast<TextLineReader*>(&service)})
        {
            const auto& all = reader->Healings()->All();
            healings.insert(healings.end(), all.begin(), all.end());
        }
    }

    std::uint64_t Healed(const std::string& part) const
    {
        std::uint64_t lines = 0;
        for (const Healing& healing : healings)
        {
            lines += std::string(healing.what).find(part) != std::string::npos ? healing.lines : 0;
        }
        return lines;
    }

    std::size_t Of(SeenDatagram::Kind kind) const
    {
        return static_cast<std::size_t>(std::count_if(datagrams.begin(),
                                                      datagrams.end(),
                                                      [&](const SeenDatagram& seen)
                                                      { return seen.kind == kind; }));
    }

    std::vector<Packet> packets;
    std::vector<SeenDatagram> datagrams;
    std::vector<ServiceRow> rows;
    std::vector<Healing> healings;
    TextReading reading;
};

std::string
EndsOf(const Packet& packet)
{
    return fmt::format("{}:{} {}:{}",
                       packet.source.ToString(),
                       packet.tcp.sourcePort,
                       packet.destination.ToString(),
                       packet.tcp.destinationPort);
}

const std::string WHOLE = "16:57:58.012345 IP mx.filter.example.25 > exchange.site.example.23257: "
                          "Flags [P.], ack 34, win 5840, length 20\n";

/// The packet of WHOLE, however it was damaged.
void
CheckPacket(const DamagedText& text)
{
    BOOST_REQUIRE_EQUAL(text.packets.size(), 1);
    const Packet& packet = text.packets[0];
    BOOST_TEST(EndsOf(packet) == "mx.filter.example:25 exchange.site.example:23257");
    BOOST_TEST(packet.tcp.flags == (tcp::PSH | tcp::ACK));
    BOOST_TEST(packet.tcp.acknowledgment == 34);
    BOOST_TEST(packet.tcp.window == 5840);
    BOOST_TEST(packet.ip.payloadLength == 40);
}

/// A row of the service's log with all columns.
const std::string ROW = "2010-07-02 17:37:09 192.0.2.7 mx7.filter.example SMTPSVC1 EX 10.0.0.2 0 "
                        "EHLO - +mx7.filter.example 250 0 320 23 0 SMTP - - - -\n";

} // namespace

BOOST_AUTO_TEST_SUITE(damaged_texts)

BOOST_AUTO_TEST_CASE(what_is_not_damaged_is_not_healed)
{
    const DamagedText text(WHOLE + ROW);
    CheckPacket(text);
    BOOST_TEST(text.rows.size() == 1);
    BOOST_TEST(text.healings.empty());
}

/// S002-32 and S002-33 at every place that a column's border can cut.
BOOST_AUTO_TEST_CASE(a_border_anywhere_between_the_ends_heals)
{
    const std::string stamp = "57:58.0 IP  ";
    const std::string line = "mx.filter.example.25 > exchange.site.example.23257: Flags [P.], ack "
                             "34, win 5840, length 20";
    for (std::size_t at = 1; at < line.find(": Flags"); ++at)
    {
        if (line[at] != ' ' && line[at - 1] != ' ')
        {
            BOOST_TEST_CONTEXT("cut before " << line.substr(at, 12))
            {
                const DamagedText text(stamp + line.substr(0, at) + "   " + line.substr(at) + "\n");
                CheckPacket(text);
                BOOST_TEST(text.Healed("border") == 1);
                BOOST_TEST(text.Healed("hour") == 1);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_border_anywhere_in_arp_heals)
{
    for (const std::string line :
         {"ARP, Request who-has disk.site.example tell ex.site.example, length 28",
          "ARP, Reply disk.site.example is-at 02:00:17:22:b2:44, length 46"})
    {
        for (std::size_t at = 1; at < line.find(", length"); ++at)
        {
            if (line[at] != ' ' && line[at - 1] != ' ')
            {
                const DamagedText text("57:58.0  " + line.substr(0, at) + "\t" + line.substr(at) +
                                       "\n");
                BOOST_TEST(text.Of(SeenDatagram::Kind::Arp) == 1, line.substr(at));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_port_that_became_a_time_heals_in_any_column)
{
    for (const char* cut : {"exchange.site.example.2   3257:00:00  Flags",
                            "exchange.site.example.   23257:00:00  Flags",
                            "exchange.site.example.2325\t7:00:00\tFlags",
                            "exchange.site.example.232 57:00 Flags"})
    {
        BOOST_TEST_CONTEXT(cut)
        {
            const DamagedText text("57:58.0 IP mx.filter.example.25 > " + std::string(cut) +
                                   " [P.], ack 34, win 5840, length 20\n");
            CheckPacket(text);
            BOOST_TEST(text.Healed("port") == 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(cells_of_a_table_are_a_line)
{
    for (const char* line :
         {"57:58.0,IP,mx.filter.example.25 > exchange.site.example.2,3257:00:00,\"Flags [P.], ack "
          "34, win 5840, length 20\"\n",
          "57:58.0;IP;mx.filter.example.25 > exchange.site.example.2;3257:00:00;Flags [P.], ack "
          "34, win 5840, length 20\n",
          "57:58.0\tIP\tmx.filter.example.25 > exchange.site.example.23257:\tFlags [P.], ack 34, "
          "win 5840, length 20\n"})
    {
        BOOST_TEST_CONTEXT(line)
        {
            CheckPacket(DamagedText(line));
        }
    }
}

BOOST_AUTO_TEST_CASE(words_of_other_languages_are_tcpdumps)
{
    for (const char* tail : {"标志 [P.], 确认 34, 窗口 5840, 长度 20",
                             "标志[P.]，确认34，赢5840，长度20",
                             "Flaggen [P.], ack 34, Fenster 5840, Länge 20",
                             "Drapeaux [P.], accusé 34, fenêtre 5840, longueur 20",
                             "フラグ [P.]、ack 34、win 5840、長さ 20"})
    {
        BOOST_TEST_CONTEXT(tail)
        {
            const DamagedText text(
                "16:57:58.012345 IP mx.filter.example.25 > exchange.site.example.23257: " +
                std::string(tail) + "\n");
            CheckPacket(text);
            BOOST_TEST(text.Healed("translation") == 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(other_protocols_are_read_and_healed)
{
    const DamagedText text(
        "01:52.6 IP  ex.site.example.17177 > dc.site.example.53: 12044+ A? mail.clinic.example. "
        "(40)\n"
        "01:52.7 IP  dc.site.example.53 > ex.site.example.17177: 12044 NXDomain* 0/1/0 (97)\n"
        "01:53.0 IP  dc.site.example.53 > ex.site.example.21059: 34757* 1/0/0 PTR[|domain]\n"
        "01:53.0 AR  P, Request who-has disk.site.example tell ex.site.example, length 28\n"
        "01:53.1 A   RP, Reply disk.site.example is-at 02:00:17:22:b2:44 (oui Unknown), length 92\n"
        "01:53.1 IP  disk.site.example.123 > ex.site.example.12   3:00:00  NTPv3, symmetric "
        "active, "
        "length 68\n"
        "01:53.2 IP  ex.site.example.123 > disk.site.example.123: NTPv3, Server, length 68\n"
        "01:53.2 IP  ex.site.example > gw.site.example: ICMP echo request, id 1, seq 2, length 40\n"
        "01:53.3 IP  gw.site.example.500 > ex.site.example.500: UDP, length 52\n");
    BOOST_TEST(text.reading.notUnderstood == 0);
    BOOST_TEST(text.packets.empty());
    BOOST_REQUIRE_EQUAL(text.datagrams.size(), 9);
    BOOST_TEST(text.Of(SeenDatagram::Kind::Dns) == 3);
    BOOST_TEST(text.Of(SeenDatagram::Kind::Arp) == 2);
    BOOST_TEST(text.Of(SeenDatagram::Kind::Ntp) == 2);
    BOOST_TEST(text.Of(SeenDatagram::Kind::Icmp) == 1);
    BOOST_TEST(text.Of(SeenDatagram::Kind::Udp) == 1);
    const SeenDatagram& query = text.datagrams[0];
    BOOST_TEST(query.isQuery);
    BOOST_TEST(query.queryId == 12044);
    BOOST_TEST(query.queryType == "A");
    BOOST_TEST(query.queryName == "mail.clinic.example");
    BOOST_TEST(query.destinationPort == 53);
    BOOST_TEST(!text.datagrams[1].isQuery);
    BOOST_TEST(text.datagrams[2].queryType == "PTR");
    BOOST_TEST(text.datagrams[5].destinationPort == 123);
}

BOOST_AUTO_TEST_CASE(hours_are_counted_where_minutes_turn_back)
{
    const std::string rest =
        " IP a.example.2000 > b.example.25: Flags [.], ack 1, win 5, length 0\n";
    const DamagedText text("59:59.9" + rest + "59:58.9" + rest + "00:00.1" + rest);
    BOOST_REQUIRE_EQUAL(text.packets.size(), 3);
    BOOST_TEST((text.packets[2].time - text.packets[0].time == std::chrono::milliseconds(200)));
    BOOST_TEST((text.packets[0].time - text.packets[1].time == std::chrono::seconds(1)));
}

BOOST_AUTO_TEST_CASE(a_line_cut_behind_its_ends_is_known_and_no_packet)
{
    const DamagedText text("57:58.0 IP  a.example.443 > b.example.58065: Fla\n");
    BOOST_TEST(text.packets.empty());
    BOOST_TEST(text.reading.used == 1);
    BOOST_TEST(text.Healed("cut off") == 1);
}

/// Prose, other logs and lines that could be mended in two ways make no packets.
BOOST_AUTO_TEST_CASE(nothing_else_is_healed_into_packets)
{
    for (const char* line :
         {"16:54.8 was the time > nothing: came of it",
          "16:54.8 IP traffic was > 25: Flags were seen",
          "16:54.8 IP a.example.25 > b.example.2000 Flags [P.], ack 34, win 5840, length 20",
          "16:54.8 IP a.example.25 > b.example.99999: Flags [P.], ack 34, win 5840, length 20",
          "16:54.8 IP a.example.25 > b.example.2000: Flags [Q.], ack 34, win 5840, length 20",
          "16:54.8 IP a.example.25 > b.example.2000: Flags [P.], ack 34, win 5840",
          "16:61.8 IP a.example.25 > b.example.2000: Flags [P.], ack 34, win 5840, length 20",
          "IP a.example.25 > b.example.2000: Flags [P.], ack 34, win 5840, length 20",
          "16:54.8 ARP, Request who-has a.example, length 28",
          "16:54.8 IP a.example.17177 > b.example.53: 12044+ (40)",
          "17:36:15 192.0.2.7 GET /index.html > x: 200",
          "3257:00:00 Flags [P.], ack 34, win 5840, length 20"})
    {
        BOOST_TEST_CONTEXT(line)
        {
            const DamagedText text(std::string(line) + "\n");
            BOOST_TEST(text.packets.empty());
            BOOST_TEST(text.datagrams.empty());
            BOOST_TEST(text.healings.empty());
            BOOST_TEST(text.reading.notUnderstood == 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(dates_of_rows_in_any_writing)
{
    const std::string rest = ROW.substr(10);
    for (const char* date : {"2010 年 7 月 2 日",
                             "2010年7月2日",
                             "2010년 7월 2일",
                             "2. Juli 2010",
                             "2 juillet 2010",
                             "2 de julio de 2010",
                             "July 2, 2010",
                             "7/2/2010",
                             "2010/7/2",
                             "2 июля 2010",
                             "2.7.2010"})
    {
        BOOST_TEST_CONTEXT(date)
        {
            const DamagedText text(date + rest);
            BOOST_REQUIRE_EQUAL(text.rows.size(), 1);
            const CivilTime civil = CivilFromSeconds(UnixSeconds(text.rows[0].time));
            BOOST_TEST(civil.year == 2010);
            BOOST_TEST(civil.month == 7);
            BOOST_TEST(civil.day == 2);
            BOOST_TEST(civil.hour == 17);
            BOOST_TEST(text.rows[0].argument == "mx7.filter.example");
            BOOST_TEST(text.Healed("date") == 1);
        }
    }
}

/// S002-35: proved by cs-bytes where the name is the argument, and not guessed elsewhere.
BOOST_AUTO_TEST_CASE(a_formulas_error_heals_where_the_octets_prove_it)
{
    const auto with = [](const std::string& command, const std::string& octets)
    {
        return DamagedText(
            "2010-07-02 17:37:09 192.0.2.7 mx7.filter.example SMTPSVC1 EX 10.0.0.2 0 " + command +
            " 250 0 320 " + octets + " 0 SMTP - - - -\n");
    };
    for (const char* error : {"#NAME?", "#NOM?", "#¿NOMBRE?", "#名称?"})
    {
        const DamagedText proved = with("EHLO - " + std::string(error), "23");
        BOOST_REQUIRE_EQUAL(proved.rows.size(), 1);
        BOOST_TEST(proved.rows[0].argument == "mx7.filter.example", error);
    }
    const DamagedText other = with("EHLO - #NAME?", "24");
    BOOST_REQUIRE_EQUAL(other.rows.size(), 1);
    BOOST_TEST(other.rows[0].argument.empty());
    const DamagedText mail = with("MAIL - #NAME?", "23");
    BOOST_REQUIRE_EQUAL(mail.rows.size(), 1);
    BOOST_TEST(mail.rows[0].argument.empty());
    BOOST_TEST(mail.Healed("formula") == 1);
}

BOOST_AUTO_TEST_CASE(translated_rows_heal_by_what_stands_beside)
{
    const std::string out = "2010-07-02 17:36:15 192.0.2.14 ";
    const DamagedText text(
        out + "OutboundConnectionCommand SMTPSVC1 ex - 25 数据 - - 0 0 4 0 782 SMTP - - - -\n" +
        out + "出站连接响应 SMTPSVC1 ex - 25 - - 250+感谢 0 0 10 0 1657 SMTP - - - -\n" + out +
        "OutboundConnectionResponse SMTPSVC1 ex - 25 - - 250+谢谢你 0 0 22 0 1657 SMTP - - - -\n" +
        out +
        "mx.filter.example SMTPSVC1 我们的 交换 服务器 网关 0 接收 - +TO:<a@site.example> 250 0 41 "
        "38 0 "
        "SMTP - - - -\n" +
        out +
        "mx.filter.example SMTPSVC1 ex 10.0.0.2 0 再见 - mx.filter.example 240 515 75 4 0 SMTP - "
        "- - -\n" +
        out +
        "mx.filter.example SMTPSVC1 ex 10.0.0.2 0 DATA - +<[电子邮件保护]> 250 0 141 22978 281 "
        "SMTP - - - -\n" +
        out + "OutboundConnectionCommand SMTPSVC1 ex - 25 RCPT - TO: 0 0 4 0 250 SMTP - - - -\n");
    BOOST_REQUIRE_EQUAL(text.rows.size(), 7);
    BOOST_TEST(text.rows[0].verb == "DATA");
    BOOST_TEST((text.rows[1].kind == ServiceRow::Kind::Response));
    BOOST_TEST(text.rows[1].argument == "250 Thanks");
    BOOST_TEST(text.rows[2].argument.substr(0, 4) == "250 ");
    BOOST_TEST(text.Healed("a reply whose words") == 1);
    BOOST_TEST(text.rows[3].verb == "RCPT");
    BOOST_TEST(text.rows[3].argument == "TO:<a@site.example>");
    BOOST_TEST(!text.rows[3].local);
    BOOST_TEST(text.rows[4].verb == "QUIT");
    BOOST_TEST(text.rows[5].receivedBytes == 22978);
    BOOST_TEST(text.rows[6].argument == "TO:<?>");
}

BOOST_AUTO_TEST_CASE(times_of_rows_in_any_writing)
{
    const std::string rest = ROW.substr(19);
    for (const char* time : {"5:37:09 PM", "下午 5:37:09", "下午5:37:09", "5:37:09PM", "17:37:09"})
    {
        const DamagedText text("7/2/2010 " + std::string(time) + rest);
        BOOST_REQUIRE_EQUAL(text.rows.size(), 1);
        BOOST_TEST(UnixSeconds(text.rows[0].time) % SECONDS_PER_DAY == 17 * 3600 + 37 * 60 + 9,
                   time);
    }
    const DamagedText whole("2010-07-02 17:37" + rest);
    BOOST_REQUIRE_EQUAL(whole.rows.size(), 1);
    BOOST_TEST(UnixSeconds(whole.rows[0].time) % SECONDS_PER_DAY == 17 * 3600 + 37 * 60);
}

BOOST_AUTO_TEST_CASE(cells_of_a_table_are_a_row)
{
    for (const char separator : {',', ';', '\t'})
    {
        std::string cells = ROW;
        std::replace(cells.begin(), cells.end(), ' ', separator);
        const DamagedText text(cells);
        BOOST_REQUIRE_EQUAL(text.rows.size(), 1);
        BOOST_TEST(text.rows[0].argument == "mx7.filter.example");
        BOOST_TEST(text.rows[0].receivedBytes == 23);
    }
}

BOOST_AUTO_TEST_CASE(nothing_else_is_healed_into_rows)
{
    for (const char* line :
         {"2010 年 7 月 2 日 17:36:15 the SMTPSVC1 service was started",
          "7/2/2010 17:37:09 192.0.2.7 mx SMTPSVC1 EX 10.0.0.2 0 EHLO - +mx 250 0 320 23 0",
          "7/2/2010 17:37:09 somewhere else SMTPSVC1 EX 10.0.0.2 0 EHLO",
          "99/99/2010 17:37:09 192.0.2.7 mx SMTPSVC1 EX 10.0.0.2 0 EHLO - +mx 250 0 320 23 0 SMTP "
          "- - - -"})
    {
        const DamagedText text(std::string(line) + "\n");
        BOOST_TEST(text.rows.empty(), line);
        BOOST_TEST(text.healings.empty(), line);
    }
}

/// The document itself: 17 lines of packets, then 22 of which one is cut off and two are ARP; 17
/// rows.
BOOST_AUTO_TEST_CASE(the_document_is_read_completely,
                     *boost::unit_test::precondition(tests::IfShared{"documents/S002.txt"}))
{
    const DamagedText text(std::fopen(tests::SharedPath("documents/S002.txt").c_str(), "rb"));
    BOOST_REQUIRE_EQUAL(text.packets.size(), 30);
    const auto first = std::count_if(text.packets.begin(),
                                     text.packets.end(),
                                     [](const Packet& packet) { return packet.line < 33; });
    BOOST_TEST(first == 17);
    BOOST_TEST(text.Of(SeenDatagram::Kind::Dns) == 4);
    BOOST_TEST(text.Of(SeenDatagram::Kind::Ntp) == 2);
    BOOST_TEST(text.Of(SeenDatagram::Kind::Arp) == 2);
    BOOST_TEST(text.Healed("cut off") == 1);
    BOOST_TEST(text.Healed("port that had become") == 4);
    BOOST_TEST(text.Healed("formula") == 1);
    BOOST_REQUIRE_EQUAL(text.rows.size(), 17);
    BOOST_TEST(text.rows[12].argument == "p01c11m094.mxlogic.net");
    BOOST_TEST(text.rows[16].verb == "QUIT");
    for (const Packet& packet : text.packets)
    {
        const bool isMail = packet.tcp.sourcePort == 25 || packet.tcp.destinationPort == 25;
        BOOST_TEST(isMail == (packet.line < 33));
    }
}

BOOST_AUTO_TEST_SUITE_END()
