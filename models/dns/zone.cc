#include "models/dns/zone.h"

#include "models/dns/ldns.h"
#include "models/dns/name.h"
#include "models/dns/spf-record.h"
#include "models/dns/zone-entry.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace bouncelab::dns
{

namespace
{

constexpr int LONGEST_ALIAS_CHAIN = 8;

std::uint32_t
Seconds(Nanoseconds time)
{
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

/// \param fault what is wrong, if the result is not good
bool
ReadLine(const std::string& line,
         const std::string& zone,
         const ZoneConfig& config,
         Record& record,
         std::string& fault)
{
    const ldns::Rdf origin(ldns_dname_new_frm_str((zone + ".").c_str()));
    ldns_rr* read = nullptr;
    const ldns_status status =
        ldns_rr_new_frm_str(&read, line.c_str(), Seconds(config.ttl), origin.get(), nullptr);
    const ldns::Rr rr(read);
    if (status != LDNS_STATUS_OK)
    {
        fault = fmt::format("found \"{}\", expected a line of a zone file ({})",
                            line,
                            ldns_get_errorstr_by_id(status));
        return false;
    }
    if (!ldns::Read(*rr, record))
    {
        fault = fmt::format("found \"{}\", expected A, AAAA, CNAME, MX, NS, PTR, SOA or TXT", line);
        return false;
    }
    return true;
}

/// The name that a record leads to; empty if it leads to none.
std::string
TargetOf(const Record& record)
{
    switch (record.type)
    {
    case RecordType::Mx:
        return ExchangeOf(record).host;
    case RecordType::Ns:
    case RecordType::Cname:
    case RecordType::Ptr:
        return record.data;
    default:
        return {};
    }
}

/// Goes through the lines of a zone and notes what is wrong.
class ZoneChecker
{
  public:
    ZoneChecker(std::string zone, const ZoneConfig& config)
        : m_zone(std::move(zone))
        , m_config(config)
    {
    }

    std::vector<std::string> Check()
    {
        ReadRecords();
        for (const Line& line : m_lines)
        {
            CheckOwner(line);
            CheckNeighbors(line);
            CheckTarget(line);
            CheckAliases(line);
            CheckSpf(line);
        }
        return std::move(m_faults);
    }

  private:
    struct Line
    {
        std::size_t number;
        Record record;
    };

    void Note(const Line& line, const std::string& text)
    {
        m_faults.push_back(fmt::format("records.{}: {}", line.number, text));
    }

    void ReadRecords()
    {
        for (std::size_t i = 0; i < m_config.records.size(); ++i)
        {
            Line line{i + 1, {}};
            std::string fault;
            if (ReadLine(m_config.records[i], m_zone, m_config, line.record, fault))
            {
                m_lines.push_back(std::move(line));
            }
            else
            {
                Note(line, fault);
            }
        }
    }

    void CheckOwner(const Line& line)
    {
        const Record& record = line.record;
        if (!IsAtOrBelow(record.owner, m_zone))
        {
            Note(line,
                 fmt::format("found {}, which is outside the zone, expected a name in {}",
                             record.owner,
                             m_zone));
            return;
        }
        if (record.type == RecordType::Soa && record.owner != m_zone)
        {
            Note(line,
                 fmt::format("found an SOA of {}, expected one of the zone itself, {}",
                             record.owner,
                             m_zone));
        }
        const std::string delegation = DelegationAbove(record.owner);
        const bool isAddress = record.type == RecordType::A || record.type == RecordType::Aaaa;
        if (!delegation.empty() && record.type != RecordType::Ns &&
            !(isAddress && IsNameServer(record.owner)))
        {
            Note(line,
                 fmt::format("found {} of {}, which is delegated by the NS of {}, expected "
                             "addresses of its name servers only",
                             NameOfType(record.type),
                             record.owner,
                             delegation));
        }
    }

    /// What this line and an earlier one cannot both say.
    void CheckNeighbors(const Line& line)
    {
        const Record& record = line.record;
        for (const Line& other : m_lines)
        {
            if (other.number >= line.number)
            {
                return;
            }
            const Record& before = other.record;
            if (before.owner != record.owner)
            {
                continue;
            }
            const bool alias = before.type == RecordType::Cname || record.type == RecordType::Cname;
            const bool same = before.type == record.type;
            if (alias || (same && record.type == RecordType::Soa))
            {
                Note(line,
                     fmt::format("found {} of {} beside its {} in records.{}, expected {}",
                                 NameOfType(record.type),
                                 record.owner,
                                 NameOfType(before.type),
                                 other.number,
                                 alias ? "no other record beside a CNAME" : "one SOA"));
                return;
            }
            if (same && before.data == record.data)
            {
                Note(line, fmt::format("found records.{} again, expected it once", other.number));
                return;
            }
            if (same && before.ttl != record.ttl)
            {
                Note(line,
                     fmt::format("found TTL {}, expected {} as in records.{} (RFC 2181 5.2)",
                                 record.ttl,
                                 before.ttl,
                                 other.number));
                return;
            }
        }
    }

    void CheckTarget(const Line& line)
    {
        const Record& record = line.record;
        const std::string target = TargetOf(record);
        if (target.empty())
        {
            return;
        }
        std::string_view typed = target;
        if (target != m_zone && IsAtOrBelow(target, m_zone))
        {
            typed = typed.substr(0, target.size() - m_zone.size() - 1);
        }
        if (IpAddress::Parse(target) || IpAddress::Parse(typed) || HostAddress::Parse(typed))
        {
            Note(line,
                 fmt::format("found {} to the address {}, expected a name",
                             NameOfType(record.type),
                             typed));
            return;
        }
        const bool needsAddress = record.type == RecordType::Mx || record.type == RecordType::Ns;
        if (!needsAddress || !IsAtOrBelow(target, m_zone))
        {
            return;
        }
        if (Has(target, RecordType::Cname))
        {
            Note(line,
                 fmt::format("found {} to {}, which is a CNAME, expected a name with an address "
                             "(RFC 2181 10.3)",
                             NameOfType(record.type),
                             target));
        }
        else if (!HasAddress(target) &&
                 (DelegationAbove(target).empty() ||
                  (record.type == RecordType::Ns && IsAtOrBelow(target, record.owner))))
        {
            Note(line,
                 fmt::format("found {} to {}, which has no address in the zone, expected one",
                             NameOfType(record.type),
                             target));
        }
    }

    /// An alias does not come back to itself.
    void CheckAliases(const Line& line)
    {
        std::string name = line.record.owner;
        for (std::size_t links = 0; links <= m_lines.size(); ++links)
        {
            const auto alias = std::find_if(m_lines.begin(),
                                            m_lines.end(),
                                            [&name](const Line& other) {
                                                return other.record.owner == name &&
                                                       other.record.type == RecordType::Cname;
                                            });
            if (alias == m_lines.end())
            {
                return;
            }
            name = alias->record.data;
            if (name == line.record.owner)
            {
                Note(line,
                     fmt::format("found CNAME of {} to {}, which leads back to it, expected an "
                                 "end of the chain",
                                 name,
                                 line.record.data));
                return;
            }
        }
    }

    void CheckSpf(const Line& line)
    {
        const Record& record = line.record;
        if (record.type != RecordType::Txt || !IsSpfRecord(record.data))
        {
            return;
        }
        if (!ReadSpfRecord(record.data))
        {
            Note(line,
                 fmt::format("found \"{}\", expected the terms of an SPF record (RFC 7208 12)",
                             BadTermOf(record.data)));
        }
        for (const Line& other : m_lines)
        {
            if (other.number < line.number && other.record.owner == record.owner &&
                other.record.type == RecordType::Txt && IsSpfRecord(other.record.data))
            {
                Note(line,
                     fmt::format("found an SPF record of {} beside records.{}, expected one "
                                 "(RFC 7208 4.5)",
                                 record.owner,
                                 other.number));
            }
        }
    }

    /// The first term of an SPF record that is none by itself; else all of it.
    static std::string BadTermOf(const std::string& text)
    {
        const std::string version = text.substr(0, text.find(' '));
        for (std::size_t begin = version.size(); begin < text.size();)
        {
            const std::size_t end = std::min(text.find(' ', begin + 1), text.size());
            const std::string term = text.substr(begin + 1, end - begin - 1);
            if (!ReadSpfRecord(version + " " + term))
            {
                return term;
            }
            begin = end;
        }
        return text;
    }

    bool IsNameServer(const std::string& name) const
    {
        return std::any_of(m_lines.begin(),
                           m_lines.end(),
                           [&name](const Line& line) {
                               return line.record.type == RecordType::Ns &&
                                      line.record.data == name;
                           });
    }

    /// By a record of its own or by a wildcard above it.
    bool HasAddress(const std::string& name) const
    {
        const auto has = [this](const std::string& owner)
        { return Has(owner, RecordType::A) || Has(owner, RecordType::Aaaa); };
        bool found = has(name);
        for (std::string_view above = name; !found && above.size() > m_zone.size();)
        {
            above = ParentOf(above);
            found = has(above.empty() ? "*" : "*." + std::string(above));
        }
        return found;
    }

    bool Has(std::string_view owner, RecordType type) const
    {
        return std::any_of(m_lines.begin(),
                           m_lines.end(),
                           [&](const Line& line)
                           { return line.record.owner == owner && line.record.type == type; });
    }

    std::string DelegationAbove(std::string_view name) const
    {
        for (; name.size() > m_zone.size(); name = ParentOf(name))
        {
            if (Has(name, RecordType::Ns))
            {
                return std::string(name);
            }
        }
        return {};
    }

    std::string m_zone;
    const ZoneConfig& m_config;
    std::vector<Line> m_lines;
    std::vector<std::string> m_faults;
};

} // namespace

std::vector<std::string>
CheckZone(const std::string& name, const ZoneConfig& config)
{
    const auto zone = ReadName(name);
    if (!zone)
    {
        return {fmt::format("found \"{}\", expected the name of a zone", name)};
    }
    return ZoneChecker(*zone, config).Check();
}

std::vector<ZoneEntry>
EntriesOf(const std::string& name, const ZoneConfig& config)
{
    std::vector<ZoneEntry> entries;
    for (const std::string& line : config.records)
    {
        Record record;
        std::string fault;
        ReadLine(line, *ReadName(name), config, record, fault);
        const bool isAddress = record.type == RecordType::A || record.type == RecordType::Aaaa;
        entries.push_back({record.owner,
                           NameOfType(record.type),
                           TargetOf(record),
                           isAddress ? *IpAddress::Parse(record.data) : IpAddress()});
    }
    return entries;
}

Zone::Zone(const std::string& name, const ZoneConfig& config)
    : m_name(*ReadName(name))
    , m_isExpired(config.expired)
{
    m_nodes[m_name];
    for (const std::string& line : config.records)
    {
        Record record;
        std::string fault;
        ReadLine(line, m_name, config, record, fault);
        for (std::string_view above = record.owner; above.size() > m_name.size();
             above = ParentOf(above))
        {
            m_nodes[std::string(above)];
        }
        m_nodes[record.owner][record.type].push_back(record);
    }
    Records& soa = m_nodes[m_name][RecordType::Soa];
    if (soa.empty())
    {
        const std::string dot = m_name.empty() ? "" : ".";
        soa.push_back({m_name,
                       RecordType::Soa,
                       Seconds(config.ttl),
                       fmt::format("ns{0}{1} hostmaster{0}{1} 1 3600 900 604800 {2}",
                                   dot,
                                   m_name,
                                   Seconds(config.negativeTtl))});
    }
}

/// \param owner whose records the node's are shown as: a wildcard's are the name's
const Zone::Node*
Zone::Find(const std::string& name, std::string& owner) const
{
    owner = name;
    const auto exact = m_nodes.find(name);
    if (exact != m_nodes.end())
    {
        return &exact->second;
    }
    std::string_view encloser = name;
    do
    {
        encloser = ParentOf(encloser);
    } while (m_nodes.find(encloser) == m_nodes.end());
    const auto wild =
        m_nodes.find("*" + std::string(encloser.empty() ? "" : ".") + std::string(encloser));
    return wild == m_nodes.end() ? nullptr : &wild->second;
}

const Records*
Zone::DelegationOf(std::string_view name) const
{
    const Records* highest = nullptr;
    for (; name.size() > m_name.size(); name = ParentOf(name))
    {
        const auto node = m_nodes.find(name);
        if (node == m_nodes.end())
        {
            continue;
        }
        const auto servers = node->second.find(RecordType::Ns);
        highest = servers == node->second.end() ? highest : &servers->second;
    }
    return highest;
}

void
Zone::Deny(Message& response, ResponseCode code) const
{
    response.code = code;
    Record soa = m_nodes.at(m_name).at(RecordType::Soa).front();
    soa.ttl = NegativeTtlOf(soa);
    response.authority = {std::move(soa)};
}

void
Zone::AddAddresses(Message& response, const Records& from) const
{
    for (const Record& record : from)
    {
        if (record.type != RecordType::Mx && record.type != RecordType::Ns)
        {
            continue;
        }
        const auto node = m_nodes.find(TargetOf(record));
        if (node == m_nodes.end())
        {
            continue;
        }
        for (const RecordType type : {RecordType::A, RecordType::Aaaa})
        {
            const auto found = node->second.find(type);
            if (found != node->second.end())
            {
                response.additional.insert(response.additional.end(),
                                           found->second.begin(),
                                           found->second.end());
            }
        }
    }
}

void
Zone::Answer(Message& response, IpAddress /* client */) const
{
    std::string name = response.question.name;
    const RecordType type = response.question.type;
    if (m_isExpired)
    {
        response.code = ResponseCode::ServerFailure;
        return;
    }
    response.authoritative = true;
    for (int links = 0; links < LONGEST_ALIAS_CHAIN && IsAtOrBelow(name, m_name); ++links)
    {
        if (const Records* servers = DelegationOf(name))
        {
            response.authoritative = links > 0;
            response.authority = *servers;
            AddAddresses(response, *servers);
            return;
        }
        std::string owner;
        const Node* node = Find(name, owner);
        if (!node)
        {
            Deny(response, ResponseCode::NoSuchName);
            return;
        }
        const Records before = response.answers;
        for (const auto& [kind, records] : *node)
        {
            for (Record record : records)
            {
                if (kind == type || kind == RecordType::Cname || type == RecordType::Any)
                {
                    record.owner = owner;
                    response.answers.push_back(std::move(record));
                }
            }
        }
        if (response.answers.size() == before.size())
        {
            Deny(response, ResponseCode::NoError);
            return;
        }
        const Record& last = response.answers.back();
        if (last.type != RecordType::Cname || type == RecordType::Cname || type == RecordType::Any)
        {
            AddAddresses(response, response.answers);
            return;
        }
        name = last.data;
    }
}

const ZoneSource*
Authority::ZoneOf(std::string_view name) const
{
    const ZoneSource* deepest = nullptr;
    for (const auto& zone : m_zones)
    {
        if (IsAtOrBelow(name, zone->Name()) &&
            (!deepest || zone->Name().size() > deepest->Name().size()))
        {
            deepest = zone.get();
        }
    }
    return deepest;
}

Message
Authority::Answer(const Message& query, IpAddress client) const
{
    Message response = ResponseTo(query);
    const ZoneSource* zone = ZoneOf(query.question.name);
    if (query.operation != 0)
    {
        response.code = ResponseCode::NotImplemented;
    }
    else if (zone)
    {
        zone->Answer(response, client);
    }
    else
    {
        response.code = ResponseCode::Refused;
    }
    return response;
}

Message
ResponseTo(const Message& query)
{
    Message response;
    response.id = query.id;
    response.isResponse = true;
    response.operation = query.operation;
    response.recursionDesired = query.recursionDesired;
    response.question = query.question;
    return response;
}

std::string
ResponseToGarbage(std::string_view octets)
{
    constexpr std::size_t HEADER = 12;
    const bool isQuery = octets.size() >= HEADER && (octets[2] & 0x80) == 0;
    if (!isQuery)
    {
        return {};
    }
    std::string header(octets.substr(0, 3));
    header[2] =
        static_cast<char>(0x80 | (header[2] & 0x79)); // Response; operation and RD as asked.
    header += static_cast<char>(ResponseCode::FormatError);
    header.resize(HEADER, '\0');
    return header;
}

} // namespace bouncelab::dns
