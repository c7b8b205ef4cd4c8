#include "detectors/analysis/refused-extension.h"

#include "detectors/analysis/hello-keywords.h"
#include "detectors/analysis/refusal.h"
#include "formats/text.h"

#include <algorithm>
#include <initializer_list>

namespace bouncelab::detectors
{

namespace
{

bool
SaysUnknown(const Turn& turn)
{
    const std::string lower = InLowerCase(turn.reply);
    return turn.code == 500 || turn.code == 502 ||
           (turn.code == 501 && HasAny(lower, {"syntax"})) ||
           HasAny(lower,
                  {"not implemented",
                   "not recognized",
                   "unrecognized command",
                   "not enabled",
                   "not supported",
                   "unknown command"});
}

std::optional<RefusalKind>
KindOfStartTls(const Turn& turn)
{
    if (turn.code == 220)
    {
        return std::nullopt;
    }
    if (turn.code / 100 == 2 || turn.code / 100 == 3)
    {
        return RefusalKind::Nonsense;
    }
    if (turn.code / 100 == 4)
    {
        return HasAny(InLowerCase(turn.reply), {"rate", "too many", "limit"})
                   ? RefusalKind::RateLimit
                   : RefusalKind::ForNow;
    }
    return turn.code >= 500 && SaysUnknown(turn) ? std::optional(RefusalKind::Unknown)
                                                 : std::nullopt;
}

std::optional<RefusalKind>
KindOfAuth(const Turn& turn)
{
    if (turn.code / 100 == 2 && turn.code != 235)
    {
        return RefusalKind::Nonsense;
    }
    // 504 is the answer to a mechanism that was not offered; 501 to malformed credentials.
    return (turn.code == 502 || turn.code == 503 || turn.code == 500) && SaysUnknown(turn)
               ? std::optional(RefusalKind::Unknown)
               : std::nullopt;
}

} // namespace

std::optional<RefusedExtension>
FindRefusedExtension(const SmtpSession& session)
{
    bool tls = false;
    bool auth = false;
    const Turn* greeting = GreetingOf(session);
    const bool extended = greeting && HasAny(InLowerCase(greeting->reply), {"esmtp"});
    for (std::size_t i = 0; i < session.turns.size(); ++i)
    {
        const Turn& turn = session.turns[i];
        if (turn.Is("EHLO") && turn.code == 250)
        {
            const auto keywords = KeywordsIn(turn.reply);
            tls = HasKeyword(keywords, "STARTTLS");
            auth = HasKeyword(keywords, "AUTH");
            continue;
        }
        std::optional<RefusalKind> kind;
        const char* offered = "offered in the reply to EHLO";
        if (turn.Is("STARTTLS") && tls && turn.code != 0)
        {
            kind = KindOfStartTls(turn);
        }
        else if (turn.Is("AUTH") && auth && turn.code != 0)
        {
            kind = KindOfAuth(turn);
        }
        else if (turn.Is("EHLO") && extended && !turn.hello.empty() &&
                 (turn.code == 500 || turn.code == 502) && i + 1 < session.turns.size() &&
                 session.turns[i + 1].Is("HELO") && session.turns[i + 1].code == 250)
        {
            kind = RefusalKind::Hello;
            offered = "promised by an ESMTP greeting";
        }
        if (kind)
        {
            return RefusedExtension{&turn, *kind, turn.verb, offered};
        }
    }
    return std::nullopt;
}

} // namespace bouncelab::detectors
