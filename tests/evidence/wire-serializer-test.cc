#include "lab/evidence/wire-serializer.h"

#include "models/path/ns3-header.h"
#include "tests/evidence/packets.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(wire_serializer)

BOOST_AUTO_TEST_CASE(bytes_are_those_of_the_packet_whatever_was_serialized_before)
{
    evidence::WireSerializer serializer;
    for (const TimedPacket& packet : NinePackets())
    {
        path::WirePacket wire;
        wire.header.SetSource(Ipv4{packet.outward ? MAIL_HOST : SERVER});
        wire.header.SetDestination(Ipv4{packet.outward ? SERVER : MAIL_HOST});
        wire.header.SetProtocol(6);
        wire.header.SetTtl(packet.ip[8]);
        wire.header.SetIdentification(static_cast<std::uint16_t>(packet.ip[4] << 8 | packet.ip[5]));
        if ((packet.ip[6] & 0x40) != 0)
        {
            wire.header.SetDontFragment();
        }
        wire.payload = ns3::Create<ns3::Packet>(packet.ip.data() + 20,
                                                static_cast<std::uint32_t>(packet.ip.size() - 20));
        wire.header.SetPayloadSize(static_cast<std::uint16_t>(wire.payload->GetSize()));
        const std::size_t size = serializer.Serialize(wire);
        const Bytes bytes(serializer.Data(), serializer.Data() + size);
        BOOST_TEST(bytes == packet.ip, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(the_header_is_the_one_that_ns3_writes_with_checksums_on)
{
    ns3::Ipv4Header header;
    header.SetSource(ns3::Ipv4Address("255.255.255.254"));
    header.SetDestination(ns3::Ipv4Address("254.255.255.255"));
    header.SetProtocol(17);
    header.SetTos(0xC0);
    header.SetIdentification(0xFFFF);
    header.SetMoreFragments();
    header.SetFragmentOffset(1480);
    header.SetPayloadSize(4);
    header.EnableChecksum();
    ns3::Ptr<ns3::Packet> reference = ns3::Create<ns3::Packet>(4);
    const path::WirePacket wire{path::FromNs3(header), reference->Copy()};
    reference->AddHeader(header);
    Bytes expected(reference->GetSize());
    reference->CopyData(expected.data(), reference->GetSize());
    evidence::WireSerializer serializer;
    const std::size_t size = serializer.Serialize(wire);
    BOOST_TEST(Bytes(serializer.Data(), serializer.Data() + size) == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
