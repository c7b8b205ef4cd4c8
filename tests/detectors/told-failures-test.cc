#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;

// What texts say that failed, and whom that accuses: neighbors in one network, an Exchange that
// demands TLS, a service that delivers to MX hosts itself; lists that have a status and no reply.

namespace
{

constexpr const char* TRACE_HEAD =
    "\"message_id\",\"date_time_utc\",\"sender_address\",\"recipient_address\",\"message_subject\","
    "\"status\",\"to_ip\",\"from_ip\",\"size\",\"message_trace_id\"\n";

std::string
TraceRow(const char* recipient, const char* status)
{
    return std::string("\"<abc@own.example>\",\"2024-05-14T09:00:03.1120000Z\",\"ann@own.example\","
                       "\"") +
           recipient + "\",\"minutes\",\"" + status +
           "\",\"\",\"203.0.113.9\",\"21230\",\"11111111-2222-3333-4444-08dc73f2a111\"\n";
}

const PastedText ACCUSED[] = {
    {"two hosts of one network",
     "tcp      6 98 SYN_SENT src=192.168.1.10 dst=198.51.100.25 sport=48212 dport=25 [UNREPLIED] "
     "src=198.51.100.25 dst=192.0.2.10 sport=25 dport=48212 mark=0 use=1\n"
     "tcp      6 95 SYN_SENT src=192.168.1.10 dst=198.51.100.26 sport=48216 dport=25 [UNREPLIED] "
     "src=198.51.100.26 dst=192.0.2.10 sport=25 dport=48216 mark=0 use=1\n",
     "own-tests",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "Port 25 of 198.51.100.25 and 198.51.100.26 does not answer"},
    {"hosts of two networks",
     "tcp      6 98 SYN_SENT src=192.168.1.10 dst=198.51.100.25 sport=48212 dport=25 [UNREPLIED] "
     "src=198.51.100.25 dst=192.0.2.10 sport=25 dport=48212 mark=0 use=1\n"
     "tcp      6 95 SYN_SENT src=192.168.1.10 dst=203.0.113.26 sport=48216 dport=25 [UNREPLIED] "
     "src=203.0.113.26 dst=192.0.2.10 sport=25 dport=48216 mark=0 use=1\n",
     "own-tests",
     "unreachable.port",
     Verdict::Fault,
     1,
     "2 unrelated providers"},
    {"two hosts of one network at one moment",
     "State      Recv-Q Send-Q  Local Address:Port    Peer Address:Port  Process\n"
     "SYN-SENT   0      1          192.0.2.10:48212   198.51.100.25:25\n"
     "SYN-SENT   0      1          192.0.2.10:48216   198.51.100.26:25\n",
     "own-tests",
     "unreachable.port",
     Verdict::Inconclusive,
     2,
     "unknown: the sender's provider, the way, or the server's side"},
    {"Exchange, which is offered no STARTTLS",
     "LED=450 4.4.317 Cannot connect to remote server [Message=451 5.7.3 STARTTLS is required to "
     "send mail] [LastAttemptedServerName=mail.goal.example] [LastAttemptedIP=198.51.100.25:25]\n",
     "refusals",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "is STARTTLS in the answer?"},
    {"a server that wants STARTTLS",
     "May 14 09:00:03 mail postfix/smtp[1234]: 4VdnXY0qLk: to=<bob@goal.example>, "
     "relay=mx.goal.example[198.51.100.25]:25, delay=1, dsn=5.7.0, status=bounced (host "
     "mx.goal.example[198.51.100.25] said: 530 5.7.0 Must issue a STARTTLS command first (in reply "
     "to MAIL FROM command))\n",
     "refusals",
     "refused.tls",
     Verdict::Fault,
     1,
     "wants TLS first"},
    {"an Exchange server that wants STARTTLS",
     "2024-11-12 09:12:01 1tAnXq-0001bC-2k ** bob@goal.example R=dnslookup T=remote_smtp "
     "H=mx.goal.example [198.51.100.12]: SMTP error from remote mail server after MAIL "
     "FROM:<ann@own.example> SIZE=2822: 451 5.7.3 STARTTLS is required to send mail\n",
     "refusals",
     "refused.tls",
     Verdict::Fault,
     1,
     "wants TLS first"},
    {"a service that delivers itself",
     "[{\"msys\":{\"message_event\":{\"type\":\"bounce\",\"bounce_class\":\"51\",\"delv_method\":"
     "\"esmtp\",\"error_code\":\"550\",\"raw_reason\":\"550 5.7.1 <bob@goal.example>... Relaying "
     "denied\",\"rcpt_to\":\"bob@goal.example\",\"routing_domain\":\"goal.example\"}}}]\n",
     "refusals",
     "refused.relaying",
     Verdict::Inconclusive,
     1,
     "the receiver's, if the domain's MX leads to that server"},
    {"a program that hands to a relay",
     "smtplib.SMTPRecipientsRefused: {'bob@goal.example': (550, b'5.7.1 <bob@goal.example>... "
     "Relaying denied')}\n",
     "refusals",
     "refused.relaying",
     Verdict::Fault,
     1,
     "not logged on"}};

const PastedText BARRACUDA[] = {
    {"an unknown user",
     "Apr 11 11:24:37 gw inbound/pass1[25713]: host1.far.example[192.0.2.1] "
     "1334157877-03f828647122cb90001-hUkLV9 1334157877 1334157877 RECV ann@far.example "
     "nobody@own.example 2 8 No such user (nobody@own.example)\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "This server refuses host1.far.example at RCPT with \"No such user (nobody@own.example)\""},
    {"a listed address",
     "May 14 09:00:03 gw inbound/pass1[27564]: 203.0.113.9 1715677203-27564-2-0 1715677203 "
     "1715677205 RECV promo@far.example bob@own.example 2 3 zen.spamhaus.org\n",
     "refusals",
     "refused.reputation",
     Verdict::Inconclusive,
     1,
     "RBL match: zen.spamhaus.org"}};

/// Octets that tshark does not show, and what it makes of them.
const PastedText PRINTED[] = {
    {"a packet a line",
     "{\"index\":{\"_index\":\"packets-2024-05-14\",\"_type\":\"doc\"}}\n"
     "{\"timestamp\":\"1715677203112\",\"layers\":{\"frame\":{\"frame_frame_number\":\"8\"},"
     "\"ip\":{\"ip_ip_src\":\"198.51.100.25\",\"ip_ip_dst\":\"192.0.2.10\",\"ip_ip_ttl\":\"52\"},"
     "\"tcp\":{\"tcp_tcp_srcport\":\"25\",\"tcp_tcp_dstport\":\"48212\"},\"smtp\":{"
     "\"smtp_smtp_response\":\"550 5.1.1 User unknown\",\"smtp_smtp_response_code\":\"550\"}}}\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     0,
     "User unknown"},
    {"a field a line",
     "[\n  {\n    \"_index\": \"packets-2024-05-14\",\n    \"_source\": {\n      \"layers\": {\n"
     "        \"ip\": {\n          \"ip.src\": \"198.51.100.25\",\n          \"ip.dst\": "
     "\"192.0.2.10\"\n        },\n        \"tcp\": {\n          \"tcp.srcport\": \"25\",\n"
     "          \"tcp.dstport\": \"48212\"\n        },\n        \"smtp\": {\n          \"Response: "
     "550 5.1.1 User unknown\\\\r\\\\n\": {\n            \"smtp.response.code\": \"550\"\n"
     "          }\n        }\n      }\n    }\n  }\n]\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     0,
     "User unknown"},
    {"a layer a line",
     "[\n  {\n    \"_index\": \"packets-2024-05-14\",\n    \"_source\": {\n      \"layers\": {\n"
     "        \"ip\": {\"ip.src\": \"198.51.100.25\", \"ip.dst\": \"192.0.2.10\"},\n"
     "        \"tcp\": {\"tcp.srcport\": \"25\", \"tcp.dstport\": \"48212\", \"tcp.len\": "
     "\"24\"},\n"
     "        \"smtp\": {\"Response: 550 5.1.1 User unknown\\\\r\\\\n\": {\"smtp.response.code\": "
     "\"550\"}}\n      }\n    }\n  }\n]\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     0,
     "User unknown"}};

const PastedText WAYS[] = {
    {"a router that redirects",
     "tcp      6 431999 ESTABLISHED src=192.168.1.10 dst=198.51.100.25 sport=48212 dport=25 "
     "src=192.168.1.1 dst=192.168.1.10 sport=8025 dport=48212 [ASSURED] mark=0 use=1\n"
     "tcp      6 431990 ESTABLISHED src=192.168.1.10 dst=203.0.113.26 sport=48216 dport=25 "
     "src=192.168.1.1 dst=192.168.1.10 sport=8025 dport=48216 [ASSURED] mark=0 use=1\n",
     "own-tests",
     "intercepted.redirect",
     Verdict::Fault,
     1,
     "answered by 192.168.1.1, port 8025"},
    {"a router that translates the source alone",
     "tcp      6 431999 ESTABLISHED src=192.168.1.10 dst=198.51.100.25 sport=48212 dport=25 "
     "src=198.51.100.25 dst=192.0.2.10 sport=25 dport=48212 [ASSURED] mark=0 use=1\n",
     "own-tests",
     "unreachable.port",
     Verdict::Benign,
     1,
     "the way to it is free"},
    {"an answer that is too near",
     "# traceroute -T -p 25 mx.goal.example\n"
     "traceroute to mx.goal.example (198.51.100.25), 30 hops max, 60 byte packets\n"
     " 1  gw.own.example (192.0.2.1)  0.412 ms\n 2  mx.goal.example (198.51.100.25)  1.112 ms\n"
     "# traceroute -T -p 443 mx.goal.example\n"
     "traceroute to mx.goal.example (198.51.100.25), 30 hops max, 60 byte packets\n"
     " 1  gw.own.example (192.0.2.1)  0.412 ms\n 2  bras1.isp.example (203.0.113.1)  4.112 ms\n"
     " 3  core1.isp.example (203.0.113.9)  6.112 ms\n"
     " 4  core2.isp.example (203.0.113.13)  9.112 ms\n"
     " 5  mx.goal.example (198.51.100.25)  21.112 ms\n",
     "own-tests",
     "intercepted.redirect",
     Verdict::Fault,
     1,
     "nearer than the host"},
    {"an answer by what stands before the host",
     "# traceroute -T -p 25 mx.goal.example\n"
     "traceroute to mx.goal.example (198.51.100.25), 30 hops max, 60 byte packets\n"
     " 1  gw.own.example (192.0.2.1)  0.412 ms\n 2  bras1.isp.example (203.0.113.1)  4.112 ms\n"
     " 3  mx.goal.example (198.51.100.25)  20.112 ms\n"
     "# traceroute -T -p 443 mx.goal.example\n"
     "traceroute to mx.goal.example (198.51.100.25), 30 hops max, 60 byte packets\n"
     " 1  gw.own.example (192.0.2.1)  0.412 ms\n 2  bras1.isp.example (203.0.113.1)  4.112 ms\n"
     " 3  gw.goal.example (203.0.113.40)  20.112 ms\n 4  lan.goal.example (203.0.113.44)  20.512 "
     "ms\n"
     " 5  mx.goal.example (198.51.100.25)  21.112 ms\n",
     "own-tests",
     "intercepted.redirect",
     Verdict::Inconclusive,
     1,
     "the server's own gateway"},
    {"ways that differ by a hop",
     "# traceroute -T -p 25 mx.goal.example\n"
     "traceroute to mx.goal.example (198.51.100.25), 30 hops max, 60 byte packets\n"
     " 1  gw.own.example (192.0.2.1)  0.412 ms\n 2  bras1.isp.example (203.0.113.1)  4.112 ms\n"
     " 3  mx.goal.example (198.51.100.25)  21.112 ms\n"
     "# traceroute -T -p 443 mx.goal.example\n"
     "traceroute to mx.goal.example (198.51.100.25), 30 hops max, 60 byte packets\n"
     " 1  gw.own.example (192.0.2.1)  0.412 ms\n 2  bras2.isp.example (203.0.113.2)  4.112 ms\n"
     " 3  core1.isp.example (203.0.113.9)  6.112 ms\n"
     " 4  mx.goal.example (198.51.100.25)  21.112 ms\n",
     "own-tests",
     "unreachable.port",
     Verdict::Benign,
     1,
     "the way to it is free"},
    {"a router that says that it is prohibited",
     "# traceroute -T -p 25 mx.goal.example\n"
     "traceroute to mx.goal.example (198.51.100.25), 30 hops max, 60 byte packets\n"
     " 1  gw.own.example (192.0.2.1)  0.412 ms  0.381 ms  0.372 ms\n"
     " 2  bras1.isp.example (203.0.113.1)  4.112 ms !X  4.008 ms !X  3.998 ms !X\n",
     "own-tests",
     "unreachable.port",
     Verdict::Fault,
     1,
     "whoever runs hop 2, 203.0.113.1"},
    {"a router that says that the host is not there",
     "# traceroute -T -p 25 mx.goal.example\n"
     "traceroute to mx.goal.example (198.51.100.25), 30 hops max, 60 byte packets\n"
     " 1  gw.own.example (192.0.2.1)  0.412 ms  0.381 ms  0.372 ms\n"
     " 2  bras1.isp.example (203.0.113.1)  4.112 ms !H  4.008 ms !H  3.998 ms !H\n",
     "own-tests",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "the last hop that answers is 2"}};

const PastedText PRODUCTS[] = {
    {"GroupWise's own code",
     "09:00:24 17 DMN: MSG 4711 Attempting to connect to mx.goal.example\n"
     "09:00:45 17 DMN: MSG 4711 Send Failure: 450 Host down\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     2,
     "goal.example"},
    {"Microsoft's limit by address",
     "SMTPRecipientsRefused: {'bob@goal.example': (451, b'4.7.500 Server busy. Please try again "
     "later from [192.0.2.10]. (S77719) [DM6NAM12FT045.eop-nam12.prod.protection.outlook.com]')}\n",
     "refusals",
     "deferred.rate",
     Verdict::Fault,
     1,
     "by address"},
    {"MailEnable's refusal to relay",
     "05/14/24 09:00:03\tSMTP-IN\tABCDEF.MAI\t1020\t203.0.113.50\tRCPT\tRCPT "
     "TO:<someone@far.example>\t503 This mail server requires authentication when attempting to "
     "send to a non-local e-mail address.\t231\t30\n",
     "refusals",
     "refused.relaying",
     Verdict::Inconclusive,
     1,
     "does not pass mail on"}};

} // namespace

