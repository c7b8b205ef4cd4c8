#include "detectors/unexplained.h"

#include "detectors/analysis/session-alert.h"
#include "detectors/analysis/session-break.h"
#include "detectors/analysis/session-replies.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace bouncelab::detectors
{

namespace
{

/// Whether a refusal of it keeps mail from going on: others are questions, or have another way.
bool
IsStepOfMail(const Turn& turn)
{
    static constexpr std::array<std::string_view, 6> STEPS{"", "AUTH", "MAIL", "RCPT", "DATA", "."};
    return std::find(STEPS.begin(), STEPS.end(), turn.verb) != STEPS.end();
}

} // namespace

Unexplained
FindUnexplained(const Analysis& analysis,
                const std::vector<FileReading>& files,
                const std::vector<Alert>& alerts)
{
    std::set<std::string> explained;
    for (const Alert& alert : alerts)
    {
        explained.insert(alert.evidence.file);
        for (const QuotedLine& line : alert.evidence.log)
        {
            explained.insert(line.file);
        }
    }
    std::set<std::string> readInPart;
    for (const FileReading& file : files)
    {
        if (file.rowsNotUnderstood > 0)
        {
            readInPart.insert(file.name);
        }
    }
    Unexplained found;
    const auto quote = [&](const SmtpSession& session, const EvidenceRef& ref, std::string words)
    {
        found.file = session.file;
        found.place = NameOfRef(session, ref);
        found.words = words.substr(0, words.find('\n'));
    };
    for (const SmtpSession& session : analysis.Sessions(LogDetail::Codes))
    {
        if (explained.count(session.file) > 0 || session.turns.empty())
        {
            continue;
        }
        for (std::size_t i = 0; i < session.turns.size(); ++i)
        {
            const Turn& turn = session.turns[i];
            if (turn.code >= 400 && IsStepOfMail(turn) && !IsMended(session.turns, i) &&
                ++found.replies == 1)
            {
                quote(session, turn.answered, turn.reply);
            }
        }
        const Turn& last = session.turns.back();
        if (readInPart.count(session.file) > 0 && IsUnfinished(session) &&
            ++found.sessions + found.replies == 1)
        {
            quote(session,
                  last.code == 0 ? last.said : last.answered,
                  last.code == 0 ? last.verb : last.reply);
        }
    }
    return found;
}

nlohmann::ordered_json
ToJson(const Unexplained& unexplained)
{
    return {{"replies", unexplained.replies},
            {"sessions", unexplained.sessions},
            {"file", unexplained.file},
            {"place", unexplained.place},
            {"words", unexplained.words}};
}

} // namespace bouncelab::detectors
