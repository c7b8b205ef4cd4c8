#include "models/smtp/client-persona.h"

#include <fmt/format.h>

#include <utility>

namespace bouncelab::smtp
{

std::vector<std::string>
CheckClientPersona(const ClientPersona& persona)
{
    const std::pair<std::string_view, const StagePolicy&> stages[] = {
        {"greeting", persona.greeting},
        {"hello-reply", persona.helloReply},
        {"mail", persona.mail},
        {"rcpt", persona.rcpt},
        {"data", persona.data},
        {"message", persona.message},
        {"tls.reply", persona.tls.reply},
        {"auth.reply", persona.auth.reply},
    };
    std::vector<std::string> faults;
    for (const auto& [name, policy] : stages)
    {
        const std::pair<std::string_view, TransactionOutcome> outcomes[] = {
            {"on-transient", policy.onTransient},
            {"on-permanent", policy.onPermanent}};
        for (const auto& [key, outcome] : outcomes)
        {
            if (outcome == TransactionOutcome::Accepted)
            {
                faults.push_back(
                    fmt::format("{}.{}: found accept, expected defer or fail", name, key));
            }
        }
    }
    const std::string& verb = persona.auth.verb;
    if (verb != "AUTH" && verb != "X-EXPS")
    {
        faults.push_back(fmt::format("auth.verb: found {}, expected AUTH or X-EXPS", verb));
    }
    for (const std::string& word : persona.tls.verbs)
    {
        if (word != "STARTTLS" && word != "X-ANONYMOUSTLS")
        {
            faults.push_back(
                fmt::format("tls.verbs: found {}, expected STARTTLS or X-ANONYMOUSTLS", word));
        }
    }
    CheckTlsPersona("tls.persona", persona.tls.persona, faults);
    return faults;
}

} // namespace bouncelab::smtp
