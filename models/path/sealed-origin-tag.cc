#include "models/path/sealed-origin-tag.h"

namespace bouncelab::path
{

NS_OBJECT_ENSURE_REGISTERED(SealedOriginTag);

ns3::TypeId
SealedOriginTag::GetTypeId()
{
    static ns3::TypeId tid = ns3::TypeId("bouncelab::SealedOriginTag")
                                 .SetParent<provenance::OriginTag>()
                                 .SetGroupName("bouncelab")
                                 .AddConstructor<SealedOriginTag>();
    return tid;
}

ns3::TypeId
SealedOriginTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

} // namespace bouncelab::path
