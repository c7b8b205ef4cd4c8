#include "models/connector/mailbox-lookup.h"

#include <utility>

namespace bouncelab::connector
{

MailboxLookup::MailboxLookup(service::DirectoryClient* directory, std::function<void()> onAnswer)
    : m_directory(directory)
    , m_onAnswer(std::move(onAnswer))
{
}

void
MailboxLookup::Ask(Nanoseconds now)
{
    m_asked = now;
    m_ticket = m_directory->Ask(
        [this](service::LookupStatus status)
        {
            m_ticket.reset();
            m_status = status;
            m_onAnswer();
        });
}

std::optional<MailboxLookup::Answer>
MailboxLookup::TakeAnswer(Nanoseconds now)
{
    if (!m_status)
    {
        return std::nullopt;
    }
    return Answer{*std::exchange(m_status, std::nullopt), now - m_asked};
}

void
MailboxLookup::Forget()
{
    if (m_ticket)
    {
        m_directory->Forget(*m_ticket);
        m_ticket.reset();
    }
}

} // namespace bouncelab::connector
