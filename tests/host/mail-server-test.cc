#include "models/host/mail-server.h"

#include "models/connector/open-connector.h"
#include "models/host/smtp-server.h"
#include "tests/host/two-hosts.h"
#include "tests/mail/persona-file.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

/// A mail system at each end: northwindtraders.com here, example.net and example.org there. Each
/// takes what comes in by SMTP, and gives the other what is for domains that are nobody's.
class TwoServers
{
  public:
    /// \param forwardTo where mail for nobody goes from here; taken by one mailbox there
    explicit TwoServers(const std::string& persona,
                        std::uint32_t hopLimit = 15,
                        const std::string& forwardTo = "")
        : m_forwardTo(forwardTo)
        , m_here(Make(hosts.client,
                      "exch.northwindtraders.com",
                      persona,
                      hopLimit,
                      {"northwindtraders.com"}))
        , m_there(Make(hosts.server,
                       "mail.example.net",
                       "postfix",
                       hopLimit,
                       forwardTo.empty()
                           ? std::vector<std::string>{"example.net", "example.org"}
                           : std::vector<std::string>{"example.net", "northwindtraders.com"}))
        , m_receivingHere(Receive(hosts.client, "exch.northwindtraders.com", *m_here))
        , m_receivingThere(Receive(hosts.server, "mail.example.net", *m_there))
    {
    }

    /// The receive side here has accepted a message from example.net.
    void Take(const std::vector<std::string>& recipients, const std::string& sender)
    {
        smtp::Envelope envelope;
        envelope.sender.path = PathOf("<" + sender + ">");
        for (const std::string& recipient : recipients)
        {
            envelope.recipients.push_back({PathOf("<" + recipient + ">"), {}});
        }
        mail::Arrival arrival;
        arrival.helo = "tester.example.net";
        arrival.client = *Ipv4::Parse("192.0.2.7");
        m_here->Take(envelope, "Subject: test\r\n\r\nbody\r\n", arrival);
        ns3::Simulator::Stop(ns3::Seconds(4000));
        ns3::Simulator::Run();
    }

    /// What is in a mailbox, one message after another.
    std::string Mailbox(const std::string& mailbox) { return m_mailboxes[mailbox]; }

    std::size_t Count(const std::string& mailbox) const { return m_counts.count(mailbox); }

    MailServer& Here() { return *m_here; }

    TwoHosts hosts{FreeBsdProfile(),
                   LinuxProfile(),
                   1,
                   HostClock{test::Reading(1016834400000000000),
                             {},
                             Nanoseconds(1),
                             0}};  //!< From 22 March 2002, 22:00.
    std::set<std::string> domains; //!< That a mail server was looked for.
    std::set<std::string> missing; //!< Mailboxes that do not exist.
    bool directoryIsUp = true;

  private:
    static smtp::Path PathOf(std::string text)
    {
        std::string_view rest = text;
        return smtp::TakePath(rest, {false, true, true}).value();
    }

    std::unique_ptr<MailServer> Make(Host& host,
                                     const std::string& hostname,
                                     const std::string& persona,
                                     std::uint32_t hopLimit,
                                     const std::vector<std::string>& localDomains)
    {
        mail::MtaPersona mta = test::ReadMta(persona);
        mta.queue.hopLimit = hopLimit;
        mail::QueueStart start;
        start.localDomains = localDomains;
        start.firstMessage = 100000;
        start.firstDelivery = 1;
        start.firstProcessId = 1000;
        const bool isHere = &host == &hosts.client;
        (isHere ? mta.routing.forwardUnresolvedTo : mta.routing.catchAll) =
            m_forwardTo.empty() || isHere ? m_forwardTo : "office@northwindtraders.com";
        const IpAddress other = isHere ? hosts.server.Address() : hosts.client.Address();
        return std::make_unique<MailServer>(
            host,
            hostname,
            mta,
            start,
            MailServer::Handlers{
                [this, other](const mail::DeliveryOrder& order,
                              const SendingMta::RouteHandler& answer)
                {
                    domains.emplace(order.domain);
                    answer({{SendingMta::Peer{other, 25, "mx.example"}}});
                },
                [this](const std::string& mailbox, const MailServer::LookupAnswerHandler& answer)
                {
                    ns3::Simulator::Schedule(ns3::MilliSeconds(5),
                                             [this, mailbox, answer]
                                             {
                                                 answer(!directoryIsUp
                                                            ? MailServer::LookupResult::Unavailable
                                                        : missing.count(mailbox) > 0
                                                            ? MailServer::LookupResult::Unknown
                                                            : MailServer::LookupResult::Mailbox);
                                             });
                },
                [](const mail::QueueEvent&) {},
                [this](const mail::DeliveryOrder& order, const std::string& mailbox)
                {
                    m_mailboxes[mailbox] += *order.content;
                    m_counts.insert(mailbox);
                },
                [](std::uint64_t, provenance::CauseId) {}});
    }

    std::unique_ptr<SmtpServer> Receive(Host& host, const std::string& hostname, MailServer& server)
    {
        return std::make_unique<SmtpServer>(
            host,
            SmtpServer::Setup{hostname},
            std::make_unique<connector::OpenConnector>(smtp::ServerPersona{}),
            SmtpServer::Handlers{[&server](const SmtpServer::AcceptedMessage& accepted) {
                server.Take(accepted.message.envelope, *accepted.message.content, mail::Arrival{});
            }});
    }

