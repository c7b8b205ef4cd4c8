#ifndef BOUNCELAB_MODELS_KERBEROS_FRAMING_H
#define BOUNCELAB_MODELS_KERBEROS_FRAMING_H

#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::kerberos
{

/// A message as TCP carries it: behind its length in four octets (RFC 4120 7.2.2).
std::string Framed(std::string_view message);

/// Takes such messages out of a stream.
class FrameReader
{
  public:
    static constexpr std::size_t MAX_MESSAGE = 65536;

    void Receive(std::string_view octets) { m_octets += octets; }

    /// The next message that is whole; none behind a length that is refused.
    std::optional<std::string> Take();

    /// A length was over MAX_MESSAGE, or had the high bit: nothing behind it can be read.
    bool HasFailed() const;

  private:
    std::optional<std::size_t> Length() const;

    std::string m_octets;
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_FRAMING_H
