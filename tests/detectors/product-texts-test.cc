#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;

// Logs of mail products and firewalls, lists of connections, what programs, cmdlets and pages say,
// each as it stands and in the ways in which people hand it on; and what looks like it and is none.

namespace
{

const PastedText CLIENTS[] = {
    {"Java's versions of TLS",
     "jakarta.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
     "\tjavax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled)\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     3,
     "no version or cipher in common"},
    {".NET's silence",
     "System.Net.Mail.SmtpException: Failure sending mail. ---> System.Net.WebException: Unable to "
     "connect ---> System.Net.Sockets.SocketException: A connection attempt failed because the "
     "connected party did not properly respond after a period of time 192.0.2.70:25\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "192.0.2.70"},
    {"Rails",
     "E, [2024-11-12T08:12:44.119 #44] ERROR -- : [ActionMailer::MailDeliveryJob] Error performing "
     "it in 30014.11ms: Net::OpenTimeout (execution expired):\n"
     "/usr/lib/ruby/3.2.0/net/smtp.rb:642:in `initialize'\n"
     "/usr/lib/ruby/3.2.0/net/smtp.rb:642:in `open'\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "time out"},
    {"Ruby, whose stack shows that it is about mail",
     "EOFError: end of file reached\n  /usr/lib/ruby/2.7.0/net/protocol.rb:225:in `rbuf_fill'\n"
     "  /usr/lib/ruby/2.7.0/net/smtp.rb:947:in `recv_response'\n",
     "unreachable",
     "unreachable.lost",
     Verdict::Inconclusive,
     1,
     "broke"},
    {"Node.js, whose fields show that it is about mail",
     "Error: self-signed certificate in certificate chain\n"
     "    at TLSSocket.onConnectSecure (node:_tls_wrap:1674:34) {\n  code: 'ESOCKET',\n"
     "  command: 'CONN'\n}\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "not trusted"},
    {"PHP's own host",
     "PHP Warning:  mail(): Failed to connect to mailserver at \"localhost\" port 25, verify your "
     "\"SMTP\" and \"smtp_port\" setting in php.ini\n",
     "unreachable",
     "unreachable.port",
     Verdict::Fault,
     1,
     "this host's own"},
    {"Thunderbird in German",
     "Die Nachricht konnte nicht gesendet werden, da die Verbindung mit dem Postausgangs-Server "
     "(SMTP) \"smtp.haus.example\" wegen Zeit\xC3\xBC"
     "berschreitung unterbrochen wurde.\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "haus.example"},
    {"Thunderbird in French",
     "Une erreur est survenue lors de l'envoi du courrier. Le serveur a r\xC3\xA9pondu :  5.7.1 "
     "<luc@client.example>: Relay access denied. V\xC3\xA9rifiez l'adresse.\n",
     "refusals",
     "refused.relaying",
     Verdict::Fault,
     1,
     "not logged on"},
    {"Thunderbird in Spanish",
     "Ha ocurrido un error. El servidor de correo respondi\xC3\xB3:  4.7.1 Error: too many mails "
     "from 192.0.2.20. Verifique el mensaje.\n",
     "refusals",
     "deferred.rate",
     Verdict::Fault,
     1,
     "volume"},
    {"Exchange 2003's codes",
     "      'eva@goal.example' on 3/14/2008 4:55 PM\n            Could not deliver the message in "
     "the time limit specified.\n            <hub.corp.example #4.4.7>\n",
     "refusals",
     "unreachable.expired",
     Verdict::Inconclusive,
     3,
     "gives up"},
    {"a report in German",
     "Generierender Server: hub.corp.example\n\neva@goal.example\n#550 4.4.7 QUEUE.Expired; "
     "message "
     "expired ##\n",
     "refusals",
     "unreachable.expired",
     Verdict::Inconclusive,
     4,
     "4.4.7"},
    {"an apostrophe within quotes",
     "Remote Server returned '550 5.1.90 SUBMISSION.LIMIT.MessageRecipientsExceeded; Your message "
     "can't be sent because you've reached your daily limit for message recipients'\n",
     "refusals",
     "refused.rate",
     Verdict::Fault,
     1,
     "used up"},
    {"Gmail in whatever language",
     "The recipient server did not accept our requests to connect. Learn more at "
     "https://help.example/7720\n[mx.goal.example 192.0.2.70: timed out]\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     2,
     "goal.example"}};

/// Of further libraries, and in further languages.
const PastedText MORE_CLIENTS[] = {
    {"MailKit's code with a colon",
     "MailKit.Security.AuthenticationException: 535: 5.7.3 Authentication unsuccessful [x]\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     1,
     "535 5.7.3"},
    {"MailKit without a code",
     "MailKit.Net.Smtp.SmtpCommandException: 5.7.60 SMTP; Client does not have permissions to send "
     "as this sender\n",
     "refusals",
     "refused.sender",
     Verdict::Fault,
     1,
     "5.7.60"},
    {"smtplib without STARTTLS",
     "smtplib.SMTPNotSupportedError: STARTTLS extension not supported by server.\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "no STARTTLS"},
    {"Send-MailMessage finds no name",
     "Send-MailMessage : The remote name could not be resolved: 'smtp.goal.exmaple'\n",
     "unreachable",
     "unreachable.name",
     Verdict::Inconclusive,
     1,
     "Host not found"},
    {"a server's answer in Chinese",
     "SMTP \346\234\215\345\212\241\345\231\250\350\277\224\345\233\236\351\224\231"
     "\350\257\257\357\274\232535 Login fail. Authorization code needed\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     1,
     "code of its own"},
    {"a server's answer in Portuguese",
     "Envio: o servidor respondeu \"554 5.7.1 Client host rejected: Access denied\"\n",
     "refusals",
     "refused.policy",
     Verdict::Fault,
     1,
     "Client host rejected"},
    {"silence in Portuguese",
     "A conex\303\243o com o servidor SMTP smtp.goal.example excedeu o tempo limite.\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "goal.example"}};

const PastedText SERVERS[] = {
    {"Sendmail's filter",
     "Nov 12 09:12:02 mx sendmail[81]: 4AC8: Milter (clamav): error connecting to filter: "
     "Connection refused by /run/clmilter.sock\n",
     "named-causes",
     "deferred.filter",
     Verdict::Fault,
     1,
     "this server's own"},
    {"Exim's panic log",
     "2024-11-12 09:12:01 1tAnXr-0001bD-1a failed to write data to spool file: No space left on "
     "device\n",
     "named-causes",
     "deferred.busy",
     Verdict::Fault,
     1,
     "disk"},
    {"Postfix's policy server",
     "Nov 12 09:12:01 mx postfix/smtpd[4]: warning: problem talking to server 127.0.0.1:10023: "
     "Connection refused\n",
     "named-causes",
     "deferred.filter",
     Verdict::Fault,
     1,
     "this server's own"},
    {"Exim's scanner",
     "2024-11-12 09:12:01 1tAnXq-0001bC-2k malware acl condition: clamd /run/clamd.ctl : unable to "
     "connect to UNIX socket (/run/clamd.ctl): Connection refused\n",
     "named-causes",
     "deferred.filter",
     Verdict::Fault,
     1,
     "virus scanner"},
    {"Postfix's settings",
     "Nov 12 09:12:01 mx postfix/smtpd[44]: fatal: in parameter smtpd_relay_restrictions, specify "
     "at least one working instance of: reject_unauth_destination\n",
     "named-causes",
     "refused.system",
     Verdict::Fault,
     1,
     "its settings"},
    {"Postfix's key",
     "Nov 12 09:12:01 mx postfix/smtpd[44]: warning: cannot get RSA private key from file "
     "\"/etc/key.pem\": disabling TLS support\n",
     "named-causes",
     "unreachable.tls",
     Verdict::Fault,
     1,
     "certificate's files"},
    {"Exim gives up on hosts",
     "2024-11-12 09:12:01 1tAnXr-0001bD-1a ** eva@goal.example R=dnslookup T=remote_smtp: all "
     "hosts "
     "for 'goal.example' have been failing for a long time (and retry time not reached)\n",
     "refusals",
     "unreachable.expired",
     Verdict::Inconclusive,
     1,
     "gives up"},
    {"exim -bt",
     "$ exim -bt eva@goal.example\neva@goal.example is undeliverable: Unrouteable address\n",
     "refusals",
     "unreachable.name",
     Verdict::Inconclusive,
     2,
     "Unrouteable"},
    {"IronPort",
     "Tue Nov 12 09:12:01 2024 Info: New SMTP DCID 41 interface 192.0.2.20 address 198.51.100.9 "
     "port "
     "25\nTue Nov 12 09:12:02 2024 Info: Bounced: DCID 41 MID 88 to RID 0 - 5.1.0 - Unknown "
     "address "
     "error ('554', ['5.7.1 Client host [192.0.2.20] blocked using zen.spamhaus.org']) []\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     2,
     "198.51.100.9 refuses with 554 5.7.1"},
    {"MDaemon",
     "Tue 2024-11-12 09:12:01.112: 05: [44:2] *  To: eva@goal.example\n"
     "Tue 2024-11-12 09:12:01.312: 05: [44:2] Attempting SMTP connection to 198.51.100.9:25\n"
     "Tue 2024-11-12 09:12:31.313: 04: [44:2] *  Winsock Error 10060 The connection timed out.\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     3,
     "198.51.100.9"},
    {"MailEnable",
     "11/12/24 09:12:02\tSMTP-OU\ta1.MAI\t12\t198.51.100.9\tRCPT\tRCPT TO:<eva@goal.example>\t550 "
     "5.1.1 User unknown\t0\t0\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "at RCPT"},
    {"Domino",
     "[1A2C:0009-0F35] 11/12/2024 09:12:41 AM  Router: No messages transferred to GOAL.EXAMPLE "
     "(host "
     "MX.GOAL.EXAMPLE) via SMTP: Remote system no longer responding\n",
     "unreachable",
     "unreachable.lost",
     Verdict::Inconclusive,
     1,
     "mx.goal.example"},
    {"GroupWise",
     "09:12:01 2A11 DMN: MSG 118 Attempting to connect to mx.goal.example\n"
     "09:12:02 2A11 MSG 118 Send Failure: 450 4.4.1 Host down\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     2,
     "goal.example"},
    {"PowerMTA, without a diagnosis",
     "type,timeLogged,orig,rcpt,dsnAction,dsnStatus,dsnDiag,dsnMta\n"
     "b,2024-11-12 09:12:04+0000,a@shop.example,eva@goal.example,failed,4.4.7 (delivery time "
     "expired),,\n",
     "refusals",
     "unreachable.expired",
     Verdict::Inconclusive,
     2,
     "eva@goal.example"},
    {"Mailgun",
     "{\"event-data\":{\"event\":\"failed\",\"severity\":\"temporary\",\"recipient\":\"eva@"
     "goal.example\",\"delivery-status\":{\"message\":\"\",\"code\":498,\"description\":\"No MX "
     "for "
     "goal.example\"}}}\n",
     "unreachable",
     "unreachable.name",
     Verdict::Inconclusive,
     1,
     "No MX"},
    {"MailerQ",
     "{\"envelope\":\"a@shop.example\",\"recipient\":\"eva@goal.example\",\"results\":[{\"to\":"
     "\"198.51.100.9\",\"type\":\"error\",\"state\":\"rcptto\",\"code\":550,\"status\":\"5.1.1\","
     "\"description\":\"User unknown\"}]}\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "at RCPT with 550 5.1.1"}};

const char* const CONNECTIVITY = "#Software: Microsoft Exchange Server\n"
                                 "#Log-type: Transport Connectivity Log\n"
                                 "#Fields: date-time,session,source,Destination,direction,"
                                 "description\n";

const PastedText EXCHANGE[] = {
    {"the connectivity log",
     "#Software: Microsoft Exchange Server\n#Log-type: Transport Connectivity Log\n"
     "#Fields: date-time,session,source,Destination,direction,description\n"
     "2024-11-12T08:00:22.230Z,08DC,SMTP,goal.example,>,\"Failed connection to 198.51.100.9:25 "
     "(TimedOut:0000274C)[TargetHost:mx.goal.example:25|MarkedUnhealthy]\"\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     4,
     "goal.example"},
    {"the connectivity log, names",
     "#Software: Microsoft Exchange Server\n#Log-type: Transport Connectivity Log\n"
     "#Fields: date-time,session,source,Destination,direction,description\n"
     "2024-11-12T08:01:01.181Z,08DC,SMTP,goal.example,-,The DNS query for "
     "'DnsConnectorDelivery':'goal.example' failed with error : ErrorRetry\n",
     "unreachable",
     "unreachable.name",
     Verdict::Inconclusive,
     4,
     "ErrorRetry"},
    {"the agent log",
     "#Software: Microsoft Exchange Server\n#Log-type: Agent Log\n#Fields: Timestamp,SessionId,"
     "RemoteEndpoint,P1FromAddress,Recipient,Agent,Event,Action,SmtpResponse\n"
     "2024-11-12T08:00:11.120Z,08DC,198.51.100.9:512,q@spam.example,o@own.example,Content Filter "
     "Agent,OnEndOfData,RejectMessage,\"550 5.7.1 Message rejected as spam\"\n",
     "refusals",
     "refused.content",
     Verdict::Inconclusive,
     4,
     "at content"},
    {"Test-Mailflow",
     "[PS] C:\\>Test-Mailflow -TargetMailboxServer EX2\n\nTestMailflowResult : *FAILURE*\n",
     "refusals",
     "deferred",
     Verdict::Inconclusive,
     3,
     "did not arrive"},
    {"a message trace as a table",
     "Received              SenderAddress    RecipientAddress    Status     Subject\n"
     "--------              -------------    ----------------    ------     -------\n"
     "11/12/2024 8:22:02 AM a@goal.example   o@own.example       Failed     Order\n",
     "refusals",
     "refused",
     Verdict::Inconclusive,
     3,
     "o@own.example"},
    {"a message trace's detail",
     "Event  : Fail\nDetail : Reason: [{LED=550 5.7.509 Access denied, sending domain goal.example "
     "does not pass DMARC verification};{MSG=};{FQDN=}]\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     2,
     "DMARC"},
    {"an event as a list of properties",
     "EntryType          : Error\nMessage            : Microsoft Exchange could not find a "
     "certificate.\nSource             : MSExchangeTransport\nEventID            : 12014\n",
     "named-causes",
     "unreachable.tls",
     Verdict::Fault,
     4,
     "STARTTLS"},
    {"no domain controller",
     "Log Name:      Application\nSource:        MSExchange ADAccess\nEvent ID:      2114\n"
     "Description:\nTopology discovery failed.\n",
     "named-causes",
     "auth.backend",
     Verdict::Fault,
     5,
     "domain controller"}};

const PastedText NETWORK[] = {
    {"Sophos",
     "device=\"SFW\" date=2024-11-12 time=09:12:01 log_subtype=\"Denied\" status=\"Deny\" "
     "src_ip=10.0.0.5 dst_ip=198.51.100.9 protocol=\"TCP\" src_port=41022 dst_port=25\n",
     "own-firewall",
     "unreachable.firewall",
     Verdict::Fault,
     1,
     "10.0.0.5 port 25"},
    {"Palo Alto",
     "1,2024/11/12 09:12:01,0018,TRAFFIC,drop,2305,2024/11/12 09:12:01,10.0.0.5,198.51.100.9,0.0.0."
     "0,0.0.0.0,no-smtp,,,not-applicable,vsys1,trust,untrust,ethernet1/2,,Syslog,2024/11/12 "
     "09:12:01,0,1,41022,25,0,0,0x0,tcp,deny,74\n",
     "own-firewall",
     "unreachable.firewall",
     Verdict::Fault,
     1,
     "198.51.100.9"},
    {"Check Point",
     "Nov 12 09:12:01 fw1 CheckPoint 44 - [action:\"Drop\"; dst:\"198.51.100.9\"; "
     "inzone:\"Internal\"; outzone:\"External\"; proto:\"6\"; rule:\"41\"; s_port:\"41022\"; "
     "service:\"25\"; src:\"10.0.0.5\"]\n",
     "own-firewall",
     "unreachable.firewall",
     Verdict::Fault,
     1,
     "198.51.100.9"},
    {"MikroTik",
     "nov/12 09:12:01 firewall,info drop-smtp forward: in:bridge1 out:ether1, connection-state:new "
     "proto TCP (SYN), 10.0.0.5:41022->198.51.100.9:25, len 60\n",
     "own-firewall",
     "unreachable.firewall",
     Verdict::Fault,
     1,
     "198.51.100.9"},
    {"conntrack",
     "tcp      6 102 SYN_SENT src=10.0.0.5 dst=198.51.100.9 sport=41022 dport=25 [UNREPLIED] "
     "src=198.51.100.9 dst=192.0.2.20 sport=25 dport=41022 mark=0 use=1\n"
     "tcp      6 108 SYN_SENT src=10.0.0.5 dst=203.0.113.26 sport=41024 dport=25 [UNREPLIED] "
     "src=203.0.113.26 dst=192.0.2.20 sport=25 dport=41024 mark=0 use=1\n",
     "own-tests",
     "unreachable.port",
     Verdict::Fault,
     1,
     "2 unrelated providers"},
    {"netstat, which shows a moment",
     "tcp        0      1 192.0.2.20:41022     198.51.100.9:25        SYN_SENT    4413/smtp\n"
     "tcp        0      1 192.0.2.20:41024     203.0.113.26:25        SYN_SENT    4414/smtp\n",
     "own-tests",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "At that moment"},
    {"ss with what is not acknowledged",
     "ESTAB  0      28960  192.0.2.20:41022  198.51.100.9:smtp users:((\"smtp\",pid=44,fd=14))\n"
     "\t cubic wscale:7,7 rto:52224 backoff:8 rtt:21.1/4.2 mss:1448 unacked:10 retrans:1/9 "
     "lost:10\n",
     "unreachable",
     "unreachable.path-mtu",
     Verdict::Inconclusive,
     1,
     "never arrives"},
    {"nmap",
     "Nmap scan report for mx.goal.example (198.51.100.9)\nPORT    STATE    SERVICE\n25/tcp  "
     "filtered "
     "smtp\n587/tcp open     submission\n",
     "own-tests",
     "unreachable.port",
     Verdict::Inconclusive,
     3,
     "port 587 of it does"},
    {"nslookup's prompt",
     "> set type=mx\n> goal.example\nServer:  dns.own.example\nAddress:  10.0.0.10\n\n"
     "*** dns.own.example can't find goal.example: Non-existent domain\n",
     "own-tests",
     "unreachable.name",
     Verdict::Inconclusive,
     2,
     "NXDOMAIN"},
    {"Resolve-DnsName",
     "PS C:\\> Resolve-DnsName goal.example -Type MX\nResolve-DnsName : goal.example : This "
     "operation "
     "returned because the timeout period expired\n",
     "own-tests",
     "unreachable.name",
     Verdict::Inconclusive,
     1,
     "TIMEOUT"},
    {"no reverse name",
     "$ host 192.0.2.20\nHost 20.2.0.192.in-addr.arpa. not found: 3(NXDOMAIN)\n",
     "own-tests",
     "refused.policy",
     Verdict::Inconclusive,
     0,
     "no reverse name"},
    {"Gmail's original",
     "SPF:\tSOFTFAIL with IP 192.0.2.20 Learn more\nDMARC:\t'FAIL' Learn more\n",
     "own-tests",
     "refused.authentication",
     Verdict::Inconclusive,
     1,
     "spf=softfail dkim=- dmarc=fail"},
    {"mail-tester",
     "  [SPF] own.example does not allow your server 192.0.2.20 to use a@own.example\n"
     "  Your message is not signed with DKIM\n",
     "own-tests",
     "refused.authentication",
     Verdict::Inconclusive,
     1,
     "spf=fail dkim=none"},
    {"CheckTLS",
     "\t\tSSLVersion in use: TLSv1_3\n\t\tCert VALIDATION ERROR(S): self-signed certificate\n"
     "\t\tCert Hostname DOES NOT VERIFY (mx.own.example != localhost)\n",
     "own-tests",
     "unreachable.tls",
     Verdict::Inconclusive,
     2,
     "mx.own.example"},
    {"a report about TLS",
     "{\n  \"organization-name\": \"Big Inc.\",\n  \"policies\": [{\n    \"policy\": "
     "{\"policy-domain\": "
     "\"own.example\"},\n    \"summary\": {\"total-failure-session-count\": 412},\n    "
     "\"failure-details\": [{\"result-type\": \"certificate-expired\", \"receiving-mx-hostname\": "
     "\"mx.own.example\"}]\n  }]\n}\n",
     "own-tests",
     "unreachable.tls",
     Verdict::Fault,
     2,
     "mx.own.example"}};

std::string
Changed(const std::string& text, const std::string& before, const std::string& end)
{
    std::string out = before;
    for (std::size_t at = 0; at < text.size(); ++at)
    {
        const bool isLast = at + 1 == text.size();
        text[at] != '\n' ? out += text[at] : out += isLast ? end : end + before;
    }
    return out;
}

/// UTF-16 of what is in U+0000 to U+07FF.
std::string
InUtf16(const std::string& text)
{
    std::string out = "\xFF\xFE";
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        unsigned value = static_cast<unsigned char>(text[i]);
        if (value >= 0xC0 && i + 1 < text.size())
        {
            value = (value & 0x1F) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F);
        }
        out += static_cast<char>(value & 0xFF);
        out += static_cast<char>(value >> 8);
    }
    return out;
}

template <std::size_t N>
void
CheckInAllForms(const PastedText (&texts)[N])
{
    CheckAll(std::begin(texts), std::end(texts));
    for (const PastedText& pasted : texts)
    {
        const std::string text = pasted.text;
        for (const auto& [form, changed] : {std::pair("quoted", Changed(text, "> ", "\n")),
                                            std::pair("CRLF", Changed(text, "", "\r\n")),
                                            std::pair("UTF-16", InUtf16(text))})
        {
            BOOST_TEST_CONTEXT(pasted << ", " << form)
            {
                const std::vector<Alert> alerts = JudgeText(changed);
                BOOST_TEST(IsTold(alerts, pasted), Told(alerts));
            }
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(product_texts)

BOOST_AUTO_TEST_CASE(OfProgramsThatSend)
{
    CheckInAllForms(CLIENTS);
    CheckAll(std::begin(MORE_CLIENTS), std::end(MORE_CLIENTS));
}

BOOST_AUTO_TEST_CASE(OfMailServers)
{
    CheckInAllForms(SERVERS);
}

BOOST_AUTO_TEST_CASE(OfExchange)
{
    CheckInAllForms(EXCHANGE);
}

BOOST_AUTO_TEST_CASE(OfTheNetwork)
{
    CheckInAllForms(NETWORK);
}

BOOST_AUTO_TEST_CASE(HarmlessTwinsAreNoFaults)
{
    const std::string connectivity = CONNECTIVITY;
    for (const std::string& text : {
             // Errors of other programs, settings, and sentences about errors.
             std::string(
                 "Error: self-signed certificate in certificate chain\n    at TLSSocket (x:1)\n"
                 "  code: 'ESOCKET'\n"),
             std::string(
                 "requests.exceptions.SSLError: certificate verify failed\n\nNext we look at "
                 "smtplib.SMTP, which sends mail.\n"),
             std::string(
                 "EOFError: end of file reached\n  /usr/lib/ruby/2.7.0/net/http.rb:94:in `x'\n"),
             std::string("Die Einstellungen zum Postausgangs-Server (SMTP) stehen im Handbuch.\n"),
             std::string("Le serveur a r\xC3\xA9pondu : 2.0.0 Ok\n"),
             std::string("El servidor de correo respondi\xC3\xB3 a tiempo.\n"),
             std::string("<hub.corp.example #2.1.5>\n"),
             std::string("O servidor respondeu a tempo, e o servidor SMTP \303\251 novo.\n"),
             std::string("System.Security.Authentication.AuthenticationException: 5 attempts\n"),
             std::string("25/tcp filtered smtp\n"),
             std::string("See ticket <hub.corp.example #4.4.7> for it.\n"),
             std::string("in php.ini: SMTP = localhost\nsmtp_port = 25\n"),
             // Logs of what went well.
             std::string("Nov 12 09:12:02 mx sendmail[81]: 4AC8: Milter (clamav): init success to "
                         "negotiate\n"),
             std::string("2024-11-12 09:12:01 backup: No space left on device\n"),
             std::string("Nov 12 09:12:01 mx postfix/master[9]: daemon started -- version 3.8.1\n"),
             std::string("Tue Nov 12 09:12:02 2024 Info: Message done DCID 41 MID 88 to RID [0]\n"),
             std::string("Tue 2024-11-12 09:12:01.312: 05: [44:2] Attempting SMTP connection to "
                         "198.51.100.9:25\nTue 2024-11-12 09:12:02.313: 04: [44:2] <-- 250 Ok\n"),
             std::string("11/12/24 09:12:02\tSMTP-OU\ta1.MAI\t12\t198.51.100.9\tRCPT\tRCPT "
                         "TO:<e@goal.example>\t250 2.1.5 Ok\t0\t0\n"),
             std::string(
                 "[1A2C:0008-0F34] 11/12/2024 09:12:01 AM  Router: Transferred 1 messages to "
                 "GOAL.EXAMPLE (host MX.GOAL.EXAMPLE) via SMTP\n"),
             std::string("type,timeLogged,rcpt,dsnStatus,dsnDiag\nd,2024-11-12 09:12:04+0000,"
                         "e@goal.example,2.0.0 (success),smtp;250 Ok\n"),
             std::string(
                 "{\"event-data\":{\"event\":\"delivered\",\"recipient\":\"e@goal.example\","
                 "\"delivery-status\":{\"code\":250,\"message\":\"OK\"}}}\n"),
             connectivity +
                 "2024-11-12T08:00:01.220Z,08DC,SMTP,goal.example,>,Established connection "
                 "to 198.51.100.9\n",
             std::string("TestMailflowResult : Success\n"),
             std::string("Received SenderAddress RecipientAddress Status\n"
                         "11/12/2024 a@goal.example o@own.example Delivered\n"),
             std::string("Source   : MSExchangeTransport\nEventID  : 12025\nMessage  : Started.\n"),
             // Firewalls that let through, and others' connections.
             std::string("date=2024-11-12 time=09:12:01 log_subtype=\"Allowed\" src_ip=10.0.0.5 "
                         "dst_ip=198.51.100.9 protocol=\"TCP\" src_port=41022 dst_port=25\n"),
             std::string(
                 "nov/12 09:12:01 firewall,info log-all forward: in:bridge1 out:ether1, proto "
                 "TCP (SYN), 10.0.0.5:41022->198.51.100.9:25, len 60\n"),
             std::string(
                 "Nov 12 09:12:01 fw1 CheckPoint 44 - [action:\"Accept\"; dst:\"198.51.100.9\"; "
                 "proto:\"6\"; service:\"25\"; src:\"10.0.0.5\"]\n"),
             std::string("tcp 6 118 SYN_SENT src=198.51.100.9 dst=10.0.0.5 sport=41022 dport=25 "
                         "[UNREPLIED] src=10.0.0.5 dst=198.51.100.9 sport=25 dport=41022\n"),
             std::string("tcp 0 0 192.0.2.20:25 198.51.100.9:41022 ESTABLISHED 901/smtpd\n"),
             std::string("tcp 0 1 192.0.2.20:41022 198.51.100.9:443 SYN_SENT 44/curl\n"),
             // Tests that pass.
             std::string("$ host 192.0.2.20\n20.2.0.192.in-addr.arpa domain name pointer "
                         "mx.own.example.\n"),
             std::string("SPF:\tPASS with IP 192.0.2.20 Learn more\nDKIM:\t'PASS' with domain "
                         "own.example Learn more\nDMARC:\t'PASS' Learn more\n"),
             std::string("SPF: FAIL means that the address is not allowed.\n"),
             std::string("  [SPF] Your server 192.0.2.20 is authorized to use a@own.example\n"),
             std::string("SSLVersion in use: TLSv1_3\nCert VALIDATED: ok\n"),
             std::string(
                 "{\"organization-name\":\"Big\",\"policies\":[{\"policy\":{\"policy-domain\":"
                 "\"own.example\"},\"summary\":{\"total-successful-session-count\":412,"
                 "\"total-failure-session-count\":0}}]}\n"),
         })
    {
        const std::vector<Alert> alerts = JudgeText(text);
        const bool isHarmless =
            std::all_of(alerts.begin(),
                        alerts.end(),
                        [](const Alert& alert) { return alert.verdict == Verdict::Benign; });
        BOOST_TEST(isHarmless, text << "\n" << Told(alerts));
    }
}

BOOST_AUTO_TEST_CASE(RecordsThatWereWrapped)
{
    const PastedText WRAPPED[] = {
        {"Postfix's rows, between words",
         "Nov 12 09:12:01 mail postfix/smtpd[7201]: connect from\n"
         "mail.goal.example[192.0.2.70]\n"
         "Nov 12 09:12:02 mail postfix/smtpd[7201]: warning: problem talking to server\n"
         "private/policyd-of-this-site: Connection refused\n"
         "Nov 12 09:12:03 mail postfix/smtpd[7201]: NOQUEUE: reject: RCPT from\n"
         "mail.goal.example[192.0.2.70]: 451 4.3.5 <anna@own.example>: Recipient\n"
         "address rejected: Server configuration problem; from=<joe@goal.example>\n"
         "to=<anna@own.example> proto=ESMTP helo=<mail.goal.example>\n",
         "refusals",
         "deferred.backend",
         Verdict::Fault,
         5,
         "this server's own"},
        {"qmail's rows",
         "@400000006733202a0a1b2c3c starting delivery 221: msg 4411822 to remote\n"
         "eva@goal.example\n"
         "@400000006733203a0a1b2c3c delivery 221: deferral:\n"
         "CNAME_lookup_failed_temporarily._(#4.4.3)/\n"
         "@400000006733204a0a1b2c3c starting delivery 222: msg 4411823 to remote\n"
         "joe@third.example\n"
         "@400000006733205a0a1b2c3c delivery 222: deferral:\n"
         "Sorry,_I_wasn't_able_to_establish_an_SMTP_connection._(#4.4.1)/\n",
         "unreachable",
         "unreachable.name",
         Verdict::Inconclusive,
         3,
         "CNAME"},
        {"SonicWALL's pairs",
         "<134> id=firewall sn=18B169A1B2C3 time=\"2024-11-12 09:12:01 UTC\"\n"
         "fw=192.0.2.20 pri=6 c=1024 gcat=6 m=36 msg=\"TCP connection dropped\" n=4112\n"
         "src=10.0.0.5:41022:X0 dst=198.51.100.9:25:X1 proto=tcp/smtp rule=\"41\n"
         "(LAN->WAN)\"\n",
         "own-firewall",
         "unreachable.firewall",
         Verdict::Fault,
         1,
         "10.0.0.5"},
        {"SendGrid's events",
         "[{\"email\":\"eva@goal.example\",\"timestamp\":1731399122,\"smtp-id\":\"<a1@shop.example>"
         "\","
         "\"event\":\"processed\",\"sg_event_id\":\"a1\"},\n"
         "{\"email\":\"eva@goal.example\",\"timestamp\":1731399124,\"event\":\"bounce\",\"reason\":"
         "\"554\n"
         "5.7.1 Service unavailable; Client host [192.0.2.20] blocked using\n"
         "zen.spamhaus.org;\n"
         "https://www.spamhaus.org/query/ip/"
         "192.0.2.20\",\"sg_event_id\":\"a2\",\"status\":\"5.7.1\","
         "\"type\":\"blocked\"}]\n",
         "refusals",
         "refused.reputation",
         Verdict::Fault,
         2,
         "554 5.7.1"}};
    CheckAll(std::begin(WRAPPED), std::end(WRAPPED));
    for (const PastedText& pasted : WRAPPED)
    {
        BOOST_TEST_CONTEXT(pasted << ", quoted")
        {
            const std::vector<Alert> alerts = JudgeText(Changed(pasted.text, "> ", "\n"));
            BOOST_TEST(IsTold(alerts, pasted), Told(alerts));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
