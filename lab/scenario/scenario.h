#ifndef BOUNCELAB_LAB_SCENARIO_SCENARIO_H
#define BOUNCELAB_LAB_SCENARIO_SCENARIO_H

#include "formats/address.h"
#include "formats/field.h"
#include "lab/scenario/capture-flaws.h"
#include "lab/scenario/domain-config.h"
#include "lab/scenario/in-path-config.h"
#include "lab/scenario/mail-program-config.h"
#include "lab/scenario/middleboxes.h"
#include "lab/scenario/name-config.h"
#include "lab/scenario/network-config.h"
#include "lab/scenario/probe-config.h"
#include "models/connector/filter-config.h"
#include "models/connector/organization.h"
#include "models/connector/receive-connector-config.h"
#include "models/connector/transport-config.h"
#include "models/dns/name-server-config.h"
#include "models/host/disk-config.h"
#include "models/host/stack-profile.h"
#include "models/host/tcp-service-config.h"
#include "models/mail/mta-persona.h"
#include "models/mail/queue-persona.h"
#include "models/path/path-config.h"
#include "models/proxy/proxy-config.h"
#include "models/service/directory-config.h"
#include "models/smtp/manual-session-config.h"
#include "models/smtp/server-persona.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace bouncelab::scenario
{

/// A machine with a TCP/IP stack, and the mail programs that run on it.
struct HostConfig
{
    IpAddress address = Field(&address, "address").Required() | "IPv4 or IPv6 address.";
    NetworkCard card = Inline(&card);
    std::map<std::string, InterfaceConfig> interfaces =
        Field(&interfaces, "interfaces") |
        "Further interfaces, by name, each on a network or at the end of a path: what it sends "
        "leaves by the shortest way, under that interface's address, and it forwards nothing.";
    std::uint32_t count = Field(&count, "count", 1).Unit("machines").Range(1, 10000) |
                          "So many machines alike, at this and the next addresses: `NAME-1`, "
                          "`NAME-2`, ..., whose host names are numbered likewise; 1 = one, `NAME`.";
    std::string hostname =
        Field(&hostname, "hostname").Required() | "Name that the host calls itself by.";
    std::string reverseName = Field(&reverseName, "reverse-name") |
                              "Name that reverse DNS has for its address; empty = none.";
    PersonaRef<host::StackProfile> stack =
        Field(&stack, "stack").Required() | "Stack persona: how its TCP/IP looks and behaves.";
    host::HostStart start =
        Field(&start, "start") | "Where its counters and clocks stand at the start.";
    Nanoseconds clockOffset = Field(&clockOffset, "clock-offset").Range(-400e15, 400e15) |
                              "How far its clock is ahead of true time; shows in its logs, and in "
                              "the time that it tells others.";
    std::optional<kerberos::HostTimeConfig> timeService =
        Field(&timeService, "time-service") |
        "Its time service on UDP port 123; members of the domain have theirs there.";
    std::optional<PersonaRef<mail::MtaPersona>> sends =
        Field(&sends, "sends") | "MTA persona, for a host that sends mail.";
    std::optional<PersonaRef<smtp::ServerPersona>> serves =
        Field(&serves, "serves") | "SMTP server persona, for a host that receives mail.";
    std::map<std::string, std::string> recipientReplies =
        Field(&recipientReplies, "recipient-replies") |
        "Recipients that the server's own tables refuse or redirect, with the reply they get.";
    bool acceptsUnlisted = Field(&acceptsUnlisted, "accepts-unlisted", true) |
                           "Accepts every recipient not in that table.";
    std::map<std::string, ConnectorConfig> connectors =
        Field(&connectors, "connectors") |
        "Receive connectors, by name, over the persona in `serves`; without any the server listens "
        "to port 25 with the tables above. With `sends`, the host is a whole mail system: what "
        "connectors take is delivered to mailboxes of `organization`, sent on, or returned.";
    connector::OrganizationConfig organization =
        Field(&organization, "organization") |
        "What the connectors know of domains, mailboxes and accounts.";
    connector::TransportConfig transport =
        Field(&transport, "transport") | "Where the counters stand that the connectors share.";
    std::optional<service::DirectoryConfig> directory =
        Field(&directory, "directory") | "A directory service beside the server, which it asks who "
                                         "exists; none by default: it knows at once.";
    std::optional<dns::NameServerConfig> nameServer =
        Field(&nameServer, "name-server") |
        "A name server on port 53: its zones, and how it finds other names for those who ask.";
    std::optional<dns::ResolverConfig> resolver =
        Field(&resolver, "resolver") |
        "How its programs find names, by packets; without one they know at once what `exchangers` "
        "and `reverse-name` say.";
    std::optional<BlacklistConfig> blacklist =
        Field(&blacklist, "blacklist") |
        "A list of addresses that it runs, as a zone of its name server.";
    std::optional<RelayConfig> relay =
        Field(&relay, "relay") |
        "Hands everything to this server instead of looking up exchangers.";
    std::map<std::string, QueueRetryConfig> queueRetries =
        Field(&queueRetries, "queue-retries") |
        "Administrators have it try at once what waits in its queue, by name.";
    std::vector<DowntimeConfig> restart =
        Field(&restart, "restart") |
        "Its mail program is stopped in order and started again, in order of time: sessions end "
        "(servers say 421), nobody listens meanwhile, the queue stays.";
    std::vector<DowntimeConfig> powerLoss =
        Field(&powerLoss, "power-loss") |
        "The host is without power, in order of time: connections are gone without a packet, and "
        "so is the mail that was accepted and not on the disk yet (`sends.queue.sync`, "
        "`disk.write-back`).";
    host::DiskConfig disk = Field(&disk, "disk") | "The disk that its mail queue is on.";
    std::optional<proxy::ProxyUse> proxy =
        Field(&proxy, "proxy") |
        "Reaches servers through this HTTP proxy, by CONNECT; none by default.";
    mail::QueueStart queue =
        Field(&queue, "queue") |
        "Where its mail queue's counters stand at the start. Without `hostname` it is the host's; "
        "domains whose exchanger this host is are local, too.";
};

/// A line between two nodes: a chain of hops, of which the last is the node at its end.
struct PathConfig
{
    std::string to = Field(&to, "to").Required() | "Name of the host or gateway at the end.";
    std::string from =
        Field(&from, "from") |
        "Name of the station, gateway or host that the path begins at; empty = at the site's "
        "gateway. `NODE:INTERFACE` names one of several interfaces, here and in `to`.";
    std::vector<path::HopConfig> hops =
        Field(&hops, "hops").Required() |
        "Hops in order from where the path begins; `--set` counts them from 1.";
    double delayScale = Field(&delayScale, "delay-scale", 1).Range(0.001, 1000) |
                        "Multiplies every link delay of the path.";
};

/// When a local clock is put forward or back.
struct ClockChange
{
    Nanoseconds at = Field(&at, "at").Required().Range(0, 1e18) | "When, since the start.";
    Nanoseconds utcOffset = Field(&utcOffset, "utc-offset").Required().Range(-50400e9, 50400e9) |
                            "What local time is ahead of UTC from then on.";
};

/// The network whose administrator holds the evidence. With `inside` it is short for a gateway,
/// called `gateway`, with the interfaces `inside` and `outside`, and a line to it from a host;
/// without, `gateways` and `networks` have it all.
struct SiteConfig
{
    std::string from =
        Field(&from, "from") | "Name of the host that `inside` begins at; empty without `inside`.";
    std::vector<path::HopConfig> inside =
        Field(&inside, "inside") |
        "Hops from that host outwards; the last one is the gateway's inside interface. Empty = the "
        "network has no such gateway.";
    IpAddress gatewayAddress = Field(&gatewayAddress, "gateway-address") |
                               "The gateway's outside address, from which it traces routes.";
    std::optional<path::NatConfig> nat =
        Field(&nat, "nat") | "Address translation at that gateway; none by default.";
    Nanoseconds utcOffset =
        Field(&utcOffset, "utc-offset").Range(-50400e9, 50400e9) | "Time zone of the site's logs.";
    std::vector<ClockChange> clockChanges =
        Field(&clockChanges, "clock-changes") |
        "Changes of its local clocks to or from summer time, in order, for what is done at a time "
        "of day; stamps of logs stay at `utc-offset`.";
};

/// One message that a user submits at a known time.
struct MessageConfig
{
    std::string from = Field(&from, "from").Required() | "Envelope sender.";
    std::string to = Field(&to, "to").Required() | "Envelope recipient.";
    std::vector<std::string> alsoTo =
        Field(&alsoTo, "also-to") | "Further envelope recipients of the same message.";
    std::string via =
        Field(&via, "via") | "Host whose queue it enters; empty = as `mail.via` says.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When it enters that queue.";
    std::uint32_t bytes =
        Field(&bytes, "bytes", 2000).Unit("bytes").Range(400, 100e6) | "Size of header and body.";
    std::string body =
        Field(&body, "body") |
        "Text that the body begins with; words follow up to `bytes`. Its lines end in LF.";
};

/// Ordinary mail at a rate: who writes to whom is drawn.
struct OrdinaryMail
{
    std::string via =
        Field(&via, "via") | "Host whose queue it enters; empty = as `mail.via` says.";
    Nanoseconds start = Field(&start, "start").Range(0, 1e18) | "When its users begin to write.";
    double perMinute = Field(&perMinute, "per-minute").Unit("messages/min").Range(0, 1e6) |
                       "Mean number of messages.";
    std::vector<std::string> senders =
        Field(&senders, "senders") | "Envelope senders to draw from.";
    std::vector<std::string> recipients =
        Field(&recipients, "recipients") | "Envelope recipients to draw from.";
    std::uint32_t minimumBytes =
        Field(&minimumBytes, "minimum-bytes", 800).Unit("bytes").Range(400, 100e6) |
        "Smallest message.";
    std::uint32_t maximumBytes =
        Field(&maximumBytes, "maximum-bytes", 6000).Unit("bytes").Range(400, 100e6) |
        "Largest message.";
    std::uint64_t limit =
        Field(&limit, "limit").Unit("messages") | "No more than this many in a run; 0 = no limit.";
    bool forgesSenders = Field(&forgesSenders, "forges-senders") |
                         "The senders are other people's addresses, and these did not write.";
};

/// Mail that a program sends once a day, at a time of its host's local clock.
struct DailyMail
{
    std::string via =
        Field(&via, "via") | "Host whose queue it enters; empty = as `mail.via` says.";
    Nanoseconds at = Field(&at, "at").Range(0, 86399e9) | "Time of day by the local clock.";
    Nanoseconds spread = Field(&spread, "spread", Nanoseconds(10000000000)).Range(0, 3600e9) |
                         "How much later it is at most; how much, is drawn each day.";
    std::string from = Field(&from, "from") | "Envelope sender.";
    std::vector<std::string> to =
        Field(&to, "to").Required() | "Envelope recipients, each of a message of its own.";
    std::string subject = Field(&subject, "subject") | "Subject; empty = one of people's.";
    std::uint32_t bytes =
        Field(&bytes, "bytes", 2000).Unit("bytes").Range(400, 100e6) | "Size of each message.";
    std::string body =
        Field(&body, "body") |
        "Text that the body begins with; words follow up to `bytes`. Its lines end in LF.";
};

/// What users and programs send.
struct MailConfig
{
    std::string via =
        Field(&via, "via") |
        "Host whose queue mail enters that names no other; empty = the only one that has `sends`.";
    std::map<std::string, MessageConfig> messages =
        Field(&messages, "messages") | "The messages under study, by name.";
    OrdinaryMail ordinary = Field(&ordinary, "ordinary") | "The other mail of the day.";
    std::map<std::string, OrdinaryMail> sources =
        Field(&sources, "sources") | "Further mail at a rate, by name: other people's.";
    std::map<std::string, DailyMail> daily =
        Field(&daily, "daily") | "Mail of programs once a day, by name: reports, newsletters.";
    std::map<std::string, std::string> exchangers =
        Field(&exchangers, "exchangers") |
        "Mail domain to the name of the host that takes its mail.";
    std::map<std::string, std::vector<std::string>> alternates =
        Field(&alternates, "alternates") |
        "Mail domain to the names of further hosts that take its mail, in the order in which "
        "senders try them where that one does not; of no effect on hosts with a `resolver`, which "
        "ask for MX records.";
};

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

/// Where the site's gateway keeps its evidence.
constexpr std::string_view GATEWAY_INSIDE = "gateway-inside";

/// Where evidence is collected, and with what.
struct VantageConfig
{
    std::string place = Field(&place, "place") |
                        "Name of a host, of a station, of a network (its mirror port), or, as "
                        "`NODE-INTERFACE`, of an interface of a gateway or a further one of a "
                        "host: `gateway-inside`.";
    StationSide side =
        Field(&side, "side", StationSide::Site) | "Of a station: which of its interfaces.";
    std::vector<std::string> unionOf =
        Field(&unionOf, "union-of") |
        "Vantages that one administrator holds together; excludes `place`.";
    bool capture = Field(&capture, "capture") | "Writes capture.pcap.";
    bool tcpdumpText = Field(&tcpdumpText, "tcpdump-text") |
                       "Writes what tcpdump prints of the frames of `capture`, with names by "
                       "reverse DNS: on a host that has a `resolver` it asks that for each, and "
                       "its questions are packets like others.";
    std::string filter =
        Field(&filter, "filter") |
        "What `capture` takes, as tcpdump's filters say it, in numbers: `tcp port 25`, "
        "`host 192.168.1.10 and not arp`; empty = everything.";
    Nanoseconds from = Field(&from, "from").Range(0, 1e18) | "When `capture` begins.";
    Nanoseconds until =
        Field(&until, "until").Range(0, 1e18) | "When `capture` ends; 0 = with the run.";
    CaptureFlaws flaws = Inline(&flaws);
    bool snort = Field(&snort, "snort") | "Writes snort's ASCII packet log.";
    bool mailLog = Field(&mailLog, "mail-log") | "Writes the log of the mail program on that host.";
    bool bounces = Field(&bounces, "bounces") |
                   "Keeps the mailboxes of its users: bounces, and what else came for them.";
    bool exchangeLogs = Field(&exchangeLogs, "exchange-logs") |
                        "Writes Exchange's logs as its server's persona "
                        "keeps them (`log`), and the filter agent's.";
    bool sendLog = Field(&sendLog, "send-log") |
                   "Writes the protocol log of Send connectors, where the persona's `log` is "
                   "`exchange`.";
    bool clientErrors = Field(&clientErrors, "client-errors") |
                        "Keeps the errors that the mail program on that host shows.";
    bool relayTranscripts = Field(&relayTranscripts, "relay-transcripts") |
                            "Keeps what relay testers on that host print.";
    bool probeLog = Field(&probeLog, "probe-log") |
                    "Writes what path probers on that host measure, as CenTrace does.";
    bool directoryLoad = Field(&directoryLoad, "directory-load") |
                         "Writes the load of that host's directory, interval by interval.";
    bool windowsEvents = Field(&windowsEvents, "windows-events") |
                         "Keeps the event logs of that host, as its viewer shows and saves them.";
    bool inspections = Field(&inspections, "inspections") |
                       "Keeps what tools print at the domain's inspections of that host: "
                       "`Get-Queue` on one that sends, the domain's own on a controller.";
    bool queryLog = Field(&queryLog, "query-log") |
                    "Writes the questions that that host's name server gets, as BIND does.";
    bool listPages = Field(&listPages, "list-pages") |
                     "Keeps what the pages of that host's list say of each address on it.";
    bool firewallLog = Field(&firewallLog, "firewall-log") |
                       "Writes what the filter of that gateway stops, and the connections that it "
                       "lets pass, as a SonicWALL's syslog.";
    Nanoseconds clockOffset = Field(&clockOffset, "clock-offset").Range(-400e15, 400e15) |
                              "How far the capturing clock is ahead of true time.";
    Nanoseconds clockResolution =
        Field(&clockResolution, "clock-resolution", Nanoseconds(1000)).Range(1, 1e9) |
        "Step of the capturing clock.";
    MacAddress outwardSource =
        Field(&outwardSource, "outward-source") | "Ethernet source of outward frames.";
    MacAddress outwardDestination = Field(&outwardDestination, "outward-destination") |
                                    "Ethernet destination of outward frames.";
    MacAddress inwardSource =
        Field(&inwardSource, "inward-source") | "Ethernet source of inward frames.";
    MacAddress inwardDestination =
        Field(&inwardDestination, "inward-destination") | "Ethernet destination of inward frames.";
};

/// A traceroute that the operator has planned from the gateway.
struct TracerouteAtHost
{
    std::string to = Field(&to, "to").Required() | "Name of the host to trace to.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When the operator starts it.";
    std::uint8_t maximumHops = Field(&maximumHops, "maximum-hops", 64).Unit("hops").Range(1, 255) |
                               "Gives up beyond this TTL.";
};

/// A person tests a server by hand: a telnet session at a planned time.
struct TelnetConfig
{
    std::string from =
        Field(&from, "from").Required() | "Name of the host that the person sits at.";
    IpAddress address = Field(&address, "address").Required() | "Address of the server, as typed.";
    std::uint16_t port = Field(&port, "port", 25).Range(1, 65535) | "Port of the server, as typed.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When the connection is opened.";
    smtp::ManualSessionConfig session = Inline(&session);
};

/// An HTTP proxy and the host that it runs on.
struct HttpProxyAtHost
{
    std::string host = Field(&host, "host").Required() |
                       "Name of the host that it runs on; its `resolver` finds names for it.";
    proxy::ProxyConfig proxy = Inline(&proxy);
};

/// A service for clients that exchange octets with it, and the host that it runs on.
struct TcpServiceAtHost
{
    std::string host = Field(&host, "host").Required() | "Name of the host that it runs on.";
    host::TcpServiceConfig service = Inline(&service);
};

/// Programs that run or are started at a planned time, by kind and name. A kind is a member, and
/// named in Kinds(): the world walks them and builds each by its own Build().
struct Programs
{
    std::map<std::string, TracerouteAtHost> traceroutes =
        Field(&traceroutes, "traceroutes") | "Planned traceroutes, by name.";
    std::map<std::string, TelnetConfig> telnets =
        Field(&telnets, "telnets") | "Planned tests by hand, by name.";
    std::map<std::string, RelayTesterAtHost> relayTesters =
        Field(&relayTesters, "relay-testers") |
        "Programs that test a server for relaying, by name.";
    std::map<std::string, HarvesterAtHost> harvesters =
        Field(&harvesters, "harvesters") | "Programs that find out who exists, by name.";
    std::map<std::string, PathProberAtHost> pathProbers =
        Field(&pathProbers, "path-probers") |
        "Programs that look for devices on a path by TTL-limited packets, by name.";
    std::map<std::string, HttpProxyAtHost> httpProxies =
        Field(&httpProxies, "http-proxies") | "HTTP proxies, by name.";
    std::map<std::string, TcpServiceAtHost> tcpServices =
        Field(&tcpServices, "tcp-services") |
        "Services of the other traffic of a network, with their clients, by name.";

    auto Kinds() const
    {
        return std::tie(traceroutes,
                        telnets,
                        relayTesters,
                        harvesters,
                        pathProbers,
                        httpProxies,
                        tcpServices);
    }
};

/// One variant of a scenario with every key resolved: what the world is built from.
struct Scenario
{
    std::string name = NoKey(&name);       //!< Of the scenario; not a key of a variant.
    std::string variant = NoKey(&variant); //!< Its name, ditto.
    std::string description =
        Field(&description, "description").Required() | "What happens, in one sentence.";
    std::string document =
        Field(&document, "document") | "Source document (S000 to S004); empty = none.";
    std::vector<std::string> failures =
        Field(&failures, "failures") | "Documented failures that it shows (F-003-2, ...).";
    std::string start = Field(&start, "start").Required() |
                        "True time at the start of the run, `2006-09-26T06:44:50Z`.";
    Nanoseconds duration = Field(&duration, "duration", Nanoseconds(60000000000)).Range(1e6, 1e18) |
                           "Length of the run.";
    path::PathForm pathForm = Field(&pathForm, "path-form", path::PathForm::Channel) |
                              "How hops are simulated; the evidence is the same.";
    SiteConfig site = Field(&site, "site") | "The network under study.";
    std::map<std::string, HostConfig> hosts =
        Field(&hosts, "hosts").Required() | "Machines, by name.";
    std::map<std::string, NetworkConfig> networks =
        Field(&networks, "networks") | "Ethernet segments, by name.";
    std::map<std::string, GatewayConfig> gateways =
        Field(&gateways, "gateways") | "Nodes that forward, by name.";
    std::map<std::string, PathConfig> paths =
        Field(&paths, "paths") | "Lines between nodes, such as a gateway and a host, by name.";
    std::map<std::string, StationConfig> stations =
        Field(&stations, "stations") | "In-path devices, by name.";
    Middleboxes middleboxes = Inline(&middleboxes);
    std::map<std::string, TunnelToHost> tunnels =
        Field(&tunnels, "tunnels") | "Tunnels into the site, by name.";
    std::optional<DomainSection> domain =
        Field(&domain, "domain") |
        "A domain with its controllers, by which servers of an organization know one another.";
    MailConfig mail = Field(&mail, "mail") | "What is sent.";
    std::map<std::string, VantageConfig> vantages =
        Field(&vantages, "vantages").Required() | "Where evidence is collected, by name.";
    Programs programs = Inline(&programs);
};

} // namespace bouncelab::scenario

namespace bouncelab
{

// The whole tree of tables is made in scenario.cc alone.
extern template const FieldTable& field::TableOf<scenario::Scenario>();
extern template const FieldTable& field::TableOf<host::StackProfile>();
extern template const FieldTable& field::TableOf<mail::MtaPersona>();
extern template const FieldTable& field::TableOf<smtp::ServerPersona>();
extern template const FieldTable& field::TableOf<connector::ReceiveConnectorConfig>();
extern template const FieldTable& field::TableOf<connector::FilterConfig>();
extern template const FieldTable& field::TableOf<dns::BlacklistPolicy>();
extern template const FieldTable& field::TableOf<kerberos::KerberosPersona>();

} // namespace bouncelab

#endif // BOUNCELAB_LAB_SCENARIO_SCENARIO_H
