#include "models/smtp/tls-layer.h"

#include "models/smtp/tls-wire.h"

#include <algorithm>

namespace bouncelab::smtp
{

TlsLayer::TlsLayer(Role role, const TlsPersona& persona, std::string name, DrawKey draws)
    : m_role(role)
    , m_persona(persona)
    , m_name(std::move(name))
    , m_draws(draws)
    , m_state(role == Role::Client ? State::ServerHello : State::ClientHello)
    , m_recordVersion(static_cast<std::uint16_t>(TlsVersion::Tls10))
{
    if (role == Role::Client)
    {
        SendClientHello();
    }
}

void
TlsLayer::Receive(std::string_view bytes, std::string& plain)
{
    // A record's header says how much is still wanted, so that what is kept stays below one record.
    while (!bytes.empty() && m_state != State::Failed)
    {
        const std::size_t wanted =
            m_input.size() < tls::HEADER
                ? tls::HEADER
                : tls::HEADER + static_cast<std::size_t>(tls::Get16(m_input, 3));
        const std::size_t size = std::min(wanted - m_input.size(), bytes.size());
        m_input += bytes.substr(0, size);
        bytes.remove_prefix(size);
        if (m_input.size() == tls::HEADER && !CheckHeader())
        {
            return;
        }
        if (m_input.size() >= tls::HEADER &&
            m_input.size() == tls::HEADER + static_cast<std::size_t>(tls::Get16(m_input, 3)))
        {
            TakeRecord(plain);
            m_input.clear();
        }
    }
}

bool
TlsLayer::CheckHeader()
{
    const auto type = static_cast<std::uint8_t>(m_input[0]);
    if (type < tls::CHANGE_CIPHER_SPEC || type > tls::APPLICATION_DATA)
    {
        Fail(tls::UNEXPECTED_MESSAGE, "what came is no record");
        return false;
    }
    const bool known = m_suite != nullptr;
    if (m_input[1] != 3 || (known && tls::Get16(m_input, 1) != m_recordVersion))
    {
        Fail(tls::PROTOCOL_VERSION, "a record of another version");
        return false;
    }
    if (tls::Get16(m_input, 3) > (m_readProtected ? tls::MAX_PROTECTED : tls::MAX_FRAGMENT))
    {
        Fail(tls::RECORD_OVERFLOW, "a record that is too long");
        return false;
    }
    return true;
}

void
TlsLayer::TakeRecord(std::string& plain)
{
    const auto type = static_cast<std::uint8_t>(m_input[0]);
    const std::string_view fragment = std::string_view(m_input).substr(tls::HEADER);
    if (!m_readProtected)
    {
        OnRecord(type, fragment, plain);
        return;
    }
    const auto content = m_reading->Open(type, fragment);
    if (!content)
    {
        Fail(tls::BAD_RECORD_MAC, "a record that the peer did not make");
        return;
    }
    OnRecord(type, *content, plain);
}

void
TlsLayer::OnRecord(std::uint8_t type, std::string_view content, std::string& plain)
{
    if (type == tls::ALERT)
    {
        OnAlert(content);
    }
    else if (type == tls::APPLICATION_DATA && m_state == State::Established)
    {
        if (!m_goodbye)
        {
            plain += content;
        }
    }
    else if (type == tls::CHANGE_CIPHER_SPEC && m_state == State::ChangeCipherSpec &&
             content == "\x01" && m_handshake.empty())
    {
        m_readProtected = true;
        m_state = State::Finished;
    }
    else if (type == tls::HANDSHAKE && m_state != State::Established)
    {
        OnHandshakeOctets(content);
    }
    else
    {
        Fail(tls::UNEXPECTED_MESSAGE, "a record out of order");
    }
}

void
TlsLayer::OnAlert(std::string_view content)
{
    constexpr char WARNING = 1;
    if (content.size() != 2)
    {
        Fail(tls::DECODE_ERROR, "an alert that cannot be read");
    }
    else if (content[1] == tls::CLOSE_NOTIFY)
    {
        m_goodbye = true;
        if (m_state != State::Established)
        {
            m_state = State::Failed;
            m_failure = "the peer closed";
        }
    }
    else if (content[0] != WARNING)
    {
        m_state = State::Failed;
        m_failure = "the peer sent a fatal alert";
    }
}

void
TlsLayer::OnHandshakeOctets(std::string_view content)
{
    m_handshake += content;
    while (m_handshake.size() >= 4 && m_state != State::Failed)
    {
        const std::size_t length = tls::Get24(m_handshake, 1);
        if (length > MAX_HANDSHAKE)
        {
            Fail(tls::DECODE_ERROR, "a handshake message that is too long");
            return;
        }
        if (m_handshake.size() < 4 + length)
        {
            return;
        }
        const std::string message = m_handshake.substr(0, 4 + length);
        m_handshake.erase(0, 4 + length);
        const auto type = static_cast<std::uint8_t>(message[0]);
        // A Finished vouches for what came before it.
        if (type != tls::FINISHED)
        {
            m_transcript.Add(message);
        }
        OnHandshake(type, std::string_view(message).substr(4));
        if (type == tls::FINISHED && m_state == State::Established)
        {
            m_transcript.Add(message);
            if (m_role == Role::Server)
            {
                SendFinished();
            }
        }
    }
}

void
TlsLayer::Send(std::string_view plain)
{
    while (!plain.empty() && m_state == State::Established && !m_closed)
    {
        const std::string_view part = plain.substr(0, tls::MAX_FRAGMENT);
        PutRecord(tls::APPLICATION_DATA, part);
        plain.remove_prefix(part.size());
    }
}

void
TlsLayer::Close()
{
    constexpr std::string_view GOODBYE("\x01\x00", 2);
    if (m_state == State::Established && !m_closed && m_persona.closeNotify)
    {
        PutRecord(tls::ALERT, GOODBYE);
    }
    m_closed = true;
}

void
TlsLayer::PutRecord(std::uint8_t type, std::string_view content)
{
    const std::string sealed = m_writeProtected ? m_writing->Seal(type, content) : std::string();
    const std::string_view fragment = m_writeProtected ? std::string_view(sealed) : content;
    m_output += static_cast<char>(type);
    tls::Put16(m_output, m_recordVersion);
    tls::Put16(m_output, fragment.size());
    m_output += fragment;
}

void
TlsLayer::Fail(std::uint8_t alert, std::string_view reason)
{
    const char octets[] = {2, static_cast<char>(alert)};
    PutRecord(tls::ALERT, {octets, 2});
    m_state = State::Failed;
    m_failure = reason;
    m_input.clear();
    m_handshake.clear();
}

} // namespace bouncelab::smtp
