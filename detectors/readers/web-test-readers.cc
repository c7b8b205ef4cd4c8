#include "detectors/readers/web-test-readers.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

/// OpenSSL's numbers for what keeps a certificate from holding.
constexpr int CERTIFICATE_EXPIRED = 10;
constexpr int SELF_SIGNED = 18;
constexpr int HOST_MISMATCH = 62;

/// A kind of failure of RFC 8460, section 4.3.
struct ReportedTls
{
    std::string_view type;
    bool isAgreed; //!< TLS comes about for those who do not ask for a valid certificate.
    int verified;
    std::string_view why;
};

constexpr std::array<ReportedTls, 4> REPORTED{
    {{"certificate-expired", true, CERTIFICATE_EXPIRED, "certificate has expired"},
     {"certificate-not-trusted", true, SELF_SIGNED, "its issuer is not trusted"},
     {"certificate-host-mismatch", true, HOST_MISMATCH, "it is another name's"},
     {"starttls-not-supported", false, -1, "starttls-not-supported"}}};

std::string
TextIn(const nlohmann::json& object, const char* name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t
NumberIn(const nlohmann::json& object, const char* name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

const nlohmann::json&
PartOf(const nlohmann::json& object, const char* name)
{
    static const nlohmann::json NONE;
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() ? *found : NONE;
}

} // namespace

SenderChecks&
ShownChecksReader::Open(std::uint32_t number, std::string_view text, std::string_view receiver)
{
    if (!m_open)
    {
        m_open.emplace();
        m_open->line = number;
        m_open->text = text;
        m_open->receiver = receiver;
    }
    m_open->words += (m_open->words.empty() ? "" : "; ") + std::string(text.substr(0, 300));
    return *m_open;
}

bool
ShownChecksReader::ReadGmail(std::uint32_t number, std::string_view text)
{
    // "SPF:\tPASS with IP 192.0.2.1 Learn more", "DMARC:\t'FAIL' Learn more"
    for (const std::string_view check : {"SPF", "DKIM", "DMARC"})
    {
        std::string_view rest = text;
        if (!scan::Skip(rest, check) || !scan::Skip(rest, ":"))
        {
            continue;
        }
        const std::string result = InLowerCase(Trim(scan::Word(rest), "'\""));
        static constexpr std::array<std::string_view, 7>
            RESULTS{"pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"};
        const bool isSpf = check == "SPF";
        const bool isOfPage =
            isSpf ? text.find(" with IP ") != text.npos : EndsWith(text, "Learn more") || m_open;
        if (!isOfPage || std::find(RESULTS.begin(), RESULTS.end(), result) == RESULTS.end())
        {
            return false;
        }
        if (isSpf)
        {
            End();
        }
        SenderChecks& checks = Open(number, text, "Gmail");
        (isSpf ? checks.spf : check == "DKIM" ? checks.dkim : checks.dmarc) = result;
        return true;
    }
    return false;
}

bool
ShownChecksReader::ReadMailTester(std::uint32_t number, std::string_view text)
{
    std::string_view rest = text;
    if (scan::Skip(rest, "[SPF] ") && rest.find(" does not allow your server ") != rest.npos)
    {
        Open(number, text, "mail-tester").spf = "fail";
        const auto address = scan::After(rest, "your server ");
        m_open->source =
            HostAddress::Parse(address->substr(0, address->find(' '))).value_or(HostAddress());
        return true;
    }
    if (text.find("Your message is not signed with DKIM") != text.npos)
    {
        Open(number, text, "mail-tester").dkim = "none";
        return true;
    }
    return false;
}

bool
ShownChecksReader::Line(std::uint32_t number, std::string_view text)
{
    constexpr std::uint32_t FARTHEST = 4;
    text = Trim(text, LINE_BLANKS);
    if (m_open && number > m_open->line + FARTHEST)
    {
        End();
    }
    return ReadGmail(number, text) || ReadMailTester(number, text);
}

void
ShownChecksReader::End()
{
    if (m_open)
    {
        m_handler(*m_open);
    }
    m_open.reset();
}

bool
CheckTlsReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (StartsWith(text, "SSLVersion in use:"))
    {
        End();
        m_open.emplace();
        m_open->line = number;
        m_open->text = text;
        m_open->isAgreed = true;
        return true;
    }
    if (!m_open)
    {
        return false;
    }
    if (const auto errors = scan::After(text, "Cert VALIDATION ERROR(S): "))
    {
        m_open->verified =
            errors->find("expired") != errors->npos ? CERTIFICATE_EXPIRED : SELF_SIGNED;
        m_open->why = *errors;
        m_open->line = number;
        m_open->text = text;
        return true;
    }
    if (const auto mismatch = scan::After(text, "Cert Hostname DOES NOT VERIFY ("))
    {
        m_open->target = mismatch->substr(0, mismatch->find(' '));
        if (m_open->verified <= 0)
        {
            m_open->verified = HOST_MISMATCH;
            m_open->why = "it is another name's";
            m_open->line = number;
            m_open->text = text;
        }
        return true;
    }
    if (text.find("Cert VALIDATED") != text.npos && m_open->verified < 0)
    {
        m_open->verified = 0;
        return true;
    }
    return StartsWith(text, "Cipher in use:");
}

