#ifndef BOUNCELAB_MODELS_PATH_SEALED_ORIGIN_TAG_H
#define BOUNCELAB_MODELS_PATH_SEALED_ORIGIN_TAG_H

#include "models/provenance/origin-tag.h"

namespace bouncelab::path
{

/// The origin of the packet inside a tunnel's packet, whose OriginTag is about the outside.
class SealedOriginTag : public provenance::OriginTag
{
  public:
    using provenance::OriginTag::OriginTag;

    static ns3::TypeId GetTypeId();
    ns3::TypeId GetInstanceTypeId() const override;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_SEALED_ORIGIN_TAG_H
