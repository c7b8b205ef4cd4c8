#include "models/dns/cache.h"

#include <algorithm>

namespace bouncelab::dns
{

namespace
{

constexpr std::size_t MOST_ENTRIES = 10000;

/// Stands for all types of a name that does not exist.
constexpr auto WHOLE_NAME = RecordType(0);

} // namespace

void
Cache::Put(const Question& question,
           Entry entry,
           std::uint32_t ttl,
           Nanoseconds longest,
           Nanoseconds now)
{
    const Nanoseconds lifetime = std::min<Nanoseconds>(std::chrono::seconds(ttl), longest);
    if (lifetime.count() == 0)
    {
        return;
    }
    if (m_entries.size() >= MOST_ENTRIES)
    {
        for (auto at = m_entries.begin(); at != m_entries.end();)
        {
            at = at->second.until <= now ? m_entries.erase(at) : std::next(at);
        }
        if (m_entries.size() >= MOST_ENTRIES)
        {
            m_entries.erase(m_entries.begin());
        }
    }
    m_entries[question] = {std::move(entry), now + lifetime};
}

void
Cache::Keep(const Records& set, Nanoseconds now)
{
    if (set.empty())
    {
        return;
    }
    const auto shortest =
        std::min_element(set.begin(),
                         set.end(),
                         [](const Record& a, const Record& b) { return a.ttl < b.ttl; });
    Put({set.front().owner, set.front().type}, {set}, shortest->ttl, m_longest, now);
}

void
Cache::KeepDenial(const Question& question, ResponseCode code, const Record& soa, Nanoseconds now)
{
    const bool wholeName = code == ResponseCode::NoSuchName;
    Entry entry{{soa}, true, code};
    Put({question.name, wholeName ? WHOLE_NAME : question.type},
        std::move(entry),
        NegativeTtlOf(soa),
        m_longestNegative,
        now);
}

std::optional<Cache::Entry>
Cache::Find(const Question& question, Nanoseconds now) const
{
    for (const Question& key : {question, Question{question.name, WHOLE_NAME}})
    {
        const auto found = m_entries.find(key);
        if (found == m_entries.end() || found->second.until <= now)
        {
            continue;
        }
        Entry entry = found->second.entry;
        const auto left =
            std::chrono::duration_cast<std::chrono::seconds>(found->second.until - now).count();
        for (Record& record : entry.records)
        {
            record.ttl = static_cast<std::uint32_t>(left);
        }
        return entry;
    }
    return std::nullopt;
}

} // namespace bouncelab::dns
