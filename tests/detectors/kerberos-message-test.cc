#include "detectors/readers/kerberos-message.h"

#include "detectors/readers/capture-reader.h"
#include "detectors/readers/evidence-folder.h"
#include "run-detector.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// An element of DER.
std::string
Der(unsigned char tag, const std::string& inside)
{
    std::string element(1, static_cast<char>(tag));
    if (inside.size() > 127)
    {
        element += '\x82';
        element += static_cast<char>(inside.size() >> 8);
    }
    return element + static_cast<char>(inside.size() & 0xFF) + inside;
}

std::string
Sequence(const std::string& inside)
{
    return Der(0x30, inside);
}

/// A member of a sequence.
std::string
Member(unsigned char number, const std::string& inside)
{
    return Der(static_cast<unsigned char>(0xA0 | number), inside);
}

std::string
Application(unsigned char number, const std::string& inside)
{
    return Der(static_cast<unsigned char>(0x60 | number), inside);
}

std::string
Integer(unsigned char value)
{
    return Der(0x02, std::string(1, static_cast<char>(value)));
}

std::string
Name(const std::string& service, const std::string& host)
{
    return Sequence(Member(0, Integer(2)) +
                    Member(1, Sequence(Der(0x1B, service) + Der(0x1B, host))));
}

const std::string HUB2 = Name("SMTPSVC", "hub2.example.com");

const std::string REFUSAL = Application(
    30,
    Sequence(Member(0, Integer(5)) + Member(1, Integer(30)) +
             Member(4, Der(0x18, "20100104081000Z")) + Member(5, Integer(0)) +
             Member(6, Integer(7)) + Member(9, Der(0x1B, "EXAMPLE.COM")) + Member(10, HUB2)));

const std::string REQUEST =
    Application(12,
                Sequence(Member(1, Integer(5)) + Member(2, Integer(12)) +
                         Member(4,
                                Sequence(Member(2, Der(0x1B, "EXAMPLE.COM")) + Member(3, HUB2) +
                                         Member(7, Integer(9))))));

const std::string TICKET = Application(
    13,
    Sequence(
        Member(0, Integer(5)) + Member(1, Integer(13)) +
        Member(5,
               Application(1,
                           Sequence(Member(1, Der(0x1B, "EXAMPLE.COM")) + Member(2, HUB2) +
                                    Member(3,
                                           Sequence(Member(0, Integer(18)) + Member(1, Integer(3)) +
                                                    Member(2, Der(0x04, "..."))))))) +
        Member(6, Sequence(Member(0, Integer(18))))));

ByteView
Octets(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string
Framed(const std::string& message)
{
    return std::string(2, '\0') + static_cast<char>(message.size() >> 8) +
           static_cast<char>(message.size() & 0xFF) + message;
}

std::string
Number16(std::size_t value)
{
    return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
}

/// From 10.1.1.25, port 1025, to 10.1.2.10.
std::string
UdpPacket(std::uint16_t port, const std::string& payload)
{
    const std::string udp =
        Number16(1025) + Number16(port) + Number16(8 + payload.size()) + Number16(0) + payload;
    return "\x45" + std::string(1, '\0') + Number16(20 + udp.size()) + Number16(7) + Number16(0) +
           "\x80\x11" + Number16(0) + "\x0A\x01\x01\x19\x0A\x01\x02\x0A" + udp;
}

std::string
Number32(std::size_t value)
{
    return Number16(value >> 16) + Number16(value & 0xFFFF);
}

/// A capture of raw IP.
std::string
CaptureOf(const std::vector<std::string>& packets)
{
    std::string bytes = Number32(0xA1B2C3D4) + Number16(2) + Number16(4) + Number32(0) +
                        Number32(0) + Number32(65535) + Number32(101);
    for (const std::string& packet : packets)
    {
        bytes += Number32(1262592000) + Number32(0) + Number32(packet.size()) +
                 Number32(packet.size()) + packet;
    }
    return bytes;
}

const std::string DNS_QUERY = UdpPacket(53, std::string(12, '\0'));

/// What is told of a capture in a folder, and of what was wrong with it.
std::pair<FileReading, std::vector<std::string>>
ReadingOf(const std::string& capture)
{
    const EvidenceScratch folder;
    folder.Write("capture.pcap", capture);
    EvidenceContext context;
    std::pair<FileReading, std::vector<std::string>> told;
    EvidenceHandler handler;
    handler.flow = [](const Evidence&) {};
    handler.note = [&](const std::string& note) { told.second.push_back(note); };
    handler.file = [&](const FileReading& reading) { told.first = reading; };
    const auto problem = ReadEvidence(folder.Path(), context, handler);
    BOOST_TEST(!problem);
    return told;
}

} // namespace

BOOST_AUTO_TEST_SUITE(kerberos_message)

