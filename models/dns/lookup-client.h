#ifndef BOUNCELAB_MODELS_DNS_LOOKUP_CLIENT_H
#define BOUNCELAB_MODELS_DNS_LOOKUP_CLIENT_H

#include "models/dns/resolver.h"

#include <functional>

namespace bouncelab::dns
{

/// The way to a resolver for those who ask it.
class LookupClient
{
  public:
    using Handler = std::function<void(const Answer&)>;

    virtual ~LookupClient() = default;

    /// \param onAnswer called once, later, never inside this call
    virtual Ticket Ask(const Question& question, Handler onAnswer) = 0;

    /// The asker is gone: its handler is not called.
    virtual void Forget(Ticket ticket) = 0;
};

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_LOOKUP_CLIENT_H
