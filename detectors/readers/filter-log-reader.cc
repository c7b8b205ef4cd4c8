#include "detectors/readers/filter-log-reader.h"

#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/server-logs.h"
#include "formats/exchange-fields.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

std::string
TakeTabbed(std::string_view& text)
{
    const std::size_t end = text.find('\t');
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return std::string(field == fields::filter::NO_VALUE ? std::string_view() : field);
}

} // namespace

bool
FilterLogReader::Line(std::uint32_t number, std::string_view text)
{
    FilterLogEntry decision;
    decision.text = text;
    const auto time = TakeUtcStamp(text);
    if (!time || !scan::Skip(text, "\t"))
    {
        return false;
    }
    decision.line = number;
    decision.time = *time;
    std::replace(decision.text.begin(), decision.text.end(), '\t', ' ');
    decision.point = TakeTabbed(text);
    decision.test = TakeTabbed(text);
    decision.action = TakeTabbed(text);
    const auto remote = HostAddress::Parse(TakeTabbed(text));
    const auto& actions = fields::filter::ACTIONS;
    if (!remote || std::find(actions.begin(), actions.end(), decision.action) == actions.end())
    {
        return false;
    }
    decision.remote = *remote;
    decision.ptr = TakeTabbed(text);
    decision.helo = TakeTabbed(text);
    decision.sender = TakeTabbed(text);
    decision.recipient = TakeTabbed(text);
    decision.authenticated = TakeTabbed(text);
    decision.reply = TakeTabbed(text);
    decision.comment = TakeTabbed(text);
    m_handler(decision);
    return true;
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::Filter::Readers(detectors::ServerLogs& logs,
                                     const std::string& file,
                                     ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::FilterLogReader>(detectors::KeepIn(logs.filtered, file)));
}
