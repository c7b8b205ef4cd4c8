#ifndef BOUNCELAB_DETECTORS_STRIPPED_KEYWORDS_H
#define BOUNCELAB_DETECTORS_STRIPPED_KEYWORDS_H

#include "detectors/analysis/talk-table.h"
#include "detectors/detector.h"

#include <memory>

namespace bouncelab::detectors
{

/**
 * STARTTLS or AUTH kept from a client (facts I30, I31).
 *
 * Masked, as a mail guard does it (intercepted.masked): `XXXXXXXX` in the place of keywords or
 * commands, a greeting of asterisks. Stripped (intercepted.stripped): keywords that the server's
 * own record has and the client's has not; the same list with just these lines missing, elsewhere
 * in the evidence whole; a command refused as unknown, or with a code that means nothing, right
 * after it was offered.
 *
 * A server that offers neither anywhere is silent. One that offers them at its submission port only
 * is mostly configured so, and one that refuses TLS for now may mean it: inconclusive. A refusal
 * for a rate limit is benign.
 */
class StrippedKeywords : public Detector
{
  public:
    static constexpr std::string_view NAME = "stripped-keywords";

    explicit StrippedKeywords(std::shared_ptr<TalkTable> table)
        : m_table(std::move(table))
    {
    }

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "STARTTLS or AUTH masked, removed or refused on the way";
    }

    Scope Covers() const override { return {{kinds::PACKETS, kinds::SERVER_LOG}, {"intercepted"}}; }

    void Judge(const Evidence& evidence, AlertSink&) override { m_table->Add(evidence.flow); }

    void Conclude(const Surroundings& surroundings, AlertSink& sink) override;

  private:
    std::shared_ptr<TalkTable> m_table;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_STRIPPED_KEYWORDS_H
