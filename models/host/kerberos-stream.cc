#include "models/host/kerberos-stream.h"

#include "models/kerberos/framing.h"

namespace bouncelab::host
{

Framing
KerberosFraming()
{
    return {[](const std::string& message) { return kerberos::Framed(message); },
            [reader = kerberos::FrameReader()](std::string& arrived) mutable
            {
                reader.Receive(arrived);
                arrived.clear();
                return reader.Take();
            }};
}

} // namespace bouncelab::host
