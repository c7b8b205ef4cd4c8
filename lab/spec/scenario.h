#ifndef BOUNCELAB_LAB_SPEC_SCENARIO_H
#define BOUNCELAB_LAB_SPEC_SCENARIO_H

#include "formats/address.h"
#include "formats/field-type.h"
#include "lab/spec/in-path-config.h"
#include "lab/spec/mail-program-config.h"
#include "lab/spec/middleboxes.h"
#include "lab/spec/probe-config.h"
#include "models/connector/filter-config.h"
#include "models/connector/organization.h"
#include "models/connector/receive-connector-config.h"
#include "models/connector/transport-config.h"
#include "models/host/stack-profile.h"
#include "models/mail/mta-persona.h"
#include "models/mail/queue-persona.h"
#include "models/path/nat-config.h"
#include "models/path/path-config.h"
#include "models/service/directory-config.h"
#include "models/smtp/manual-session-config.h"
#include "models/smtp/server-persona.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::spec
{

/// A machine with a TCP/IP stack, and the mail programs that run on it.
struct HostConfig
{
    Ipv4 address;
    std::string hostname;
    std::string reverseName;
    PersonaRef<host::StackProfile> stack;
    host::HostStart start;
    Nanoseconds clockOffset{0};
    std::optional<PersonaRef<mail::MtaPersona>> sends;
    std::optional<PersonaRef<smtp::ServerPersona>> serves;
    std::map<std::string, std::string> recipientReplies;
    bool acceptsUnlisted = true;
    std::map<std::string, ConnectorConfig> connectors;
    connector::OrganizationConfig organization;
    connector::TransportConfig transport;
    std::optional<service::DirectoryConfig> directory;
    std::optional<RelayConfig> relay;
    mail::QueueStart queue;
};

template <class Visitor>
void
Describe(Visitor& v, HostConfig& h)
{
    v.Field("address", h.address, {"IPv4 address.", "", 0, 0, true});
    v.Field("hostname", h.hostname, {"Name that the host calls itself by.", "", 0, 0, true});
    v.Field("reverse-name",
            h.reverseName,
            {"Name that reverse DNS has for its address; empty = none."});
    v.Field("stack", h.stack, {"Stack persona: how its TCP/IP looks and behaves.", "", 0, 0, true});
    v.Field("start", h.start, {"Where its counters and clocks stand at the start."});
    v.Field(
        "clock-offset",
        h.clockOffset,
        {"How far its clock is ahead of true time; shows in its logs only.", "", -400e15, 400e15});
    v.Field("sends", h.sends, {"MTA persona, for a host that sends mail."});
    v.Field("serves", h.serves, {"SMTP server persona, for a host that receives mail."});
    v.Field(
        "recipient-replies",
        h.recipientReplies,
        {"Recipients that the server's own tables refuse or redirect, with the reply they get."});
    v.Field("accepts-unlisted", h.acceptsUnlisted, {"Accepts every recipient not in that table."});
    v.Field(
        "connectors",
        h.connectors,
        {"Receive connectors, by name, over the persona in `serves`; without any the server "
         "listens to port 25 with the tables above. With `sends`, the host is a whole mail "
         "system: what connectors take is delivered to mailboxes of `organization`, sent on, or "
         "returned."});
    v.Field("organization",
            h.organization,
            {"What the connectors know of domains, mailboxes and accounts."});
    v.Field("transport", h.transport, {"Where the counters stand that the connectors share."});
    v.Field("directory",
            h.directory,
            {"A directory service beside the server, which it asks who exists; none by default: it "
             "knows at once."});
    v.Field("relay",
            h.relay,
            {"Hands everything to this server instead of looking up exchangers."});
    v.Field(
        "queue",
        h.queue,
        {"Where its mail queue's counters stand at the start. Without `hostname` it is the host's; "
         "domains whose exchanger this host is are local, too."});
}

/// The chain of hops from the gateway to one remote host; the last hop is the host itself.
struct PathToHost
{
    std::string to;
    std::string behind;
    std::vector<path::HopConfig> hops;
    double delayScale = 1;
};

template <class Visitor>
void
Describe(Visitor& v, PathToHost& p)
{
    v.Field("to", p.to, {"Name of the host at the end.", "", 0, 0, true});
    v.Field("behind",
            p.behind,
            {"Name of a station that the path begins at; empty = at the gateway."});
    v.Field("hops",
            p.hops,
            {"Hops in order from the gateway; `--set` counts them from 1.", "", 0, 0, true});
    v.Field("delay-scale",
            p.delayScale,
            {"Multiplies every link delay of the path.", "", 0.001, 1000});
}

/// The network whose administrator holds the evidence.
struct SiteConfig
{
    Ipv4 gatewayAddress;
    std::string mailHost;
    std::vector<path::HopConfig> inside;
    std::optional<path::NatConfig> nat;
    Nanoseconds utcOffset{0};
};

template <class Visitor>
void
Describe(Visitor& v, SiteConfig& s)
{
    v.Field("gateway-address",
            s.gatewayAddress,
            {"Address from which the gateway traces routes.", "", 0, 0, true});
    v.Field("mail-host", s.mailHost, {"Name of the host inside.", "", 0, 0, true});
    v.Field("inside",
            s.inside,
            {"Hops from the mail host outwards; the last one is the gateway's inside interface.",
             "",
             0,
             0,
             true});
    v.Field("nat", s.nat, {"Address translation at the gateway; none by default."});
    v.Field("utc-offset", s.utcOffset, {"Time zone of the site's logs.", "", -50400e9, 50400e9});
}

/// One message that somebody submits at a known moment.
struct MessageConfig
{
    std::string from;
    std::string to;
    std::vector<std::string> alsoTo;
    std::string via;
    Nanoseconds at{0};
    std::uint32_t bytes = 2000;
    std::string body;
};

template <class Visitor>
void
Describe(Visitor& v, MessageConfig& m)
{
    v.Field("from", m.from, {"Envelope sender.", "", 0, 0, true});
    v.Field("to", m.to, {"Envelope recipient.", "", 0, 0, true});
    v.Field("also-to", m.alsoTo, {"Further envelope recipients of the same message."});
    v.Field("via", m.via, {"Host whose queue it enters; empty = the site's mail host."});
    v.Field("at", m.at, {"When it enters that queue.", "", 0, 1e18});
    v.Field("bytes", m.bytes, {"Size of header and body.", "bytes", 400, 100e6});
    v.Field("body",
            m.body,
            {"Text that the body begins with; words follow up to `bytes`. Its lines end in LF."});
}

/// Ordinary mail at a rate: who writes to whom is drawn.
struct OrdinaryMail
{
    std::string via;
    Nanoseconds start{0};
    double perMinute = 0;
    std::vector<std::string> senders;
    std::vector<std::string> recipients;
    std::uint32_t minimumBytes = 800;
    std::uint32_t maximumBytes = 6000;
    std::uint64_t limit = 0;
    bool forgesSenders = false;
};

template <class Visitor>
void
Describe(Visitor& v, OrdinaryMail& o)
{
    v.Field("via", o.via, {"Host whose queue it enters; empty = the site's mail host."});
    v.Field("start", o.start, {"When its users begin to write.", "", 0, 1e18});
    v.Field("per-minute", o.perMinute, {"Mean number of messages.", "messages/min", 0, 1e6});
    v.Field("senders", o.senders, {"Envelope senders to draw from."});
    v.Field("recipients", o.recipients, {"Envelope recipients to draw from."});
    v.Field("minimum-bytes", o.minimumBytes, {"Smallest message.", "bytes", 400, 100e6});
    v.Field("maximum-bytes", o.maximumBytes, {"Largest message.", "bytes", 400, 100e6});
    v.Field("limit", o.limit, {"No more than this many in a run; 0 = no limit.", "messages"});
    v.Field("forges-senders",
            o.forgesSenders,
            {"The senders are other people's addresses, and these did not write."});
}

/// What goes out through the mail host.
struct MailConfig
{
    std::map<std::string, MessageConfig> messages;
    OrdinaryMail ordinary;
    std::map<std::string, OrdinaryMail> sources;
    std::map<std::string, std::string> exchangers;
};

template <class Visitor>
void
Describe(Visitor& v, MailConfig& m)
{
    v.Field("messages", m.messages, {"The messages under study, by name."});
    v.Field("ordinary", m.ordinary, {"The other mail of the day."});
    v.Field("sources", m.sources, {"Further mail at a rate, by name: other people's."});
    v.Field("exchangers",
            m.exchangers,
            {"Mail domain to the name of the host that takes its mail."});
}

/// Which interface of a station: it has one towards the site, and others towards the hosts behind.
enum class StationSide
{
    Site,
    Customers,
};

constexpr auto
EnumNames(StationSide)
{
    return std::array<EnumName<StationSide>, 2>{
        {{"site", StationSide::Site}, {"customers", StationSide::Customers}}};
}

// Places of a vantage that are neither a host nor a station.
constexpr std::string_view GATEWAY_INSIDE = "gateway-inside";
constexpr std::string_view GATEWAY_OUTSIDE = "gateway-outside";

/// Where evidence is collected, and with what.
struct VantageConfig
{
    std::string place;
    StationSide side = StationSide::Site;
    std::vector<std::string> unionOf;
    bool capture = false;
    bool snort = false;
    bool mailLog = false;
    bool bounces = false;
    bool exchangeLogs = false;
    bool clientErrors = false;
    bool relayTranscripts = false;
    bool directoryLoad = false;
    Nanoseconds clockOffset{0};
    Nanoseconds clockResolution{1000};
    MacAddress outwardSource;
    MacAddress outwardDestination;
    MacAddress inwardSource;
    MacAddress inwardDestination;
};

template <class Visitor>
void
Describe(Visitor& v, VantageConfig& c)
{
    v.Field("place",
            c.place,
            {"`gateway-inside`, `gateway-outside`, or the name of a station or a host."});
    v.Field("side", c.side, {"Of a station: which of its interfaces."});
    v.Field("union-of",
            c.unionOf,
            {"Vantages that one administrator holds together; excludes `place`."});
    v.Field("capture", c.capture, {"Writes capture.pcap."});
    v.Field("snort", c.snort, {"Writes snort's ASCII packet log."});
    v.Field("mail-log", c.mailLog, {"Writes the log of the mail program on that host."});
    v.Field("bounces",
            c.bounces,
            {"Keeps the mailboxes of its users: bounces, and what else came for them."});
    v.Field("exchange-logs",
            c.exchangeLogs,
            {"Writes Exchange's logs as its server's persona keeps them (`log`), and the filter "
             "agent's."});
    v.Field("client-errors",
            c.clientErrors,
            {"Keeps the errors that the mail program on that host shows."});
    v.Field("relay-transcripts",
            c.relayTranscripts,
            {"Keeps what relay testers on that host print."});
    v.Field("directory-load",
            c.directoryLoad,
            {"Writes the load of that host's directory, interval by interval."});
    v.Field("clock-offset",
            c.clockOffset,
            {"How far the capturing clock is ahead of true time.", "", -400e15, 400e15});
    v.Field("clock-resolution", c.clockResolution, {"Step of the capturing clock.", "", 1, 1e9});
    v.Field("outward-source", c.outwardSource, {"Ethernet source of outward frames."});
    v.Field("outward-destination",
            c.outwardDestination,
            {"Ethernet destination of outward frames."});
    v.Field("inward-source", c.inwardSource, {"Ethernet source of inward frames."});
    v.Field("inward-destination", c.inwardDestination, {"Ethernet destination of inward frames."});
}

/// A traceroute that the operator has planned from the gateway.
struct TracerouteConfig
{
    std::string to;
    Nanoseconds at{0};
    std::uint8_t maximumHops = 64;
};

template <class Visitor>
void
Describe(Visitor& v, TracerouteConfig& t)
{
    v.Field("to", t.to, {"Name of the host to trace to.", "", 0, 0, true});
    v.Field("at", t.at, {"When the operator starts it.", "", 0, 1e18});
    v.Field("maximum-hops", t.maximumHops, {"Gives up beyond this TTL.", "hops", 1, 255});
}

/// A person tests a server by hand: a telnet session at a planned time.
struct TelnetConfig
{
    std::string from;
    Ipv4 address;
    std::uint16_t port = 25;
    Nanoseconds at{0};
    smtp::ManualSessionConfig session;
};

template <class Visitor>
void
Describe(Visitor& v, TelnetConfig& t)
{
    v.Field("from", t.from, {"Name of the host that the person sits at.", "", 0, 0, true});
    v.Field("address", t.address, {"Address of the server, as typed.", "", 0, 0, true});
    v.Field("port", t.port, {"Port of the server, as typed.", "", 1, 65535});
    v.Field("at", t.at, {"When the connection is opened.", "", 0, 1e18});
    Describe(v, t.session);
}

/// Programs that are started at a planned time, by kind and name. A kind is a member and a row
/// below: the world walks the rows and builds each by its own Build().
struct Programs
{
    std::map<std::string, TracerouteConfig> traceroutes;
    std::map<std::string, TelnetConfig> telnets;
    std::map<std::string, RelayTesterAtHost> relayTesters;
    std::map<std::string, HarvesterAtHost> harvesters;
};

template <class Visitor>
void
Describe(Visitor& v, Programs& p)
{
    v.Field("traceroutes", p.traceroutes, {"Planned traceroutes, by name."});
    v.Field("telnets", p.telnets, {"Planned tests by hand, by name."});
    v.Field("relay-testers",
            p.relayTesters,
            {"Programs that test a server for relaying, by name."});
    v.Field("harvesters", p.harvesters, {"Programs that find out who exists, by name."});
}

/// One variant of a scenario with every key resolved: what the world is built from.
struct Scenario
{
    std::string name;    //!< Of the scenario; not a key of a variant.
    std::string variant; //!< Its name, ditto.
    std::string description;
    std::string document;
    std::vector<std::string> failures;
    std::string start;
    Nanoseconds duration{60000000000};
    path::PathForm pathForm = path::PathForm::Channel;
    SiteConfig site;
    std::map<std::string, HostConfig> hosts;
    std::map<std::string, PathToHost> paths;
    std::map<std::string, StationConfig> stations;
    Middleboxes middleboxes;
    std::map<std::string, TunnelToHost> tunnels;
    MailConfig mail;
    std::map<std::string, VantageConfig> vantages;
    Programs programs;
};

template <class Visitor>
void
Describe(Visitor& v, Scenario& s)
{
    v.Field("description", s.description, {"What happens, in one sentence.", "", 0, 0, true});
    v.Field("document", s.document, {"Source document (S000 to S004); empty = none."});
    v.Field("failures", s.failures, {"Documented failures that it shows (F-003-2, ...)."});
    v.Field("start",
            s.start,
            {"True time at the start of the run, `2006-09-26T06:44:50Z`.", "", 0, 0, true});
    v.Field("duration", s.duration, {"Length of the run.", "", 1e6, 1e18});
    v.Field("path-form", s.pathForm, {"How hops are simulated; the evidence is the same."});
    v.Field("site", s.site, {"The network under study.", "", 0, 0, true});
    v.Field("hosts", s.hosts, {"Machines, by name.", "", 0, 0, true});
    v.Field("paths", s.paths, {"Paths from the gateway to remote hosts, by name.", "", 0, 0, true});
    v.Field("stations", s.stations, {"In-path devices, by name."});
    Describe(v, s.middleboxes);
    v.Field("tunnels", s.tunnels, {"Tunnels into the site, by name."});
    v.Field("mail", s.mail, {"What is sent."});
    v.Field("vantages", s.vantages, {"Where evidence is collected, by name.", "", 0, 0, true});
    Describe(v, s.programs);
}

} // namespace bouncelab::spec

namespace bouncelab
{

// The whole tree of tables is made in scenario.cc alone.
extern template const FieldType& TypeOf<spec::Scenario>();
extern template const FieldType& TypeOf<host::StackProfile>();
extern template const FieldType& TypeOf<mail::MtaPersona>();
extern template const FieldType& TypeOf<smtp::ServerPersona>();
extern template const FieldType& TypeOf<connector::ReceiveConnectorConfig>();
extern template const FieldType& TypeOf<connector::FilterConfig>();

} // namespace bouncelab

#endif // BOUNCELAB_LAB_SPEC_SCENARIO_H