BOOST_AUTO_TEST_SUITE(told_failures)

BOOST_AUTO_TEST_CASE(AccuseWhomTheyShow)
{
    CheckAll(std::begin(ACCUSED), std::end(ACCUSED));
}

BOOST_AUTO_TEST_CASE(AreToldByABarracuda)
{
    CheckAll(std::begin(BARRACUDA), std::end(BARRACUDA));
}

BOOST_AUTO_TEST_CASE(AreInTheFieldsOfPackets)
{
    CheckAll(std::begin(PRINTED), std::end(PRINTED));
}

BOOST_AUTO_TEST_CASE(AreOnTheWay)
{
    CheckAll(std::begin(WAYS), std::end(WAYS));
}

BOOST_AUTO_TEST_CASE(AreInProductsOwnWords)
{
    CheckAll(std::begin(PRODUCTS), std::end(PRODUCTS));
}

BOOST_AUTO_TEST_CASE(AreAStatusInATrace)
{
    struct Status
    {
        const char* word;
        const char* dottedClass;
        const char* says;
    };

    for (const Status& status : {Status{"Failed", "refused", "has status Failed"},
                                 Status{"Pending", "deferred", "has status Pending"},
                                 Status{"Quarantined", "refused.content", "the quarantine"},
                                 Status{"FilteredAsSpam", "refused.content", "the junk folder"}})
    {
        BOOST_TEST_CONTEXT(status.word)
        {
            const auto alerts = JudgeText(TRACE_HEAD + TraceRow("eve@goal.example", "Delivered") +
                                          TraceRow("bob@goal.example", status.word));
            BOOST_TEST(IsTold(alerts,
                              {status.word,
                               "",
                               "refusals",
                               status.dottedClass,
                               Verdict::Inconclusive,
                               3,
                               status.says}),
                       Told(alerts));
        }
    }
    BOOST_TEST(JudgeText(TRACE_HEAD + TraceRow("eve@goal.example", "Delivered")).empty());
}

BOOST_AUTO_TEST_CASE(AreErrorsInAnExtendedTrace)
{
    const auto alerts = JudgeText(
        "date_time_utc,message_id,sender_address,return_path,recipient_status,total_bytes\n"
        "2024-05-14T09:00:03.1120000Z,<abc@own.example>,ann@own.example,ann@own.example,"
        "sales@goal.example##Receive;sales@goal.example##Fail;[{LED=550 5.7.129 "
        "RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send to recipient};{MSG="
        "};{FQDN=};{IP=};{LRT=}],21230\n");
    BOOST_TEST(IsTold(alerts,
                      {"LED",
                       "",
                       "refusals",
                       "refused.policy",
                       Verdict::Fault,
                       2,
                       "RestrictedToRecipientsPermission"}),
               Told(alerts));
}

BOOST_AUTO_TEST_SUITE_END()
