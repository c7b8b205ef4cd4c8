#ifndef BOUNCELAB_MODELS_DNS_CACHE_H
#define BOUNCELAB_MODELS_DNS_CACHE_H

#include "formats/duration.h"
#include "models/dns/message.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace bouncelab::dns
{

/// What is known for a while: sets of records, and that there are none (RFC 2308).
class Cache
{
  public:
    /// \param longest,longestNegative nothing is kept longer; 0 = not at all
    Cache(Nanoseconds longest, Nanoseconds longestNegative)
        : m_longest(longest)
        , m_longestNegative(longestNegative)
    {
    }

    /// All records of one owner and type, which have a TTL of their own.
    void Keep(const Records& set, Nanoseconds now);

    /// A "no": to a name whatever the type, or to one type. \param soa of the zone that says so
    void KeepDenial(const Question& question,
                    ResponseCode code,
                    const Record& soa,
                    Nanoseconds now);

    struct Entry
    {
        Records records; //!< With what is left of their TTL; of a "no" the SOA.
        bool denies = false;
        ResponseCode code = ResponseCode::NoError;
    };

    std::optional<Entry> Find(const Question& question, Nanoseconds now) const;

    std::size_t Size() const { return m_entries.size(); }

  private:
    struct Kept
    {
        Entry entry;
        Nanoseconds until{0};
    };

    void Put(const Question& question,
             Entry entry,
             std::uint32_t ttl,
             Nanoseconds longest,
             Nanoseconds now);

    Nanoseconds m_longest;
    Nanoseconds m_longestNegative;
    std::map<Question, Kept> m_entries;
};

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_CACHE_H
