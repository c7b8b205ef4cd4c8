#include "models/dns/message.h"

#include "models/dns/ldns.h"
#include "models/dns/name.h"

#include <fmt/format.h>

#include <charconv>
#include <initializer_list>

namespace bouncelab::dns
{

namespace ldns
{

std::string
TextOf(const ldns_rdf& field)
{
    const Memory text(ldns_rdf2str(&field));
    return text ? static_cast<const char*>(text.get()) : "";
}

std::string
NameOf(const ldns_rdf& name)
{
    const Rdf canonical(ldns_rdf_clone(&name));
    ldns_dname2canonical(canonical.get());
    std::string text = TextOf(*canonical);
    if (!text.empty())
    {
        text.pop_back();
    }
    return text;
}

namespace
{

/// Fields of a type that has a fixed number of them.
std::size_t
FieldCount(const ldns_rr& rr)
{
    return ldns_rr_descriptor_minimum(ldns_rr_descript(ldns_rr_get_type(&rr)));
}

bool
IsName(const ldns_rdf& field)
{
    return ldns_rdf_get_type(&field) == LDNS_RDF_TYPE_DNAME;
}

std::string
JoinedStrings(const ldns_rr& rr)
{
    std::string octets;
    for (std::size_t i = 0; i < ldns_rr_rd_count(&rr); ++i)
    {
        const ldns_rdf* part = ldns_rr_rdf(&rr, i);
        octets.append(reinterpret_cast<const char*>(ldns_rdf_data(part)) + 1,
                      ldns_rdf_size(part) - 1);
    }
    return octets;
}

bool
PushStrings(ldns_rr& rr, std::string_view octets)
{
    constexpr std::size_t LONGEST = 255;
    do
    {
        const std::string_view part = octets.substr(0, LONGEST);
        octets.remove_prefix(part.size());
        std::string field(1, static_cast<char>(part.size()));
        field += part;
        ldns_rr_push_rdf(&rr, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_STR, field.size(), field.data()));
    } while (!octets.empty());
    return true;
}

bool
PushFields(ldns_rr& rr, std::string_view data)
{
    const ldns_rr_descriptor* descriptor = ldns_rr_descript(ldns_rr_get_type(&rr));
    const std::size_t count = FieldCount(rr);
    for (std::size_t i = 0; i < count; ++i)
    {
        const std::size_t end = i + 1 < count ? data.find(' ') : data.size();
        if (end == data.npos)
        {
            return false;
        }
        const ldns_rdf_type type = ldns_rr_descriptor_field_type(descriptor, i);
        std::string field(data.substr(0, end));
        data.remove_prefix(std::min(end + 1, data.size()));
        if (type == LDNS_RDF_TYPE_DNAME)
        {
            field += '.';
        }
        ldns_rdf* value = ldns_rdf_new_frm_str(type, field.c_str());
        if (!value)
        {
            return false;
        }
        ldns_rr_push_rdf(&rr, value);
    }
    return true;
}

} // namespace

bool
Read(const ldns_rr& from, Record& record)
{
    record.owner = NameOf(*ldns_rr_owner(&from));
    record.type = static_cast<RecordType>(ldns_rr_get_type(&from));
    record.ttl = ldns_rr_ttl(&from);
    record.data.clear();
    switch (record.type)
    {
    case RecordType::Txt:
        record.data = JoinedStrings(from);
        break;
    case RecordType::A:
    case RecordType::Ns:
    case RecordType::Cname:
    case RecordType::Soa:
    case RecordType::Ptr:
    case RecordType::Mx:
    case RecordType::Aaaa:
        for (std::size_t i = 0; i < ldns_rr_rd_count(&from); ++i)
        {
            const ldns_rdf& field = *ldns_rr_rdf(&from, i);
            record.data += (i > 0 ? " " : "") + (IsName(field) ? NameOf(field) : TextOf(field));
        }
        break;
    default:
        return false;
    }
    // A record whose data end early has fewer fields than its type.
    return ldns_rr_get_class(&from) == LDNS_RR_CLASS_IN &&
           ldns_rr_rd_count(&from) >= FieldCount(from);
}

Rr
Write(const Record& record)
{
    Rr rr(ldns_rr_new());
    ldns_rdf* owner = ldns_dname_new_frm_str((record.owner + ".").c_str());
    if (!owner)
    {
        return nullptr;
    }
    ldns_rr_set_owner(rr.get(), owner);
    ldns_rr_set_type(rr.get(), static_cast<ldns_rr_type>(record.type));
    ldns_rr_set_class(rr.get(), LDNS_RR_CLASS_IN);
    ldns_rr_set_ttl(rr.get(), record.ttl);
    const bool written = record.type == RecordType::Txt ? PushStrings(*rr, record.data)
                                                        : PushFields(*rr, record.data);
    return written ? std::move(rr) : nullptr;
}

} // namespace ldns