void
CheckTlsReader::End()
{
    if (m_open)
    {
        m_handler(*m_open);
    }
    m_open.reset();
}

bool
TlsReportReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (m_json.empty())
    {
        if (text == "{")
        {
            m_brace = number;
            return false;
        }
        const bool isFirst = text.find("\"organization-name\"") != text.npos &&
                             (StartsWith(text, "{") || m_brace + 1 == number);
        if (!isFirst)
        {
            return false;
        }
        m_line = number;
        m_json = StartsWith(text, "{") ? "" : "{";
        m_depth = static_cast<int>(m_json.size());
    }
    m_json += text;
    m_json += '\n';
    m_depth += static_cast<int>(std::count(text.begin(), text.end(), '{')) -
               static_cast<int>(std::count(text.begin(), text.end(), '}'));
    if (m_depth > 0 && m_json.size() < GetCaps().tlsReportOctets)
    {
        return true;
    }
    m_depth > 0 ? LeaveOut() : void();
    return Finish();
}

bool
TlsReportReader::Finish()
{
    const nlohmann::json report = nlohmann::json::parse(m_json, nullptr, false);
    m_json.clear();
    const nlohmann::json& policies = PartOf(report, "policies");
    if (!policies.is_array())
    {
        return false;
    }
    for (const nlohmann::json& policy : policies)
    {
        const std::string domain = TextIn(PartOf(policy, "policy"), "policy-domain");
        const nlohmann::json& summary = PartOf(policy, "summary");
        TlsTest test;
        test.line = m_line;
        test.target = domain;
        test.text = fmt::format("{}: {} sessions succeeded, {} failed",
                                domain,
                                NumberIn(summary, "total-successful-session-count"),
                                NumberIn(summary, "total-failure-session-count"));
        const nlohmann::json& failures = PartOf(policy, "failure-details");
        if (failures.is_array() && !failures.empty())
        {
            const std::string type = TextIn(failures.front(), "result-type");
            const auto* const known =
                std::find_if(REPORTED.begin(),
                             REPORTED.end(),
                             [&](const ReportedTls& kind) { return kind.type == type; });
            test.isAgreed = known != REPORTED.end() && known->isAgreed;
            test.verified = known != REPORTED.end() ? known->verified : -1;
            test.why = known != REPORTED.end() ? std::string(known->why) : type;
            const std::string host = TextIn(failures.front(), "receiving-mx-hostname");
            test.target = host.empty() ? domain : host;
        }
        else if (NumberIn(summary, "total-failure-session-count") > 0)
        {
            test.why = "not told";
        }
        else
        {
            test.isAgreed = true;
            test.verified = 0;
        }
        m_handler(test);
    }
    return true;
}

void
TlsReportReader::End()
{
    m_json.clear();
    m_brace = 0;
    m_depth = 0;
}

} // namespace bouncelab::detectors
