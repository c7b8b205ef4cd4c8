#ifndef BOUNCELAB_DETECTORS_READERS_CLIENT_ERROR_READER_H
#define BOUNCELAB_DETECTORS_READERS_CLIENT_ERROR_READER_H

#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <string>

namespace bouncelab::detectors
{

/// A server's refusal as a mail program shows it to its user.
struct ClientError
{
    std::uint32_t line = 0; //!< Of the reply, from 1.
    std::string text;       //!< That line without spaces at its ends.
    std::string reply;      //!< "550 5.2.1 Mailbox unavailable. ..."
    std::string recipient;  //!< Empty where the error is not about one.
};

/// Finds what Outlook says of refused messages, alone or inside prose.
class ClientErrorReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ClientError&)>;

    explicit ClientErrorReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "Outlook send error"; }

    void End() override {}

  private:
    Handler m_handler;
    std::string m_recipient;
    int m_listed = 0; //!< Lines since "cannot be reached"; 0 = none seen.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_CLIENT_ERROR_READER_H
