#ifndef BOUNCELAB_MODELS_SMTP_ENVELOPE_H
#define BOUNCELAB_MODELS_SMTP_ENVELOPE_H

#include "models/smtp/parameters.h"
#include "models/smtp/path.h"

#include <string>
#include <vector>

namespace bouncelab::smtp
{

/// A path with the parameters that came with it.
struct EnvelopeEntry
{
    Path path;
    Parameters parameters;
};

/// A mail transaction as a server has accepted it so far.
struct Envelope
{
    EnvelopeEntry sender;
    std::vector<EnvelopeEntry> recipients; //!< Accepted ones, in the order of their RCPT.
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_ENVELOPE_H
