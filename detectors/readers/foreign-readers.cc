#include "detectors/readers/cloud-event-reader.h"
#include "detectors/readers/connection-table-reader.h"
#include "detectors/readers/dialog-reader.h"
#include "detectors/readers/exchange-log-reader.h"
#include "detectors/readers/exim-log-reader.h"
#include "detectors/readers/log-reply-reader.h"
#include "detectors/readers/message-trace-reader.h"
#include "detectors/readers/postfix-log-reader.h"
#include "detectors/readers/product-log-reader.h"
#include "detectors/readers/reply-reader.h"
#include "detectors/readers/sensor-log-reader.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/web-test-readers.h"
#include "detectors/readers/windows-properties-reader.h"

#include <utility>

namespace bouncelab::detectors
{

void
AddForeignReaders(ServerLogs& logs, const std::string& file, dialects::ReaderList& readers)
{
    const auto adopt = [&logs](LogSession&& session)
    {
        std::vector<LogSession> one;
        one.push_back(std::move(session));
        logs.protocol.Adopt(std::move(one));
    };
    const std::uint16_t index = logs.protocol.FileIndex();
    // What is said in a dialog is no report of one.
    readers.push_back(std::make_unique<DialogReader>(adopt, index));
    readers.push_back(std::make_unique<PostfixLogReader>(
        MailLogHandlers{KeepIn(logs.tracked, file), KeepIn(logs.replies, file), adopt},
        index));
    readers.push_back(std::make_unique<EximLogReader>(
        MailLogHandlers{KeepIn(logs.tracked, file), KeepIn(logs.replies, file), adopt},
        index));
    readers.push_back(std::make_unique<MessageTraceReader>(KeepIn(logs.tracked, file),
                                                           KeepIn(logs.replies, file)));
    readers.push_back(std::make_unique<LogReplyReader>(KeepIn(logs.replies, file)));
    readers.push_back(std::make_unique<ReplyReader>(KeepIn(logs.replies, file)));
    readers.push_back(std::make_unique<AggregateReportReader>(KeepIn(logs.senderChecks, file)));
    readers.push_back(std::make_unique<DaemonStartReader>(KeepIn(logs.daemonStarts, file)));
    readers.push_back(std::make_unique<ServiceLineReader>(KeepIn(logs.serviceLines, file)));
    readers.push_back(std::make_unique<PortTestReader>(KeepIn(logs.portTests, file)));
    readers.push_back(std::make_unique<NameLookupReader>(KeepIn(logs.lookups, file)));
    readers.push_back(std::make_unique<SizedPingReader>(KeepIn(logs.pings, file)));
    readers.push_back(std::make_unique<TlsTestReader>(KeepIn(logs.tlsTests, file)));
    readers.push_back(std::make_unique<SenderChecksReader>(KeepIn(logs.senderChecks, file)));
    readers.push_back(std::make_unique<ProductLogReader>(KeepIn(logs.replies, file)));
    readers.push_back(std::make_unique<ExchangeLogReader>(KeepIn(logs.replies, file)));
    readers.push_back(
        std::make_unique<CloudEventReader>(KeepIn(logs.replies, file), KeepIn(logs.tracked, file)));
    readers.push_back(std::make_unique<ConnectionTableReader>(
        ConnectionTableReader::Handlers{KeepIn(logs.portTests, file), KeepIn(logs.replies, file)}));
    readers.push_back(std::make_unique<SensorLogReader>(
        SensorLogReader::Handlers{KeepIn(logs.portTests, file), KeepIn(logs.replies, file)}));
    readers.push_back(std::make_unique<WindowsPropertiesReader>(KeepIn(logs.events, file)));
    readers.push_back(std::make_unique<ShownChecksReader>(KeepIn(logs.senderChecks, file)));
    readers.push_back(std::make_unique<CheckTlsReader>(KeepIn(logs.tlsTests, file)));
    readers.push_back(std::make_unique<TlsReportReader>(KeepIn(logs.tlsTests, file)));
    readers.push_back(std::make_unique<PortRemarkReader>(KeepIn(logs.portRemarks, file)));
}

} // namespace bouncelab::detectors
