// What tshark makes of the messages, each in a datagram and in a TCP connection of its own.

#include "models/kerberos/framing.h"
#include "models/kerberos/time-service.h"
#include "tests/kerberos/domain-rig.h"
#include "tests/skip.h"

#include "formats/packet.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace bouncelab::kerberos
{

namespace
{

constexpr std::uint16_t CLIENT_PORT = 49152;

/// A pcap file of raw IPv4 (link type 101).
class CaptureFile
{
  public:
    explicit CaptureFile(const std::string& name)
        : m_path((std::filesystem::temp_directory_path() /
                  ("kerberos-" + name + std::to_string(getpid()) + ".pcap"))
                     .string())
    {
        Put({0xA1B2C3D4, 0x00020004, 0, 0, 65535, 101});
    }

    ~CaptureFile() { std::filesystem::remove(m_path); }

    void AddDatagram(bool fromClient, std::uint16_t port, std::string_view octets)
    {
        std::string head(UDP_BYTES, '\0');
        std::uint8_t* at = reinterpret_cast<std::uint8_t*>(head.data());
        at = Write16(at, fromClient ? m_port : port);
        at = Write16(at, fromClient ? port : m_port);
        Write16(at, static_cast<std::uint16_t>(UDP_BYTES + octets.size()));
        AddPacket(fromClient, protocol::UDP, head + std::string(octets));
    }

    /// One message in one segment of a connection that began before.
    void AddSegment(bool fromClient, std::string_view octets)
    {
        std::string head(TCP_BYTES, '\0');
        std::uint8_t* at = reinterpret_cast<std::uint8_t*>(head.data());
        at = Write16(at, fromClient ? m_port : KERBEROS_PORT);
        at = Write16(at, fromClient ? KERBEROS_PORT : m_port);
        at = Write32(at, m_sequence[fromClient]);
        at = Write32(at, m_sequence[!fromClient]);
        at = Write16(at, 0x5018);
        Write16(at, 65535);
        m_sequence[fromClient] += static_cast<std::uint32_t>(octets.size());
        AddPacket(fromClient, protocol::TCP, head + std::string(octets));
    }

    void NextConnection() { ++m_port; }

    /// What tshark prints.
    std::string Dissect(const std::string& arguments) const
    {
        std::ofstream(m_path, std::ios::binary) << m_file;
        const std::string command =
            "tshark -o tcp.check_checksum:FALSE -r " + m_path + " " + arguments + " 2>/dev/null";
        FILE* pipe = popen(command.c_str(), "r");
        std::string out;
        std::array<char, 4096> buffer{};
        while (pipe && std::fgets(buffer.data(), buffer.size(), pipe))
        {
            out += buffer.data();
        }
        BOOST_TEST((pipe && pclose(pipe) == 0));
        return out;
    }

    std::string Faults() const
    {
        return Dissect("-Y '_ws.malformed || _ws.expert.severity >= \"Note\" || "
                       "_ws.unreassembled' -V");
    }

  private:
    void Put(std::initializer_list<std::uint32_t> numbers)
    {
        for (const std::uint32_t number : numbers)
        {
            std::uint8_t octets[4];
            Write32(octets, number);
            m_file.append(octets, octets + 4);
        }
    }

    void AddPacket(bool fromClient, std::uint8_t kind, const std::string& payload)
    {
        std::string packet(IPV4_BYTES, '\0');
        std::uint8_t* head = reinterpret_cast<std::uint8_t*>(packet.data());
        head[0] = 0x45;
        Write16(head + 2, static_cast<std::uint16_t>(IPV4_BYTES + payload.size()));
        head[8] = 64;
        head[9] = kind;
        Write32(head + 12, fromClient ? 0xC0000201 : 0xC0000202);
        Write32(head + 16, fromClient ? 0xC0000202 : 0xC0000201);
        Write16(head + 10, InternetChecksum({head, IPV4_BYTES}));
        packet += payload;
        const auto size = static_cast<std::uint32_t>(packet.size());
        Put({1262304000, ++m_time, size, size});
        m_file += packet;
    }

    std::string m_path;
    std::string m_file;
    std::uint16_t m_port = CLIENT_PORT;
    std::uint32_t m_sequence[2] = {5000, 1000};
    std::uint32_t m_time = 0;
};

/// Everything that the KDCs may be asked and answer, for one implementation.
DomainRig
Played(const KerberosPersona& persona)
{
    DomainRig rig(TwoControllers(), persona);
    rig.SetClock("hub1", std::chrono::seconds(-600));
    rig.Authenticate();
    rig.Authenticate("SMTPSVC/nobody.example.com");
    rig.client.ForgetAll();
    rig.SetClock("dc1", std::chrono::hours(24));
    rig.client.SetControllers({"dc2"});
    rig.Authenticate();
    rig.SetClock("dc2", std::chrono::hours(24));
    rig.Authenticate("HUB3$");
    return rig;
}

KerberosPersona
Windows2008()
{
    KerberosPersona persona;
    persona.client.udpBelow = 0;
    persona.client.netbiosAddress = true;
    persona.client.offeredTypes = {18, 17, 23, 24, -135, 3};
    persona.kdc.encryptionTypes = {EncryptionType::Aes256,
                                   EncryptionType::Aes128,
                                   EncryptionType::Rc4Hmac};
    persona.kdc.preAuthHints = {2, 16, 15};
    return persona;
}

} // namespace

BOOST_AUTO_TEST_SUITE(capture,
                      *boost::unit_test::precondition(tests::IfRuns{"tshark --version", "tshark"}))

BOOST_AUTO_TEST_CASE(EveryMessageIsDecodedInDatagramsAndInStreams)
{
    const DomainRig rigs[] = {Played(KerberosPersona()), Played(Windows2008())};
    for (const bool tcp : {false, true})
    {
        CaptureFile file(tcp ? "tcp" : "udp");
        std::size_t count = 0;
        for (const DomainRig& rig : rigs)
        {
            for (const auto* wire : {&rig.wire, &rig.tokens})
            {
                for (const WireMessage& message : *wire)
                {
                    ++count;
                    if (tcp)
                    {
                        file.AddSegment(message.fromClient, Framed(message.octets));
                    }
                    else
                    {
                        file.AddDatagram(message.fromClient, KERBEROS_PORT, message.octets);
                    }
                }
                file.NextConnection();
            }
        }
        BOOST_TEST(file.Faults() == "");
        const std::string types = file.Dissect("-Y kerberos -T fields -e kerberos.msg_type");
        BOOST_TEST(static_cast<std::size_t>(std::count(types.begin(), types.end(), '\n')) == count);
        for (const char* type : {"10", "11", "12", "13", "14", "15", "30"})
        {
            BOOST_TEST(types.find(type) != std::string::npos, type);
        }
        BOOST_TEST(file.Dissect("-Y kerberos.error_code -T fields -e kerberos.error_code")
                       .find("25\n37\n7\n") == 0u);
    }
}

BOOST_AUTO_TEST_CASE(FieldsAreWhatTheyWereWrittenAs)
{
    const DomainRig rig = Played(Windows2008());
    CaptureFile file("fields");
    for (const WireMessage& message : rig.wire)
    {
        file.AddDatagram(message.fromClient, KERBEROS_PORT, message.octets);
    }
    BOOST_TEST(file.Dissect("-Y 'frame.number == 2' -T fields -e kerberos.padata_type -e "
                            "kerberos.info2_salt") ==
               "19,2,16,15\tEXAMPLE.COMhosthub1.example.com,EXAMPLE.COMhosthub1.example.com\n");
    BOOST_TEST(file.Dissect("-Y 'frame.number == 1' -T fields -e kerberos.CNameString -e "
                            "kerberos.realm -e kerberos.SNameString -e kerberos.addr_nb") ==
               "HUB1$\tEXAMPLE.COM\tkrbtgt,EXAMPLE.COM\tHUB1\n");
    BOOST_TEST(file.Dissect("-Y 'kerberos.msg_type == 12' -T fields -e kerberos.SNameString")
                   .find("SMTPSVC,hub2.example.com") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(TimeIsAskedForInBothForms)
{
    const Secret secret{"HUB1$", "machine", 1};
    for (const std::uint32_t keyId : {0u, 1105u})
    {
        DriftingClock clock(START, Nanoseconds(0), 0);
        TimeService service(TimeServiceConfig(), clock, keyId);
        service.SetSources({"dc1"});
        service.Advance(Nanoseconds(0));
        const std::string request = service.TakeSend()->octets;
        const std::string answer = *AnswerTime(request, {2, 0x0A000001, START}, START, &secret);
        BOOST_TEST(request.size() == (keyId == 0 ? 48u : 68u));
        CaptureFile file("time");
        file.AddDatagram(true, NTP_PORT, request);
        file.AddDatagram(false, NTP_PORT, answer);
        BOOST_TEST(file.Faults() == "");
        BOOST_TEST(file.Dissect("-Y ntp -T fields -e ntp.flags.mode -e ntp.stratum -e "
                                "ntp.keyid") ==
                   (keyId == 0 ? "3\t0\t\n4\t2\t\n" : "3\t0\t51040000\n4\t2\t51040000\n"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::kerberos
