#include "detectors/readers/product-log-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/csv.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

ReportedReply
ProductRow(std::uint32_t number, std::string_view text, std::string_view program)
{
    ReportedReply reply;
    reply.line = number;
    reply.text = text;
    reply.program = program;
    return reply;
}

/// Sets what the words tell: a reply, a connection that failed, or the program's own words.
void
TakeProductReason(std::string_view words, ReportedReply& reply)
{
    if (const auto found = FindReply("said: " + std::string(words)))
    {
        reply.code = found->code;
        reply.enhanced = found->enhanced;
        reply.reply = found->words;
        reply.isFinal = found->code >= 500;
        return;
    }
    const std::string failure = ConnectFailureIn(words);
    reply.stage = failure.empty() ? reply.stage : "connect";
    reply.failure = failure.empty() ? std::string(words.substr(0, scan::LONGEST_FIELD)) : failure;
}

bool
BeginsWithDigit(std::string_view text)
{
    return !text.empty() && IsDigit(text.front());
}

} // namespace

ProductLogReader::Session&
ProductLogReader::SessionOf(std::string_view key)
{
    if (m_sessions.size() >= GetCaps().productSessions)
    {
        LeaveOut();
        m_sessions.clear();
    }
    return m_sessions[std::string(key.substr(0, scan::LONGEST_FIELD))];
}

void
ProductLogReader::Tell(ReportedReply reply, const Session& session)
{
    reply.sender = session.sender;
    reply.recipient = reply.recipient.empty() ? session.recipient : reply.recipient;
    reply.host = reply.host.empty() ? session.host : reply.host;
    reply.address = reply.address.IsKnown() ? reply.address : session.address;
    m_handler(reply);
}

bool
ProductLogReader::ReadIronPort(std::uint32_t number, std::string_view text)
{
    // "Tue Nov 12 09:12:01 2024 Info: Bounced: DCID 4118 MID 88 to RID 0 - 5.1.0 - Unknown address
    // error ('554', ['5.7.1 Service unavailable ...']) []"
    const auto behind = scan::After(text, " Info: ");
    if (!behind)
    {
        return false;
    }
    std::string_view rest = *behind;
    const bool isBounced = scan::Skip(rest, "Bounced: DCID ");
    if (isBounced || scan::Skip(rest, "Delayed: DCID "))
    {
        const Session session = SessionOf(scan::Word(rest));
        const auto code = scan::After(rest, "('");
        const auto words = scan::After(rest, "['");
        ReportedReply reply = ProductRow(number, text, "IronPort log");
        if (code && words && code->size() > 3)
        {
            TakeProductReason(std::string(code->substr(0, 3)) + " " +
                                  std::string(words->substr(0, words->rfind("']"))),
                              reply);
        }
        if (!reply.HasReply())
        {
            return true;
        }
        reply.isFinal = isBounced;
        Tell(std::move(reply), session);
        return true;
    }
    if (scan::Skip(rest, "New SMTP DCID "))
    {
        Session& session = SessionOf(scan::Word(rest));
        const auto address = scan::After(rest, " address ");
        session.address =
            address
                ? HostAddress::Parse(address->substr(0, address->find(' '))).value_or(HostAddress())
                : HostAddress();
        return true;
    }
    static constexpr std::array<std::string_view, 8> OTHERS{"DCID ",
                                                            "MID ",
                                                            "ICID ",
                                                            "New SMTP ICID ",
                                                            "Delivery start DCID ",
                                                            "Start MID ",
                                                            "Message done DCID ",
                                                            "Message finished MID "};
    return std::any_of(OTHERS.begin(),
                       OTHERS.end(),
                       [&](std::string_view known)
                       { return scan::Skip(rest, known) && BeginsWithDigit(rest); });
}

