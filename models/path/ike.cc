#include "models/path/ike.h"

#include "formats/random.h"
#include "models/path/octets.h"

#include <fmt/format.h>

namespace bouncelab::path
{

namespace
{

// RFC 7296 3.1 and 3.2.
constexpr std::uint8_t Version2 = 0x20;
constexpr std::uint8_t InitExchange = 34;
constexpr std::uint8_t AuthExchange = 35;
constexpr std::uint8_t FromInitiator = 0x08;
constexpr std::uint8_t IsResponse = 0x20;
constexpr std::size_t HeaderBytes = 28;
constexpr std::size_t IkeVectorBytes = 16;
constexpr std::size_t LengthOffset = 24;

enum Payload : std::uint8_t
{
    None = 0,
    SecurityAssociation = 33,
    KeyExchange = 34,
    InitiatorId = 35,
    ResponderId = 36,
    Nonce = 40,
    Notify = 41,
    Encrypted = 46,
};

constexpr std::uint16_t NatDetectionSource = 16388;
constexpr std::uint16_t NatDetectionDestination = 16389;
constexpr std::uint16_t Modp1024 = 2;
constexpr std::size_t PublicValueBytes = 128;
constexpr std::size_t NonceBytes = 32;
constexpr std::size_t HashBytes = 20;
constexpr std::size_t CheckBytes = 12;
constexpr std::size_t AuthRequestBytes =
    288; //!< Of ciphertext: identity, AUTH, addresses, child SA.
constexpr std::size_t AuthResponseBytes = 224;

bool
IsAuth(IkeMessage kind)
{
    return kind == IkeMessage::AuthRequest || kind == IkeMessage::AuthResponse;
}

bool
IsAnswer(IkeMessage kind)
{
    return kind == IkeMessage::InitResponse || kind == IkeMessage::AuthResponse;
}

std::uint64_t
ResponderSpi(const IkeSession& session, IkeMessage kind)
{
    return kind == IkeMessage::InitRequest ? 0 : session.responder; // not known yet
}

std::uint8_t
ExchangeOf(IkeMessage kind)
{
    return IsAuth(kind) ? AuthExchange : InitExchange;
}

std::uint8_t
FlagsOf(IkeMessage kind)
{
    return IsAnswer(kind) ? IsResponse : FromInitiator;
}

void
PutLength(std::vector<std::uint8_t>& message, std::size_t at, std::size_t octets, std::size_t value)
{
    for (std::size_t i = octets; i-- > 0; value >>= 8)
    {
        message[at + i] = static_cast<std::uint8_t>(value);
    }
}

/// Generic payload header; the length is put in at the end.
class PayloadWriter
{
  public:
    PayloadWriter(std::vector<std::uint8_t>& message, Payload next)
        : m_message(message)
        , m_start(message.size())
    {
        AppendNumber(message, next, 1);
        AppendNumber(message, 0, 3);
    }

    ~PayloadWriter() { PutLength(m_message, m_start + 2, 2, m_message.size() - m_start); }

    PayloadWriter(const PayloadWriter&) = delete;
    PayloadWriter& operator=(const PayloadWriter&) = delete;

  private:
    std::vector<std::uint8_t>& m_message;
    std::size_t m_start;
};

void
WriteProposal(std::vector<std::uint8_t>& message)
{
    const PayloadWriter payload(message, KeyExchange);
    AppendNumber(message, 0, 2);           // last proposal
    AppendNumber(message, 8 + 12 + 24, 2); // its length
    AppendNumber(message, 1, 1);           // number
    AppendNumber(message, 1, 1);           // IKE
    AppendNumber(message, 0, 1);           // no SPI
    AppendNumber(message, 4, 1);           // transforms
    AppendNumber(message, 0x0300000C, 4);  // more follow, 12 octets
    AppendNumber(message, 0x0100000C, 4);  // encryption: AES-CBC
    AppendNumber(message, 0x800E0100, 4);  // 256 bits
    AppendNumber(message, 0x03000008, 4);
    AppendNumber(message, 0x02000002, 4); // PRF: HMAC-SHA1
    AppendNumber(message, 0x03000008, 4);
    AppendNumber(message, 0x03000002, 4); // integrity: HMAC-SHA1-96
    AppendNumber(message, 0x00000008, 4);
    AppendNumber(message, 0x04000000 | Modp1024, 4);
}

void
WriteNotify(std::vector<std::uint8_t>& message, Payload next, std::uint16_t type, Draw draw)
{
    const PayloadWriter payload(message, next);
    AppendNumber(message, 0, 2); // no protocol, no SPI
    AppendNumber(message, type, 2);
    AppendDraws(message, draw, HashBytes);
}

void
WriteInit(std::vector<std::uint8_t>& message, DrawKey draws)
{
    WriteProposal(message);
    {
        const PayloadWriter payload(message, Nonce);
        AppendNumber(message, Modp1024, 2);
        AppendNumber(message, 0, 2);
        AppendDraws(message, draws("public-value"), PublicValueBytes);
    }
    {
        const PayloadWriter payload(message, Notify);
        AppendDraws(message, draws("nonce"), NonceBytes);
    }
    WriteNotify(message, Notify, NatDetectionSource, draws("source"));
    WriteNotify(message, None, NatDetectionDestination, draws("destination"));
}

} // namespace

IkeSession
IkeSession::Draw(std::uint64_t seed, std::string_view name)
{
    const DrawKey draws(seed, fmt::format("{}/ike", name));
    IkeSession session;
    session.initiator = draws("initiator").Value() | 1; // not 0
    session.responder = draws("responder").Value() | 1;
    session.key = draws("key").Value();
    return session;
}

void
WriteIke(const IkeSession& session, IkeMessage kind, std::vector<std::uint8_t>& message)
{
    const DrawKey draws =
        DrawKey(session.key, "ike").For("message", static_cast<std::uint64_t>(kind));
    message.clear();
    AppendNumber(message, session.initiator, 8);
    AppendNumber(message, ResponderSpi(session, kind), 8);
    AppendNumber(message, IsAuth(kind) ? Encrypted : SecurityAssociation, 1);
    AppendNumber(message, Version2, 1);
    AppendNumber(message, ExchangeOf(kind), 1);
    AppendNumber(message, FlagsOf(kind), 1);
    AppendNumber(message, IsAuth(kind) ? 1 : 0, 4);
    AppendNumber(message, 0, 4);
    if (IsAuth(kind))
    {
        const PayloadWriter payload(message, IsAnswer(kind) ? ResponderId : InitiatorId);
        AppendDraws(message,
                    draws("cipher-text"),
                    IkeVectorBytes + (IsAnswer(kind) ? AuthResponseBytes : AuthRequestBytes) +
                        CheckBytes);
    }
    else
    {
        WriteInit(message, draws);
    }
    PutLength(message, LengthOffset, 4, message.size());
}

std::optional<IkeMessage>
ReadIke(const IkeSession& session, const std::uint8_t* message, std::size_t size)
{
    if (size < HeaderBytes || ReadNumber(message + LengthOffset, 4) != size ||
        ReadNumber(message, 8) != session.initiator || message[17] != Version2)
    {
        return std::nullopt;
    }
    for (const IkeMessage kind : {IkeMessage::InitRequest,
                                  IkeMessage::InitResponse,
                                  IkeMessage::AuthRequest,
                                  IkeMessage::AuthResponse})
    {
        if (message[18] == ExchangeOf(kind) && message[19] == FlagsOf(kind) &&
            ReadNumber(message + 8, 8) == ResponderSpi(session, kind))
        {
            return kind;
        }
    }
    return std::nullopt;
}

} // namespace bouncelab::path
