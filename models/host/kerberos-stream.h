#ifndef BOUNCELAB_MODELS_HOST_KERBEROS_STREAM_H
#define BOUNCELAB_MODELS_HOST_KERBEROS_STREAM_H

#include "models/host/message-stream.h"

namespace bouncelab::host
{

/// Messages behind their length in four octets (RFC 4120 7.2.2). One for each connection.
Framing KerberosFraming();

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_KERBEROS_STREAM_H
