#include "formats/digest.h"

#include "formats/machine-error.h"

#include <nettle/sha2.h>

#include <cstdint>
#include <fstream>
#include <stdexcept>

namespace bouncelab
{

struct Sha256::State
{
    sha256_ctx context;
};

Sha256::Sha256()
    : m_state(new State)
{
    sha256_init(&m_state->context);
}

Sha256::~Sha256()
{
    delete m_state;
}

void
Sha256::Update(std::string_view bytes)
{
    sha256_update(&m_state->context,
                  bytes.size(),
                  reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::string
Sha256::Finish()
{
    std::uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&m_state->context, sizeof(digest), digest);
    std::string text;
    for (const std::uint8_t byte : digest)
    {
        constexpr const char* DIGITS = "0123456789abcdef";
        text += DIGITS[byte >> 4];
        text += DIGITS[byte & 15];
    }
    return text;
}

std::string
Sha256Of(std::string_view bytes)
{
    Sha256 sha;
    sha.Update(bytes);
    return sha.Finish();
}

std::string
Sha256OfFile(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    Sha256 sha;
    char buffer[65536];
    while (file.read(buffer, sizeof(buffer)) || file.gcount() > 0)
    {
        sha.Update(std::string_view(buffer, static_cast<std::size_t>(file.gcount())));
    }
    if (!file.eof())
    {
        throw MachineError::FromErrno("cannot read " + path.string());
    }
    return sha.Finish();
}

} // namespace bouncelab
