#ifndef BOUNCELAB_MODELS_MIDDLEBOX_BLOCK_TABLE_H
#define BOUNCELAB_MODELS_MIDDLEBOX_BLOCK_TABLE_H

#include "formats/enum-names.h"
#include "models/middlebox/connection.h"

#include <array>
#include <cstdint>
#include <map>
#include <tuple>

namespace bouncelab::middlebox
{

/// Which later packets a block that goes on after a trigger means.
enum class BlockScope
{
    Connection, //!< Of the same four addresses and ports.
    Service,    //!< Of the same client to the same server and port.
    Hosts,      //!< Of the same client to the same server.
    Client,     //!< Of the same client, whoever the other end is.
};

constexpr auto
EnumNames(BlockScope)
{
    return std::array<EnumName<BlockScope>, 4>{{{"connection", BlockScope::Connection},
                                                {"service", BlockScope::Service},
                                                {"hosts", BlockScope::Hosts},
                                                {"client", BlockScope::Client}}};
}

/// What a device goes on doing after a trigger, for a time, by whom it concerns.
class BlockTable
{
  public:
    static constexpr std::size_t MAX_BLOCKS = 65536; //!< Beyond that the first by key is dropped.

    struct Block
    {
        std::int64_t untilNs = 0;
        std::uint32_t cause = 0;   //!< In the truth; 0 = none.
        std::uint32_t passing = 0; //!< So many packets still pass.
    };

    explicit BlockTable(BlockScope scope)
        : m_scope(scope)
    {
    }

    /// Begins a block, or begins it again.
    Block& Add(const Connection& connection, const Block& block, std::int64_t nowNs)
    {
        for (auto at = m_blocks.begin(); m_blocks.size() >= MAX_BLOCKS && at != m_blocks.end();)
        {
            at = at->second.untilNs <= nowNs || std::next(at) == m_blocks.end() ? m_blocks.erase(at)
                                                                                : std::next(at);
        }
        return m_blocks[KeyOf(connection)] = block;
    }

    /// The block that concerns a connection now; null if none does.
    Block* Find(const Connection& connection, std::int64_t nowNs)
    {
        const auto block = m_blocks.find(KeyOf(connection));
        if (block == m_blocks.end())
        {
            return nullptr;
        }
        if (block->second.untilNs > nowNs)
        {
            return &block->second;
        }
        m_blocks.erase(block);
        return nullptr;
    }

  private:
    /// Client, server, port of the server and of the client; 0 where any is meant.
    using Key = std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t>;

    Key KeyOf(const Connection& connection) const
    {
        const bool anyPort = m_scope == BlockScope::Hosts || m_scope == BlockScope::Client;
        return {connection.client,
                m_scope == BlockScope::Client ? IpAddress() : connection.server,
                anyPort ? std::uint16_t{0} : connection.serverPort,
                m_scope == BlockScope::Connection ? connection.clientPort : std::uint16_t{0}};
    }

    BlockScope m_scope;
    std::map<Key, Block> m_blocks;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_BLOCK_TABLE_H
