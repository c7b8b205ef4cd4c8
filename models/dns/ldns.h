#ifndef BOUNCELAB_MODELS_DNS_LDNS_H
#define BOUNCELAB_MODELS_DNS_LDNS_H

#include <ldns/ldns.h>

#include <memory>
#include <string>

namespace bouncelab::dns
{
struct Record;
}

/// libldns's objects with owners. Included by this module's sources only.
namespace bouncelab::dns::ldns
{

template <auto FREE>
struct Deleter
{
    template <class T>
    void operator()(T* object) const
    {
        FREE(object);
    }
};

using Rdf = std::unique_ptr<ldns_rdf, Deleter<&ldns_rdf_deep_free>>;
using Rr = std::unique_ptr<ldns_rr, Deleter<&ldns_rr_free>>;
using Packet = std::unique_ptr<ldns_pkt, Deleter<&ldns_pkt_free>>;
using Memory = std::unique_ptr<void, Deleter<&std::free>>;

std::string TextOf(const ldns_rdf& field); //!< As in a zone file.
std::string NameOf(const ldns_rdf& name);  //!< As this module writes names.

/// \return whether the record is of a type that the module knows, and is copied.
bool Read(const ldns_rr& from, Record& record);

/// Null if its data are not of its type.
Rr Write(const Record& record);

} // namespace bouncelab::dns::ldns

#endif // BOUNCELAB_MODELS_DNS_LDNS_H
