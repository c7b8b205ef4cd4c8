#include "lab/score/traits.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace bouncelab::score
{

namespace
{

constexpr std::int64_t MILLION = 1000000;

/// Appends what sightings of one subject have in common.
class TraitWriter
{
  public:
    TraitWriter(NameBook& book, Traits& traits)
        : m_book(book)
        , m_traits(traits)
    {
    }

    void Numbers(const std::string& subject, std::vector<std::int64_t> values)
    {
        const auto size = static_cast<std::int64_t>(values.size());
        Add(subject + " count", size);
        Add(subject + " first", values.front());
        const auto odd = std::count_if(values.begin(),
                                       values.end(),
                                       [](std::int64_t value) { return value % 2 != 0; });
        Add(subject + " odd", odd * MILLION / size);
        std::sort(values.begin(), values.end());
        Add(subject + " least", values.front());
        Add(subject + " median", values[values.size() / 2]);
        Add(subject + " greatest", values.back());
    }

    void Words(const std::string& subject, const std::vector<std::int64_t>& words)
    {
        std::map<std::int64_t, std::int64_t> counts;
        for (const std::int64_t word : words)
        {
            ++counts[word];
        }
        for (const auto& [word, count] : counts)
        {
            Add(subject + "=" + m_book.NameOf(static_cast<std::uint32_t>(word)),
                count * MILLION / static_cast<std::int64_t>(words.size()));
        }
    }

  private:
    void Add(const std::string& name, std::int64_t value)
    {
        m_traits.emplace_back(m_book.NumberOf(name), value);
    }

    NameBook& m_book;
    Traits& m_traits;
};

auto
KindOf(const Sighting& sighting)
{
    return std::tie(sighting.subject, sighting.isWord);
}

} // namespace

std::uint32_t
NameBook::NumberOf(std::string_view name)
{
    const auto found = m_numbers.find(name);
    if (found != m_numbers.end())
    {
        return found->second;
    }
    m_names.emplace_back(name);
    return m_numbers.emplace(m_names.back(), static_cast<std::uint32_t>(m_names.size() - 1))
        .first->second;
}

std::vector<Sighting>
Sightings::Sorted() &&
{
    std::stable_sort(
        m_all.begin(),
        m_all.end(),
        [](const Sighting& a, const Sighting& b)
        { return std::tie(a.subject, a.isWord, a.time) < std::tie(b.subject, b.isWord, b.time); });
    return std::move(m_all);
}

Traits
TraitsBetween(const std::vector<Sighting>& sorted, SimTime from, SimTime until, NameBook& book)
{
    Traits traits;
    TraitWriter writer(book, traits);
    for (auto at = sorted.begin(); at != sorted.end();)
    {
        const auto end = std::find_if(at,
                                      sorted.end(),
                                      [at](const Sighting& sighting)
                                      { return KindOf(sighting) != KindOf(*at); });
        std::vector<std::int64_t> values;
        for (auto sighting = at; sighting != end; ++sighting)
        {
            if (sighting->time >= from && (sighting->time < until || until == END_OF_TIME))
            {
                values.push_back(sighting->value);
            }
        }
        const std::string subject = book.NameOf(at->subject);
        if (!values.empty() && at->isWord)
        {
            writer.Words(subject, values);
        }
        else if (!values.empty())
        {
            writer.Numbers(subject, std::move(values));
        }
        at = end;
    }
    std::sort(traits.begin(), traits.end());
    return traits;
}

} // namespace bouncelab::score
