#ifndef BOUNCELAB_MODELS_KERBEROS_TRANSPORT_H
#define BOUNCELAB_MODELS_KERBEROS_TRANSPORT_H

#include <cstdint>

namespace bouncelab::kerberos
{

constexpr std::uint16_t KERBEROS_PORT = 88;

enum class Transport
{
    Udp,
    Tcp,
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_TRANSPORT_H
