#ifndef BOUNCELAB_DETECTORS_READERS_PROTOCOL_SESSIONS_H
#define BOUNCELAB_DETECTORS_READERS_PROTOCOL_SESSIONS_H

#include "detectors/readers/protocol-log-reader.h"
#include "formats/clock.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace bouncelab::detectors
{

/// A row of a session; its texts lie in the session.
struct LogRow
{
    WallTime time{};
    std::uint32_t line = 0;
    std::uint32_t sequence = 0;
    std::uint32_t text = 0; //!< Where its data begin; its context follows them.
    std::uint16_t dataLength = 0;
    std::uint16_t contextLength = 0;
    std::uint16_t file = 0; //!< Index into ProtocolSessions' files.
    char event = 0;
    bool cut = false;
};

/// How much of a session its log tells.
enum class LogDetail : std::uint8_t
{
    Transactions, //!< Whole messages only: who sent what to whom.
    Codes,        //!< Commands and codes, the texts of answers not or not all.
    Dialog,
};

/// Everything that a log tells of one connection, in order of its sequence numbers.
struct LogSession
{
    std::uint64_t id = 0;
    ProtocolLogType type = ProtocolLogType::Unknown;
    LogDetail detail = LogDetail::Dialog; //!< Below it, contexts are the lines as logged.
    std::string connector;
    LoggedEndpoint local;
    LoggedEndpoint remote;
    /// Of the row that begins it, where a file has it; detail Codes: when the connection stood.
    std::optional<WallTime> start;
    std::vector<LogRow> rows; //!< At least one.
    std::string text;
    bool quotesLines = false;      //!< Contexts are the lines as logged; so they are below Dialog.
    std::uint32_t missing = 0;     //!< Sequence numbers that no row has, before the last one.
    std::uint32_t conflicting = 0; //!< Rows left out: another row has their number.

    std::string_view Data(const LogRow& row) const
    {
        return std::string_view(text).substr(row.text, row.dataLength);
    }

    std::string_view Context(const LogRow& row) const
    {
        return std::string_view(text).substr(row.text + row.dataLength, row.contextLength);
    }

    /// Whether the log's owner is the server of the connection: by its header, else by who greets
    /// and by the local port.
    bool IsServerSide() const;

    /// The row as the log has it, near enough to quote: without the fields that all rows share.
    std::string Quote(const LogRow& row) const;

    /// Adds a row with the next sequence number, whose context is the line that it is taken from.
    void Append(LogRow row, char event, std::string_view data, std::string_view line);
};

/**
 * Sorts rows of protocol logs into sessions: by session id, then by sequence number. Sessions may
 * interleave and continue in another file of the same folder. Rows that two files hold are taken
 * once.
 *
 * Servers and runs may give the same ids: another folder, another remote end or another first row
 * make another session. Sessions of two folders are one if they share rows and contradict each
 * other in none, as copies of a log do.
 */
class ProtocolSessions
{
  public:
    /// Rows from now on come from this file.
    void BeginFile(std::string_view name);

    void Add(const ProtocolRow& row);

    /// Takes sessions that were put together elsewhere; their rows name files by FileIndex().
    void Adopt(std::vector<LogSession>&& sessions);

    /// No rows follow: sessions are complete, in order of their first stamps.
    void Finish();

    /// Of the file that BeginFile() named last.
    std::uint16_t FileIndex() const { return static_cast<std::uint16_t>(m_files.size() - 1); }

    const std::vector<LogSession>& All() const { return m_sessions; }

    const std::string& FileOf(const LogRow& row) const { return m_files[row.file]; }

    /// Rows that were not kept because there were too many.
    std::uint64_t Dropped() const { return m_dropped; }

  private:
    /// Sessions of one folder with one id.
    struct SameIdSessions
    {
        std::vector<LogSession> sessions;
        std::size_t current = 0; //!< That the last row belonged to.
    };

    struct Key
    {
        ProtocolLogType type;
        std::uint64_t id;
        std::string_view folder; //!< Points into m_folders.

        bool operator<(const Key& other) const
        {
            return std::tie(type, id, folder) < std::tie(other.type, other.id, other.folder);
        }
    };

    LogSession& SessionOf(const ProtocolRow& row);

    std::map<Key, SameIdSessions> m_open;
    std::set<std::string> m_folders;
    std::string_view m_folder; //!< Of the last file.
    std::vector<LogSession> m_sessions;
    std::vector<std::string> m_files;
    std::size_t m_bytes = 0;
    std::uint64_t m_dropped = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PROTOCOL_SESSIONS_H
