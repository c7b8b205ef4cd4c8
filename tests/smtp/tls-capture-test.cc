// What tshark makes of our octets, in a capture made of one TCP connection.

#include "tests/skip.h"
#include "tests/smtp/dialog.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace bouncelab::smtp
{

namespace
{

void
Put(std::string& out, std::uint64_t value, int octets)
{
    for (int i = octets - 1; i >= 0; --i)
    {
        out += static_cast<char>(value >> (8 * i) & 255);
    }
}

/// Writes a conversation as a pcap file of raw IPv4 (link type 101), segments of at most 1400.
class CaptureFile
{
  public:
    CaptureFile()
        : m_path((std::filesystem::temp_directory_path() /
                  ("smtp-" + std::to_string(std::rand()) + ".pcap"))
                     .string())
    {
        Put(m_file, 0xA1B2C3D4, 4);
        Put(m_file, 0x00020004, 4);
        Put(m_file, 0, 8);
        Put(m_file, 65535, 4);
        Put(m_file, 101, 4);
        SegmentDraft(true, 0x02, {});
        ++m_sequence[1];
        SegmentDraft(false, 0x12, {});
        ++m_sequence[0];
        SegmentDraft(true, 0x10, {});
    }

    ~CaptureFile() { std::filesystem::remove(m_path); }

    void Add(bool fromClient, std::string_view octets)
    {
        while (!octets.empty())
        {
            const std::string_view part = octets.substr(0, 1400);
            SegmentDraft(fromClient, 0x18, part);
            m_sequence[fromClient] += static_cast<std::uint32_t>(part.size());
            octets.remove_prefix(part.size());
        }
    }

    /// What tshark prints; nothing if it cannot be run.
    std::string Dissect(const std::string& arguments) const
    {
        std::ofstream(m_path, std::ios::binary) << m_file;
        const std::string command =
            "tshark -o tcp.check_checksum:FALSE -o smtp.decryption:TRUE -r " + m_path + " " +
            arguments + " 2>/dev/null";
        FILE* pipe = popen(command.c_str(), "r");
        std::string out;
        std::array<char, 4096> buffer{};
        while (pipe && std::fgets(buffer.data(), buffer.size(), pipe))
        {
            out += buffer.data();
        }
        if (pipe)
        {
            pclose(pipe);
        }
        return out;
    }

  private:
    void SegmentDraft(bool fromClient, std::uint8_t flags, std::string_view octets)
    {
        std::string packet;
        Put(packet, 0x4500, 2);
        Put(packet, 40 + octets.size(), 2);
        Put(packet, 0x00004000, 4);
        Put(packet, 0x40060000, 4);
        Put(packet, fromClient ? 0xC0000201 : 0xC0000202, 4);
        Put(packet, fromClient ? 0xC0000202 : 0xC0000201, 4);
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < 20; i += 2)
        {
            sum += static_cast<std::uint32_t>(static_cast<unsigned char>(packet[i]) << 8 |
                                              static_cast<unsigned char>(packet[i + 1]));
        }
        sum = (sum & 0xFFFF) + (sum >> 16);
        packet[10] = static_cast<char>(~sum >> 8 & 255);
        packet[11] = static_cast<char>(~sum & 255);
        Put(packet, fromClient ? 40000 : 25, 2);
        Put(packet, fromClient ? 25 : 40000, 2);
        Put(packet, m_sequence[fromClient], 4);
        Put(packet, flags == 0x02 ? 0 : m_sequence[!fromClient], 4);
        Put(packet, 0x5000u | flags, 2);
        Put(packet, 65535, 2);
        Put(packet, 0, 4);
        packet += octets;
        Put(m_file, 1300000000, 4);
        Put(m_file, ++m_time, 4);
        Put(m_file, packet.size(), 4);
        Put(m_file, packet.size(), 4);
        m_file += packet;
    }

    std::string m_path;
    std::string m_file;
    std::uint32_t m_sequence[2] = {5000, 1000};
    std::uint32_t m_time = 0;
};

/// Plays a mail and hands its capture on.
template <class Check>
void
Capture(const ClientPersona& client, const ServerPersona& server, Check&& check)
{
    Accounts policy;
    Dialog dialog(client,
                  server,
                  policy,
                  SmallMail("Subject: x\r\n\r\n" + std::string(20000, 'x') + "\r\n"));
    dialog.Run();
    BOOST_TEST_REQUIRE(dialog.heard.messages.size() == 1u);
    CaptureFile file;
    for (const auto& [fromClient, octets] : dialog.wire)
    {
        file.Add(fromClient, octets);
    }
    const std::string faults =
        file.Dissect("-Y '_ws.malformed || _ws.expert.severity >= 8388608 || _ws.unreassembled'");
    BOOST_TEST(faults == "");
    check(file);
}

} // namespace

