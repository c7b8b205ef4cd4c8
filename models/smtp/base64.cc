#include "models/smtp/base64.h"

#include <nettle/base64.h>

namespace bouncelab::smtp
{

std::string
EncodeBase64(std::string_view octets)
{
    std::string text(BASE64_ENCODE_RAW_LENGTH(octets.size()), '\0');
    base64_encode_raw(text.data(),
                      octets.size(),
                      reinterpret_cast<const std::uint8_t*>(octets.data()));
    return text;
}

std::optional<std::string>
DecodeBase64(std::string_view text)
{
    std::string octets(BASE64_DECODE_LENGTH(text.size()), '\0');
    std::size_t size = octets.size();
    base64_decode_ctx context;
    base64_decode_init(&context);
    // nettle passes white space over.
    if (text.find_first_of(" \t\r\n\v\f") != text.npos ||
        !base64_decode_update(&context,
                              &size,
                              reinterpret_cast<std::uint8_t*>(octets.data()),
                              text.size(),
                              text.data()) ||
        !base64_decode_final(&context))
    {
        return std::nullopt;
    }
    octets.resize(size);
    return octets;
}

} // namespace bouncelab::smtp