    std::string m_forwardTo;
    std::map<std::string, std::string> m_mailboxes;
    std::multiset<std::string> m_counts;
    std::unique_ptr<MailServer> m_here;
    std::unique_ptr<MailServer> m_there;
    std::unique_ptr<SmtpServer> m_receivingHere;
    std::unique_ptr<SmtpServer> m_receivingThere;
};

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

const std::string RELAY_TEST_6 = "relaytest%example.org@northwindtraders.com";

} // namespace

BOOST_AUTO_TEST_SUITE(mail_server)

BOOST_AUTO_TEST_CASE(what_was_accepted_lands_in_the_mailbox_with_its_way)
{
    TwoServers servers("exchange-2000");
    servers.Take({"staff@northwindtraders.com"}, "tester@example.net");
    const std::string text = servers.Mailbox("staff@northwindtraders.com");
    BOOST_TEST(text ==
               "Received: from tester.example.net ([192.0.2.7]) by exch.northwindtraders.com "
               "with Microsoft SMTPSVC(5.0.2195.6713);\n"
               "\t Fri, 22 Mar 2002 22:00:00 +0000\n"
               "Subject: test\n\nbody\n");
    BOOST_TEST(servers.Here().Sender().QueuedMessages() == 0U);
}

BOOST_AUTO_TEST_CASE(exchange_accepts_the_percent_hack_and_returns_it_but_does_not_relay)
{
    TwoServers servers("exchange-2000");
    servers.missing = {RELAY_TEST_6};
    servers.Take({RELAY_TEST_6}, "tester@example.net");
    BOOST_TEST(servers.Count("relaytest@example.org") == 0U);
    BOOST_TEST(servers.Count("tester@example.net") == 1U);
    const std::string ndr = servers.Mailbox("tester@example.net");
    BOOST_TEST(Has(ndr, "Your message did not reach some or all of the intended recipients."));
    BOOST_TEST(Has(ndr, "Status: 5.1.1\n"));
}

BOOST_AUTO_TEST_CASE(a_percent_router_relays_it)
{
    TwoServers servers("sendmail");
    servers.missing = {RELAY_TEST_6};
    servers.Take({RELAY_TEST_6, "\"relaytest@example.org\"@northwindtraders.com"},
                 "tester@example.net");
    BOOST_TEST(servers.Count("relaytest@example.org") == 2U);
    BOOST_TEST(servers.Count("tester@example.net") == 0U);
    BOOST_TEST(
        Has(servers.Mailbox("relaytest@example.org"), "by exch.northwindtraders.com (8.12.2"));
}

/// S004-18
BOOST_AUTO_TEST_CASE(unresolved_recipients_go_to_another_host_if_told_so)
{
    TwoServers servers("exchange-2000", 15, "old.northwindtraders.com");
    servers.missing = {"gone@northwindtraders.com"};
    servers.Take({"gone@northwindtraders.com", "staff@northwindtraders.com"}, "tester@example.net");
    BOOST_TEST(servers.domains.count("old.northwindtraders.com") == 1U);
    BOOST_TEST(servers.Count("office@northwindtraders.com") == 1U);
    BOOST_TEST(servers.Count("staff@northwindtraders.com") == 1U);
    BOOST_TEST(servers.Count("tester@example.net") == 0U);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_down_delays_and_loses_nothing)
{
    TwoServers servers("exchange-2000");
    servers.directoryIsUp = false;
    ns3::Simulator::Schedule(ns3::Seconds(1500), [&] { servers.directoryIsUp = true; });
    servers.Take({"staff@northwindtraders.com"}, "tester@example.net");
    BOOST_TEST(servers.Count("staff@northwindtraders.com") == 1U);
    BOOST_TEST(servers.Count("tester@example.net") == 0U);
}

BOOST_AUTO_TEST_CASE(a_loop_ends_at_the_hop_limit_and_its_sender_hears_of_it_once)
{
    TwoServers servers("exchange-2000", 6);
    servers.Take({"user@nowhere.example"}, "tester@example.net");
    BOOST_TEST(servers.Count("tester@example.net") == 1U);
    BOOST_TEST(Has(servers.Mailbox("tester@example.net"), "Status: 5.4.6\n"));
    BOOST_TEST(servers.Here().Sender().QueuedMessages() == 0U);
    TwoServers silent("exchange-2000", 6);
    silent.Take({"user@nowhere.example"}, "");
    BOOST_TEST(silent.Mailbox("").empty());
    BOOST_TEST(silent.Here().Sender().QueuedMessages() == 0U);
}

BOOST_AUTO_TEST_CASE(what_an_envelope_asks_for_goes_on)
{
    smtp::Envelope envelope;
    envelope.sender.parameters = {{"ret", "hdrs", true}, {"ENVID", "QQ1", true}};
    envelope.recipients.push_back({{}, {{"NOTIFY", "NEVER", true}, {"orcpt", "rfc822;a@b", true}}});
    const smtp::DsnRequest dsn = DsnRequestOf(envelope);
    BOOST_TEST(dsn.returned == "HDRS");
    BOOST_TEST(dsn.envelopeId == "QQ1");
    BOOST_TEST(dsn.recipients.at(0).notify == "NEVER");
    BOOST_TEST(dsn.recipients.at(0).original == "rfc822;a@b");
}

BOOST_AUTO_TEST_SUITE_END()