BOOST_AUTO_TEST_SUITE(tls_capture,
                      *boost::unit_test::precondition(tests::IfRuns{"tshark --version", "tshark"}))

BOOST_AUTO_TEST_CASE(NothingIsMalformedAndTheHandshakeIsThere)
{

    struct Case
    {
        TlsVersion version;
        const char* suite;
        const char* messages;
    };

    for (const Case& c :
         {Case{TlsVersion::Tls10, "TLS_RSA_WITH_AES_128_CBC_SHA", "1\n2,11,14\n16\n"},
          Case{TlsVersion::Tls10, "TLS_RSA_WITH_RC4_128_MD5", "1\n2,11,14\n16\n"},
          Case{TlsVersion::Tls11, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "1\n2,11,12,14\n16\n"},
          Case{TlsVersion::Tls12, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "1\n2,11,12,14\n16\n"}})
    {
        ClientPersona client;
        client.tls.wanted = true;
        client.tls.persona.newest = c.version;
        client.tls.persona.suites.insert(client.tls.persona.suites.begin(), c.suite);
        ServerPersona server;
        server.keywords = {"SIZE", "STARTTLS"};
        server.tls.newest = c.version;
        server.tls.suites = {c.suite};
        Capture(client,
                server,
                [&c](const CaptureFile& file)
                {
                    BOOST_TEST(file.Dissect("-Y tls.handshake.type -T fields -e "
                                            "tls.handshake.type") == c.messages);
                    BOOST_TEST(file.Dissect("-Y 'tls.handshake.type == 1' -T fields -e "
                                            "tls.handshake.extensions_server_name") ==
                               "mx.example.org\n");
                    BOOST_TEST(file.Dissect("-Y 'tls.handshake.type == 11' -T fields -e "
                                            "x509sat.uTF8String")
                                   .find("mx.example.org") != std::string::npos);
                    // Content, commands and QUIT; and in the end two warnings in disguise.
                    BOOST_TEST(file.Dissect("-Y 'tls.record.content_type == 23' -T fields -e "
                                            "frame.number") != "");
                    BOOST_TEST(file.Dissect("-Y 'smtp.req.command == \"MAIL\"'") == "");
                });
    }
}

BOOST_AUTO_TEST_CASE(AuthenticationIsReadAsWhatItIs)
{
    ServerPersona server;
    server.keywords = {"SIZE", "AUTH NTLM LOGIN PLAIN GSSAPI"};
    ClientPersona client;
    client.auth.wanted = true;
    client.auth.user = "EXAMPLE\\jia";
    client.auth.password = "secret";
    // tshark looks for NTLM in exchanges that begin with the command.
    client.auth.initialResponse = true;
    client.auth.mechanisms = {AuthMechanism::Ntlm};
    Capture(client,
            server,
            [](const CaptureFile& file)
            {
                BOOST_TEST(file.Dissect("-Y ntlmssp -T fields -e ntlmssp.messagetype") ==
                           "0x00000001\n0x00000002\n0x00000003\n");
                BOOST_TEST(file.Dissect("-Y 'ntlmssp.messagetype == 3' -T fields -e "
                                        "ntlmssp.auth.domain -e ntlmssp.auth.username") ==
                           "EXAMPLE\tjia\n");
                BOOST_TEST(file.Dissect("-Y 'ntlmssp.messagetype == 2' -T fields -e "
                                        "ntlmssp.challenge.target_name") == "EXAMPLE\n");
            });
    client.auth.initialResponse = false;
    client.auth.mechanisms = {AuthMechanism::Login};
    client.auth.user = "jia";
    Capture(client,
            server,
            [](const CaptureFile& file) {
                BOOST_TEST(file.Dissect("-Y smtp.auth.username -T fields -e smtp.auth.username") !=
                           "");
            });
    client.auth.mechanisms = {AuthMechanism::Gssapi};
    Capture(client, server, [](const CaptureFile&) {});
    client.auth.mechanisms = {AuthMechanism::Plain};
    client.auth.initialResponse = true;
    Capture(client, server, [](const CaptureFile&) {});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
