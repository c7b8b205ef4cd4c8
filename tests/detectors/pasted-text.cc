#include "pasted-text.h"

#include "run-detector.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace bouncelab::test
{

std::ostream&
operator<<(std::ostream& out, const PastedText& text)
{
    return out << text.name;
}

bool
Fits(const Alert& alert, const PastedText& wanted)
{
    const auto& log = alert.evidence.log;
    const std::string words =
        alert.evidence.explanation + "\n" + alert.where.side + "\n" + alert.evidence.next;
    return (!wanted.detector || alert.detector == wanted.detector) &&
           alert.dottedClass == wanted.dottedClass && alert.verdict == wanted.verdict &&
           (wanted.line == 0 || (!log.empty() && log.front().line == wanted.line)) &&
           words.find(wanted.says) != std::string::npos;
}

bool
IsTold(const std::vector<Alert>& alerts, const PastedText& wanted)
{
    return std::any_of(alerts.begin(),
                       alerts.end(),
                       [&](const Alert& alert) { return Fits(alert, wanted); });
}

std::vector<Alert>
JudgeText(const std::string& text)
{
    const EvidenceScratch scratch;
    scratch.Write("e/paste.txt", text);
    return JudgePath(scratch.Path() / "e");
}

std::string
Told(const std::vector<Alert>& alerts)
{
    std::string text;
    for (const Alert& alert : alerts)
    {
        text += ToJsonLine(alert);
    }
    return text;
}

void
CheckAll(const PastedText* first, const PastedText* last)
{
    for (const PastedText* pasted = first; pasted != last; ++pasted)
    {
        BOOST_TEST_CONTEXT(*pasted)
        {
            const std::vector<Alert> alerts = JudgeText(pasted->text);
            BOOST_TEST(IsTold(alerts, *pasted), Told(alerts));
        }
    }
}

} // namespace bouncelab::test
