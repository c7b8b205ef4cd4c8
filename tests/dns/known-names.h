#ifndef BOUNCELAB_TESTS_DNS_KNOWN_NAMES_H
#define BOUNCELAB_TESTS_DNS_KNOWN_NAMES_H

#include "models/dns/inquiry.h"
#include "models/dns/zone.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::dns
{

/// Answers evaluations from one zone, the root's; some names get none.
class KnownNames
{
  public:
    /// \param records with absolute names
    explicit KnownNames(std::vector<std::string> records)
    {
        ZoneConfig config;
        config.records = std::move(records);
        m_authority.Add(std::make_unique<Zone>("", config));
    }

    void Fail(const std::string& name) { m_failing.insert(name); }

    Answer Ask(const Question& question) const
    {
        if (m_failing.count(question.name) > 0)
        {
            return {};
        }
        Message query;
        query.question = question;
        const Message response = m_authority.Answer(query, {});
        Answer answer;
        answer.records = response.answers;
        answer.outcome = response.code == ResponseCode::NoSuchName ? Outcome::NoName
                         : answer.Of(question.type).empty()        ? Outcome::NoData
                                                                   : Outcome::Found;
        return answer;
    }

    /// Runs an evaluation until it has a result.
    template <class Evaluation>
    auto Run(Evaluation evaluate) const
    {
        AnswerBook book;
        for (;;)
        {
            if (auto result = evaluate(book))
            {
                return *result;
            }
            const std::set<Question> wanted = book.Wanted();
            for (const Question& question : wanted)
            {
                book.Put(question, Ask(question));
            }
        }
    }

  private:
    Authority m_authority;
    std::set<std::string> m_failing;
};

} // namespace bouncelab::dns

#endif // BOUNCELAB_TESTS_DNS_KNOWN_NAMES_H
