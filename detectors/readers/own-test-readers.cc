#include "detectors/readers/own-test-readers.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/typed-command.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::uint32_t IP_AND_ICMP = 28; //!< Octets of an IPv4 and an ICMP header.

} // namespace

bool
SizedPingReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const std::string lower = InLowerCase(text);
    const auto arguments = ArgumentsOf(text, "ping");
    if (!arguments.empty())
    {
        End();
        m_isUnbroken = lower.find("-m do") != lower.npos || lower.find(" -f ") != lower.npos ||
                       lower.find(" -d ") != lower.npos;
        return true;
    }
    std::string_view rest = text;
    // "PING mx.example (192.0.2.1) 1472(1500) bytes of data.", "Pinging 192.0.2.1 with 1472 bytes
    // of data:"
    if (scan::Skip(rest, "PING ") || scan::Skip(rest, "Pinging "))
    {
        End();
        const std::size_t open = rest.find_first_of("([");
        const std::string_view inside =
            open == rest.npos ? rest.substr(0, rest.find(' '))
                              : rest.substr(open + 1, rest.find_first_of(")]", open) - open - 1);
        const auto address = HostAddress::Parse(inside);
        const auto data = scan::NumberBehind(rest, open == rest.npos ? " " : ") ");
        const auto with = scan::NumberBehind(rest, " with ");
        if (address && (data || with))
        {
            m_open.emplace();
            m_open->line = number;
            m_open->text = text;
            m_open->address = *address;
            m_open->octets =
                static_cast<std::uint32_t>(with ? *with : data.value_or(0)) + IP_AND_ICMP;
        }
        return address.has_value();
    }
    if (!m_open)
    {
        return false;
    }
    if (lower.find("frag needed") != lower.npos || lower.find("message too long") != lower.npos ||
        lower.find("needs to be fragmented") != lower.npos)
    {
        m_open->isTold = true;
        return true;
    }
    const auto windows = scan::NumberBehind(text, "Sent = ");
    const auto sent = windows ? windows : scan::Number(rest = text);
    const bool isSummary = lower.find("packets transmitted") != lower.npos || windows;
    if (isSummary && sent)
    {
        const auto received = windows ? scan::NumberBehind(text, "Received = ")
                                      : scan::NumberBehind(text, "transmitted, ");
        m_open->sent = static_cast<std::uint32_t>(*sent);
        m_open->received = static_cast<std::uint32_t>(received.value_or(0));
        if (m_isUnbroken)
        {
            m_handler(*m_open);
        }
        m_open.reset();
        return true;
    }
    const bool isReply =
        lower.find("bytes from ") != lower.npos || StartsWith(lower, "reply from ");
    m_open->received += isReply ? 1 : 0;
    return isReply || StartsWith(lower, "request timed out") || StartsWith(lower, "--- ");
}

void
SizedPingReader::End()
{
    // Of a summary that is not there, replies alone are known.
    if (m_open && m_isUnbroken && (m_open->received > 0 || m_open->isTold))
    {
        m_open->sent = m_open->received;
        m_handler(*m_open);
    }
    m_open.reset();
}

bool
TlsTestReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const std::string lower = InLowerCase(text);
    if (lower.find("openssl s_client") != lower.npos)
    {
        End();
        const auto to = scan::After(text, "-connect ");
        m_target = to ? to->substr(0, to->find(' ')) : std::string_view();
        return true;
    }
    if (StartsWith(text, "CONNECTED("))
    {
        End();
        m_open.emplace();
        m_open->line = number;
        m_open->text = text;
        m_open->target = m_target;
        return true;
    }
    if (!m_open)
    {
        return false;
    }
    const auto error = scan::NumberBehind(lower, ":errno=");
    if (error && !m_open->isAgreed && *error > 0)
    {
        m_open->error = static_cast<int>(*error);
        m_open->line = number;
        m_open->text = text;
        return true;
    }
    // The code at the output's end says the same once more, where it was not cut off.
    if (const auto early = scan::NumberBehind(text, "verify error:num="); early && *early > 0)
    {
        m_open->verified = static_cast<int>(*early);
        m_open->why = Trim(text.substr(text.rfind(':') + 1));
        m_open->line = number;
        m_open->text = text;
        return true;
    }
    if (const auto verified = scan::NumberBehind(text, "Verify return code: "))
    {
        m_open->verified = static_cast<int>(*verified);
        const auto why = scan::After(text, "(");
        m_open->why = why ? why->substr(0, why->find(')')) : std::string_view();
        // There is a certificate to judge; that no cipher was agreed on would stand before.
        m_open->isAgreed = m_open->isAgreed || !m_open->hasNoCipher;
        if (m_open->verified > 0)
        {
            m_open->line = number;
            m_open->text = text;
        }
        return true;
    }
    if (StartsWith(text, "no peer certificate"))
    {
        m_open->hasNoCipher = true;
        return true;
    }
    if (const auto cipher = scan::After(text, "Cipher is "))
    {
        m_open->isAgreed = !StartsWith(*cipher, "(NONE)");
        m_open->hasNoCipher = !m_open->isAgreed;
        return true;
    }
    static constexpr std::array<std::string_view, 7> KNOWN{"depth=",
                                                           "verify return:",
                                                           "Certificate chain",
                                                           "SSL handshake has read",
                                                           "Verification",
                                                           "No client certificate CA",
                                                           "---"};
    return std::any_of(KNOWN.begin(),
                       KNOWN.end(),
                       [&](std::string_view known) { return StartsWith(text, known); });
}

void
TlsTestReader::End()
{
    // A certificate that was looked at came in a handshake; of what was cut off, the rest is not
    // known.
    if (m_open && m_open->verified > 0 && m_open->error == 0)
    {
        m_open->isAgreed = true;
    }
    if (m_open && (m_open->isAgreed || m_open->error > 0 || m_open->verified >= 0))
    {
        m_handler(*m_open);
    }
    m_open.reset();
    m_target.clear();
}

} // namespace bouncelab::detectors