bool
ProductLogReader::ReadMdaemon(std::uint32_t number, std::string_view text)
{
    // "Tue 2024-11-12 09:12:31.313: 04: [4411:2] *  Winsock Error 10060 The connection timed out."
    constexpr std::size_t FARTHEST = 8;
    std::string_view rest = text;
    scan::Word(rest);
    scan::SkipSpace(rest);
    const auto stamp = SkipSyslogStamp(rest);
    const std::size_t open = rest.find('[');
    const std::size_t close = rest.find("] ");
    if (!stamp || open > FARTHEST || close == rest.npos || close < open)
    {
        return false;
    }
    const std::string_view key = rest.substr(open + 1, close - open - 1);
    if (key.find(':') == key.npos || key.find_first_not_of("0123456789:") != key.npos)
    {
        return false;
    }
    Session& session = SessionOf(key);
    std::string_view body = Trim(rest.substr(close + 2), " *\t");
    ReportedReply reply = ProductRow(number, text, "MDaemon log");
    reply.time = stamp->In1972();
    if (scan::Skip(body, "From: "))
    {
        session = Session();
        session.sender = InLowerCase(Trim(body, "<> "));
    }
    else if (scan::Skip(body, "To: "))
    {
        session.recipient = InLowerCase(Trim(body, "<> "));
    }
    else if (scan::Skip(body, "Attempting SMTP connection to "))
    {
        session.isOutbound = true;
        body = Trim(body, "[]");
        const auto address = HostAddress::Parse(body.substr(0, body.rfind(':')));
        session.host =
            address ? session.host : InLowerCase(body.substr(0, body.find_first_of(" :")));
        session.address = address.value_or(HostAddress());
    }
    else if (scan::Skip(body, "Winsock Error ") && session.isOutbound)
    {
        reply.stage = "connect";
        reply.failure = ConnectFailureIn("winsock error code: " + std::string(body));
        reply.failure =
            reply.failure.empty() ? "Winsock error " + std::string(body) : reply.failure;
        Tell(std::move(reply), session);
    }
    else if (scan::Skip(body, "--> "))
    {
        session.command = body.substr(0, scan::LONGEST_FIELD);
    }
    else if (scan::Skip(body, "<-- ") && session.isOutbound && IsReplyCodeAt(body, 0))
    {
        TakeProductReason(body, reply);
        reply.stage = StageIn("after " + session.command);
        Tell(std::move(reply), session);
    }
    return true;
}

bool
ProductLogReader::ReadMailEnable(std::uint32_t number, std::string_view text)
{
    // Stamp, service, message, socket, address, verb, command, reply, octets: with tabs between.
    constexpr std::size_t REPLY = 7;
    std::vector<std::string_view> fields;
    for (std::string_view rest = text; !rest.empty() && fields.size() <= REPLY;)
    {
        const std::string_view field = rest.substr(0, rest.find('\t'));
        fields.push_back(field);
        rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    }
    if (fields.size() <= REPLY || !StartsWith(fields[1], "SMTP-"))
    {
        return false;
    }
    const std::string_view words = fields[REPLY];
    if (!IsReplyCodeAt(words, 0))
    {
        return true;
    }
    ReportedReply reply = ProductRow(number, text, "MailEnable log");
    TakeProductReason(words, reply);
    reply.witness =
        fields[1] == "SMTP-IN" ? ReportedReply::Witness::Server : ReportedReply::Witness::Client;
    reply.address = HostAddress::Parse(fields[4]).value_or(HostAddress());
    reply.stage = StageIn("after " + std::string(fields[6]));
    const std::size_t path = fields[6].find('<');
    if (path != fields[6].npos && reply.stage == "RCPT")
    {
        reply.recipient = InLowerCase(Trim(fields[6].substr(path), "<> "));
    }
    m_handler(reply);
    return true;
}

bool
ProductLogReader::ReadDomino(std::uint32_t number, std::string_view text)
{
    // "[1A2C:0008-0F34] 11/12/2024 09:12:22 AM  Router: No messages transferred to X.EXAMPLE (host
    // MX1.X.EXAMPLE) via SMTP: The remote server is not a known TCP/IP host."
    const auto router = scan::After(text, "Router: ");
    const auto to = router ? scan::After(*router, "transferred to ") : std::nullopt;
    const auto why = to ? scan::After(*to, " via SMTP: ") : std::nullopt;
    const bool isNot = router && (StartsWith(*router, "No messages ") ||
                                  router->find(" not transferred to ") != router->npos);
    if (!why || !isNot)
    {
        return router && router->find(" via SMTP") != router->npos;
    }
    ReportedReply reply = ProductRow(number, text, "Domino log");
    TakeProductReason(Trim(*why), reply);
    reply.recipient = "@" + InLowerCase(to->substr(0, to->find(' ')));
    if (const auto host = scan::After(*to, "(host "))
    {
        ReadHost(host->substr(0, host->find(')')), reply.host, reply.address);
        reply.host = InLowerCase(reply.host);
    }
    m_handler(reply);
    return true;
}

