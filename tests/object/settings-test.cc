#include "models/object/settings.h"

#include "models/host/stack-profile.h"
#include "models/middlebox/injector-config.h"
#include "models/path/path-config.h"

#include <ns3/config.h>
#include <ns3/core-module.h>
#include <ns3/ipv4-address.h>

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using InjectorSettings = object::Settings<middlebox::InjectorConfig>;
using StackSettings = object::Settings<host::StackProfile>;
using HopSettings = object::Settings<path::HopConfig>;

BOOST_AUTO_TEST_SUITE(settings)

BOOST_AUTO_TEST_CASE(keys_are_attributes_with_their_defaults)
{
    const auto settings = ns3::CreateObject<InjectorSettings>();
    BOOST_TEST(settings->value.atHop == middlebox::InjectorConfig{}.atHop);
    BOOST_TEST(settings->value.watch.command == "RCPT");
    BOOST_TEST(settings->value.watch.needsSyn);
    ns3::TypeId::AttributeInformation hop;
    BOOST_REQUIRE(ns3::TypeId::LookupByName("bouncelab::InjectorConfig")
                      .LookupAttributeByName("AtHop", &hop));
    BOOST_TEST(hop.help.find("counted from where the line begins") != std::string::npos);
    ns3::TimeValue delay;
    settings->GetAttribute("ProcessingDelay", delay);
    BOOST_TEST(delay.Get() == ns3::NanoSeconds(4099000));
}

BOOST_AUTO_TEST_CASE(every_kind_is_set_as_ns3_sets_it)
{
    const auto injector =
        ns3::CreateObjectWithAttributes<InjectorSettings>("AtHop",
                                                          ns3::UintegerValue(5),
                                                          "Pattern",
                                                          ns3::StringValue("@neptune"),
                                                          "NeedsSyn",
                                                          ns3::BooleanValue(false),
                                                          "ProcessingDelay",
                                                          ns3::StringValue("2ms"),
                                                          "Trigger",
                                                          ns3::StringValue("syn-ack"));
    BOOST_TEST(injector->value.atHop == 5U);
    BOOST_TEST(injector->value.watch.pattern == "@neptune");
    BOOST_TEST(!injector->value.watch.needsSyn);
    BOOST_TEST((injector->value.processingDelay == Nanoseconds(2000000)));
    BOOST_TEST((injector->value.watch.trigger == middlebox::TriggerKind::SynAck));

    const auto hop = ns3::CreateObject<HopSettings>();
    hop->SetAttribute("Address", ns3::Ipv4AddressValue("192.0.2.7"));
    hop->SetAttribute("BitsPerSecond", ns3::UintegerValue(64000));
    BOOST_TEST(hop->value.address.ToString() == "192.0.2.7");
    BOOST_TEST(hop->value.bitsPerSecond == 64000U);
}

BOOST_AUTO_TEST_CASE(ranges_hold)
{
    const auto stack = ns3::CreateObject<StackSettings>();
    BOOST_TEST(stack->SetAttributeFailSafe("Ttl", ns3::UintegerValue(255)));
    BOOST_TEST(!stack->SetAttributeFailSafe("Ttl", ns3::UintegerValue(256)));
    BOOST_TEST(!stack->SetAttributeFailSafe("Ttl", ns3::UintegerValue(0)));
    BOOST_TEST(!stack->SetAttributeFailSafe("AckDelay", ns3::TimeValue(ns3::Seconds(1))));
    BOOST_TEST(!stack->SetAttributeFailSafe("IpId", ns3::StringValue("no-such-policy")));
    BOOST_TEST(stack->SetAttributeFailSafe("IpId", ns3::StringValue("zero")));
    BOOST_TEST((stack->value.ipId == host::IpIdPolicy::Zero));
    BOOST_TEST(stack->value.ttl == 255);
}

BOOST_AUTO_TEST_CASE(defaults_are_set_from_outside)
{
    StackSettings::GetTypeId();
    ns3::Config::SetDefault("bouncelab::StackProfile::Ttl", ns3::UintegerValue(99));
    BOOST_TEST(ns3::CreateObject<StackSettings>()->value.ttl == 99);
    ns3::Config::Reset();
    BOOST_TEST(ns3::CreateObject<StackSettings>()->value.ttl == 64);
}

BOOST_AUTO_TEST_SUITE_END()
