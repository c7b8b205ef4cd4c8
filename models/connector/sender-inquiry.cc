#include "models/connector/sender-inquiry.h"

#include <utility>

namespace bouncelab::connector
{

SenderInquiry::SenderInquiry(const SenderChecksConfig& config,
                             dns::LookupClient* names,
                             std::function<void()> onEnd)
    : m_config(config)
    , m_client(names)
    , m_onEnd(std::move(onEnd))
{
}

void
SenderInquiry::Ask(const CheckedClient& client)
{
    if (!m_result || m_about.sender != client.sender || m_about.helo != client.helo)
    {
        m_about = client;
        m_result.reset();
        Start();
    }
}

void
SenderInquiry::Start()
{
    const auto evaluation = [this](dns::AnswerBook& book)
    {
        m_result = CheckSender(m_config, m_about, m_client != nullptr, book);
        if (m_result && !m_isStarting)
        {
            m_onEnd();
        }
        return m_result.has_value();
    };
    m_isStarting = true;
    if (m_client)
    {
        m_names = std::make_unique<dns::Inquiry>(*m_client, evaluation);
        m_names->Start();
    }
    else
    {
        dns::AnswerBook empty;
        evaluation(empty);
    }
    m_isStarting = false;
}

bool
SenderInquiry::TakeEnd()
{
    const bool hasEnded = m_names && m_result;
    if (hasEnded)
    {
        m_names.reset();
    }
    return hasEnded;
}

} // namespace bouncelab::connector