namespace
{

ldns::Packet
Header(const Message& message)
{
    ldns::Packet packet(ldns_pkt_new());
    ldns_pkt_set_id(packet.get(), message.id);
    ldns_pkt_set_qr(packet.get(), message.isResponse);
    ldns_pkt_set_opcode(packet.get(), static_cast<ldns_pkt_opcode>(message.operation));
    ldns_pkt_set_aa(packet.get(), message.authoritative);
    ldns_pkt_set_tc(packet.get(), message.truncated);
    ldns_pkt_set_rd(packet.get(), message.recursionDesired);
    ldns_pkt_set_ra(packet.get(), message.recursionAvailable);
    ldns_pkt_set_rcode(packet.get(), static_cast<std::uint8_t>(message.code));
    ldns::Rr question(ldns_rr_new());
    ldns_rr_set_question(question.get(), true);
    ldns_rr_set_owner(question.get(),
                      ldns_dname_new_frm_str((message.question.name + ".").c_str()));
    ldns_rr_set_type(question.get(), static_cast<ldns_rr_type>(message.question.type));
    ldns_rr_set_class(question.get(), LDNS_RR_CLASS_IN);
    ldns_pkt_push_rr(packet.get(), LDNS_SECTION_QUESTION, question.release());
    return packet;
}

std::string
Octets(const Message& message)
{
    const ldns::Packet packet = Header(message);
    const std::pair<ldns_pkt_section, const Records*> sections[] = {
        {LDNS_SECTION_ANSWER, &message.answers},
        {LDNS_SECTION_AUTHORITY, &message.authority},
        {LDNS_SECTION_ADDITIONAL, &message.additional}};
    for (const auto& [section, records] : sections)
    {
        for (const Record& record : *records)
        {
            if (ldns::Rr rr = ldns::Write(record))
            {
                ldns_pkt_push_rr(packet.get(), section, rr.release());
            }
        }
    }
    std::uint8_t* octets = nullptr;
    std::size_t size = 0;
    ldns_pkt2wire(&octets, packet.get(), &size);
    const ldns::Memory owner(octets);
    return std::string(reinterpret_cast<const char*>(octets), size);
}

Records
ReadSection(const ldns_rr_list* list)
{
    Records records;
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i)
    {
        Record record;
        if (ldns::Read(*ldns_rr_list_rr(list, i), record))
        {
            records.push_back(std::move(record));
        }
    }
    return records;
}

std::uint32_t
NumberOf(std::string_view text)
{
    std::uint32_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace

std::string
NameOfType(RecordType type)
{
    const ldns::Memory text(ldns_rr_type2str(static_cast<ldns_rr_type>(type)));
    return static_cast<const char*>(text.get());
}

std::string
NameOfCode(ResponseCode code)
{
    const ldns::Memory text(ldns_pkt_rcode2str(static_cast<ldns_pkt_rcode>(code)));
    return text ? static_cast<const char*>(text.get())
                : fmt::format("RCODE{}", static_cast<unsigned>(code));
}

MailExchange
ExchangeOf(const Record& record)
{
    const std::size_t blank = record.data.find(' ');
    return {NumberOf(record.data), record.data.substr(blank + 1)};
}

std::uint32_t
NegativeTtlOf(const Record& soa)
{
    return std::min(soa.ttl, NumberOf(std::string_view(soa.data).substr(soa.data.rfind(' ') + 1)));
}

std::string
Encode(const Message& message, std::size_t limit)
{
    std::string octets = Octets(message);
    Message shorter = message;
    while (octets.size() > limit)
    {
        Records& last = !shorter.additional.empty()  ? shorter.additional
                        : !shorter.authority.empty() ? shorter.authority
                                                     : shorter.answers;
        if (last.empty())
        {
            break;
        }
        shorter.truncated = shorter.truncated || &last != &shorter.additional;
        last.pop_back();
        octets = Octets(shorter);
    }
    return octets;
}

std::optional<Message>
Decode(std::string_view octets)
{
    ldns_pkt* read = nullptr;
    const auto* data = reinterpret_cast<const std::uint8_t*>(octets.data());
    if (ldns_wire2pkt(&read, data, octets.size()) != LDNS_STATUS_OK)
    {
        return std::nullopt;
    }
    const ldns::Packet packet(read);
    const ldns_rr_list* questions = ldns_pkt_question(read);
    if (ldns_rr_list_rr_count(questions) != 1 ||
        ldns_rr_get_class(ldns_rr_list_rr(questions, 0)) != LDNS_RR_CLASS_IN)
    {
        return std::nullopt;
    }
    Message message;
    message.id = ldns_pkt_id(read);
    message.isResponse = ldns_pkt_qr(read);
    message.operation = static_cast<std::uint8_t>(ldns_pkt_get_opcode(read));
    message.authoritative = ldns_pkt_aa(read);
    message.truncated = ldns_pkt_tc(read);
    message.recursionDesired = ldns_pkt_rd(read);
    message.recursionAvailable = ldns_pkt_ra(read);
    message.code = static_cast<ResponseCode>(ldns_pkt_get_rcode(read));
    const ldns_rr* question = ldns_rr_list_rr(questions, 0);
    message.question.name = ldns::NameOf(*ldns_rr_owner(question));
    message.question.type = static_cast<RecordType>(ldns_rr_get_type(question));
    message.answers = ReadSection(ldns_pkt_answer(read));
    message.authority = ReadSection(ldns_pkt_authority(read));
    message.additional = ReadSection(ldns_pkt_additional(read));
    return message;
}

std::string
Framed(const std::string& message)
{
    std::string framed;
    framed += static_cast<char>(message.size() >> 8);
    framed += static_cast<char>(message.size() & 255);
    return framed + message;
}

std::optional<std::string>
TakeFrame(std::string& arrived)
{
    if (arrived.size() < 2)
    {
        return std::nullopt;
    }
    const std::size_t size = static_cast<std::size_t>(static_cast<unsigned char>(arrived[0])) << 8 |
                             static_cast<unsigned char>(arrived[1]);
    if (arrived.size() < size + 2)
    {
        return std::nullopt;
    }
    std::string message = arrived.substr(2, size);
    arrived.erase(0, size + 2);
    return message;
}

} // namespace bouncelab::dns
