#include "models/kerberos/messages.h"

#include "models/kerberos/asn1-fields.h"

#include <algorithm>

namespace bouncelab::kerberos
{

namespace
{

constexpr std::int64_t VERSION = 5;

/// The first octet of a message, and its msg-type (RFC 4120 5.10).
enum class Tag : std::uint8_t
{
    AsRequest = 10,
    AsReply = 11,
    TgsRequest = 12,
    TgsReply = 13,
    ApRequest = 14,
    ApReply = 15,
    Error = 30,
};

void
DescribeHead(Fields& fields, Tag tag)
{
    fields.Constant("pvno", VERSION);
    fields.Constant("msg-type", static_cast<std::int64_t>(tag));
}

void
DescribeStamp(Fields& fields,
              const std::string& seconds,
              const std::string& microseconds,
              Stamp& stamp)
{
    fields.Time(seconds, stamp.seconds);
    fields.Number(microseconds, stamp.microseconds);
}

} // namespace

void
Describe(Fields& fields, PrincipalName& name)
{
    fields.Number("name-type", name.type);
    fields.List("name-string", name.parts);
}

void
Describe(Fields& fields, HostAddressField& address)
{
    fields.Number("addr-type", address.type);
    fields.Octets("address", address.octets);
}

void
Describe(Fields& fields, PaData& data)
{
    fields.Number("padata-type", data.type);
    fields.Octets("padata-value", data.octets);
}

void
Describe(Fields& fields, AuthorizationDatum& data)
{
    fields.Number("ad-type", data.type);
    fields.Octets("ad-data", data.octets);
}

void
Describe(Fields& fields, EncryptionKey& key)
{
    fields.Number("keytype", key.type);
    fields.Octets("keyvalue", key.octets);
}

void
Describe(Fields& fields, Checksum& checksum)
{
    fields.Number("cksumtype", checksum.type);
    fields.Octets("checksum", checksum.octets);
}

void
Describe(Fields& fields, TypedOctets& transited)
{
    fields.Number("tr-type", transited.type);
    fields.Octets("contents", transited.octets);
}

void
Describe(Fields& fields, EncryptedData& data)
{
    fields.Number("etype", data.type);
    fields.Number("kvno", data.keyVersion);
    fields.Octets("cipher", data.cipher);
}

void
Describe(Fields& fields, Ticket& ticket)
{
    fields.Constant("tkt-vno", VERSION);
    fields.Text("realm", ticket.realm);
    fields.Part("sname", ticket.service);
    fields.Part("enc-part", ticket.part);
}

void
Describe(Fields& fields, TicketPart& part)
{
    fields.Flags("flags", part.flags);
    fields.Part("key", part.key);
    fields.Text("crealm", part.clientRealm);
    fields.Part("cname", part.client);
    fields.Part("transited", part.transited);
    fields.Time("authtime", part.authenticated);
    fields.Time("starttime", part.start);
    fields.Time("endtime", part.end);
    fields.Time("renew-till", part.renewTill);
    fields.OptionalList("caddr", part.addresses);
    fields.OptionalList("authorization-data", part.authorization);
}

void
Describe(Fields& fields, KdcRequestBody& body)
{
    fields.Flags("kdc-options", body.options);
    fields.Part("cname", body.client);
    fields.Text("realm", body.realm);
    fields.Part("sname", body.service);
    fields.Time("from", body.from);
    fields.Time("till", body.till);
    fields.Time("rtime", body.renewTill);
    fields.Number("nonce", body.nonce);
    fields.List("etype", body.encryptionTypes);
    fields.OptionalList("addresses", body.addresses);
    fields.Part("enc-authorization-data", body.authorization);
    fields.OptionalList("additional-tickets", body.additionalTickets);
}

void
Describe(Fields& fields, KdcRequest& request)
{
    DescribeHead(fields, request.exchange == Exchange::As ? Tag::AsRequest : Tag::TgsRequest);
    fields.OptionalList("padata", request.padata);
    fields.Part("req-body", request.body);
}

void
Describe(Fields& fields, KdcReply& reply)
{
    DescribeHead(fields, reply.exchange == Exchange::As ? Tag::AsReply : Tag::TgsReply);
    fields.OptionalList("padata", reply.padata);
    fields.Text("crealm", reply.clientRealm);
    fields.Part("cname", reply.client);
    fields.Part("ticket", reply.ticket);
    fields.Part("enc-part", reply.part);
}

void
Describe(Fields& fields, LastRequest& request)
{
    fields.Number("lr-type", request.type);
    fields.Time("lr-value", request.time);
}

void
Describe(Fields& fields, KdcReplyPart& part)
{
    fields.Part("key", part.key);
    fields.List("last-req", part.lastRequests);
    fields.Number("nonce", part.nonce);
    fields.Time("key-expiration", part.keyExpiration);
    fields.Flags("flags", part.flags);
    fields.Time("authtime", part.authenticated);
    fields.Time("starttime", part.start);
    fields.Time("endtime", part.end);
    fields.Time("renew-till", part.renewTill);
    fields.Text("srealm", part.realm);
    fields.Part("sname", part.service);
    fields.OptionalList("caddr", part.addresses);
    fields.OptionalList("encrypted-pa-data", part.padata);
}

void
Describe(Fields& fields, ApRequest& request)
{
    DescribeHead(fields, Tag::ApRequest);
    fields.Flags("ap-options", request.options);
    fields.Part("ticket", request.ticket);
    fields.Part("authenticator", request.authenticator);
}

void
Describe(Fields& fields, Authenticator& authenticator)
{
    fields.Constant("authenticator-vno", VERSION);
    fields.Text("crealm", authenticator.clientRealm);
    fields.Part("cname", authenticator.client);
    fields.Part("cksum", authenticator.checksum);
    fields.Number("cusec", authenticator.time.microseconds);
    fields.Time("ctime", authenticator.time.seconds);
    fields.Part("subkey", authenticator.subkey);
    fields.Number("seq-number", authenticator.sequence);
    fields.OptionalList("authorization-data", authenticator.authorization);
}

void
Describe(Fields& fields, ApReply& reply)
{
    DescribeHead(fields, Tag::ApReply);
    fields.Part("enc-part", reply.part);
}

void
Describe(Fields& fields, ApReplyPart& part)
{
    DescribeStamp(fields, "ctime", "cusec", part.time);
    fields.Part("subkey", part.subkey);
    fields.Number("seq-number", part.sequence);
}

void
Describe(Fields& fields, KrbError& error)
{
    DescribeHead(fields, Tag::Error);
    fields.Time("ctime", error.clientTime);
    fields.Number("cusec", error.clientMicroseconds);
    DescribeStamp(fields, "stime", "susec", error.serverTime);
    auto code = static_cast<std::int64_t>(error.code);
    fields.Number("error-code", code);
    error.code = static_cast<ErrorCode>(code);
    fields.Text("crealm", error.clientRealm);
    fields.Part("cname", error.client);
    fields.Text("realm", error.realm);
    fields.Part("sname", error.service);
    fields.Text("e-text", error.text);
    fields.Octets("e-data", error.data);
}

void
Describe(Fields& fields, PaTimestamp& timestamp)
{
    fields.Time("patimestamp", timestamp.time);
    fields.Number("pausec", timestamp.microseconds);
}

void
Describe(Fields& fields, EtypeInfo2& entry)
{
    fields.Number("etype", entry.type);
    fields.Text("salt", entry.salt);
    fields.Octets("s2kparams", entry.parameters);
}

template <class T>
void
Describe(Fields& fields, std::vector<T>& list)
{
    fields.List("", list);
}

namespace
{

/// As Decode(), of the exchange that the tag says.
template <class T>
std::optional<Message>
DecodeExchange(const char* type, std::string_view octets, Exchange exchange)
{
    Asn1Element element(type);
    if (!element.Decode(octets))
    {
        return std::nullopt;
    }
    Fields fields(element, Fields::Direction::Read);
    T value;
    value.exchange = exchange;
    Describe(fields, value);
    return fields.Failed() ? std::nullopt : std::optional<Message>(std::move(value));
}

} // namespace

PrincipalName
PrincipalName::Parse(std::string_view text)
{
    PrincipalName name;
    for (std::size_t end = 0; end != text.npos; text.remove_prefix(std::min(end + 1, text.size())))
    {
        end = text.find('/');
        name.parts.emplace_back(text.substr(0, end));
    }
    name.type = name.parts.size() > 1 ? name_type::SERVICE_INSTANCE : name_type::PRINCIPAL;
    return name;
}

std::string
PrincipalName::ToString() const
{
    std::string text;
    for (const std::string& part : parts)
    {
        text += part + '/';
    }
    return text.substr(0, text.empty() ? 0 : text.size() - 1);
}

Stamp
Stamp::Of(WallTime time)
{
    return {UnixSeconds(time), SecondFraction(time) / 1000};
}

WallTime
Stamp::ToWallTime() const
{
    constexpr Seconds FAR_TIME = 9000000000; // The year 2255.
    const Seconds whole = std::clamp<Seconds>(seconds, 0, FAR_TIME);
    const std::int64_t part = std::clamp<std::int64_t>(microseconds, 0, 999999);
    return WallTime(std::chrono::seconds(whole) + std::chrono::microseconds(part));
}

const PaData*
KdcRequest::Find(std::int64_t type) const
{
    const auto found = std::find_if(padata.begin(),
                                    padata.end(),
                                    [&](const PaData& data) { return data.type == type; });
    return found == padata.end() ? nullptr : &*found;
}

std::optional<Message>
ParseMessage(std::string_view octets)
{
    constexpr unsigned APPLICATION = 0x60;
    const unsigned first = octets.empty() ? 0 : static_cast<unsigned char>(octets[0]);
    switch (static_cast<Tag>(first - APPLICATION))
    {
    case Tag::AsRequest:
        return DecodeExchange<KdcRequest>("AS-REQ", octets, Exchange::As);
    case Tag::TgsRequest:
        return DecodeExchange<KdcRequest>("TGS-REQ", octets, Exchange::Tgs);
    case Tag::AsReply:
        return DecodeExchange<KdcReply>("AS-REP", octets, Exchange::As);
    case Tag::TgsReply:
        return DecodeExchange<KdcReply>("TGS-REP", octets, Exchange::Tgs);
    case Tag::ApRequest:
        return Decode<ApRequest>("AP-REQ", octets);
    case Tag::ApReply:
        return Decode<ApReply>("AP-REP", octets);
    case Tag::Error:
        return Decode<KrbError>("KRB-ERROR", octets);
    }
    return std::nullopt;
}

std::string
ToOctets(const KdcRequest& request)
{
    return Encode(request.exchange == Exchange::As ? "AS-REQ" : "TGS-REQ", request);
}

std::string
ToOctets(const KdcReply& reply)
{
    return Encode(reply.exchange == Exchange::As ? "AS-REP" : "TGS-REP", reply);
}

std::string
ToOctets(const ApRequest& request)
{
    return Encode("AP-REQ", request);
}

std::string
ToOctets(const ApReply& reply)
{
    return Encode("AP-REP", reply);
}

std::string
ToOctets(const KrbError& error)
{
    return Encode("KRB-ERROR", error);
}

std::string
ToOctets(const Message& message)
{
    return std::visit([](const auto& kind) { return ToOctets(kind); }, message);
}

std::string
ToOctets(const KdcRequestBody& body)
{
    return Encode("KDC-REQ-BODY", body);
}

std::string
ToOctets(const TicketPart& part)
{
    return Encode("EncTicketPart", part);
}

std::string
ToOctets(const KdcReplyPart& part, Exchange exchange)
{
    return Encode(exchange == Exchange::As ? "EncASRepPart" : "EncTGSRepPart", part);
}

std::string
ToOctets(const Authenticator& authenticator)
{
    return Encode("Authenticator", authenticator);
}

std::string
ToOctets(const ApReplyPart& part)
{
    return Encode("EncAPRepPart", part);
}

std::string
ToOctets(const EncryptedData& data)
{
    return Encode("EncryptedData", data);
}

std::string
ToOctets(const PaTimestamp& timestamp)
{
    return Encode("PA-ENC-TS-ENC", timestamp);
}

std::string
ToOctets(const std::vector<PaData>& data)
{
    return Encode("METHOD-DATA", data);
}

std::string
ToOctets(const std::vector<EtypeInfo2>& entries)
{
    return Encode("ETYPE-INFO2", entries);
}

std::string
ToOctets(const std::vector<AuthorizationDatum>& data)
{
    return Encode("AuthorizationData", data);
}

std::string
PacRequest(bool wanted)
{
    const Asn1Element element("KERB-PA-PAC-REQUEST");
    Fields(element, Fields::Direction::Write).Boolean("include-pac", wanted);
    return element.Encode();
}

std::optional<TicketPart>
ParseTicketPart(std::string_view octets)
{
    return Decode<TicketPart>("EncTicketPart", octets);
}

std::optional<KdcReplyPart>
ParseKdcReplyPart(std::string_view octets)
{
    auto part = Decode<KdcReplyPart>("EncTGSRepPart", octets);
    return part ? part : Decode<KdcReplyPart>("EncASRepPart", octets);
}

std::optional<Authenticator>
ParseAuthenticator(std::string_view octets)
{
    return Decode<Authenticator>("Authenticator", octets);
}

std::optional<ApReplyPart>
ParseApReplyPart(std::string_view octets)
{
    return Decode<ApReplyPart>("EncAPRepPart", octets);
}

std::optional<EncryptedData>
ParseEncryptedData(std::string_view octets)
{
    return Decode<EncryptedData>("EncryptedData", octets);
}

std::optional<PaTimestamp>
ParsePaTimestamp(std::string_view octets)
{
    return Decode<PaTimestamp>("PA-ENC-TS-ENC", octets);
}

std::optional<std::vector<PaData>>
ParsePaDataList(std::string_view octets)
{
    return Decode<std::vector<PaData>>("METHOD-DATA", octets);
}

std::optional<std::vector<EtypeInfo2>>
ParseEtypeInfo2(std::string_view octets)
{
    return Decode<std::vector<EtypeInfo2>>("ETYPE-INFO2", octets);
}

} // namespace bouncelab::kerberos
