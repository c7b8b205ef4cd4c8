#ifndef BOUNCELAB_MODELS_CONNECTOR_MESSAGE_HEADER_H
#define BOUNCELAB_MODELS_CONNECTOR_MESSAGE_HEADER_H

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bouncelab::connector
{

/// What a connector reads in a message's header.
struct HeaderFacts
{
    std::size_t size = 0;        //!< Octets up to the empty line, without it.
    std::uint32_t hops = 0;      //!< Received fields.
    std::uint32_t localHops = 0; //!< Those written "by" this server.
    std::string_view messageId;  //!< In its angle brackets; empty without one.
    std::string_view subject;    //!< Its first line.
};

/// \param hostname of this server. Views are of `content`.
HeaderFacts ReadHeader(std::string_view content, std::string_view hostname);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_MESSAGE_HEADER_H
