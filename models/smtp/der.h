#ifndef BOUNCELAB_MODELS_SMTP_DER_H
#define BOUNCELAB_MODELS_SMTP_DER_H

#include <optional>
#include <string>
#include <string_view>

/// ASN.1's distinguished encoding (ITU-T X.690), as far as certificates and tokens need it.
namespace bouncelab::smtp::der
{

inline constexpr unsigned char INTEGER = 0x02;
inline constexpr unsigned char BIT_STRING = 0x03;
inline constexpr unsigned char OCTET_STRING = 0x04;
inline constexpr unsigned char OBJECT_IDENTIFIER = 0x06;
inline constexpr unsigned char ENUMERATED = 0x0A;
inline constexpr unsigned char UTF8_STRING = 0x0C;
inline constexpr unsigned char UTC_TIME = 0x17;
inline constexpr unsigned char GENERAL_STRING = 0x1B;
inline constexpr unsigned char SEQUENCE = 0x30;
inline constexpr unsigned char SET = 0x31;

/// The tag [number] of a constructed element in context; number 0..30.
constexpr unsigned char
Context(unsigned number)
{
    return static_cast<unsigned char>(0xA0 + number);
}

/// The tag [APPLICATION number]; number 0..30.
constexpr unsigned char
Application(unsigned number)
{
    return static_cast<unsigned char>(0x60 + number);
}

/// One element.
std::string Element(unsigned char tag, std::string_view content);

/// An INTEGER of 0..127.
std::string SmallInteger(unsigned char value);

/// Takes one element from the front of `text` and gives its content; nothing if none is whole
/// there. Tags over one octet and lengths over four are not read.
struct DerElement
{
    unsigned char tag;
    std::string_view content;
};

std::optional<DerElement> Take(std::string_view& text);

/// The content of the first element with this tag among those that `text` is made of.
std::optional<std::string_view> Find(std::string_view text, unsigned char tag);

} // namespace bouncelab::smtp::der

#endif // BOUNCELAB_MODELS_SMTP_DER_H
