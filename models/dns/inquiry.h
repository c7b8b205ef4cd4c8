#ifndef BOUNCELAB_MODELS_DNS_INQUIRY_H
#define BOUNCELAB_MODELS_DNS_INQUIRY_H

#include "models/dns/lookup-client.h"

#include <functional>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::dns
{

/**
 * What an evaluation has learned so far. Evaluations are plain functions of it: where an answer is
 * not there yet they note what they want and come to no result, and they are run again when it is.
 */
class AnswerBook
{
  public:
    /// Null if it is not known yet; it is wanted then.
    const Answer* Look(const Question& question);

    void Put(const Question& question, Answer answer);

    const std::set<Question>& Wanted() const { return m_wanted; }

  private:
    std::map<Question, Answer> m_answers;
    std::set<Question> m_wanted;
};

/// Runs an evaluation, asks what it wants, all of it at once, and runs it again, until it is done.
class Inquiry
{
  public:
    /// \return whether it came to a result, and does not want to be run again
    using Evaluation = std::function<bool(AnswerBook&)>;

    /// The client has to outlive the inquiry.
    Inquiry(LookupClient& client, Evaluation evaluation)
        : m_client(client)
        , m_evaluation(std::move(evaluation))
    {
    }

    ~Inquiry();
    Inquiry(const Inquiry&) = delete;
    Inquiry& operator=(const Inquiry&) = delete;

    /// Once. The evaluation may be done inside the call. It may destroy the inquiry when it is
    /// done.
    void Start() { Run(); }

  private:
    void Run();

    LookupClient& m_client;
    Evaluation m_evaluation;
    AnswerBook m_book;
    std::map<Question, Ticket> m_asked;
};

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_INQUIRY_H
