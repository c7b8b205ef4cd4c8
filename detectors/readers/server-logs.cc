#include "detectors/readers/server-logs.h"

#include "detectors/readers/tracked-sessions.h"

#include <utility>

namespace bouncelab::detectors
{

std::uint64_t
ServerLogs::Finish()
{
    protocol.Adopt(service.Take());
    protocol.Finish();
    std::vector<LogSession> tracedBack;
    std::string_view file;
    for (const InFile<TrackedEvent>& event : tracked)
    {
        if (event.file != file)
        {
            file = event.file;
            transactions.BeginFile(file);
        }
        if (auto session = SessionOf(event.record, transactions.FileIndex()))
        {
            tracedBack.push_back(std::move(*session));
        }
    }
    transactions.Adopt(std::move(tracedBack));
    transactions.Finish();
    return protocol.Dropped() + service.Dropped();
}

ServerLogReaders::ServerLogReaders(ServerLogs& logs, const std::string& file)
{
    logs.protocol.BeginFile(file);
    logs.service.BeginFile(file, logs.protocol.FileIndex());
    dialects::ForEach(
        [&](auto dialect)
        {
            using D = decltype(dialect);
            if constexpr (dialects::IsRead<D>::value)
            {
                D::Readers(logs, file, m_readers);
            }
        });
    AddForeignReaders(logs, file, m_readers);
}

void
ServerLogReaders::Join(std::vector<TextLineReader*>& readers) const
{
    for (const auto& reader : m_readers)
    {
        readers.push_back(reader.get());
    }
}

} // namespace bouncelab::detectors