BOOST_AUTO_TEST_CASE(an_error)
{
    const auto message = ParseKerberos(Octets(REFUSAL));
    BOOST_REQUIRE(message);
    BOOST_TEST((message->type == KerberosMessage::Type::Error));
    BOOST_TEST(message->error == 7u);
    BOOST_TEST(NameOfKerberosError(message->error) == "KDC_ERR_S_PRINCIPAL_UNKNOWN");
    BOOST_TEST(message->service == "SMTPSVC/hub2.example.com");
    BOOST_REQUIRE(message->serverTime);
    BOOST_TEST(UtcStamp(*message->serverTime) == "2010-01-04T08:10:00.000Z");
}

BOOST_AUTO_TEST_CASE(a_request_and_a_ticket)
{
    const auto request = ParseKerberos(Octets(REQUEST));
    BOOST_REQUIRE(request);
    BOOST_TEST(request->IsRequest());
    BOOST_TEST(request->service == "SMTPSVC/hub2.example.com");
    const auto ticket = ParseKerberos(Octets(TICKET));
    BOOST_REQUIRE(ticket);
    BOOST_TEST(ticket->service == "SMTPSVC/hub2.example.com");
    BOOST_TEST(ticket->keyVersion.value_or(0) == 3u);
}

BOOST_AUTO_TEST_CASE(octets_behind_it_do_not_count)
{
    const auto message = ParseKerberos(Octets(REFUSAL + std::string("\x01\x02", 2)));
    BOOST_REQUIRE(message);
    BOOST_TEST(message->error == 7u);
}

BOOST_AUTO_TEST_CASE(a_part_is_no_message)
{
    for (const std::string& whole : {REFUSAL, REQUEST, TICKET})
    {
        for (std::size_t length = 0; length < whole.size(); ++length)
        {
            BOOST_TEST(!ParseKerberos(Octets(std::string_view(whole).substr(0, length))));
        }
    }
}

BOOST_AUTO_TEST_CASE(damage_is_survived)
{
    for (const std::string& whole : {REFUSAL, TICKET})
    {
        for (std::size_t at = 0; at < whole.size(); ++at)
        {
            for (const char octet : {'\x00', '\x7F', '\x80', '\xFF'})
            {
                std::string damaged = whole;
                damaged[at] = octet;
                const auto message = ParseKerberos(Octets(damaged));
                BOOST_TEST((!message || message->service.size() < whole.size()));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stream)
{
    const std::string stream = Framed(REFUSAL) + Framed(TICKET);
    BOOST_TEST(ParseKerberosStream(stream).size() == 2u);
    BOOST_TEST(ParseKerberosStream(stream + "220 no").size() == 2u);
    for (std::size_t length = 0; length < stream.size(); ++length)
    {
        const std::size_t whole = length >= Framed(REFUSAL).size() ? 1 : 0;
        BOOST_TEST(ParseKerberosStream(stream.substr(0, length)).size() == whole);
    }
    BOOST_TEST(ParseKerberosStream("220 mx.example ESMTP\r\n").empty());
}

BOOST_AUTO_TEST_CASE(datagrams_are_not_left_out)
{
    std::vector<KerberosDatagram> seen;
    const std::string capture = CaptureOf({UdpPacket(88, REQUEST), DNS_QUERY});
    const CaptureSummary summary = ReadCapture(
        OpenBytes(capture),
        [](const Packet&) {},
        [&](const KerberosDatagram& datagram) { seen.push_back(datagram); });
    BOOST_REQUIRE(seen.size() == 1u);
    BOOST_TEST((seen[0].message && seen[0].message->IsRequest()));
    BOOST_TEST(summary.datagrams == 1u);
    BOOST_TEST(summary.tcpPackets == 0u);
    BOOST_TEST(summary.leftOut.at("UDP") == 1u);
    BOOST_TEST(summary.problem == "");
    const CaptureSummary unheard = ReadCapture(OpenBytes(capture), [](const Packet&) {});
    BOOST_TEST(unheard.leftOut.at("UDP") == 2u);
    BOOST_TEST(unheard.isOfOtherProtocols);
}

BOOST_AUTO_TEST_CASE(a_capture_of_datagrams_alone_is_read)
{
    const auto [kerberos, notes] = ReadingOf(CaptureOf({UdpPacket(88, REQUEST), DNS_QUERY}));
    BOOST_TEST(kerberos.packets == 1u);
    BOOST_TEST(kerberos.problem == "");
    BOOST_TEST((kerberos.leftOut == std::vector<std::string>{"1 frame: UDP"}));
    BOOST_TEST(notes.empty());
    const auto [other, why] = ReadingOf(CaptureOf({DNS_QUERY}));
    BOOST_TEST(other.packets == 0u);
    BOOST_TEST(other.problem.find("none of its 1 frames holds TCP over IP") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
