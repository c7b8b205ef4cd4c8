#include "models/dns/inquiry.h"

namespace bouncelab::dns
{

const Answer*
AnswerBook::Look(const Question& question)
{
    const auto known = m_answers.find(question);
    if (known == m_answers.end())
    {
        m_wanted.insert(question);
        return nullptr;
    }
    return &known->second;
}

void
AnswerBook::Put(const Question& question, Answer answer)
{
    m_wanted.erase(question);
    m_answers[question] = std::move(answer);
}

Inquiry::~Inquiry()
{
    for (const auto& [question, ticket] : m_asked)
    {
        m_client.Forget(ticket);
    }
}

void
Inquiry::Run()
{
    const Evaluation evaluation = m_evaluation; // Its end may be this object's.
    if (evaluation(m_book))
    {
        return;
    }
    for (const Question& question : m_book.Wanted())
    {
        if (m_asked.count(question) == 0)
        {
            m_asked[question] = m_client.Ask(question,
                                             [this, question](const Answer& answer)
                                             {
                                                 m_asked.erase(question);
                                                 m_book.Put(question, answer);
                                                 Run();
                                             });
        }
    }
}

} // namespace bouncelab::dns
