#ifndef BOUNCELAB_TESTS_SCORE_DOCUMENTED_EXCHANGE_H
#define BOUNCELAB_TESTS_SCORE_DOCUMENTED_EXCHANGE_H

#include "lab/scenario/expectations.h"

#include <filesystem>
#include <string>

namespace bouncelab::score
{

/// The rows of the server's log that S000 prints, the last one cut as it is there.
std::string DocumentedLog();

/// One row as the document's server writes it, without context.
/// \param stamp what follows "2011-11-16T04:"
/// \param session the last four digits of its id
std::string LogRowText(const std::string& stamp,
                       const std::string& session,
                       int sequence,
                       char event,
                       const std::string& data,
                       const std::string& remote = "69.46.103.200:49760");

/// A run's folder whose evidence is what S000 prints, and what is set beside it.
struct DocumentedExchange
{
    std::string log = DocumentedLog();
    std::string filterLog;
    std::string clientErrors;
    bool wantsAuth = true;

    void Write(const std::filesystem::path& root) const;
};

/// What S000 documents of that session, row by row (docs/documents/s000.md).
scenario::Expectations DocumentedExchangeClaims();

} // namespace bouncelab::score

#endif // BOUNCELAB_TESTS_SCORE_DOCUMENTED_EXCHANGE_H
