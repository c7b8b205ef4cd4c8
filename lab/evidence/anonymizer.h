#ifndef BOUNCELAB_LAB_EVIDENCE_ANONYMIZER_H
#define BOUNCELAB_LAB_EVIDENCE_ANONYMIZER_H

#include "formats/payload-rest.h"
#include "formats/random.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace bouncelab::evidence
{

/**
 * Makes frames fit for publication, as tools for that do: addresses become others of which two
 * have as many first bits in common as the real ones (Xu, Fan, Ammar, Moon 2002), and what
 * programs say is taken away. Checksums stay what they were on the wire, and so are wrong.
 *
 * Addresses are those of IP headers, of those that ICMP errors quote, of ARP and of neighbor
 * discovery.
 */
class Anonymizer
{
  public:
    /// \param draws of the secret key
    Anonymizer(DrawKey draws, bool replacesAddresses, PayloadRest payload)
        : m_draws(draws)
        , m_replacesAddresses(replacesAddresses)
        , m_payload(payload)
    {
    }

    /// \param frame whole, from its Ethernet header on. \return how many of its octets are left.
    std::size_t Apply(std::uint8_t* frame, std::size_t size);

  private:
    std::size_t ApplyIp(std::uint8_t* packet, std::size_t size);
    void Replace(std::uint8_t* address, std::size_t octets);
    std::string Replacement(const std::string& address) const;

    DrawKey m_draws;
    bool m_replacesAddresses;
    PayloadRest m_payload;
    std::map<std::string, std::string> m_known;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_ANONYMIZER_H
