#ifndef BOUNCELAB_MODELS_PROVENANCE_ORIGIN_TAG_H
#define BOUNCELAB_MODELS_PROVENANCE_ORIGIN_TAG_H

#include "models/provenance/ledger.h"

#include <ns3/packet.h>
#include <ns3/ptr.h>
#include <ns3/tag.h>

namespace bouncelab::provenance
{

/// Carries an Origin on an ns-3 packet (a packet tag: it survives headers, copies and routers).
class OriginTag : public ns3::Tag
{
  public:
    OriginTag() = default;

    explicit OriginTag(const Origin& origin)
        : m_origin(origin)
    {
    }

    const Origin& Get() const { return m_origin; }

    static ns3::TypeId GetTypeId();
    ns3::TypeId GetInstanceTypeId() const override;
    std::uint32_t GetSerializedSize() const override;
    void Serialize(ns3::TagBuffer buffer) const override;
    void Deserialize(ns3::TagBuffer buffer) override;
    void Print(std::ostream& os) const override;

  private:
    Origin m_origin;
};

/// The origin of a packet; serial 0 if it is not signed.
Origin OriginOf(ns3::Ptr<const ns3::Packet> packet);

/// Signs a packet that has no origin yet, or replaces the one that it has.
void SetOrigin(ns3::Ptr<const ns3::Packet> packet, const Origin& origin);

} // namespace bouncelab::provenance

#endif // BOUNCELAB_MODELS_PROVENANCE_ORIGIN_TAG_H
