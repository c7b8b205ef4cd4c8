#include "lab/score/fidelity/subject.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

namespace bouncelab::score
{

namespace
{

using nlohmann::ordered_json;
using Pointer = ordered_json::json_pointer;

template <class Reader>
void
ReadLines(const std::vector<std::string>& texts, Reader reader)
{
    for (const std::string& text : texts)
    {
        std::uint32_t number = 0;
        for (const std::string_view line : LinesOf(text))
        {
            reader.Line(++number, line);
        }
        reader.End();
    }
}

} // namespace

const ReceiveLog&
Subject::ServerLog() const
{
    if (m_serverLog)
    {
        return *m_serverLog;
    }
    for (const std::string& vantage : m_run.Vantages())
    {
        if (m_run.MembersOf(vantage).size() == 1 && m_run.Collects(vantage, "exchange-logs"))
        {
            m_serverLog = std::make_unique<ReceiveLog>(m_run.EvidenceOf(vantage));
            return *m_serverLog;
        }
    }
    throw NotMeasurable("no vantage has the server's protocol log");
}

std::vector<const detectors::LogSession*>
Subject::SenderSessions() const
{
    const std::string start = fmt::format("MAIL FROM:<{}>", Case().from);
    std::vector<const detectors::LogSession*> sessions;
    for (const detectors::LogSession& session : ServerLog().Sessions())
    {
        const LoggedDialogue dialogue(session);
        for (const LoggedTurn& turn : dialogue.Turns())
        {
            if (dialogue.TextOf(turn).substr(0, start.size()) == start)
            {
                sessions.push_back(&session);
                break;
            }
        }
    }
    if (sessions.empty())
    {
        throw NotMeasurable(fmt::format("no session of the server's log has \"{}\"", start));
    }
    return sessions;
}

std::vector<detectors::ClientError>
Subject::ClientErrors() const
{
    std::vector<detectors::ClientError> errors;
    ReadLines(Texts(),
              detectors::ClientErrorReader([&](const detectors::ClientError& error)
                                           { errors.push_back(error); }));
    return errors;
}

std::vector<detectors::FilterDecision>
Subject::FilterLog() const
{
    std::vector<detectors::FilterDecision> decisions;
    ReadLines(Texts(),
              detectors::FilterLogReader([&](const detectors::FilterDecision& decision)
                                         { decisions.push_back(decision); }));
    return decisions;
}

ordered_json
Subject::SenderParameter(const std::string& path) const
{
    const ordered_json& parameters = m_run.Parameters();
    const auto messages = parameters.value(Pointer("/mail/messages"), ordered_json::object());
    if (messages.empty())
    {
        throw NotMeasurable("the scenario has no message under study");
    }
    const std::string name = messages.contains("case") ? "case" : messages.begin().key();
    const Pointer host("/hosts/" + messages.at(name).value("via", ""));
    if (!parameters.contains(host) || !parameters.at(host).contains("address"))
    {
        throw NotMeasurable("the scenario does not say which host sends the message under study");
    }
    return parameters.value(host / Pointer(path), ordered_json());
}

} // namespace bouncelab::score