bool
ProductLogReader::ReadGroupWise(std::uint32_t number, std::string_view text)
{
    // "09:12:02 2A11 MSG 11822 Send Failure: 450 4.4.1 Host down"
    auto rest = scan::After(text, " MSG ");
    const bool isStamped = text.size() > 8 && text[2] == ':' && text[5] == ':' && text[8] == ' ';
    if (!rest || !isStamped || !BeginsWithDigit(*rest))
    {
        return false;
    }
    Session& session = SessionOf(scan::Word(*rest));
    scan::SkipSpace(*rest);
    if (scan::Skip(*rest, "Attempting to connect to "))
    {
        session.host = InLowerCase(scan::Word(*rest));
    }
    else if (scan::Skip(*rest, "SMTP session ended: ["))
    {
        session.address =
            HostAddress::Parse(rest->substr(0, rest->find(']'))).value_or(HostAddress());
    }
    else if (scan::Skip(*rest, "Send Failure: "))
    {
        ReportedReply reply = ProductRow(number, text, "GroupWise log");
        const std::string_view words = Trim(*rest);
        if (InLowerCase(words).find("host down") != words.npos)
        {
            // The gateway's own code for a host that it did not reach.
            reply.stage = "connect";
            reply.failure = words;
        }
        else
        {
            TakeProductReason(words, reply);
        }
        Tell(std::move(reply), session);
    }
    return true;
}

bool
ProductLogReader::ReadPowerMta(std::uint32_t number, std::string_view text)
{
    constexpr std::size_t MOST_COLUMNS = 60;
    if (StartsWith(text, "type,time"))
    {
        m_columns.clear();
        bool ended = false;
        for (std::string_view rest = text; !ended && m_columns.size() < MOST_COLUMNS;)
        {
            m_columns.push_back(csv::TakeField(rest, ended));
        }
        return true;
    }
    if (m_columns.empty() || text.size() < 2 || text[1] != ',')
    {
        return false;
    }
    std::map<std::string, std::string> row;
    bool ended = false;
    std::string_view rest = text;
    for (std::size_t i = 0; i < m_columns.size() && !ended; ++i)
    {
        row[m_columns[i]] = csv::TakeField(rest, ended);
    }
    const std::string& status = row["dsnStatus"];
    std::string_view words = status;
    const std::string enhanced = TakeEnhancedCode(words);
    const bool isFailed = text[0] == 'b' || text[0] == 't';
    if (!isFailed || enhanced.empty() || enhanced[0] == '2' || !row["dsnDiag"].empty())
    {
        return !enhanced.empty();
    }
    ReportedReply reply = ProductRow(number, text, "PowerMTA log");
    reply.enhanced = enhanced;
    reply.failure = Trim(words, " ()");
    reply.isFinal = text[0] == 'b';
    reply.sender = InLowerCase(row["orig"]);
    reply.recipient = InLowerCase(row["rcpt"]);
    m_handler(reply);
    return true;
}

bool
ProductLogReader::ReadAddressTest(std::uint32_t number, std::string_view text)
{
    // "bob@goal.example is undeliverable: Unrouteable address" of `exim -bt`
    constexpr std::string_view MARK = " is undeliverable: ";
    const std::size_t at = text.find(MARK);
    const std::string_view address = text.substr(0, at);
    if (at == text.npos || address.find('@') == address.npos || address.find(' ') != address.npos)
    {
        return false;
    }
    ReportedReply reply = ProductRow(number, text, "Exim log");
    reply.recipient = InLowerCase(address);
    ReadOwnWords(text.substr(at + MARK.size()), reply);
    reply.isFinal = true;
    m_handler(reply);
    return true;
}

bool
ProductLogReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    return ReadIronPort(number, text) || ReadMdaemon(number, text) ||
           ReadMailEnable(number, text) || ReadDomino(number, text) ||
           ReadGroupWise(number, text) || ReadPowerMta(number, text) ||
           ReadAddressTest(number, text);
}

void
ProductLogReader::End()
{
    m_sessions.clear();
    m_columns.clear();
}

} // namespace bouncelab::detectors
