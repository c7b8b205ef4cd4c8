#ifndef BOUNCELAB_MODELS_CONNECTOR_RECENT_TABLE_H
#define BOUNCELAB_MODELS_CONNECTOR_RECENT_TABLE_H

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace bouncelab::connector
{

/**
 * What a server remembers of many clients: a map that never holds more than its capacity. When it
 * is full, the entry that was touched longest ago goes, so that a flood of addresses costs memory
 * for the capacity only.
 */
template <class Key, class Value>
class RecentTable
{
  public:
    /// \param capacity at least 1
    explicit RecentTable(std::size_t capacity)
        : m_capacity(capacity > 0 ? capacity : 1)
    {
    }

    /// The entry, which now counts as touched; null if there is none.
    Value* Find(const Key& key)
    {
        const auto found = m_index.find(key);
        if (found == m_index.end())
        {
            return nullptr;
        }
        m_entries.splice(m_entries.begin(), m_entries, found->second);
        return &found->second->second;
    }

    /// The entry, made if there was none.
    Value& Get(const Key& key)
    {
        if (Value* value = Find(key))
        {
            return *value;
        }
        if (m_entries.size() >= m_capacity)
        {
            m_index.erase(m_entries.back().first);
            m_entries.pop_back();
        }
        m_entries.emplace_front(key, Value());
        m_index.emplace(key, m_entries.begin());
        return m_entries.front().second;
    }

    void Erase(const Key& key)
    {
        const auto found = m_index.find(key);
        if (found != m_index.end())
        {
            m_entries.erase(found->second);
            m_index.erase(found);
        }
    }

    std::size_t Size() const { return m_entries.size(); }

  private:
    using Entries = std::list<std::pair<Key, Value>>;

    std::size_t m_capacity;
    Entries m_entries; //!< Last touched first.
    std::unordered_map<Key, typename Entries::iterator> m_index;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_RECENT_TABLE_H
