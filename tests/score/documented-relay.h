#ifndef BOUNCELAB_TESTS_SCORE_DOCUMENTED_RELAY_H
#define BOUNCELAB_TESTS_SCORE_DOCUMENTED_RELAY_H

#include "lab/scenario/expectations.h"

#include <filesystem>
#include <string>

namespace bouncelab::score
{

/// The seven tests as S004 prints their dialogues, its blanked addresses filled in.
std::string DocumentedRelayTests();

/// The report on test 6 as S004 prints it, in the mailbox of its sender.
std::string DocumentedReport();

/// A run's folder whose evidence is what S004 prints.
struct DocumentedRelay
{
    std::string transcript = DocumentedRelayTests();
    std::string mailbox = DocumentedReport();
    std::string labels; //!< Nothing left the server.

    void Write(const std::filesystem::path& root) const;
};

/// What S004 documents of them, row by row (docs/documents/s004.md).
scenario::Expectations DocumentedRelayClaims();

} // namespace bouncelab::score

#endif // BOUNCELAB_TESTS_SCORE_DOCUMENTED_RELAY_H
